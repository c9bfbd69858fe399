//! Pages of a search by words: exactly the events that are counted, and no page after the last of them.

use eps_domain::search::{CountQuery, SearchQuery, SearchReply, Searcher};
use eps_testkit::builders::{a_caller, an_event};

use super::world::World;

/// So many of each, a minute apart.
async fn world(events: &[(&str, usize)]) -> World {
    let start: jiff::Timestamp = "2026-05-12T08:00:00Z".parse().unwrap();
    let told = events.iter().flat_map(|(what, count)| (0..*count).map(move |n| (*what, n)));
    let event = |(at, (what, n)): (i64, (&str, usize))| {
        let event = an_event().id(format!("{what} {n}")).description(format!("A {what} passes"));
        event.at_instant(start + jiff::SignedDuration::from_mins(at)).build()
    };
    World::with((0..).zip(told).map(event).collect()).await
}

async fn pages(searcher: &Searcher, words: &str, limit: usize) -> Vec<SearchReply> {
    let mut query = SearchQuery { query: Some(words.into()), limit: Some(limit), ..SearchQuery::default() };
    let mut pages = Vec::new();
    loop {
        let page = searcher.search(&a_caller().build(), query.clone()).await.unwrap();
        query.cursor.clone_from(&page.next_cursor);
        pages.push(page);
        if query.cursor.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn pages_hold_what_is_counted_and_end_with_it() {
    // Few enough to be ranked, and more than that.
    for jackets in [12, 30, 620] {
        let world = world(&[("red jacket", jackets), ("red car", 40), ("blue jacket", 20)]).await;
        let pages = pages(&world.searcher(), "red jacket", 50).await;
        let mut ids: Vec<&str> = Vec::new();
        for page in &pages {
            assert_eq!(page.totals.events, jackets as u64);
            assert!(!page.hits.is_empty(), "{jackets}");
            ids.extend(page.hits.iter().map(|hit| hit.event_id.as_str()));
        }
        assert_eq!(pages.len(), jackets.div_ceil(50));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), jackets);
        assert!(ids.iter().all(|id| id.starts_with("red jacket")));
    }
}

#[tokio::test]
async fn words_that_nothing_holds_are_one_page() {
    let world = world(&[("red car", 120)]).await;
    for words in ["purple submarine", "red submarine"] {
        let pages = pages(&world.searcher(), words, 5).await;
        assert_eq!((pages.len(), pages[0].totals.events), (1, 0), "{words}");
    }
}

/// "Jackets but not red ones": what is left out is in no page, no total and no group, and no event that is left is
/// missing between two pages.
#[tokio::test]
async fn pages_and_counts_lack_what_is_left_out() {
    let world =
        world(&[("red jacket", 70), ("blue jacket", 45), ("red scarf", 20), ("green jacket", 31)]).await;
    for words in ["jackets except red jackets", "jackets but not red ones"] {
        for limit in [7, 50] {
            let pages = pages(&world.searcher(), words, limit).await;
            let ids = pages.iter().flat_map(|page| page.hits.iter().map(|hit| hit.event_id.as_str()));
            let mut ids: Vec<&str> = ids.collect();
            assert!(pages.iter().all(|page| page.totals.events == 76), "{words} {limit}");
            assert!(
                ids.iter().all(|id| id.ends_with(|c: char| c.is_ascii_digit()) && !id.starts_with("red"))
            );
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), 76, "{words} {limit}");
        }
        let query = CountQuery { query: Some(words.into()), ..CountQuery::default() };
        let counted = world.searcher().count(&a_caller().build(), query).await.unwrap();
        assert_eq!(counted.totals.events, 76, "{words}");
    }
}
