//! Text to token ids, as the model was trained with: BERT's cleaning, lower case without accents,
//! words and punctuation, then the longest known pieces of each word.
//!
//! Unicode tables come from `rten-text`; its own word pieces are not used, because the reference makes
//! a word with an unknown piece wholly unknown and cleans the text first. Unlike the reference, the
//! names of special tokens in a text (`[SEP]`) stay text: outsiders must not steer the model.

use std::collections::HashMap;

use eps_domain::text::is_hidden;
use rten_text::{
    normalizers::{Bert as Normalizer, BertOptions, Normalizer as _},
    pre_tokenizers::{Bert as Splitter, PreTokenizer as _},
};
use serde::Deserialize;

/// What the model was trained to read at most, with `[CLS]` and `[SEP]`.
pub(super) const TOKENS_MAX: usize = 256;
/// More text than this cannot matter: 254 words of a hundred letters are less.
const TEXT_CHARS_MAX: usize = 32 * 1024;
/// A longer word is unknown, as in the reference.
const WORD_CHARS_MAX: usize = 100;

/// The part of `tokenizer.json` that is used.
#[derive(Deserialize)]
struct TokenizerFile {
    model: ModelSection,
}

#[derive(Deserialize)]
struct ModelSection {
    continuing_subword_prefix: String,
    vocab: HashMap<String, u32>,
}

/// Turns text into at most [`TOKENS_MAX`] ids.
pub(super) struct Tokenizer {
    normalizer: Normalizer,
    splitter: Splitter,
    /// Pieces that begin a word.
    first: HashMap<Box<str>, u32>,
    /// Pieces that go on with one, without their prefix.
    following: HashMap<Box<str>, u32>,
    /// Bytes of the longest piece; nothing longer needs to be looked up.
    piece_bytes_max: usize,
    cls: u32,
    sep: u32,
    unknown: u32,
}

impl Tokenizer {
    /// Reads the vocabulary of a `tokenizer.json`; the message says what is wrong with it.
    pub(super) fn from_json(json: &[u8]) -> Result<Self, String> {
        let file: TokenizerFile = serde_json::from_slice(json).map_err(|e| e.to_string())?;
        let prefix = file.model.continuing_subword_prefix;
        let id = |token: &str| {
            file.model.vocab.get(token).copied().ok_or_else(|| format!("the vocabulary lacks {token}"))
        };
        let (cls, sep, unknown) = (id("[CLS]")?, id("[SEP]")?, id("[UNK]")?);
        let mut first = HashMap::new();
        let mut following = HashMap::new();
        for (piece, id) in file.model.vocab {
            match piece.strip_prefix(&prefix) {
                Some(rest) if !rest.is_empty() => following.insert(rest.into(), id),
                _ => first.insert(piece.into_boxed_str(), id),
            };
        }
        let piece_bytes_max =
            first.keys().chain(following.keys()).map(|piece| piece.len()).max().unwrap_or(0);
        let normalizer = Normalizer::new(BertOptions { lowercase: true, strip_accents: true });
        Ok(Self {
            normalizer,
            splitter: Splitter::new(),
            first,
            following,
            piece_bytes_max,
            cls,
            sep,
            unknown,
        })
    }

    /// The ids of a text between `[CLS]` and `[SEP]`, cut at [`TOKENS_MAX`]; the message says what the
    /// Unicode tables choked on.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<i32>, String> {
        let (text, _) = self.normalizer.normalize(&clean(text)).map_err(|e| e.to_string())?;
        let words = self.splitter.pre_tokenize(&text).map_err(|e| e.to_string())?;
        let mut ids = vec![self.cls];
        for word in words {
            if word.trim().is_empty() {
                continue;
            }
            self.push_word(word, &mut ids);
            if ids.len() >= TOKENS_MAX {
                break;
            }
        }
        ids.truncate(TOKENS_MAX - 1);
        ids.push(self.sep);
        Ok(ids.into_iter().map(|id| id as i32).collect())
    }

    fn push_word(&self, word: &str, ids: &mut Vec<u32>) {
        let before = ids.len();
        let mut rest = if word.chars().count() > WORD_CHARS_MAX { None } else { Some(word) };
        while let Some(part) = rest.filter(|part| !part.is_empty()) {
            let pieces = if ids.len() == before { &self.first } else { &self.following };
            rest = self.longest(part, pieces).map(|(bytes, id)| {
                ids.push(id);
                &part[bytes..]
            });
        }
        if rest.is_none() {
            ids.truncate(before);
            ids.push(self.unknown);
        }
    }

    /// The longest known piece at the start of a part: its bytes and its id.
    fn longest(&self, part: &str, pieces: &HashMap<Box<str>, u32>) -> Option<(usize, u32)> {
        let mut bytes = part.floor_char_boundary(self.piece_bytes_max);
        while bytes > 0 {
            if let Some(id) = pieces.get(&part[..bytes]) {
                return Some((bytes, *id));
            }
            bytes = part.floor_char_boundary(bytes - 1);
        }
        None
    }
}

/// Control and hidden characters go, any white space becomes a space, Chinese characters stand alone.
fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars().take(TEXT_CHARS_MAX) {
        if c.is_whitespace() {
            cleaned.push(' ');
        } else if is_ideograph(c) {
            cleaned.extend([' ', c, ' ']);
        } else if !c.is_control() && !is_hidden(c) && !is_meaningless(c) {
            cleaned.push(c);
        }
    }
    cleaned
}

/// The replacement character and the areas for private use.
fn is_meaningless(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

/// The blocks that the reference treats as Chinese.
fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{2A6DF}'
        | '\u{2A700}'..='\u{2B73F}' | '\u{2B740}'..='\u{2B81F}' | '\u{2B820}'..='\u{2CEAF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokenizer() -> Tokenizer {
        let pieces =
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "man", "##hole", "naive", "[", "sep", "]", "日", "."];
        let vocab: HashMap<&str, usize> = pieces.iter().enumerate().map(|(id, piece)| (*piece, id)).collect();
        let json = serde_json::json!({"model": {"continuing_subword_prefix": "##", "vocab": vocab}});
        Tokenizer::from_json(&serde_json::to_vec(&json).unwrap()).unwrap()
    }

    #[test]
    fn words_become_their_longest_pieces_and_a_word_with_an_unknown_piece_is_unknown() {
        let tokenizer = tokenizer();
        for (text, expected) in [
            ("", vec![2, 3]),
            ("A man.", vec![2, 4, 5, 12, 3]),
            ("MANHOLE", vec![2, 5, 6, 3]),
            ("manholes", vec![2, 1, 3]),
            ("na\u{EF}ve na\u{200B}ive", vec![2, 7, 7, 3]),
            ("a\u{0}日日\tman", vec![2, 4, 11, 11, 5, 3]),
            ("[SEP]", vec![2, 8, 9, 10, 3]),
            (&"a".repeat(101), vec![2, 1, 3]),
        ] {
            assert_eq!(tokenizer.encode(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_and_still_ends_as_it_should() {
        let ids = tokenizer().encode(&"man ".repeat(10_000)).unwrap();
        assert_eq!((ids.len(), ids[0], ids[TOKENS_MAX - 2], ids[TOKENS_MAX - 1]), (TOKENS_MAX, 2, 5, 3));
    }
}
