//! Conversations as their owners see them: lists, history by today's rights, deletion.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{
    Caller, Clock, Error, Result,
    conversation::{ConversationHead, ConversationStore, Role},
};

/// A message as its owner may see it now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// Who spoke: `user` or `assistant`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub role: Role,
    /// The text; a fixed note when it speaks of cameras that the reader may no longer see.
    pub content: String,
    /// When.
    pub timestamp: Timestamp,
    /// `{confidence_score, evidence, interpretation, status}`; evidence out of scope is
    /// `{"event_id", "redacted": true}`.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub metadata: Value,
}

/// A page of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HistoryView {
    /// Its id.
    pub conversation_id: String,
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// Messages that it holds.
    pub total_messages: u64,
    /// When it began.
    pub created_at: Timestamp,
    /// When its last turn was stored.
    pub last_activity: Timestamp,
    /// Give this back for the next page.
    pub next_cursor: Option<String>,
}

/// A page of conversations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ConversationList {
    /// Latest activity first.
    pub conversations: Vec<ConversationHead>,
    /// Give this back for the next page.
    pub next_cursor: Option<String>,
}

/// Shows and deletes conversations.
pub struct Conversations {
    store: Arc<dyn ConversationStore>,
    clock: Arc<dyn Clock>,
}

impl Conversations {
    /// The service over a store.
    pub fn new(store: Arc<dyn ConversationStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// The caller's conversations. `limit` 1 to 200, 50 when absent.
    ///
    /// # Errors
    /// `InvalidInput` for `limit` or `cursor`; what the store says.
    pub async fn list(
        &self,
        caller: &Caller,
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> Result<ConversationList> {
        let _ = (caller, limit, cursor, &self.store, &self.clock);
        Err(Error::internal("not built yet"))
    }

    /// Messages oldest first. `limit` 1 to 200, 50 when absent.
    ///
    /// # Errors
    /// `NotFound` with code `CONVERSATION_NOT_FOUND`, the same for another's.
    pub async fn history(
        &self,
        caller: &Caller,
        conversation_id: &str,
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> Result<HistoryView> {
        let _ = (caller, conversation_id, limit, cursor);
        Err(Error::internal("not built yet"))
    }

    /// Deletes a conversation.
    ///
    /// # Errors
    /// `NotFound` with code `CONVERSATION_NOT_FOUND`, the same for another's and the second time.
    pub async fn delete(&self, caller: &Caller, conversation_id: &str) -> Result<()> {
        let _ = (caller, conversation_id);
        Err(Error::internal("not built yet"))
    }
}
