//! Places whose names are words of time: "Till", "Noon Street", "May Hall". Where such a name is used like a
//! place it is one, and the reader of times must not see it: "at the till" is no "until".

use std::ops::Range;

use super::{
    super::{
        catalogue::Catalogue,
        periods::{Mention, is_bound, is_day_or_month, is_number_in_words},
        stop_words::is_camera_word,
        tokens::{Role, Token, Tokens},
    },
    names,
};

/// Before a name, articles that no time follows: "all till 5 pm" ends then.
const ARTICLES: [&str; 7] = ["the", "our", "my", "your", "a", "each", "every"];
/// Before a name, words that are never said of a time.
const SPATIAL: [&str; 14] = [
    "near", "nearby", "behind", "beside", "inside", "into", "onto", "toward", "towards", "via", "across",
    "under", "opposite", "beyond",
];
/// Before "till", words that no bound follows: "people at till" are there.
const AT: [&str; 10] = ["at", "on", "in", "from", "of", "for", "between", "compare", "comparing", "with"];

/// Marks the names of places that `mentions` take for a time, or that could be the word of one, and tells their
/// bytes.
pub(in super::super) fn read(
    tokens: &mut Tokens<'_>,
    mentions: &[Mention],
    catalogue: &Catalogue,
) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < tokens.row.len() {
        let name = (tokens.row[at].role == Role::Free).then(|| names::exact(tokens, catalogue, at)).flatten();
        let range = at..at + name.map_or(0, |(words, _)| words);
        if !range.is_empty() && is_meant(tokens, mentions, range.clone()) {
            for token in &mut tokens.row[range.clone()] {
                token.is_name = true;
            }
            spans.push(tokens.row[at].span.start..tokens.row[range.end - 1].span.end);
            at = range.end;
        } else {
            at += 1;
        }
    }
    spans
}

/// Whether a name that could be a time is used like a place.
fn is_meant(tokens: &Tokens<'_>, mentions: &[Mention], range: Range<usize>) -> bool {
    let is_told = |token: &Token| mentions.iter().any(|mention| mention.touches(&token.span));
    let is_word = |token: &&Token| !token.is_number() && !is_number_in_words(&token.lower);
    let own = &tokens.row[range.clone()];
    let first = tokens.lower(range.start);
    if names::is_hesitation(first) {
        return range.len() == 1 && names::is_short_name(tokens, range.start);
    }
    let is_time = own.iter().filter(is_word).any(is_told);
    if !is_time {
        return range.len() == 1 && is_bound(first) && is_free_of_time(tokens, range.start, is_told);
    }
    let is_quoted = own[0].quote.is_some() && tokens.row.len() > range.len();
    let is_whole_quote = |at: Option<usize>| {
        at.and_then(|at| tokens.row.get(at)).is_none_or(|beside| beside.quote != own[0].quote)
    };
    if is_quoted && is_whole_quote(range.start.checked_sub(1)) && is_whole_quote(Some(range.end)) {
        return true;
    }
    let is_spatial = SPATIAL.contains(&tokens.before(range.start))
        || SPATIAL.contains(&behind_articles(tokens, range.start).0);
    // "The camera till 5 pm" has no name.
    let is_of_camera = is_camera_word(tokens.lower(range.end))
        || (is_camera_word(tokens.before(range.start)) && !is_bound(first));
    if is_spatial || is_of_camera {
        return true;
    }
    // "Noon Street" has a word that is of no time; "last night door" and "gate 5 March 3" go on as one.
    if own.iter().filter(is_word).any(|token| !is_told(token)) {
        return !goes_on(tokens, mentions, &range);
    }
    if is_bound(first) {
        return is_used_as_place(tokens, range.start, is_told);
    }
    is_day_or_month(first) && behind_articles(tokens, range.start).0 == "at"
}

/// Whether the time goes on beside a name with a word that says which: "last night | door".
fn goes_on(tokens: &Tokens<'_>, mentions: &[Mention], range: &Range<usize>) -> bool {
    let first = &tokens.row[range.start];
    let before = range.start.checked_sub(1).and_then(|before| tokens.row.get(before));
    let mention = mentions.iter().find(|mention| mention.touches(&first.span));
    let is_led = mention.zip(before).is_some_and(|(mention, before)| {
        mention.touches(&before.span)
            && !AT.contains(&before.lower.as_str())
            && !ARTICLES.contains(&before.lower.as_str())
    });
    let last = &tokens.row[range.end - 1];
    let is_dated = tokens.row.get(range.end).is_some_and(|next| {
        next.is_number() && mentions.iter().any(|m| m.touches(&last.span) && m.touches(&next.span))
    });
    is_led || is_dated
}

/// "At the till", "near till", "shop floor and till yesterday", "people by Till yesterday".
fn is_used_as_place(tokens: &Tokens<'_>, at: usize, is_told: impl Fn(&Token) -> bool) -> bool {
    let (before, has_article) = behind_articles(tokens, at);
    let is_apart = |token: &Token| token.is_name || !is_told(token);
    let is_listed =
        matches!(before, "and" | "or" | "vs" | "versus") && at >= 2 && is_apart(&tokens.row[at - 2]);
    if has_article || AT.contains(&before) || is_listed {
        return true;
    }
    let is_capital = |at: usize| {
        tokens.row.get(at).is_some_and(|t| tokens.text[t.span.clone()].starts_with(char::is_uppercase))
    };
    // The capital of a sentence says nothing, unless a day follows: nobody begins with "until yesterday".
    let opens = at == 0 || tokens.row[at].follows_break;
    let is_clock = tokens.row.get(at + 1).is_some_and(Token::is_number)
        || matches!(tokens.lower(at + 1), "noon" | "midday" | "midnight" | "now");
    is_capital(at) && if opens { !is_clock } else { !is_capital(at - 1) }
}

/// "Till" before no time is no bound where a place is spoken of, listed, or where nothing follows.
fn is_free_of_time(tokens: &Tokens<'_>, at: usize, is_told: impl Fn(&Token) -> bool) -> bool {
    let next = tokens.row.get(at + 1).filter(|next| !next.follows_break);
    let is_last = next.is_none_or(|next| {
        matches!(next.lower.as_str(), "and" | "or" | "vs" | "versus" | "compared" | "with" | "than")
    });
    is_last || is_used_as_place(tokens, at, is_told)
}

/// The word before a name and its articles, and whether it has any.
fn behind_articles<'t>(tokens: &'t Tokens<'_>, at: usize) -> (&'t str, bool) {
    let mut start = at;
    while start > 0 && !tokens.row[start].follows_break && ARTICLES.contains(&tokens.before(start)) {
        start -= 1;
    }
    let word = if start > 0 && tokens.row[start].follows_break { "" } else { tokens.before(start) };
    (word, start < at)
}
