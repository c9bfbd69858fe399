//! The conversation around a question: who may go on with it, what of it may still be seen, and how
//! the turn is kept. Rights are those of today; what was answered under wider ones is not used.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Degraded, Evidence, Intent, Interpretation};
use crate::{
    Caller, Error, ErrorKind, Owner, Result, Scope,
    conversation::{
        ConversationStore, Message, MessageMetadata, MessageStatus, Retention, Role, Turn, TurnLease,
    },
};

/// How long a question waits for another one of its conversation.
const TURN_WAIT: Duration = Duration::from_secs(2);
/// Messages of a conversation that are looked at: enough to carry over and to remind a model.
const MESSAGES_MAX: usize = 20;
/// The longest id that a conversation can have, in bytes.
const ID_BYTES_MAX: usize = 128;

/// The conversation that a question belongs to.
pub(crate) struct Memory {
    /// Its id; none when nothing is remembered.
    pub conversation_id: Option<String>,
    /// Which turn this is, from 1.
    pub turn: u64,
    /// Whether it begins with this question.
    is_new: bool,
    /// Messages that the caller may see today, oldest first, as pairs of question and answer.
    messages: Vec<Message>,
    /// Whether the latest turn is one that the caller may see today.
    is_latest_visible: bool,
    /// Held until the turn is stored.
    _lease: Option<TurnLease>,
}

impl Memory {
    /// Opens the conversation of a question, or begins one.
    ///
    /// # Errors
    /// `NotFound` with `CONVERSATION_NOT_FOUND`, the same for another's; `Conflict`; what the store
    /// says. With `ephemeral`, a store that is out of order only costs a new conversation its memory.
    pub(crate) async fn open(
        store: &dyn ConversationStore,
        caller: &Caller,
        conversation_id: Option<&str>,
        ephemeral: bool,
        now: Timestamp,
    ) -> Result<Self> {
        let Some(id) = conversation_id else {
            return Self::begin(store, &caller.owner, ephemeral, now).await;
        };
        if id.is_empty() || id.len() > ID_BYTES_MAX {
            return Err(not_found());
        }
        let lease = store.begin_turn(&caller.owner, id, TURN_WAIT).await?;
        let found = store.latest(&caller.owner, id, MESSAGES_MAX, now).await?;
        let conversation = found.ok_or_else(not_found)?;
        let latest = conversation.messages.last().map(|message| message.seq);
        let messages = visible(conversation.messages, &caller.scope);
        Ok(Self {
            conversation_id: Some(conversation.head.conversation_id),
            turn: conversation.head.turns + 1,
            is_new: false,
            is_latest_visible: messages.last().map(|message| message.seq) == latest,
            messages,
            _lease: Some(lease),
        })
    }

    async fn begin(
        store: &dyn ConversationStore,
        owner: &Owner,
        ephemeral: bool,
        now: Timestamp,
    ) -> Result<Self> {
        let id = mint(now);
        // Nobody else knows the id. It is taken all the same: a store that takes no turns says so here,
        // before anything is searched and a model is paid.
        let (conversation_id, lease) = match store.begin_turn(owner, &id, TURN_WAIT).await {
            Ok(lease) => (Some(id), Some(lease)),
            Err(error) if ephemeral && is_outage(&error) => (None, None),
            Err(error) => return Err(error),
        };
        Ok(Self {
            conversation_id,
            turn: 1,
            is_new: true,
            messages: Vec::new(),
            is_latest_visible: true,
            _lease: lease,
        })
    }

    /// What the previous turn was understood to mean; none when the caller may no longer see it.
    pub(crate) fn previous(&self) -> Option<&Interpretation> {
        self.latest_about_events()?.metadata.interpretation.as_ref()
    }

    /// What the turn before it was understood to mean, as far as both may still be seen.
    pub(crate) fn before_previous(&self) -> Option<&Interpretation> {
        let latest = self.latest_about_events()?;
        let earlier = self.messages.iter().filter(|message| message.seq < latest.seq);
        asked_before(latest.metadata.interpretation.as_ref(), earlier)
    }

    /// What was asked before a turn that is not stored yet.
    pub(crate) fn before(&self, turn: &Interpretation) -> Option<&Interpretation> {
        asked_before(Some(turn), self.messages.iter()).filter(|_| self.is_latest_visible)
    }

    /// What the previous answer showed; nothing when the caller may no longer see it.
    pub(crate) fn evidence(&self) -> &[Evidence] {
        self.latest_about_events().map_or(&[], |message| &message.metadata.evidence)
    }

    /// The latest answer that a question can lean on: "thanks" or the list of all cameras in between makes nobody
    /// forget what was asked, "start over" does.
    fn latest_about_events(&self) -> Option<&Message> {
        let is_aside = |it: &Interpretation| match it.intent {
            Intent::SmallTalk | Intent::Help => true,
            Intent::ListCameras => it.cameras.is_empty() && it.sites.is_empty(),
            _ => false,
        };
        let is_ground = |message: &&Message| {
            message.metadata.interpretation.as_ref().is_some_and(|it| it.starts_over || !is_aside(it))
        };
        let answers = || self.messages.iter().rev().filter(|message| message.role == Role::Assistant);
        answers().find(is_ground).or_else(|| answers().next()).filter(|_| self.is_latest_visible)
    }

    /// Turns that may be shown to a model: whole, and visible today. Oldest first.
    pub(crate) fn whole_turns(&self) -> impl DoubleEndedIterator<Item = (&Message, &Message)> {
        self.messages.chunks_exact(2).filter_map(|pair| match pair {
            [question, answer] if answer.metadata.status == MessageStatus::Complete => {
                Some((question, answer))
            }
            _ => None,
        })
    }

    /// Every question that was asked before.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().filter(|m| m.role == Role::User).map(|m| m.content.as_str())
    }

    /// Stores question and answer together. A new conversation may lose its memory with `ephemeral`;
    /// then its id is taken back and the loss is told.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn store(
        &mut self,
        store: &dyn ConversationStore,
        caller: &Caller,
        (question, answer): (String, String),
        metadata: MessageMetadata,
        retention: Retention,
        ephemeral: bool,
        (asked_at, answered_at): (Timestamp, Timestamp),
    ) -> Result<Option<Degraded>> {
        let Some(id) = self.conversation_id.clone() else { return Ok(Some(Degraded::Memory)) };
        let message = |role, content, timestamp, metadata| Message {
            id: mint(timestamp),
            seq: 0,
            role,
            content,
            timestamp,
            metadata,
        };
        let turn = Turn {
            turn_id: mint(asked_at),
            question: message(Role::User, question, asked_at, MessageMetadata::default()),
            answer: message(Role::Assistant, answer, answered_at, metadata),
        };
        match store.append_turn(&caller.owner, &id, turn, self.is_new, retention).await {
            Ok(head) => {
                self.turn = head.turns;
                Ok(None)
            }
            Err(error) if ephemeral && self.is_new && is_outage(&error) => {
                self.conversation_id = None;
                Ok(Some(Degraded::Memory))
            }
            Err(error) => Err(error),
        }
    }
}

/// What a turn comes behind; behind one that only shows single events, what was asked before these.
fn asked_before<'a>(
    turn: Option<&Interpretation>,
    earlier: impl DoubleEndedIterator<Item = &'a Message>,
) -> Option<&'a Interpretation> {
    let speaks_of_events = |it: &Interpretation| !it.refers_to.is_empty();
    let is_behind = turn.is_some_and(speaks_of_events);
    let answers = earlier.rev().filter(|message| message.role == Role::Assistant);
    answers
        .filter_map(|message| message.metadata.interpretation.as_ref())
        .find(|it| !(is_behind && speaks_of_events(it)))
}

fn not_found() -> Error {
    Error::not_found("CONVERSATION_NOT_FOUND", "there is no such conversation")
}

fn is_outage(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Timeout)
}

/// A new id, ordered by time.
pub(crate) fn mint(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    let time = uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds);
    Uuid::new_v7(time).to_string()
}

/// The turns of which the caller may see everything today.
fn visible(messages: Vec<Message>, scope: &Scope) -> Vec<Message> {
    let mut kept = Vec::with_capacity(messages.len());
    let mut question = None;
    for message in messages {
        match message.role {
            Role::User => question = Some(message),
            Role::Assistant => {
                let Some(asked) = question.take() else { continue };
                let used = message.metadata.cameras_used.iter();
                let shown = message.metadata.evidence.iter().map(|evidence| &evidence.camera_id);
                if used.chain(shown).all(|camera| scope.allows(camera)) {
                    kept.push(asked);
                    kept.push(message);
                }
            }
        }
    }
    kept
}
