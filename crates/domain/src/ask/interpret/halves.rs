//! "Was there a fire, and who was there before it?": a second question about what the first one finds. Events are looked
//! for once, so the first is answered and the second is told as not answered. Must never cut what is one question:
//! "when did it first come, and how often?"

use super::{Question, times, tokens::Tokens};
use crate::{
    Result,
    ask::interpretation::{Interpretation, NameKind, Unresolved},
};

/// Words between the joint and what is asked.
const LEADING_MAX: usize = 5;
/// A clause that points back is short.
const CLAUSE_WORDS_MAX: usize = 12;

/// Understands a question, or the first of two.
///
/// # Errors
/// What `understand` says.
pub(super) fn interpret(
    question: &Question<'_>,
    understand: fn(&Question<'_>) -> Result<Interpretation>,
) -> Result<Interpretation> {
    // A time within the second may be that of both.
    let halves = cut(question.text).filter(|(_, rest)| times::named(question, rest).is_empty());
    let Some((text, rest)) = halves else { return understand(question) };
    let mut it = understand(&Question { text, ..*question })?;
    it.unresolved.push(Unresolved::new(NameKind::Half, rest));
    Ok(it)
}

/// The question that is answered, and the one that is not.
fn cut(text: &str) -> Option<(&str, &str)> {
    // Most questions have none of these, and need no words.
    if !text.contains(" and ") && !text.contains(" then ") {
        return None;
    }
    let tokens = Tokens::of(text);
    let joint = (2..tokens.row.len()).find(|at| {
        matches!(tokens.lower(*at), "and" | "then")
            && tokens.row[*at].quote.is_none()
            && is_second(&tokens, *at)
    })?;
    let start = (joint + 1..tokens.row.len()).find(|at| tokens.lower(*at) != "then")?;
    let before = joint - usize::from(tokens.before(joint) == "and");
    if !asks(&tokens, before) {
        return None;
    }
    Some((tokens.slice(0..before), tokens.slice(start..tokens.row.len())))
}

/// Whether what stands before asks for something by itself.
fn asks(tokens: &Tokens<'_>, end: usize) -> bool {
    (0..end).any(|at| {
        let word = tokens.lower(at);
        is_asking(word) || is_auxiliary(word) || matches!(word, "show" | "any" | "anyone" | "find" | "list")
    })
}

/// Whether the clause behind a joint asks about what the clause before it tells of.
fn is_second(tokens: &Tokens<'_>, joint: usize) -> bool {
    let is_leading = |word: &str| {
        matches!(
            word,
            "then"
                | "also"
                | "please"
                | "can"
                | "you"
                | "tell"
                | "show"
                | "me"
                | "us"
                | "say"
                | "if"
                | "with"
        )
    };
    let end = tokens.row.len();
    let Some(start) = (joint + 1..end.min(joint + 1 + LEADING_MAX)).find(|at| !is_leading(tokens.lower(*at)))
    else {
        return false;
    };
    if end - start > CLAUSE_WORDS_MAX || end - start < 3 {
        return false;
    }
    let is_person =
        |at: usize| matches!(tokens.lower(at), "he" | "she" | "they" | "him" | "her" | "them" | "his");
    let is_thing = |at: usize| matches!(tokens.lower(at), "it" | "that");
    let is_beside =
        |at: usize| matches!(tokens.lower(at), "before" | "after" | "near" | "beside" | "around" | "with");
    // "Who was near?", "who was there before it?"
    let points = (start..end).any(|at| is_person(at) || is_beside(at) && is_thing(at + 1))
        || is_beside(end - 1) && tokens.lower(end - 1) != "with";
    // "Where did they go?" is a path, "how often?" a number beside the first.
    let is_path = tokens.has_at(start, "where did") || tokens.has_at(start, "how often");
    let asks_who =
        matches!(tokens.lower(start), "who" | "whom" | "which" | "what" | "whose" | "when") && !is_path;
    let is_anyone = matches!(tokens.lower(start + 1), "anyone" | "anybody" | "someone" | "somebody");
    let asks_whether = is_auxiliary(tokens.lower(start))
        && (is_person(start + 1) || is_thing(start + 1) || is_anyone && points);
    points && asks_who || asks_whether
}

fn is_asking(word: &str) -> bool {
    matches!(word, "who" | "what" | "which" | "when" | "where" | "how")
}

fn is_auxiliary(word: &str) -> bool {
    matches!(word, "was" | "were" | "is" | "are" | "did" | "does" | "do" | "has" | "have" | "had")
}
