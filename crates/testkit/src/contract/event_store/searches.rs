//! Order, pages, words and meaning.

use eps_domain::{ErrorKind, event_store::SEARCH_LIMIT_MAX};

use super::{
    Event, EventFilter, EventStore, Order, SearchPage, SearchRequest, all, arc, embed, event, ids, noon, on,
    only, page, put, saying, searching, seconds, unit, visits,
};

/// Every page of a search, one after the other, with something done between them.
async fn pages(
    store: &dyn EventStore,
    request: &SearchRequest,
    between: impl AsyncFn(usize),
) -> Vec<Vec<String>> {
    let mut request = request.clone();
    let mut pages = Vec::new();
    loop {
        let page = page(store, &all(), &request).await;
        pages.push(ids(&page));
        let Some(next) = page.next_cursor else { return pages };
        assert!(page.hits.len() == request.limit, "only the last page may be short");
        request.cursor = Some(next);
        between(pages.len()).await;
    }
}

/// What arrives behind the cursor does not come, what arrives ahead of it does, nothing twice.
pub async fn pages_follow_each_other_without_gap_or_double_while_events_arrive(store: &dyn EventStore) {
    // Several events share each instant.
    let many = (0..20).map(|n| event(&format!("e{n:02}"), noon() + seconds(n / 4)));
    put(store, many.collect()).await;
    for (order, behind, ahead) in [(Order::OldestFirst, -60, 60), (Order::NewestFirst, 120, -120)] {
        let before = ids(&page(store, &all(), &searching(order, 100)).await);
        let between = async |turn: usize| {
            let one = |side: &str, offset: i64| {
                event(&format!("{order:?} {side} {turn}"), noon() + seconds(offset + turn as i64))
            };
            put(store, vec![one("behind", behind), one("ahead", ahead)]).await;
        };
        let seen: Vec<String> = pages(store, &searching(order, 3), between).await.concat();
        let (old, new): (Vec<_>, Vec<_>) = seen.into_iter().partition(|id| before.contains(id));
        assert_eq!(old, before);
        assert!(!new.is_empty() && new.iter().all(|id| id.contains("ahead")), "{new:?}");
        let mut once = new.clone();
        once.dedup();
        assert_eq!(once, new);
    }
}

/// Without words and vector, relevance is the latest first.
pub async fn order_is_by_time_in_both_directions(store: &dyn EventStore) {
    put(store, vec![event("b", noon()), event("c", noon() + seconds(9)), event("a", noon() - seconds(9))])
        .await;
    assert_eq!(ids(&page(store, &all(), &searching(Order::OldestFirst, 9)).await), ["a", "b", "c"]);
    assert_eq!(ids(&page(store, &all(), &searching(Order::NewestFirst, 2)).await), ["c", "b"]);
    let found = page(store, &all(), &searching(Order::Relevance, 9)).await;
    assert_eq!(ids(&found), ["c", "b", "a"]);
    assert!(found.hits.iter().all(|hit| hit.score == 1.0 && hit.lexical.is_none() && hit.semantic.is_none()));
}

fn asking(words: &str, limit: usize) -> SearchRequest {
    SearchRequest { words: Some(words.to_owned()), ..searching(Order::Relevance, limit) }
}

async fn tell(store: &dyn EventStore) {
    put(
        store,
        vec![
            saying("A man climbs over the fence with a ladder", event("ladder", noon())),
            saying("A man walks along the fence", event("walk", noon() + seconds(1))),
            saying("A woman parks her bicycle", event("bicycle", noon() + seconds(2))),
            saying("A man walks along the fence", event("walk again", noon() + seconds(3))),
        ],
    )
    .await;
}

/// Any of the words may match; equal scores come latest first.
pub async fn better_matches_come_first_and_scores_stay_within_bounds(store: &dyn EventStore) {
    tell(store).await;
    let found = page(store, &all(), &asking("who climbed the fences with ladders?", 9)).await;
    assert_eq!(ids(&found), ["ladder", "walk again", "walk"]);
    assert_eq!(found.hits[0].lexical, Some(1.0));
    assert!(found.hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score) && hit.semantic.is_none()));
    assert!(found.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
    // What is in no index is held by nothing.
    assert_eq!(page(store, &all(), &asking("the of", 9)).await, SearchPage::default());
    assert_eq!(page(store, &all(), &asking("submarine", 9)).await, SearchPage::default());
    let request = SearchRequest {
        filter: EventFilter { cameras: Some(vec!["yard".into()]), ..<_>::default() },
        ..asking("fence", 9)
    };
    assert_eq!(page(store, &all(), &request).await, SearchPage::default());
}

/// The pages of a ranked search are cut out of one list.
pub async fn ranked_pages_follow_each_other(store: &dyn EventStore) {
    let descriptions = (1_i64..=25).map(|n| {
        saying(
            &format!("fence {}", "quiet ".repeat(n as usize)),
            event(&format!("e{n}"), noon() + seconds(n)),
        )
    });
    put(store, descriptions.collect()).await;
    let whole = ids(&page(store, &all(), &asking("fence", 100)).await);
    assert_eq!(whole.len(), 25);
    let paged = pages(store, &asking("fence", 4), async |_| {}).await;
    assert_eq!(paged.len(), 7);
    assert_eq!(paged.concat(), whole);
}

/// In order of time, words are a filter.
pub async fn words_in_order_of_time_must_all_be_there(store: &dyn EventStore) {
    tell(store).await;
    let request = SearchRequest { order: Order::OldestFirst, ..asking("man fences walking", 9) };
    assert_eq!(ids(&page(store, &all(), &request).await), ["walk", "walk again"]);
    let request = SearchRequest { order: Order::NewestFirst, ..asking("man", 2) };
    assert_eq!(pages(store, &request, async |_| {}).await, [vec!["walk again", "walk"], vec!["ladder"]]);
}

/// Ranked among those that hold all the words are exactly those that are counted.
pub async fn what_is_ranked_of_all_words_is_what_is_counted(store: &dyn EventStore) {
    tell(store).await;
    for words in ["man fences walking", "man", "fence", "submarine", "man submarine"] {
        let request = SearchRequest { order: Order::RelevanceOfAll, ..asking(words, 2) };
        let mut ranked = pages(store, &request, async |_| {}).await.concat();
        let filtered = SearchRequest { order: Order::NewestFirst, ..request };
        let mut all_of_it = pages(store, &filtered, async |_| {}).await.concat();
        ranked.sort();
        all_of_it.sort();
        assert_eq!(ranked, all_of_it, "{words}");
    }
}

/// The field that is wrong is named.
pub async fn a_search_that_cannot_be_is_refused_by_field(store: &dyn EventStore) {
    tell(store).await;
    let cursor_of = async |request: &SearchRequest| {
        page(store, &all(), request).await.next_cursor.expect("a second page")
    };
    let newest = cursor_of(&searching(Order::NewestFirst, 1)).await;
    let ranked = cursor_of(&asking("fence", 1)).await;
    let with =
        |cursor: &str, request: SearchRequest| SearchRequest { cursor: Some(cursor.to_owned()), ..request };
    for (request, field) in [
        (searching(Order::NewestFirst, 0), "limit"),
        (searching(Order::NewestFirst, SEARCH_LIMIT_MAX + 1), "limit"),
        (with("%%%", searching(Order::NewestFirst, 1)), "cursor"),
        (with("", searching(Order::NewestFirst, 1)), "cursor"),
        (with(&newest, searching(Order::OldestFirst, 1)), "cursor"),
        (with(&newest, asking("fence", 1)), "cursor"),
        (with(&ranked, searching(Order::NewestFirst, 1)), "cursor"),
        (SearchRequest { vector: Some(arc(vec![1.0])), ..asking("fence", 1) }, "vector"),
    ] {
        let error = store.search(&all(), &request).await.unwrap_err();
        assert_eq!(
            (error.kind, error.field.as_deref()),
            (ErrorKind::InvalidInput, Some(field)),
            "{request:?}"
        );
    }
    let error =
        store.search(&only(&["yard"]), &with(&newest, searching(Order::NewestFirst, 1))).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("cursor"));
}

/// The filter comes first: the only match at one camera is found though hundreds elsewhere are nearer.
pub async fn a_rare_match_within_a_filter_is_found_by_meaning(store: &dyn EventStore) {
    let mut random = visits::Random(3);
    let mut events: Vec<_> =
        (0..3_000).map(|n| saying("crowd", event(&format!("e{n}"), noon() + seconds(n)))).collect();
    events.push(saying("rare", on("yard", event("rare", noon()))));
    events.push(saying("odd", on("yard", event("odd", noon()))));
    put(store, events).await;
    while store.health().await.unwrap().unembedded > 0 {
        let waiting = store.unembedded(1_000).await.unwrap();
        assert!(!waiting.is_empty() && waiting.len() <= 1_000);
        let vectors = waiting.into_iter().map(|one| {
            let vector = match one.text.split(' ').next() {
                Some("rare") => unit(&[(0, 0.6), (1, 0.8)]),
                Some("odd") => unit(&[(0, -1.0), (2, 0.1)]),
                _ => unit(&[(0, 1.0), (3 + random.below(10) as usize, 0.2)]),
            };
            (one.key, vector)
        });
        store.store_vectors(vectors.collect()).await.unwrap();
    }
    let near = SearchRequest { vector: Some(arc(unit(&[(0, 1.0)]))), ..searching(Order::Relevance, 100) };
    let found = page(store, &all(), &near).await;
    assert_eq!(found.hits.len(), 100);
    assert!(found.hits.iter().all(|hit| hit.event.camera_id == "dock-1"));
    let filter = EventFilter { cameras: Some(vec!["yard".into()]), ..EventFilter::default() };
    let found = page(store, &all(), &SearchRequest { filter, ..near.clone() }).await;
    assert_eq!(ids(&found), ["rare", "odd"]);
    assert!(found.hits[0].semantic.is_some_and(|cosine| (cosine - 0.6).abs() < 0.02));
    assert!(found.hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)));
    let found = page(store, &only(&["yard"]), &near).await;
    assert_eq!(ids(&found), ["rare", "odd"]);
}

/// An event that matches by words and by meaning comes before those that match by one of them.
pub async fn words_and_meaning_together_beat_either(store: &dyn EventStore) {
    put(
        store,
        vec![
            saying("a person climbs the fence", event("both", noon())),
            saying("somebody scales the barrier", event("meaning", noon() + seconds(1))),
            saying("the fence is painted green today", event("words", noon() + seconds(2))),
            saying("a parcel is delivered", event("neither", noon() + seconds(3))),
        ],
    )
    .await;
    let scaling = [(0, 1.0), (1, 0.2)];
    embed(store, |text| match text {
        text if text.starts_with("a person") => unit(&scaling),
        text if text.starts_with("somebody") => unit(&[(0, 1.0), (1, 0.4)]),
        text if text.starts_with("the fence") => unit(&[(4, 1.0)]),
        _ => unit(&[(5, 1.0)]),
    })
    .await;
    let request = SearchRequest { vector: Some(arc(unit(&scaling))), ..asking("fence", 9) };
    let found = page(store, &all(), &request).await;
    assert_eq!(ids(&found)[0], "both");
    assert_eq!(ids(&found)[3], "neither");
    assert!(found.hits[0].lexical.is_some() && found.hits[0].semantic.is_some_and(|cosine| cosine > 0.98));
    // An event too young to have a vector is still found by its words.
    put(store, vec![saying("fence fence fence", event("young", noon()))]).await;
    let found = page(store, &all(), &request).await;
    let young = found.hits.iter().find(|hit| hit.event.event_id == "young").expect("found by words");
    assert!(young.lexical.is_some() && young.semantic.is_none());
}

/// A vector of words that have changed since is dropped, and one that is kept is not asked for again.
pub async fn a_vector_belongs_to_the_words_that_it_was_made_of(store: &dyn EventStore) {
    put(store, vec![saying("first", event("a", noon())), saying("second", event("b", noon()))]).await;
    let waiting = store.unembedded(10).await.unwrap();
    assert_eq!(
        waiting.iter().map(|one| one.text.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["first", "second"]
    );
    assert_eq!(store.unembedded(1).await.unwrap(), waiting[..1]);
    put(store, vec![saying("changed", event("a", noon()))]).await;
    // The words of this one stay the same.
    put(store, vec![Event { end_time: Some(noon() + seconds(5)), ..saying("second", event("b", noon())) }])
        .await;
    let vector = unit(&[(0, 1.0)]);
    store.store_vectors(waiting.iter().map(|one| (one.key, vector.clone())).collect()).await.unwrap();
    let still = store.unembedded(10).await.unwrap();
    assert_eq!(still.len(), 1);
    assert!(still[0].text.starts_with("changed") && still[0].key != waiting[0].key);
    assert_eq!(store.health().await.unwrap().unembedded, 1);
    let near = SearchRequest { vector: Some(arc(vector.clone())), ..searching(Order::Relevance, 9) };
    assert_eq!(ids(&page(store, &all(), &near).await), ["b"]);
    store.store_vectors(vec![(still[0].key, vector)]).await.unwrap();
    assert_eq!(ids(&page(store, &all(), &near).await), ["a", "b"]);
    assert!(store.unembedded(10).await.unwrap().is_empty());
}
