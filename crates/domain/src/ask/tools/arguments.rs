//! The arguments of a call, out of whatever JSON a model managed. Must never fail in any other way than
//! by saying what is wrong.

use serde_json::{Map, Value};

use crate::{Error, text};

/// The longest words for one argument, in characters.
const WORDS_CHARS_MAX: usize = 200;

/// What is wrong with a call, as the model is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// An error of ours; a store that is out of order is not explained to a model.
    pub(super) fn of(error: Error) -> Self {
        match error.kind {
            crate::ErrorKind::InvalidInput | crate::ErrorKind::NotFound => Self::new(error.message),
            _ => {
                tracing::warn!(code = error.code, "a tool of the language model did not work");
                Self::new("this does not work now; answer without it")
            }
        }
    }
}

/// Arguments of any of the tools.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// What to look for.
    pub(super) what: Option<String>,
    /// Where.
    pub(super) place: Option<String>,
    /// When.
    pub(super) when: Option<String>,
    /// One period of a comparison.
    pub(super) period_a: Option<String>,
    /// The other.
    pub(super) period_b: Option<String>,
    /// By what to group.
    pub(super) by: Option<String>,
    /// In which order.
    pub(super) order: Option<String>,
    /// How many events.
    pub(super) limit: Option<usize>,
    /// Which event.
    pub(super) reference: Option<u32>,
}

impl Arguments {
    pub(super) fn read(json: &str) -> Result<Self, Wrong> {
        let fields: Map<String, Value> = match json.trim() {
            "" | "null" => Map::new(),
            json => serde_json::from_str(json)
                .map_err(|_| Wrong::new("the arguments are not one JSON object; call again with one"))?,
        };
        let words = |name: &str| words(name, fields.get(name));
        Ok(Self {
            what: words("what")?,
            place: words("where")?,
            when: words("when")?,
            period_a: words("period_a")?,
            period_b: words("period_b")?,
            by: words("by")?.map(|by| by.to_lowercase()),
            order: words("order")?.map(|order| order.to_lowercase()),
            limit: number("limit", fields.get("limit"))?.map(|n| usize::try_from(n).unwrap_or(usize::MAX)),
            reference: number("ref", fields.get("ref"))?.map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
        })
    }
}

/// Words, or a list of them.
fn words(name: &str, value: Option<&Value>) -> Result<Option<String>, Wrong> {
    let wrong = || Wrong::new(format!("`{name}` must be a few words in a string"));
    let told = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(words)) => words.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(items)) => {
            let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            items.ok_or_else(wrong)?.join(" and ")
        }
        Some(_) => return Err(wrong()),
    };
    let told = text::one_line(&told);
    if told.chars().count() > WORDS_CHARS_MAX {
        return Err(Wrong::new(format!("`{name}` is too long; a few words are enough")));
    }
    Ok((!told.is_empty()).then_some(told))
}

/// A number, also as a string or as it is cited: 3, "3", "[3]".
fn number(name: &str, value: Option<&Value>) -> Result<Option<u64>, Wrong> {
    let wrong = || Wrong::new(format!("`{name}` must be a whole number"));
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => {
            let whole = number.as_u64().or_else(|| number.as_f64().filter(|f| *f >= 0.0).map(|f| f as u64));
            whole.map(Some).ok_or_else(wrong)
        }
        Some(Value::String(words)) => {
            words.trim().trim_matches(['[', ']']).parse().map(Some).map_err(|_| wrong())
        }
        Some(_) => Err(wrong()),
    }
}
