//! What every conversation store must do: keep turns whole, once and in order, for their owner alone
//! and for their time alone.
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract fails by panicking")]

use std::time::Duration;

use eps_domain::{
    ErrorKind, Owner, Period,
    ask::{Evidence, Interpretation},
    conversation::{
        Conversation, ConversationStore, Message, MessageMetadata, MessageStatus, Retention, Role, Turn,
    },
};
use jiff::{Timestamp, ToSpan};

const DAY: Duration = Duration::from_hours(24);
/// Seven days after the last turn, thirty days a message, ten messages.
const RETENTION: Retention =
    Retention { conversation: DAY.saturating_mul(7), message: DAY.saturating_mul(30), messages_max: 10 };

/// Runs the whole contract; `store` is empty.
pub async fn run(store: &dyn ConversationStore) {
    store.health().await.unwrap();
    turns_come_back_whole_and_in_order(store).await;
    a_turn_sent_twice_is_stored_once(store).await;
    another_owner_sees_nothing(store).await;
    nothing_is_created_unasked_and_what_is_deleted_stays_deleted(store).await;
    only_the_latest_messages_are_kept(store).await;
    pages_of_history_join_without_gap_or_overlap(store).await;
    lists_come_latest_first_in_pages(store).await;
    what_is_past_its_time_is_absent_before_the_sweep_and_gone_after_it(store).await;
    old_messages_go_before_their_conversation(store).await;
    parallel_turns_are_all_kept_without_gaps(store).await;
    one_turn_at_a_time(store).await;
}

fn start() -> Timestamp {
    "2026-06-01T12:00:00.123456Z".parse().unwrap()
}

fn after(by: Duration) -> Timestamp {
    start() + by
}

fn owner(subject: &str) -> Owner {
    Owner { tenant: "acme".into(), subject: subject.into() }
}

/// A turn with everything that a message can hold.
pub fn turn(turn_id: &str, question: &str, at: Timestamp) -> Turn {
    let evidence = Evidence {
        reference: 1,
        event_id: format!("evt:{turn_id}"),
        timestamp: at,
        end_time: Some(at + 3.seconds()),
        camera_id: "dock-1".into(),
        event_type: "person_enters".into(),
        label: Some("person".into()),
        sub_label: None,
        confidence: Some(0.625),
        is_weak: false,
        description: Some("ein Mensch „mit Hut“ 🎩".into()),
        zones: vec!["ramp".into()],
        score: 0.5,
        why: vec!["words".into()],
        clip: None,
        thumbnail_url: None,
    };
    let interpretation = Interpretation {
        periods: vec![Period::new(at - 1.hour(), at).named("the last hour")],
        timezone: "Europe/Berlin".into(),
        labels: vec!["person".into()],
        ..Interpretation::default()
    };
    let message = |id: &str, role, content: String, metadata| Message {
        id: format!("{turn_id}-{id}"),
        seq: 0,
        role,
        content,
        timestamp: at,
        metadata,
    };
    let metadata = MessageMetadata {
        confidence_score: Some(0.75),
        evidence: vec![evidence],
        interpretation: Some(interpretation),
        cameras_used: vec!["dock-1".into()],
        status: MessageStatus::Complete,
    };
    Turn {
        turn_id: turn_id.into(),
        question: message("q", Role::User, question.into(), MessageMetadata::default()),
        answer: message("a", Role::Assistant, format!("answer to {question}\n[1]"), metadata),
    }
}

async fn add(store: &dyn ConversationStore, owner: &Owner, id: &str, n: usize, at: Timestamp) {
    let turn = turn(&format!("{id}-{n}"), &format!("question {n}"), at);
    store.append_turn(owner, id, turn, true, RETENTION).await.unwrap();
}

async fn whole(
    store: &dyn ConversationStore,
    owner: &Owner,
    id: &str,
    now: Timestamp,
) -> Option<Conversation> {
    store.latest(owner, id, 100, now).await.unwrap()
}

fn sequence(messages: &[Message]) -> Vec<u64> {
    messages.iter().map(|message| message.seq).collect()
}

async fn turns_come_back_whole_and_in_order(store: &dyn ConversationStore) {
    let alice = owner("whole");
    let (first, second) = (turn("t1", "first?", start()), turn("t2", "second?", after(DAY)));
    let head = store.append_turn(&alice, "whole", first.clone(), true, RETENTION).await.unwrap();
    assert_eq!((head.total_messages, head.turns, head.title.as_str()), (2, 1, "first?"));
    let head = store.append_turn(&alice, "whole", second.clone(), false, RETENTION).await.unwrap();
    assert_eq!((head.total_messages, head.turns, head.title.as_str()), (4, 2, "first?"));
    assert_eq!((head.created_at, head.last_activity), (start(), after(DAY)));

    let conversation = whole(store, &alice, "whole", after(DAY)).await.unwrap();
    assert_eq!(conversation.head, head);
    let expected: Vec<Message> = [first.question, first.answer, second.question, second.answer]
        .into_iter()
        .zip(1..)
        .map(|(message, seq)| Message { seq, ..message })
        .collect();
    assert_eq!(conversation.messages, expected);
    let last = store.latest(&alice, "whole", 3, after(DAY)).await.unwrap().unwrap();
    assert_eq!(last.messages, expected[1..]);
}

async fn a_turn_sent_twice_is_stored_once(store: &dyn ConversationStore) {
    let alice = owner("twice");
    for _ in 0..3 {
        let head =
            store.append_turn(&alice, "twice", turn("same", "?", start()), true, RETENTION).await.unwrap();
        assert_eq!((head.total_messages, head.turns), (2, 1));
    }
    // The same name in another conversation is another turn.
    add(store, &alice, "twice-other", 1, start()).await;
    let head =
        store.append_turn(&alice, "twice-other", turn("same", "?", start()), false, RETENTION).await.unwrap();
    assert_eq!(head.turns, 2);
}

async fn another_owner_sees_nothing(store: &dyn ConversationStore) {
    let alice = owner("alice");
    add(store, &alice, "hers", 1, start()).await;
    let other_tenant = Owner { tenant: "other".into(), ..alice.clone() };
    for stranger in [owner("mallory"), owner(""), other_tenant] {
        assert!(whole(store, &stranger, "hers", start()).await.is_none());
        assert!(store.history(&stranger, "hers", 10, None, start()).await.unwrap().is_none());
        assert_eq!(store.list(&stranger, 10, None, start()).await.unwrap(), (Vec::new(), None));
        assert!(!store.delete(&stranger, "hers").await.unwrap());
        let refused = store.append_turn(&stranger, "hers", turn("x", "?", start()), false, RETENTION).await;
        assert_eq!(refused.unwrap_err().code, "CONVERSATION_NOT_FOUND");
    }
    assert_eq!(whole(store, &alice, "hers", start()).await.unwrap().head.turns, 1);
}

async fn nothing_is_created_unasked_and_what_is_deleted_stays_deleted(store: &dyn ConversationStore) {
    let alice = owner("delete");
    let refused =
        store.append_turn(&alice, "deleted", turn("t", "?", start()), false, RETENTION).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (ErrorKind::NotFound, "CONVERSATION_NOT_FOUND"));
    add(store, &alice, "deleted", 1, start()).await;
    assert!(store.delete(&alice, "deleted").await.unwrap());
    assert!(!store.delete(&alice, "deleted").await.unwrap());
    assert!(whole(store, &alice, "deleted", start()).await.is_none());
    let late = store.append_turn(&alice, "deleted", turn("late", "?", start()), false, RETENTION).await;
    assert_eq!(late.unwrap_err().code, "CONVERSATION_NOT_FOUND");
    assert!(whole(store, &alice, "deleted", start()).await.is_none());
}

async fn only_the_latest_messages_are_kept(store: &dyn ConversationStore) {
    let alice = owner("trim");
    for n in 1..=8 {
        add(store, &alice, "trim", n, after(Duration::from_secs(n as u64))).await;
    }
    let conversation = whole(store, &alice, "trim", after(DAY)).await.unwrap();
    assert_eq!(sequence(&conversation.messages), (7..=16).collect::<Vec<_>>());
    assert_eq!((conversation.head.total_messages, conversation.head.turns), (10, 8));
    assert_eq!(conversation.head.title, "question 1");
}

async fn pages_of_history_join_without_gap_or_overlap(store: &dyn ConversationStore) {
    let alice = owner("pages");
    for n in 1..=4 {
        add(store, &alice, "pages", n, start()).await;
    }
    for limit in [1, 2, 3, 7, 8, 200] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page =
                store.history(&alice, "pages", limit, cursor.as_deref(), start()).await.unwrap().unwrap();
            assert!(page.messages.len() <= limit && !page.messages.is_empty());
            assert_eq!(page.head.total_messages, 8);
            seen.extend(sequence(&page.messages));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, (1..=8).collect::<Vec<_>>(), "in pages of {limit}");
    }
    for cursor in ["", "x", "bTA", "🎩"] {
        let refused = store.history(&alice, "pages", 2, Some(cursor), start()).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("cursor"), "{cursor:?}");
    }
}

async fn lists_come_latest_first_in_pages(store: &dyn ConversationStore) {
    let alice = owner("lists");
    // Two share an instant: the page must be able to end between them.
    for (id, minutes) in [("l1", 1), ("l2", 3), ("l3", 2), ("l4", 3), ("l5", 0)] {
        add(store, &alice, id, 1, after(Duration::from_secs(minutes * 60))).await;
    }
    let now = after(DAY);
    let (all, none) = store.list(&alice, 50, None, now).await.unwrap();
    assert!(none.is_none());
    let mut ids: Vec<&str> = all.iter().map(|head| head.conversation_id.as_str()).collect();
    assert_eq!(ids[2..], ["l3", "l1", "l5"]);
    ids[..2].sort_unstable();
    assert_eq!(ids[..2], ["l2", "l4"]);
    for limit in 1..=5 {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let (page, next) = store.list(&alice, limit, cursor.as_deref(), now).await.unwrap();
            assert!(page.len() <= limit);
            seen.extend(page);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "in pages of {limit}");
    }
    let refused = store.list(&alice, 2, Some("nonsense"), now).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("cursor"));
    // A new turn brings a conversation to the top.
    store.append_turn(&alice, "l5", turn("again", "?", now), false, RETENTION).await.unwrap();
    assert_eq!(store.list(&alice, 1, None, now).await.unwrap().0[0].conversation_id, "l5");
}

async fn what_is_past_its_time_is_absent_before_the_sweep_and_gone_after_it(store: &dyn ConversationStore) {
    let alice = owner("expiry");
    add(store, &alice, "short", 1, start()).await;
    add(store, &alice, "long", 1, start()).await;
    add(store, &alice, "long", 2, after(DAY * 3)).await;
    let (before, end) = (after(DAY * 7) - 1.second(), after(DAY * 7));
    assert!(whole(store, &alice, "short", before).await.is_some());
    assert!(whole(store, &alice, "short", end).await.is_none());
    assert!(store.history(&alice, "short", 10, None, end).await.unwrap().is_none());
    let ids = |heads: Vec<_>| -> Vec<String> {
        heads
            .into_iter()
            .map(|head: eps_domain::conversation::ConversationHead| head.conversation_id)
            .collect()
    };
    assert_eq!(ids(store.list(&alice, 10, None, end).await.unwrap().0), ["long"]);
    let refused = store.append_turn(&alice, "short", turn("late", "?", end), false, RETENTION).await;
    assert_eq!(refused.unwrap_err().code, "CONVERSATION_NOT_FOUND");
    // Created anew, it holds nothing of its former life.
    add(store, &alice, "reborn", 1, start()).await;
    store.append_turn(&alice, "reborn", turn("new", "new", end), true, RETENTION).await.unwrap();
    let reborn = whole(store, &alice, "reborn", end).await.unwrap();
    assert_eq!((sequence(&reborn.messages), reborn.head.created_at), (vec![1, 2], end));

    assert!(store.sweep(RETENTION, end).await.unwrap() >= 1);
    assert_eq!(store.sweep(RETENTION, end).await.unwrap(), 0);
    // Swept for good: it is absent at any time.
    assert!(whole(store, &alice, "short", before).await.is_none());
    assert!(whole(store, &alice, "long", end).await.is_some());
}

async fn old_messages_go_before_their_conversation(store: &dyn ConversationStore) {
    let alice = owner("age");
    for day in 0..6 {
        add(store, &alice, "age", day, after(DAY * 6 * day as u32)).await;
    }
    let now = after(DAY * 31);
    let conversation = whole(store, &alice, "age", now).await.unwrap();
    assert_eq!(conversation.head.total_messages, conversation.messages.len() as u64);
    assert!(conversation.messages.iter().all(|message| message.timestamp > now - 720.hours()));
    assert_eq!(conversation.messages.last().map(|message| message.seq), Some(12));
    store.sweep(RETENTION, now).await.unwrap();
    assert_eq!(whole(store, &alice, "age", now).await.unwrap(), conversation);
}

async fn parallel_turns_are_all_kept_without_gaps(store: &dyn ConversationStore) {
    let alice = owner("parallel");
    let retention = Retention { messages_max: 1_000, ..RETENTION };
    add(store, &alice, "parallel", 0, start()).await;
    let turns = (1..40).map(|n| {
        let turn = turn(&format!("p{n}"), &format!("question {n}"), start());
        store.append_turn(&alice, "parallel", turn, false, retention)
    });
    futures::future::try_join_all(turns).await.unwrap();
    let conversation = whole(store, &alice, "parallel", start()).await.unwrap();
    assert_eq!(sequence(&conversation.messages), (1..=80).collect::<Vec<_>>());
    for pair in conversation.messages.chunks(2) {
        assert_eq!((pair[0].role, pair[1].role), (Role::User, Role::Assistant));
        assert_eq!(pair[1].content, format!("answer to {}\n[1]", pair[0].content));
    }
}

async fn one_turn_at_a_time(store: &dyn ConversationStore) {
    let soon = Duration::from_millis(20);
    let (alice, bob) = (owner("alice"), owner("bob"));
    let lease = store.begin_turn(&alice, "busy", soon).await.unwrap();
    let refused = store.begin_turn(&alice, "busy", soon).await.err().unwrap();
    assert_eq!((refused.kind, refused.code), (ErrorKind::Conflict, "CONVERSATION_BUSY"));
    assert!(refused.retry_after.is_some());
    // Nobody learns from its lock that another's conversation is there.
    drop(store.begin_turn(&bob, "busy", soon).await.unwrap());
    // Others are not held up, and the next one goes on when the first lets go.
    drop(store.begin_turn(&alice, "idle", soon).await.unwrap());
    let (next, ()) =
        futures::join!(store.begin_turn(&alice, "busy", Duration::from_secs(5)), async { drop(lease) });
    drop(next.unwrap());
    drop(store.begin_turn(&alice, "busy", soon).await.unwrap());
}
