//! What a provider said of an error, in whatever form, and what it is about. Its words decide what becomes of a
//! call; they are shown to nobody, since they may hold a part of the key or of the prompt.

use std::collections::HashSet;

use eps_domain::chat_model::{ChatRequest, PromptRole};
use serde_json::Value;

use super::not_taken::Feature;

/// The longest code of a provider that is repeated.
const CODE_CHARS_MAX: usize = 64;
/// So much of its prose is compared, in bytes …
const PROSE_BYTES_MAX: usize = 2_000;
/// … and so much of it is logged.
const LOGGED_BYTES_MAX: usize = 300;
/// How deep prose may be wrapped up.
const DEPTH_MAX: usize = 6;
/// A longer word is a key, a hash or a path rather than a word.
const WORD_CHARS_MAX: usize = 24;

/// An error of a provider, in lower case.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The status, if it did not come inside a stream.
    pub(super) status: Option<u16>,
    /// Its code, else its type.
    code: String,
    /// All its machine-readable words: codes, types, reasons.
    words: String,
    /// The parameter that it names.
    param: String,
    prose: String,
    has_flagged: bool,
}

impl Said {
    /// Reads a body, or the error in it. Some providers wrap it in an array.
    pub(super) fn of(body: &Value, status: Option<u16>) -> Self {
        let body = body.as_array().map_or(body, |items| items.first().unwrap_or(&Value::Null));
        let error = body.get("error").filter(|error| !error.is_null()).unwrap_or(body);
        let text = |name: &str| [error, body].into_iter().find_map(|of| word(of.get(name)?));
        let [code, kind, reason] = ["code", "type", "status"].map(|name| text(name).unwrap_or_default());
        let inner = error.pointer("/innererror/code").and_then(word).unwrap_or_default();
        let details = error.get("details").and_then(Value::as_array).into_iter().flatten();
        let details: Vec<String> = details.filter_map(|detail| word(detail.get("reason")?)).collect();
        let words = [&code, &kind, &reason, &inner, &details.join(" ")].map(String::as_str).join(" ");
        let mut prose = String::new();
        match error {
            Value::String(text) => prose.push_str(text),
            error => {
                let of = |of: &Value, name: &str| of.get(name).cloned().unwrap_or_default();
                let raw = error.pointer("/metadata/raw").cloned().unwrap_or_default();
                for part in [of(error, "message"), of(body, "detail"), of(error, "detail"), raw] {
                    gather(&part, &mut prose, DEPTH_MAX);
                }
            }
        }
        prose.truncate(prose.floor_char_boundary(PROSE_BYTES_MAX));
        Self {
            status,
            code: if code.is_empty() { kind } else { code },
            words,
            param: text("param").unwrap_or_default(),
            prose: prose.to_lowercase(),
            has_flagged: error.pointer("/metadata/reasons").is_some()
                || error.pointer("/metadata/flagged_input").is_some(),
        }
    }

    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.words.contains(word))
    }

    fn tells(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.prose.contains(phrase))
    }

    /// A status that it tells itself, as they do inside a stream.
    pub(super) fn own_status(&self) -> Option<u16> {
        self.code.parse().ok().filter(|code| (400..600).contains(code))
    }

    /// The key is not known, not allowed or not paid for.
    pub(super) fn is_about_key(&self) -> bool {
        self.has(&[
            "insufficient_quota",
            "billing",
            "account_deactivated",
            "invalid_api_key",
            "api_key_invalid",
        ]) || self.tells(&["api key not valid", "incorrect api key", "invalid api key"])
    }

    /// The same, of a refusal that may be about the prompt as well.
    pub(super) fn is_about_rights(&self) -> bool {
        self.is_about_key()
            || self.has(&["permission", "unauthorized", "authentication", "access_denied", "accessdenied"])
            || self.has(&["unsupported_country", "credit", "balance", "quota"])
            || self.tells(&[
                "api key",
                "api_key",
                "permission",
                "authenticat",
                "not authorized",
                "unauthorized",
            ])
            || self.tells(&["access denied", "billing", "quota", "credit", "balance", "subscription"])
            || self.tells(&["your account", "organization", "does not have access", "country, region"])
    }

    pub(super) fn is_rate(&self) -> bool {
        self.has(&["rate_limit", "too_many_requests", "resource_exhausted"]) || self.code == "429"
    }

    /// The provider does not want to answer this prompt.
    pub(super) fn is_refusal(&self) -> bool {
        self.has_flagged
            || self.has(&["content_filter", "content_policy", "contentfilter", "responsibleaipolicy"])
            || self.has(&["moderation", "prohibited_content", "safety", "data_inspection_failed"])
            || self.tells(&["content management policy", "content policy", "content filter", "was flagged"])
            || self.tells(&["requires moderation", "usage policies", "usage policy", "safety system"])
            || self.tells(&["inappropriate content", "data may contain inappropriate"])
    }

    /// The prompt is longer than the model reads. Every server says it differently.
    pub(super) fn is_too_long(&self) -> bool {
        let is_about_context = self.prose.contains("context")
            && self.tells(&["length", "window", "size", "limit"])
            && self.tells(&[
                "maximum",
                "exceed",
                "longer than",
                "larger than",
                "greater than",
                "too l",
                " only ",
            ]);
        is_about_context
            || self.has(&["context_length", "exceed_context", "contextwindow", "context_window"])
            || self.has(&["string_above_max_length", "request_too_large"])
            || self.tells(&["context shift is disabled", "maximum prompt length", "input token count"])
            || self.tells(&["prompt is too long", "input is too long", "string too long"])
            || self.tells(&["reduce the length of", "max_tokens must be at least 1, got -"])
            || self.tells(&["tokens + `max_new_tokens` must be"])
    }

    /// The model tried to call a tool and did not manage it; the next time it may.
    pub(super) fn is_failed_call(&self) -> bool {
        self.has(&["tool_use_failed"])
    }

    /// What of the request the provider does not take at all, if it says so.
    pub(super) fn not_taken(&self) -> Option<Feature> {
        let is_refused = self.has(&["unsupported", "extra_forbidden", "unknown_parameter", "unrecognized"])
            || self.tells(&["unsupported", "not support", "no endpoints found", "requires --", "requires a"])
            || self.tells(&["extra_forbidden", "extra inputs", "not permitted", "not allowed", "deprecated"])
            || self.tells(&["unknown", "unrecognized", "unexpected", "not implemented", "not available"]);
        if !is_refused {
            return None;
        }
        let features = [Feature::TokensField, Feature::StreamOptions, Feature::Temperature, Feature::Tools];
        // What it names as the parameter decides; its prose may name others beside it.
        let is_param = |feature: &Feature| {
            let (params, _) = feature.names();
            params.iter().any(|param| self.param.starts_with(param))
        };
        let is_told = |feature: &Feature| self.tells(feature.names().1);
        features.into_iter().find(is_param).or_else(|| features.into_iter().find(is_told))
    }

    /// Its code for a message of ours, in brackets. Codes are words; whatever has a digit or a dash in it could be
    /// a key that is echoed.
    pub(super) fn suffix(&self) -> String {
        let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
        if self.code.is_empty() || self.code.len() > CODE_CHARS_MAX || !self.code.chars().all(is_plain) {
            return String::new();
        }
        format!(" ({})", self.code)
    }

    /// Its prose for the log: no word of what was asked and found, and nothing that could be a key.
    pub(super) fn for_log(&self, request: &ChatRequest) -> String {
        let ours = request.messages.iter().filter(|message| message.role != PromptRole::System);
        let ours: Vec<String> = ours.map(|message| message.content.to_lowercase()).collect();
        let ours: HashSet<&str> = ours.iter().flat_map(|text| text.split(is_between)).collect();
        let mut logged = String::new();
        for word in self.prose.split_whitespace() {
            let is_fine = word.split(is_between).all(|part| {
                let has_digit = part.chars().any(|c| c.is_ascii_digit());
                let is_figure = part.len() <= 8 && part.chars().all(|c| c.is_ascii_digit());
                part.chars().count() <= WORD_CHARS_MAX
                    && (!has_digit || is_figure)
                    && (part.chars().count() < 3 || !ours.contains(part) || COMMON.contains(&part))
            });
            if logged.len() + word.len() > LOGGED_BYTES_MAX {
                break;
            }
            logged.push_str(if is_fine && !word.contains('*') { word } else { "…" });
            logged.push(' ');
        }
        logged.truncate(logged.trim_end().len());
        logged
    }
}

/// Words that are in every prompt and give nothing away.
const COMMON: &[&str] = &[
    "the",
    "and",
    "for",
    "not",
    "with",
    "this",
    "that",
    "use",
    "you",
    "your",
    "only",
    "than",
    "more",
    "too",
    "model",
    "support",
    "supported",
    "does",
    "are",
    "was",
    "has",
    "have",
    "error",
    "request",
    "event",
    "events",
    "total",
];

fn is_between(c: char) -> bool {
    !c.is_alphanumeric() && c != '_'
}

/// A text or a number as a word.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_lowercase()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The prose in a value, without what it repeats of the request.
fn gather(value: &Value, prose: &mut String, depth: usize) {
    if depth == 0 || prose.len() > PROSE_BYTES_MAX {
        return;
    }
    match value {
        Value::String(text) => {
            prose.push_str(text);
            prose.push(' ');
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, prose, depth - 1)),
        Value::Object(fields) => {
            for name in ["detail", "message", "msg", "type", "loc"] {
                if let Some(value) = fields.get(name) {
                    gather(value, prose, depth - 1);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use eps_domain::chat_model::{LostUsage, PromptMessage};
    use serde_json::json;

    use super::*;

    fn prose(text: &str) -> Said {
        Said::of(&json!({ "error": { "message": text } }), Some(400))
    }

    #[test]
    fn a_prompt_that_is_too_long_is_known_in_the_words_of_every_server() {
        for text in [
            "This model's maximum context length is 4097 tokens. However, your messages resulted in 5000 tokens.",
            "You passed 4097 input tokens. However, the model's context length is only 4096 tokens.",
            "max_tokens must be at least 1, got -186.",
            "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
            "the request exceeds the available context size, try increasing it",
            "context shift is disabled",
            "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with \
             context length of only 4096 tokens, which is not enough.",
            "The number of tokens to keep from the initial prompt is greater than the context length",
            "litellm.ContextWindowExceededError: prompt is too long: 209303 tokens > 200000 maximum",
            "input length and `max_tokens` exceed context limit: 174167 + 64000 > 200000",
            "The input token count (1500000) exceeds the maximum number of tokens allowed (1048576).",
            "Please reduce the length of the messages or completion.",
            "Prompt contains 40960 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096.",
            "BedrockException - {\"message\":\"Input is too long for requested model.\"}",
        ] {
            assert!(prose(text).is_too_long(), "{text}");
        }
        let xai = json!({"code": "Client specified an invalid argument",
            "error": "This model's maximum prompt length is 131072 but the request contains 140000 tokens."});
        let string = json!([{"error": {"code": "string_above_max_length", "message": "x"}}]);
        assert!(Said::of(&xai, None).is_too_long() && Said::of(&string, None).is_too_long());
        for text in
            ["max_tokens is too large: 2000", "Rate limit reached: limit 6000 tokens", "the context is odd"]
        {
            assert!(!prose(text).is_too_long(), "{text}");
        }
    }

    #[test]
    fn what_a_provider_does_not_take_is_read_from_what_it_names() {
        for (error, feature) in [
            (
                json!({"message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                       'max_completion_tokens' instead.", "param": "max_tokens", "code": "unsupported_parameter"}),
                Some(Feature::TokensField),
            ),
            (
                json!({"message": "Unsupported value: 'temperature' does not support 0.7 with this model.",
                       "param": "temperature", "code": "unsupported_value"}),
                Some(Feature::Temperature),
            ),
            (
                json!({"message": {"detail": [{"type": "extra_forbidden", "input": "tools",
                       "loc": ["body", "stream_options", "include_usage"], "msg": "Extra inputs are not permitted"}]}}),
                Some(Feature::StreamOptions),
            ),
            (json!({"message": "tools param requires --jinja flag"}), Some(Feature::Tools)),
            (json!({"message": "library/gemma:latest does not support tools"}), Some(Feature::Tools)),
            (json!({"message": "No endpoints found that support tool use."}), Some(Feature::Tools)),
            (
                json!({"message": "\"auto\" tool choice requires --enable-auto-tool-choice"}),
                Some(Feature::Tools),
            ),
            (json!({"message": "max_tokens is too large: 99999", "param": "max_tokens"}), None),
            (json!({"message": "No endpoints found for model x."}), None),
            (json!({"message": "Failed to call a function.", "code": "tool_use_failed"}), None),
        ] {
            assert_eq!(Said::of(&json!({ "error": error }), Some(400)).not_taken(), feature, "{error}");
        }
    }

    #[test]
    fn the_log_has_no_word_of_the_prompt_and_no_key() {
        let messages = vec![
            PromptMessage::new(PromptRole::System, "max_tokens"),
            PromptMessage::new(PromptRole::User, "{\"question\":\"Was Anna at the crypt?\"}"),
        ];
        let request = ChatRequest {
            messages,
            tools: std::sync::Arc::new([]),
            may_call: false,
            tokens_max: 1,
            temperature: 0.0,
            begin_by: None,
            lost: LostUsage::default(),
        };
        let said = prose(
            "Unsupported 'max_tokens': 4096 for key sk-a1b2c3 in org-x9: \"Was ANNA at the crypt\" abcd**** \
             abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
        );
        assert_eq!(
            said.for_log(&request),
            "unsupported 'max_tokens': 4096 for key … in … \"was … at the … … …"
        );
    }
}
