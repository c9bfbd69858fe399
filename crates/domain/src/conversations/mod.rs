//! Conversations as their owners see them: lists, history by today's rights, deletion.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    Caller, Clock, Error, Permission, Result, Scope,
    ask::{Evidence, Interpretation, NameKind},
    conversation::{Conversation, ConversationHead, ConversationStore, Message, MessageMetadata, Role},
};

/// Messages or conversations of a page when nothing else is asked.
const PAGE_LIMIT_DEFAULT: usize = 50;
/// Messages or conversations of a page at the most.
const PAGE_LIMIT_MAX: usize = 200;
/// Stands where an answer draws on cameras that its reader may no longer see.
pub const HIDDEN_ANSWER: &str = "[not shown: this answer draws on cameras that you may no longer see]";

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
    /// `InvalidInput` for `limit` or `cursor`; `Forbidden`; what the store says.
    pub async fn list(
        &self,
        caller: &Caller,
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> Result<ConversationList> {
        caller.require(Permission::Ask)?;
        let (limit, now) = (page_limit(limit)?, self.clock.now());
        let (conversations, next_cursor) = self.store.list(&caller.owner, limit, cursor, now).await?;
        Ok(ConversationList { conversations, next_cursor })
    }

    /// Messages oldest first. `limit` 1 to 200, 50 when absent.
    ///
    /// # Errors
    /// `NotFound` with code `CONVERSATION_NOT_FOUND`, the same for another's; `InvalidInput` for `limit`
    /// or `cursor`; `Forbidden`; what the store says.
    pub async fn history(
        &self,
        caller: &Caller,
        conversation_id: &str,
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> Result<HistoryView> {
        caller.require(Permission::Ask)?;
        let (limit, now) = (page_limit(limit)?, self.clock.now());
        let found = self.store.history(&caller.owner, conversation_id, limit, cursor, now).await?;
        let Conversation { head, messages, next_cursor } = found.ok_or_else(missing)?;
        Ok(HistoryView {
            conversation_id: head.conversation_id,
            messages: messages.into_iter().map(|message| view(message, &caller.scope, now)).collect(),
            total_messages: head.total_messages,
            created_at: head.created_at,
            last_activity: head.last_activity,
            next_cursor,
        })
    }

    /// Whether the caller has such a conversation.
    ///
    /// # Errors
    /// `Forbidden`; what the store says.
    pub async fn is_there(&self, caller: &Caller, conversation_id: &str) -> Result<bool> {
        caller.require(Permission::Ask)?;
        let found = self.store.latest(&caller.owner, conversation_id, 0, self.clock.now()).await?;
        Ok(found.is_some())
    }

    /// Deletes a conversation.
    ///
    /// # Errors
    /// `NotFound` with code `CONVERSATION_NOT_FOUND`, the same for another's, for one past its time
    /// and the second time; `Forbidden`; what the store says.
    pub async fn delete(&self, caller: &Caller, conversation_id: &str) -> Result<()> {
        // One past its time may still wait to be swept: it goes as well, but was not there any more.
        let known = self.is_there(caller, conversation_id).await?;
        let deleted = self.store.delete(&caller.owner, conversation_id).await?;
        if known && deleted { Ok(()) } else { Err(missing()) }
    }
}

fn missing() -> Error {
    Error::not_found("CONVERSATION_NOT_FOUND", "there is no such conversation")
}

fn page_limit(limit: Option<usize>) -> Result<usize> {
    let limit = limit.unwrap_or(PAGE_LIMIT_DEFAULT);
    if (1..=PAGE_LIMIT_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::invalid("limit", format!("`limit` must lie between 1 and {PAGE_LIMIT_MAX}")))
}

/// Whether an answer draws on cameras that the reader may not see. Such a text must neither be shown
/// nor given to a model. What the reader said themselves never does.
pub fn draws_on_hidden_cameras(message: &Message, scope: &Scope) -> bool {
    let metadata = &message.metadata;
    let shown = metadata.evidence.iter().map(|evidence| &evidence.camera_id);
    message.role == Role::Assistant
        && metadata.cameras_used.iter().chain(shown).any(|camera| !scope.allows(camera))
}

/// A message by the rights of now.
fn view(message: Message, scope: &Scope, now: Timestamp) -> MessageView {
    let is_hidden = draws_on_hidden_cameras(&message, scope);
    let Message { id, role, content, timestamp, metadata, .. } = message;
    let MessageMetadata { confidence_score, evidence, interpretation, status, .. } = metadata;
    let evidence: Vec<Value> = evidence.into_iter().map(|item| evidence_view(item, scope, now)).collect();
    let interpretation = interpretation.filter(|_| !is_hidden).and_then(|it| interpretation_view(it, scope));
    let metadata = json!({
        "confidence_score": confidence_score,
        "evidence": evidence,
        "interpretation": interpretation,
        "status": status,
    });
    let content = if is_hidden { HIDDEN_ANSWER.to_owned() } else { content };
    MessageView { id, role, content, timestamp, metadata }
}

/// Evidence out of scope keeps its id only; links that have ended are left out.
fn evidence_view(mut evidence: Evidence, scope: &Scope, now: Timestamp) -> Value {
    if !scope.allows(&evidence.camera_id) {
        return json!({"event_id": evidence.event_id, "redacted": true});
    }
    if let Some(clip) = &mut evidence.clip
        && clip.expires_at.is_some_and(|end| end <= now)
    {
        // The still was signed together with the clip.
        (clip.url, clip.expires_at, evidence.thumbnail_url) = (None, None, None);
    }
    json!(evidence)
}

/// An interpretation that names cameras out of scope is not shown, and names that were offered in
/// place of an unknown one only as far as they are cameras in scope.
fn interpretation_view(mut interpretation: Interpretation, scope: &Scope) -> Option<Interpretation> {
    let counted_from = interpretation.counted_from.iter().filter_map(|from| from.event.as_ref());
    let referred = interpretation.refers_to.iter().chain(counted_from).map(|event| &event.camera_id);
    if interpretation.cameras.iter().chain(referred).any(|camera| !scope.allows(camera)) {
        return None;
    }
    if !scope.is_whole_tenant() {
        for unresolved in &mut interpretation.unresolved {
            unresolved.did_you_mean.retain(|name| unresolved.kind == NameKind::Camera && scope.allows(name));
        }
    }
    Some(interpretation)
}
