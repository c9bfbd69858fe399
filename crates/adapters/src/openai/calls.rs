//! Calls of tools out of the fragments in which they are streamed. Keeps what arrives within bounds and
//! judges none of it: whether a tool exists and its arguments make sense is decided elsewhere.

use eps_domain::chat_model::ToolCall;
use serde_json::Value;

use super::wire::CallFragment;

/// The most calls of one answer; further ones are dropped.
const CALLS_MAX: usize = 16;
/// The longest name, and the longest id, in bytes.
const NAME_BYTES_MAX: usize = 128;
/// The longest arguments, in bytes: a few words each are expected.
const ARGUMENTS_BYTES_MAX: usize = 8 * 1024;

/// Calls in the making.
#[derive(Default)]
pub(super) struct Calls {
    begun: Vec<(u64, ToolCall)>,
    /// Where a fragment without index and id belongs.
    current: Option<usize>,
    has_dropped: bool,
}

impl Calls {
    /// Takes a fragment.
    pub(super) fn take(&mut self, fragment: CallFragment) {
        let id = fragment.id.filter(|id| !id.is_empty());
        let Some(at) = self.place(fragment.index, id.as_deref()) else {
            self.has_dropped = true;
            return;
        };
        self.current = Some(at);
        let Some((_, call)) = self.begun.get_mut(at) else { return };
        if let Some(id) = id.filter(|_| call.id.is_empty()) {
            push(&mut call.id, &id, NAME_BYTES_MAX);
        }
        let Some(function) = fragment.function else { return };
        // The name comes whole and once; servers that repeat it in every fragment repeat it whole.
        if let Some(name) = function.name.filter(|_| call.name.is_empty()) {
            push(&mut call.name, &name, NAME_BYTES_MAX);
        }
        match function.arguments {
            Some(Value::String(part)) => push(&mut call.arguments, &part, ARGUMENTS_BYTES_MAX),
            Some(object @ Value::Object(_)) => {
                push(&mut call.arguments, &object.to_string(), ARGUMENTS_BYTES_MAX);
            }
            _ => {}
        }
    }

    /// The call that a fragment belongs to, a new one where it opens one; `None` beyond the bound.
    fn place(&mut self, index: Option<u64>, id: Option<&str>) -> Option<usize> {
        let known = match (index, id) {
            (Some(index), Some(id)) => self
                .begun
                .iter()
                // Servers that give every call the index 0 tell them apart by their ids.
                .position(|(known, call)| *known == index && (call.id.is_empty() || call.id == id)),
            (Some(index), None) => self.begun.iter().rposition(|(known, _)| *known == index),
            (None, Some(id)) => self.begun.iter().position(|(_, call)| call.id == id),
            (None, None) if self.has_dropped => return None,
            (None, None) => self.current,
        };
        if known.is_some() {
            return known;
        }
        if self.begun.len() == CALLS_MAX {
            return None;
        }
        let call = ToolCall { id: String::new(), name: String::new(), arguments: String::new() };
        self.begun.push((index.unwrap_or(u64::MAX), call));
        Some(self.begun.len() - 1)
    }

    /// Whether there is any.
    pub(super) fn is_empty(&self) -> bool {
        self.begun.is_empty()
    }

    /// The whole calls in the order in which they were begun, each with an id.
    pub(super) fn finish(&mut self) -> Vec<ToolCall> {
        let calls = std::mem::take(&mut self.begun).into_iter().enumerate();
        calls
            .map(|(at, (_, mut call))| {
                if call.id.is_empty() {
                    call.id = format!("call_{at}");
                }
                call
            })
            .collect()
    }
}

/// Appends up to a bound. What was cut is no JSON any more and is refused by whoever reads it.
fn push(text: &mut String, part: &str, bytes_max: usize) {
    let room = bytes_max.saturating_sub(text.len());
    text.push_str(&part[..part.floor_char_boundary(room)]);
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn read(fragments: &Value) -> Vec<(String, String, String)> {
        let mut calls = Calls::default();
        for fragment in fragments.as_array().unwrap() {
            calls.take(from_value(fragment.clone()).unwrap());
        }
        calls.finish().into_iter().map(|call| (call.id, call.name, call.arguments)).collect()
    }

    fn call(id: &str, name: &str, arguments: &str) -> (String, String, String) {
        (id.to_owned(), name.to_owned(), arguments.to_owned())
    }

    #[test]
    fn fragments_are_put_together_however_a_server_sends_them() {
        let by_index = json!([
            {"index": 0, "id": "a", "type": "function", "function": {"name": "count", "arguments": ""}},
            {"index": 1, "id": "b", "function": {"name": "find", "arguments": "{\"x\""}},
            {"index": 0, "function": {"arguments": "{}"}},
            {"index": 1, "function": {"arguments": ":1}"}},
        ]);
        assert_eq!(read(&by_index), [call("a", "count", "{}"), call("b", "find", "{\"x\":1}")]);
        let whole = json!([
            {"id": "a", "function": {"name": "count", "arguments": {"when": "today"}}},
            {"id": "b", "function": {"name": "count", "arguments": "{}"}},
        ]);
        assert_eq!(read(&whole), [call("a", "count", "{\"when\":\"today\"}"), call("b", "count", "{}")]);
        let all_at_zero = json!([
            {"index": 0, "id": "a", "function": {"name": "count", "arguments": "{}"}},
            {"index": 0, "id": "b", "function": {"name": "find", "arguments": "{"}},
            {"index": 0, "id": "b", "function": {"name": "find", "arguments": "}"}},
        ]);
        assert_eq!(read(&all_at_zero), [call("a", "count", "{}"), call("b", "find", "{}")]);
        let nameless = json!([{"function": {"arguments": "{"}}, {"function": {"arguments": "}"}}, {}]);
        assert_eq!(read(&nameless), [call("call_0", "", "{}")]);
    }

    #[test]
    fn calls_and_their_arguments_are_bounded() {
        let many: Vec<Value> = (0..100).map(|index| json!({"index": index})).collect();
        assert_eq!(read(&Value::from(many)).len(), CALLS_MAX);
        let long = "ä".repeat(ARGUMENTS_BYTES_MAX);
        let calls = read(&json!([{"index": 0, "id": long, "function": {"name": long, "arguments": long}}]));
        assert!(calls[0].0.len() <= NAME_BYTES_MAX && calls[0].1.len() <= NAME_BYTES_MAX);
        assert_eq!(calls[0].2.len(), ARGUMENTS_BYTES_MAX);
    }
}
