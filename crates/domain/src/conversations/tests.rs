//! What a reader may still see of an answer.

use std::sync::Arc;

use super::*;
use crate::{
    CameraScope, EventDraft,
    ask::Unresolved,
    clip::{Clip, ClipState},
    conversation::MessageStatus,
};

fn scope(cameras: &[&str]) -> Scope {
    Scope { tenant: Arc::from("acme"), cameras: CameraScope::matching(cameras).unwrap() }
}

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn evidence(event_id: &str, camera_id: &str) -> Evidence {
    let draft = EventDraft {
        event_id: Some(event_id.into()),
        camera_id: Some(camera_id.into()),
        timestamp: Some("2026-06-01T11:00:00Z".into()),
        event_type: Some("person".into()),
        description: Some(format!("SECRET of {camera_id}")),
        ..EventDraft::default()
    };
    let event = draft.validate(|_| jiff::tz::TimeZone::UTC).unwrap();
    Evidence::of(&event, 1, 1.0, vec![])
}

fn answer(evidence: Vec<Evidence>, cameras_used: &[&str]) -> Message {
    let cameras_used = cameras_used.iter().map(|camera| (*camera).to_owned()).collect();
    let interpretation = Some(Interpretation { words: Some("a hat".into()), ..Interpretation::default() });
    Message {
        id: "m".into(),
        seq: 2,
        role: Role::Assistant,
        content: "SECRET words".into(),
        timestamp: now(),
        metadata: MessageMetadata {
            confidence_score: Some(0.5),
            evidence,
            interpretation,
            cameras_used,
            status: MessageStatus::Complete,
        },
    }
}

#[test]
fn figures_are_shown_as_the_answer_showed_them() {
    let mut shown = evidence("e", "dock-1");
    (shown.confidence, shown.score) = (Some(0.91), 0.3);
    let mut told = answer(vec![shown.clone()], &["dock-1"]);
    if let Some(interpretation) = &mut told.metadata.interpretation {
        interpretation.min_confidence = Some(0.7);
    }
    let view = view(told, &scope(&["dock-*"]), now());
    let text = view.metadata.to_string();
    for figure in [r#""confidence":0.91,"#, r#""score":0.3,"#, r#""min_confidence":0.7,"#] {
        assert!(text.contains(figure), "{figure} in {text}");
    }
    let answered = serde_json::to_string(&shown).unwrap();
    assert!(answered.contains(r#""confidence":0.91,"#), "{answered}");
}

#[test]
fn an_answer_in_scope_is_shown_whole() {
    let view = view(answer(vec![evidence("e", "dock-1")], &["dock-1"]), &scope(&["dock-*"]), now());
    assert_eq!(view.content, "SECRET words");
    assert_eq!(view.metadata["evidence"][0]["description"], "SECRET of dock-1");
    assert_eq!(view.metadata["interpretation"]["words"], "a hat");
    assert_eq!(
        (&view.metadata["confidence_score"], &view.metadata["status"]),
        (&json!(0.5), &json!("complete"))
    );
}

#[test]
fn what_draws_on_a_hidden_camera_is_hidden_even_when_it_was_only_counted() {
    for message in [
        answer(vec![evidence("e1", "dock-1"), evidence("e2", "vault")], &["dock-1", "vault"]),
        answer(vec![evidence("e1", "dock-1")], &["dock-1", "vault"]),
        answer(vec![evidence("e1", "dock-1"), evidence("e2", "vault")], &[]),
    ] {
        let view = view(message, &scope(&["dock-*"]), now());
        assert_eq!(view.content, HIDDEN_ANSWER);
        assert_eq!(view.metadata["interpretation"], Value::Null);
        assert_eq!(view.metadata["evidence"][0]["event_id"], "e1");
        if let Some(second) = view.metadata["evidence"].get(1) {
            assert_eq!(second, &json!({"event_id": "e2", "redacted": true}));
        }
        assert!(!view.metadata.to_string().contains("vault"));
    }
}

#[test]
fn the_readers_own_words_stay() {
    let mut question = answer(vec![], &[]);
    (question.role, question.content) = (Role::User, "what happened at the vault?".into());
    assert_eq!(view(question.clone(), &scope(&[]), now()).content, question.content);
}

#[test]
fn an_interpretation_names_no_hidden_camera() {
    let unresolved = Unresolved {
        text: "valt".into(),
        kind: NameKind::Camera,
        did_you_mean: vec!["vault".into(), "dock-1".into()],
    };
    let mut message = answer(vec![], &[]);
    let interpretation = Interpretation { unresolved: vec![unresolved], ..Interpretation::default() };
    message.metadata.interpretation = Some(interpretation.clone());
    let shown = view(message.clone(), &scope(&["dock-*"]), now());
    assert_eq!(shown.metadata["interpretation"]["unresolved"][0]["did_you_mean"], json!(["dock-1"]));
    let named = Interpretation { cameras: vec!["vault".into()], ..interpretation };
    message.metadata.interpretation = Some(named);
    assert_eq!(view(message, &scope(&["dock-*"]), now()).metadata["interpretation"], Value::Null);
}

#[test]
fn links_that_have_ended_are_left_out() {
    let mut item = evidence("e", "dock-1");
    let clip = |expires_at| Clip {
        state: ClipState::Ready,
        url: Some("/clip".into()),
        expires_at: Some(expires_at),
    };
    item.thumbnail_url = Some("/still".into());
    item.clip = Some(clip(now()));
    let ended = evidence_view(item.clone(), &scope(&["*"]), now());
    assert_eq!((&ended["clip"]["url"], &ended["thumbnail_url"]), (&Value::Null, &Value::Null));
    item.clip = Some(clip(now() + std::time::Duration::from_secs(1)));
    let works = evidence_view(item, &scope(&["*"]), now());
    assert_eq!((&works["clip"]["url"], &works["thumbnail_url"]), (&json!("/clip"), &json!("/still")));
}

#[test]
fn a_page_holds_1_to_200() {
    assert_eq!(page_limit(None).unwrap(), 50);
    for limit in [0, 201, usize::MAX] {
        assert_eq!(page_limit(Some(limit)).unwrap_err().field.as_deref(), Some("limit"));
    }
}
