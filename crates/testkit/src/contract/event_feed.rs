//! What every feed must do: hand over each message until it is confirmed and not afterwards, whatever
//! happens to the wire; say the same of the same message; lose nothing beside a message that is broken.
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract fails by panicking")]

use std::time::Duration;

use async_trait::async_trait;
use eps_domain::event_feed::{Delivery, EventFeed};

/// A feed that waits longer than this for what was sent has lost it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Deliveries after which an earlier confirmation has certainly left.
const CONFIRMED_BEFORE: usize = 8;

/// A source with a feed that listens to it over a guaranteed wire.
#[async_trait]
pub trait Arrangement: Send {
    /// The feed.
    fn feed(&self) -> &dyn EventFeed;
    /// Lets the source say event `n`.
    async fn say(&mut self, n: u32);
    /// Lets it say something broken.
    async fn say_garbage(&mut self);
    /// Cuts the wire and mends it.
    async fn cut(&mut self);
}

/// Runs the whole contract.
pub async fn run(mut source: impl Arrangement) {
    until_connected(source.feed()).await;

    // Not confirmed, it comes again, and says the same.
    source.say(1).await;
    let first = next_event(source.feed()).await;
    source.cut().await;
    let again = next_event(source.feed()).await;
    assert_eq!(id(&first), id(&again));
    assert_eq!(first.changes, again.changes);
    source.feed().confirm(&[first.receipt, again.receipt]).await;

    // Broken messages are told and lose nothing beside them.
    source.say(2).await;
    source.say_garbage().await;
    source.say(3).await;
    let mut heard = Vec::new();
    while heard.len() < 3 {
        heard.extend(next(source.feed()).await);
    }
    let outcomes: Vec<bool> = heard.iter().map(|delivery| delivery.changes.is_ok()).collect();
    assert_eq!(outcomes, [true, false, true]);
    source.feed().confirm(&heard.iter().map(|delivery| delivery.receipt).collect::<Vec<_>>()).await;

    // Said twice, it is the same event.
    source.say(3).await;
    let twice = next_event(source.feed()).await;
    assert_eq!((id(&twice), &twice.changes), (id(&heard[2]), &heard[2].changes));
    source.feed().confirm(&[twice.receipt]).await;

    // Confirmed, it does not come again. What comes next comes after the wire is mended.
    source.say(4).await;
    let fourth = next_event(source.feed()).await;
    source.feed().confirm(&[fourth.receipt]).await;
    // A confirmation leaves when its connection comes to it; after so many more it has arrived.
    let mut fifth = fourth.clone();
    for _ in 0..CONFIRMED_BEFORE {
        source.say(5).await;
        fifth = next_event(source.feed()).await;
        source.feed().confirm(&[fifth.receipt]).await;
    }
    source.say(6).await;
    source.cut().await;
    let mut ids = Vec::new();
    source.say(7).await;
    while ids.last() != Some(&event_of(7, &fifth)) {
        let delivery = next_event(source.feed()).await;
        ids.push(id(&delivery));
        source.feed().confirm(&[delivery.receipt]).await;
    }
    assert!(ids.contains(&event_of(6, &fifth)), "{ids:?}");
    assert!(!ids.contains(&id(&fourth)), "{ids:?}");
}

/// The event that is `n`: sources put the number at the end of an attribute's value or of the id.
fn event_of(n: u32, fifth: &Delivery) -> String {
    let id = id(fifth);
    id.strip_suffix('5').map(|stem| format!("{stem}{n}")).unwrap()
}

async fn until_connected(feed: &dyn EventFeed) {
    let connected = async {
        while !feed.is_connected() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, connected).await.unwrap();
}

async fn next(feed: &dyn EventFeed) -> Vec<Delivery> {
    tokio::time::timeout(PATIENCE, feed.next(1)).await.unwrap()
}

async fn next_event(feed: &dyn EventFeed) -> Delivery {
    let mut deliveries = next(feed).await;
    assert_eq!(deliveries.len(), 1);
    deliveries.remove(0)
}

/// What tells the events of a source apart here: the id, or the object that it names.
fn id(delivery: &Delivery) -> String {
    let change = &delivery.changes.as_ref().unwrap()[0];
    let object = change.draft.attributes.as_ref().and_then(|all| all.get("object_id")?.as_str());
    object.map(str::to_owned).or_else(|| change.draft.event_id.clone()).unwrap()
}
