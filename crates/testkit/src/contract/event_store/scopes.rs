//! What a caller may not see must not change what the caller gets.

use super::{
    Arc, CountRequest, Event, EventFilter, EventStore, GroupBy, Order, Scope, SearchPage, SearchRequest,
    Totals, Upserted, all, arc, count, counting, embed, event, noon, on, only, page, put, saying, searching,
    seconds, unit, visits,
};

/// Terms and cameras of the scope, with true figures.
pub async fn the_vocabulary_is_that_of_the_scope(store: &dyn EventStore) {
    let plate = |id: &str, plate: &str| Event {
        label: Some("car".into()),
        event_type: "vehicle_parked".into(),
        sub_label: Some(plate.into()),
        zones: vec!["lot".into()],
        ..on("yard", event(id, noon()))
    };
    put(
        store,
        vec![
            Event { zones: vec!["ramp".into()], ..event("a", noon()) },
            event("b", noon() + seconds(60)),
            plate("c", "B-XY 12"),
        ],
    )
    .await;
    let whole = store.vocabulary(&all()).await.unwrap();
    let words = |terms: &[Arc<str>]| terms.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(words(&whole.labels), ["car", "person"]);
    assert_eq!(words(&whole.event_types), ["person_detected", "vehicle_parked"]);
    assert_eq!(words(&whole.zones), ["lot", "ramp"]);
    assert_eq!(words(&whole.sub_labels), ["B-XY 12"]);
    let dock = store.vocabulary(&only(&["dock-*"])).await.unwrap();
    assert_eq!(
        (words(&dock.labels), words(&dock.zones)),
        (vec!["person".to_owned()], vec!["ramp".to_owned()])
    );
    assert!(dock.sub_labels.is_empty());
    let [camera] = dock.cameras.as_slice() else { panic!("one camera: {:?}", dock.cameras) };
    assert_eq!((&*camera.camera_id, camera.events), ("dock-1", 2));
    assert_eq!((camera.first_event, camera.last_event), (noon(), noon() + seconds(60)));
    // An update can take away the only use of a term, and a camera's latest event.
    put(store, vec![on("yard", event("b", noon() + seconds(30))), plate("c", "M-AB 3")]).await;
    let whole = store.vocabulary(&all()).await.unwrap();
    assert_eq!(words(&whole.sub_labels), ["M-AB 3"]);
    let figures = |camera: &eps_domain::event_store::CameraActivity| (camera.events, camera.last_event);
    assert_eq!(
        whole.cameras.iter().map(figures).collect::<Vec<_>>(),
        [(1, noon()), (2, noon() + seconds(30))]
    );
    assert_eq!(*store.vocabulary(&only(&[])).await.unwrap(), <_>::default());
}

/// Whoever compares pointers knows that nothing changed.
pub async fn the_vocabulary_is_shared_until_something_is_written(store: &dyn EventStore) {
    put(store, vec![event("a", noon())]).await;
    let first = store.vocabulary(&all()).await.unwrap();
    assert!(Arc::ptr_eq(&first, &store.vocabulary(&all()).await.unwrap()));
    put(store, vec![event("b", noon())]).await;
    assert_eq!(store.vocabulary(&all()).await.unwrap().cameras[0].events, 2);
}

/// The same id in two tenants is two events.
pub async fn tenants_share_nothing_not_even_ids(store: &dyn EventStore) {
    let other = Scope::tenant("other");
    put(store, vec![saying("ours", event("a", noon()))]).await;
    let theirs = saying("theirs secret", event("a", noon()));
    assert_eq!(store.upsert("other", vec![theirs]).await.unwrap(), [Upserted::Accepted]);
    for (scope, words) in [(all(), "ours"), (other.clone(), "theirs secret")] {
        let found = store.get(&scope, &["a".to_owned()]).await.unwrap();
        assert_eq!(found[0].description.as_deref(), Some(words));
        let everything = count(store, &scope, &counting(EventFilter::default(), &[GroupBy::Camera])).await;
        assert_eq!(everything.totals, Totals { events: 1, visits: 1 });
        let counted = CountRequest { words: Some("secret".into()), ..counting(EventFilter::default(), &[]) };
        assert_eq!(count(store, &scope, &counted).await.totals.events, u64::from(words != "ours"));
    }
    let nobody = Scope::tenant("nobody");
    assert_eq!(page(store, &nobody, &searching(Order::NewestFirst, 9)).await, SearchPage::default());
    assert_eq!(*store.vocabulary(&nobody).await.unwrap(), <_>::default());
}

/// Everything that a narrow caller can learn, in one string.
async fn all_that_is_seen(store: &dyn EventStore, scope: &Scope) -> String {
    use GroupBy::{Camera, Day, EventType, Hour, HourOfWeek, Label, Zone};
    let mut seen = String::new();
    for by in [Camera, Label, EventType, Zone, Hour, Day, HourOfWeek] {
        seen += &format!("{:?}\n", count(store, scope, &counting(EventFilter::default(), &[by])).await);
    }
    for words in ["red", "box", "fence", "red box fence"] {
        let words = Some(words.to_owned());
        let counted = CountRequest { words: words.clone(), ..counting(EventFilter::default(), &[]) };
        seen += &format!("{words:?}: {:?}\n", count(store, scope, &counted).await);
        for (order, vector) in [
            (Order::OldestFirst, None),
            (Order::Relevance, None),
            (Order::Relevance, Some(arc(unit(&[(0, 1.0), (1, 0.5)])))),
        ] {
            let request = SearchRequest { words: words.clone(), vector, ..searching(order, 3) };
            seen += &format!("{order:?}: {:?}\n", page(store, scope, &request).await);
        }
    }
    seen + &format!("{:?}\n", store.vocabulary(scope).await.unwrap())
}

/// Events of other cameras and tenants arrive, in numbers and in the caller's words: counts, hits,
/// scores, cursors and vocabulary of the caller stay as they are.
pub async fn what_is_out_of_scope_changes_nothing_that_a_caller_gets(store: &dyn EventStore) {
    let mut random = visits::Random(11);
    let words = ["red", "box", "fence", "green", "truck"];
    let mut tell = |camera: &str, id: String| {
        let description: Vec<&str> = (0..=random.below(5)).map(|_| words[random.below(5) as usize]).collect();
        let start = noon() + seconds(random.below(5_000) as i64);
        Event {
            zones: vec![format!("{camera} zone")],
            ..saying(&description.join(" "), on(camera, event(&id, start)))
        }
    };
    let vector_of = |text: &str| {
        unit(&[(0, 1.0), (1, text.len() as f32 / 40.0), (2, text.matches("red").count() as f32)])
    };
    let own: Vec<Event> = (0..40).map(|n| tell("dock-1", format!("own {n}"))).collect();
    let foreign: Vec<Event> = (0..400).map(|n| tell("yard", format!("foreign {n}"))).collect();
    put(store, own).await;
    embed(store, vector_of).await;
    let scope = only(&["dock-*"]);
    let before = all_that_is_seen(store, &scope).await;
    assert!(before.contains("own 1"));
    put(store, foreign.clone()).await;
    store.upsert("other", foreign).await.unwrap();
    embed(store, vector_of).await;
    let after = all_that_is_seen(store, &scope).await;
    assert_eq!(before, after);
}
