//! The spine: a question flows one way through five verbs, each a file or folder here and each
//! testable alone.
//!
//! interpret (words → meaning) → gather (meaning → findings) → write (findings → draft) → check (claims ↔
//! events) → suggest (what to ask next).

/// Appends formatted text to a string, which cannot fail.
macro_rules! push {
    ($text:expr, $($arguments:tt)+) => {{
        use std::fmt::Write as _;
        let _ = write!($text, $($arguments)+);
    }};
}

mod answer;
mod asker;
mod asking;
mod bill;
mod calendar_words;
mod catalogues;
mod check;
mod confidence;
mod draft;
mod figures;
mod findings;
mod finish;
pub(crate) mod gather;
mod insight;
pub mod interpret;
mod interpretation;
mod kinds;
mod listener;
mod memory;
mod model_budget;
mod narrate;
mod particulars;
pub(crate) mod pictures;
mod place;
mod prompt;
mod request;
pub(crate) mod stems;
mod suggest;
mod tools;
mod translate;
mod turn;
mod unresolved;
pub(crate) mod validate;
mod word_sides;
mod write;

pub use answer::{
    Answer, AnswerMetadata, AnswerTotals, Citation, ClipLink, Degraded, Evidence, ResponseType,
};
pub use asker::{AskSettings, Asker, AskerParts};
pub use figures::{
    Average, Bucket, Comparison, ComparisonSide, Durations, Hop, Incident, Incidents, Path, QuietStretch,
    Share, Stay,
};
pub use interpretation::{
    Beside, BusinessHoursTaken, Claim, CountedFrom, Grouping, HoursFrom, Intent, Interpretation,
    InterpretationRecord, LeftOut, NameKind, NamedTimeZone, Perhaps, PeriodRecord, QuestionForm, Quiet,
    QuietOrder, Referred, StayBound, Threshold, Unresolved,
};
pub use listener::AskEvent;
pub use request::{
    AskRequest, Filters, QUERY_CHARS_MAX, USER_CONTEXT_BYTES_MAX, USER_CONTEXT_DEPTH_MAX, UserContext,
};

pub(crate) use catalogues::Catalogues;
pub(crate) use check::{is_plain, plain};
pub(crate) use findings::must_ask_back;
pub(crate) use place::Place;
pub(crate) use write::phrases::{sentence_case, shortened};
