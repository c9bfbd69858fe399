//! The port to where events come from by themselves: a broker, a recorder.
//!
//! A feed hands over what its source says and forgets it only when that is confirmed; what it cannot
//! hand over it must fetch again. It never decides what becomes of an event that is stored already.

use async_trait::async_trait;

use crate::{EventDraft, Result};

/// The attribute that holds a number plate. A plate is also the name of its event (`sub_label`) as long as
/// nobody knows whose it is.
pub const LICENSE_PLATE: &str = "license_plate";

/// What a source says of one event: the whole of it, or a part that came later.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventChange {
    /// The id, and whatever else is said. What is absent stays as it is.
    pub draft: EventDraft,
    /// Words about the group that the event belongs to; they describe it as long as nothing else does.
    pub group_description: Option<String>,
}

/// One message of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Confirms it.
    pub receipt: u64,
    /// What it says of events (possibly nothing that matters), or why it cannot be read, without a word of
    /// its text.
    pub changes: Result<Vec<EventChange>, &'static str>,
}

/// A source of events that is listened to.
#[async_trait]
pub trait EventFeed: Send + Sync {
    /// Short and stable, for metrics and the source of events: `frigate`.
    fn name(&self) -> &'static str;

    /// Whether it hears its source now.
    fn is_connected(&self) -> bool;

    /// Waits for something to arrive and gives what there is in the order in which the source said it: at
    /// most `limit` messages, or one page of what was missed. What is given and not confirmed may come again. Dropping the future loses nothing.
    async fn next(&self, limit: usize) -> Vec<Delivery>;

    /// These are durable, or never will be: they need not come again.
    async fn confirm(&self, receipts: &[u64]);

    /// What the source says of one event now; `None` when it knows none or cannot be asked at all.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout`; the feed then brings the event later by itself.
    async fn look_up(&self, event_id: &str) -> Result<Option<EventDraft>>;
}
