//! How a model came to its end. Says nothing of what becomes of its text.

use crate::{Error, chat_model::FinishReason};

/// How the model ended.
pub(super) enum End {
    /// It said that it was done.
    Finished(FinishReason),
    /// It wrote more than it may.
    TooLong,
    /// It gave its instructions away.
    Leaked,
    /// It failed before it began.
    NeverBegan(Error),
    /// It broke off.
    Cut,
    /// It was not done in time.
    OutOfTime,
    /// Nobody listens any more.
    ListenerGone,
}
