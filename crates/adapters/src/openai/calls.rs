//! Calls of tools out of the fragments in which they are streamed. Keeps what arrives within bounds and
//! judges none of it: whether a tool exists and its arguments make sense is decided elsewhere.

use eps_domain::chat_model::ToolCall;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value};

use super::event::CallFragment;

/// The most calls of one answer; further ones are dropped.
const CALLS_MAX: usize = 16;
/// The longest name, and the longest id, in bytes.
const NAME_BYTES_MAX: usize = 128;
/// The longest arguments, in bytes: a few words each are expected.
const ARGUMENTS_BYTES_MAX: usize = 8 * 1024;
/// The most that a provider may want back with a call, in bytes: signatures of some KiB, thoughts of a page or two.
const OPAQUE_BYTES_MAX: usize = 64 * 1024;
/// And in so many fields.
const OPAQUE_FIELDS_MAX: usize = 16;

/// What a provider said beside a call and insists on having back: signatures, thoughts. Nobody else gets it.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Opaque {
    /// Who said it: an address and a model.
    author: String,
    /// Fields of the call.
    pub(super) call: Map<String, Value>,
    /// Fields of the message that held it.
    pub(super) message: Map<String, Value>,
}

impl Opaque {
    /// What was said by this author.
    pub(super) fn read(text: &str, author: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text).ok().filter(|opaque| opaque.author == author)
    }
}

/// A call in the making.
struct Begun {
    index: u64,
    call: ToolCall,
    own: Map<String, Value>,
}

/// Calls in the making.
#[derive(Default)]
pub(super) struct Calls {
    begun: Vec<Begun>,
    /// Where a fragment without index and id belongs.
    current: Option<usize>,
    has_dropped: bool,
}

impl Calls {
    /// Takes a fragment.
    pub(super) fn take(&mut self, fragment: CallFragment) {
        let id = fragment.id.filter(|id| !id.is_empty());
        let is_whole = fragment.name.is_some() && !fragment.arguments.is_empty();
        let Some(at) = self.place(fragment.index, id.as_deref(), is_whole) else {
            self.has_dropped = true;
            return;
        };
        self.current = Some(at);
        let Some(Begun { call, own, .. }) = self.begun.get_mut(at) else { return };
        if let Some(id) = id.filter(|_| call.id.is_empty()) {
            push(&mut call.id, &id, NAME_BYTES_MAX);
        }
        // The name comes whole and once; servers that repeat it in every fragment repeat it whole.
        if let Some(name) = fragment.name.filter(|_| call.name.is_empty()) {
            push(&mut call.name, &name, NAME_BYTES_MAX);
        }
        push(&mut call.arguments, &fragment.arguments, ARGUMENTS_BYTES_MAX);
        own.extend(fragment.own.into_iter().take(OPAQUE_FIELDS_MAX.saturating_sub(own.len())));
    }

    /// The call that a fragment belongs to, a new one where it opens one; `None` beyond the bound. A fragment without
    /// an id that `is_whole`, name and arguments, opens one where the call before it is whole already.
    fn place(&mut self, index: Option<u64>, id: Option<&str>, is_whole: bool) -> Option<usize> {
        let known = match (index, id) {
            (Some(index), Some(id)) => self
                .begun
                .iter()
                // Servers that give every call the index 0 tell them apart by their ids.
                .position(|begun| begun.index == index && (begun.call.id.is_empty() || begun.call.id == id)),
            (Some(index), None) => self.begun.iter().rposition(|begun| begun.index == index),
            (None, Some(id)) => self.begun.iter().position(|begun| begun.call.id == id),
            (None, None) if self.has_dropped => return None,
            (None, None) => self.current,
        };
        let is_another = |at: &usize| {
            let is_done = |begun: &Begun| serde_json::from_str::<IgnoredAny>(&begun.call.arguments).is_ok();
            is_whole && id.is_none() && self.begun.get(*at).is_some_and(is_done)
        };
        if known.is_some_and(|at| !is_another(&at)) {
            return known;
        }
        if self.begun.len() == CALLS_MAX {
            return None;
        }
        let call =
            ToolCall { id: String::new(), name: String::new(), arguments: String::new(), opaque: None };
        self.begun.push(Begun { index: index.unwrap_or(u64::MAX), call, own: Map::new() });
        Some(self.begun.len() - 1)
    }

    /// Whether there is any.
    pub(super) fn is_empty(&self) -> bool {
        self.begun.is_empty()
    }

    /// The whole calls in the order in which they were begun, each with an id. What `author` said beside them stays
    /// with them: with each its own, with the first what the message held.
    pub(super) fn finish(&mut self, author: &str, message: Map<String, Value>) -> Vec<ToolCall> {
        let mut message = Some(message);
        let calls = std::mem::take(&mut self.begun).into_iter().enumerate();
        calls
            .map(|(at, Begun { mut call, own, .. })| {
                if call.id.is_empty() {
                    call.id = format!("call_{at}");
                }
                let opaque = Opaque {
                    author: author.to_owned(),
                    call: own,
                    message: message.take().unwrap_or_default(),
                };
                if !opaque.call.is_empty() || !opaque.message.is_empty() {
                    let text = serde_json::to_string(&opaque).ok();
                    call.opaque = text.filter(|text| text.len() <= OPAQUE_BYTES_MAX);
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
    use serde_json::json;

    use super::*;

    fn read(fragments: &Value) -> Vec<(String, String, String)> {
        let mut calls = Calls::default();
        for fragment in fragments.as_array().unwrap() {
            calls.take(CallFragment::of(fragment).unwrap());
        }
        calls.finish("a", Map::new()).into_iter().map(|call| (call.id, call.name, call.arguments)).collect()
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
        let without_ids = json!([
            {"index": 0, "function": {"name": "count", "arguments": "{\"when\":"}},
            {"index": 0, "function": {"name": "count", "arguments": "1}"}},
            {"index": 0, "function": {"name": "count", "arguments": ""}},
            {"index": 0, "id": "", "function": {"name": "find", "arguments": "{}"}},
            {"index": 0, "function": {"name": "find", "arguments": {"x": 1}}},
        ]);
        let expected = [
            call("call_0", "count", "{\"when\":1}"),
            call("call_1", "find", "{}"),
            call("call_2", "find", "{\"x\":1}"),
        ];
        assert_eq!(read(&without_ids), expected);
        let no_index = json!([
            {"function": {"name": "count", "arguments": "{}"}},
            {"function": {"name": "find", "arguments": "{}"}},
        ]);
        assert_eq!(read(&no_index), [call("call_0", "count", "{}"), call("call_1", "find", "{}")]);
        let odd =
            json!([{"index": "0", "id": 7, "function": {"name": "count"}}, {"index": -1, "function": null}]);
        assert_eq!(read(&odd), [call("7", "count", "")]);
        let nameless = json!([{"function": {"arguments": "{"}}, {"function": {"arguments": "}"}}, {}]);
        assert_eq!(read(&nameless), [call("call_0", "", "{}")]);
    }

    #[test]
    fn what_a_provider_says_beside_a_call_is_kept_for_it_alone() {
        let mut calls = Calls::default();
        let signed = json!({"index": 0, "id": "c", "type": "function", "extra_content": {"signature": "abc"},
            "function": {"name": "count", "arguments": "{}"}});
        calls.take(CallFragment::of(&signed).unwrap());
        let thought = Map::from_iter([("reasoning_content".to_owned(), json!("let me look"))]);
        let opaque = calls.finish("here", thought.clone()).remove(0).opaque.unwrap();
        let read = Opaque::read(&opaque, "here").unwrap();
        assert_eq!(
            (read.message, Value::from(read.call)),
            (thought, json!({"extra_content": {"signature": "abc"}}))
        );
        assert!(Opaque::read(&opaque, "there").is_none());
        let long = json!({"extra_content": "x".repeat(OPAQUE_BYTES_MAX), "function": {"name": "count"}});
        let mut calls = Calls::default();
        calls.take(CallFragment::of(&long).unwrap());
        assert_eq!(calls.finish("here", Map::new())[0].opaque, None);
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
