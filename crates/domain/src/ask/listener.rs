//! Whoever listens while an answer is made. Must never hold up an answer that nobody listens to.

use tokio::sync::mpsc;

use super::{Evidence, Interpretation};

/// What a listener hears while an answer is in the making. The whole answer is the return value of
/// [`Asker::ask`](super::Asker::ask), not an event.
#[derive(Debug, Clone, PartialEq)]
pub enum AskEvent {
    /// The conversation has an id.
    ConversationCreated {
        /// The id; absent when nothing is remembered.
        conversation_id: Option<String>,
    },
    /// The question was understood.
    Interpreted(Box<Interpretation>),
    /// The events were found.
    Found(Vec<Evidence>),
    /// Some more text.
    Delta(String),
    /// All text so far is replaced by this.
    Replaced(String),
    /// Questions to ask next.
    FollowUps(Vec<String>),
}

/// A listener, or none.
pub(crate) struct Listener {
    sender: Option<mpsc::Sender<AskEvent>>,
}

impl Listener {
    pub(crate) fn new(sender: Option<mpsc::Sender<AskEvent>>) -> Self {
        Self { sender }
    }

    /// Whether there ever was one.
    pub(crate) fn is_present(&self) -> bool {
        self.sender.is_some()
    }

    /// Whether there was one and it has left.
    pub(crate) fn is_gone(&self) -> bool {
        self.sender.as_ref().is_some_and(mpsc::Sender::is_closed)
    }

    /// Tells, waiting for a slow listener; one that has left misses nothing.
    pub(crate) async fn tell(&self, event: impl FnOnce() -> AskEvent) {
        if let Some(sender) = &self.sender {
            let _ = sender.send(event()).await;
        }
    }

    /// Returns when the listener has left; never when there is none.
    pub(crate) async fn gone(&self) {
        match &self.sender {
            Some(sender) => sender.closed().await,
            None => std::future::pending().await,
        }
    }
}
