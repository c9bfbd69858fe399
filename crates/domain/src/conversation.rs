//! Conversations: turns of a question and its answer, kept for their owner.
//!
//! A turn is stored whole or not at all. Conversations live some days after their last turn and show
//! what they hold by the rights of the reader at the time of reading.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    access::Owner,
    ask::{Evidence, Interpretation},
    text,
};

/// A list shows this much of the first question.
const TITLE_CHARS_MAX: usize = 80;

/// Who speaks. Roles come from us only, never from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The caller.
    User,
    /// The service.
    Assistant,
}

/// Whether an answer is whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// It ended as it should.
    #[default]
    Complete,
    /// The model broke off; never shown to a model again.
    Incomplete,
    /// The caller left or the service stopped; never shown to a model again.
    Interrupted,
}

/// What an answer was based on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MessageMetadata {
    /// 0 to 1; answers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence_score: Option<f64>,
    /// What was cited or shown; answers only.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// How the question was understood; answers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpretation: Option<Interpretation>,
    /// Every camera whose events went into the text, shown or only counted, sorted. Whoever may no
    /// longer see one of them does not see the text either.
    #[serde(default)]
    pub cameras_used: Vec<String>,
    /// Whether it is whole.
    #[serde(default)]
    pub status: MessageStatus,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Unique.
    pub id: String,
    /// Position in the conversation, from 1, without gaps as they are written.
    pub seq: u64,
    /// Who.
    pub role: Role,
    /// The text.
    pub content: String,
    /// When.
    pub timestamp: Timestamp,
    /// See [`MessageMetadata`].
    pub metadata: MessageMetadata,
}

/// A question and its answer, to be stored together. `seq` of the messages is given by the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Storing the same turn twice stores it once.
    pub turn_id: String,
    /// The question.
    pub question: Message,
    /// The answer.
    pub answer: Message,
}

impl Turn {
    /// What a list shows of a conversation that begins with this turn: the question on one line, cut at
    /// a character.
    pub fn title(&self) -> String {
        let line = text::one_line(&self.question.content);
        match line.char_indices().nth(TITLE_CHARS_MAX) {
            None => line,
            Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
        }
    }
}

/// A conversation without its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ConversationHead {
    /// Its id.
    pub conversation_id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When its last turn was stored.
    pub last_activity: Timestamp,
    /// Messages that it holds now.
    pub total_messages: u64,
    /// Turns ever stored, also those that have been trimmed.
    pub turns: u64,
    /// The first question, shortened; what a list shows.
    pub title: String,
}

/// A conversation with some of its messages, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// About it.
    pub head: ConversationHead,
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// How long conversations and messages are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// After the last turn; then the whole conversation goes.
    pub conversation: Duration,
    /// A message is never older than this.
    pub message: Duration,
    /// The most messages one conversation keeps; the oldest turns go first.
    pub messages_max: u64,
}

/// Held while a turn of a conversation is in the making; dropping it lets the next one go on.
pub struct TurnLease {
    /// Lets go when dropped.
    _guard: Box<dyn Send + Sync>,
}

impl TurnLease {
    /// Wraps whatever lets go when it is dropped.
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self { _guard: Box::new(guard) }
    }
}

/// Where conversations are kept. Every call takes the owner; another's conversation is as absent as a
/// missing one.
///
/// Errors: `Unavailable` with code `STORE_UNAVAILABLE`, or `STORAGE_FULL` when it cannot write.
#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// Waits until no other turn of the owner's conversation is in the making, at most `wait`. The conversation
    /// need not be there yet. A turn in another's conversation of the same id is not noticed.
    ///
    /// # Errors
    /// `Conflict` with code `CONVERSATION_BUSY` after `wait`; a store that is known to take no turns says
    /// so at once.
    async fn begin_turn(&self, owner: &Owner, conversation_id: &str, wait: Duration) -> Result<TurnLease>;

    /// The conversation with its latest `messages_max` messages, oldest first.
    async fn latest(
        &self,
        owner: &Owner,
        conversation_id: &str,
        messages_max: usize,
        now: Timestamp,
    ) -> Result<Option<Conversation>>;

    /// Stores a turn, durable when it returns. Creates the conversation when `create`, and refuses
    /// when it is gone and not to be created.
    ///
    /// # Errors
    /// `NotFound` with code `CONVERSATION_NOT_FOUND`.
    async fn append_turn(
        &self,
        owner: &Owner,
        conversation_id: &str,
        turn: Turn,
        create: bool,
        retention: Retention,
    ) -> Result<ConversationHead>;

    /// A page of messages, oldest first; `cursor` is what the last page gave.
    async fn history(
        &self,
        owner: &Owner,
        conversation_id: &str,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Conversation>>;

    /// The owner's conversations, latest activity first, and the cursor of the next page.
    async fn list(
        &self,
        owner: &Owner,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<(Vec<ConversationHead>, Option<String>)>;

    /// Deletes it with all its messages and the responses kept for replay that belong to it (see
    /// [`crate::idempotency`]); false when there was none.
    async fn delete(&self, owner: &Owner, conversation_id: &str) -> Result<bool>;

    /// Removes what is past its time by now; how many conversations went.
    async fn sweep(&self, retention: Retention, now: Timestamp) -> Result<u64>;

    /// Whether it can answer.
    async fn health(&self) -> Result<()>;
}
