//! Words around a question that ask for nothing: "I lost my paper list.", "my boss wants to know". Must never take
//! what could describe an event.

use super::{
    nouns::class_of,
    stop_words::is_place_preposition,
    tokens::{Role, Token, Tokens},
};
use crate::coloured::colour;

/// "While I was at work", "when we were on vacation": where the asker was is on no camera. Takes the words of it but
/// for the times, before any of them is taken for a place.
pub(super) fn take_whereabouts(tokens: &mut Tokens<'_>) {
    for at in 0..tokens.row.len() {
        let is_while = matches!(tokens.lower(at), "while" | "whilst");
        let is_of_us = matches!(tokens.lower(at + 1), "i" | "we" | "im" | "were")
            || matches!(tokens.lower(at + 1), "my" | "our") && matches!(tokens.lower(at + 3), "was" | "were");
        let is_being = matches!(tokens.lower(at + 2), "was" | "were" | "wasnt" | "werent");
        if tokens.row[at].role != Role::Free
            || !is_of_us
            || !(is_while || tokens.lower(at) == "when" && is_being)
        {
            continue;
        }
        // "Show me when I was in the yard" asks for it.
        if matches!(tokens.before(at), "me" | "show" | "find" | "tell" | "know" | "see" | "footage" | "clips")
        {
            continue;
        }
        let ends = |at: usize| {
            let token = &tokens.row[at];
            let asks =
                matches!(token.lower.as_str(), "did" | "who" | "what" | "how" | "which" | "any" | "show");
            token.follows_break || token.role == Role::Time || asks
        };
        let end = (at + 2..tokens.row.len()).find(|at| ends(*at)).unwrap_or(tokens.row.len());
        tokens.take(at..end, Role::Intent);
    }
}

/// "My neighbour wrote: “I saw a man at the back door on Monday”": so many words in quotes are what somebody said, and
/// no phrase that an event would hold. They are read as any others.
pub(super) fn open_speech(tokens: &mut Tokens<'_>) {
    const PHRASE_WORDS_MAX: usize = 6;
    let mut start = 0;
    for end in 1..=tokens.row.len() {
        let quote = tokens.row[start].quote;
        if tokens.row.get(end).is_some_and(|next| next.quote == quote) {
            continue;
        }
        if quote.is_some() && end - start > PHRASE_WORDS_MAX {
            for token in &mut tokens.row[start..end] {
                token.quote = None;
            }
        }
        start = end;
    }
}

/// Takes the words of sentences that speak of the asker alone, and of who wants to know.
pub(super) fn take(tokens: &mut Tokens<'_>) {
    take_calls(tokens);
    take_greeting(tokens);
    take_opening(tokens);
    take_letter(tokens);
    take_request(tokens);
    take_until_now(tokens);
    take_tag(tokens);
    take_who_wants_it(tokens);
    take_plight(tokens);
    take_exactness(tokens);
    let mut start = 0;
    for at in 1..=tokens.row.len() {
        if at == tokens.row.len() || ends_sentence(tokens, at) {
            let rest = tokens.row.len() - (at - start);
            if rest > 0 && speaks_of_the_asker(tokens, start, at) {
                tokens.take(start..at, Role::Intent);
            }
            start = at;
        }
    }
}

/// "Alexa, …", "hey Siri …", "ok Google …" before the question, "… or what" behind it; read before what opens a
/// question is looked for.
fn take_calls(tokens: &mut Tokens<'_>) {
    let called = usize::from(matches!(tokens.lower(0), "hey" | "ok" | "okay" | "hi"));
    let is_called = match tokens.lower(called) {
        "alexa" | "siri" | "cortana" | "bixby" => true,
        "google" | "jarvis" | "frigate" => called == 1,
        "computer" => tokens.row.get(called + 1).is_some_and(|next| next.follows_break),
        "yo" | "dude" | "bro" => called == 0,
        _ => false,
    };
    let end = called + 1;
    if is_called && tokens.row.len() > end && tokens.is_free(0..end) {
        tokens.take(0..end, Role::Intent);
    }
    let last = tokens.row.len().saturating_sub(2);
    if last > 1 && tokens.lower(last) == "or" && matches!(tokens.lower(last + 1), "what" | "something") {
        tokens.take(last..last + 2, Role::Intent);
    }
}

/// "Did he come or not today?", "is there any fire or no": asks for nothing that the question does not, and denies nothing.
pub(super) fn close_choices(tokens: &mut Tokens<'_>) {
    for at in 1..tokens.row.len().saturating_sub(1) {
        let is_choice = tokens.lower(at) == "or" && matches!(tokens.lower(at + 1), "not" | "no");
        let next = tokens.row.get(at + 2);
        let ends = next.is_none_or(|next| {
            next.follows_break
                || is_place_preposition(&next.lower)
                || matches!(
                    next.lower.as_str(),
                    "today" | "yesterday" | "this" | "last" | "now" | "during" | "since"
                )
        });
        if is_choice && ends && tokens.row[at].quote.is_none() {
            tokens.respell(at, "please");
            tokens.respell(at + 1, "please");
        }
    }
}

/// "Kindly …", "please send the list of …", "confirm that …": what one asks a clerk for. Only where it opens the question.
fn take_request(tokens: &mut Tokens<'_>) {
    let is_courtesy = |word: &str| {
        matches!(
            word,
            "please" | "pls" | "kindly" | "can" | "could" | "you" | "just" | "dear" | "sir" | "madam"
        ) || matches!(
            word,
            "hello" | "hi" | "good" | "morning" | "evening" | "do" | "the" | "needful" | "and"
        )
    };
    let verb = (0..tokens.row.len()).find(|at| !is_courtesy(tokens.lower(*at))).unwrap_or(0);
    let is_verb = matches!(
        tokens.lower(verb),
        "send"
            | "share"
            | "provide"
            | "generate"
            | "prepare"
            | "confirm"
            | "fetch"
            | "extract"
            | "submit"
            | "inform"
            | "advise"
            | "export"
            | "furnish"
            | "arrange"
            | "verify"
            | "mention"
    );
    let leads = matches!(
        tokens.lower(verb + 1),
        "me" | "us"
            | "the"
            | "a"
            | "an"
            | "that"
            | "if"
            | "whether"
            | "all"
            | "my"
            | "our"
            | "list"
            | "count"
            | "number"
            | "report"
            | "summary"
            | "details"
            | "how"
            | "who"
    );
    let asks = is_verb && (leads || verb > 0);
    for at in 0..verb {
        let is_idle = matches!(tokens.lower(at), "kindly" | "sir" | "madam" | "needful");
        if is_idle && tokens.is_free(at..at + 1) {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
    if asks && tokens.is_free(verb..verb + 1) {
        tokens.take(verb..verb + 1, Role::Intent);
    }
}

/// "This month till date": what still runs goes on until now anyway.
fn take_until_now(tokens: &mut Tokens<'_>) {
    for at in 0..tokens.row.len() {
        let is_until_now = matches!(tokens.lower(at), "till" | "until" | "upto" | "to")
            && tokens.lower(at + 1) == "date"
            && tokens.is_free(at..at + 2);
        if is_until_now {
            tokens.take(at..at + 2, Role::Intent);
        }
    }
}

/// "Good morning, team!" before the question.
fn take_greeting(tokens: &mut Tokens<'_>) {
    let is_greeting = |word: &str| {
        matches!(word, "good" | "morning" | "afternoon" | "evening" | "day" | "hello" | "hi" | "hey" | "dear")
            || matches!(word, "there" | "team" | "all" | "everyone" | "folks" | "guys" | "greetings")
            || matches!(
                word,
                "great" | "perfect" | "nice" | "awesome" | "excellent" | "super" | "cool" | "right"
            )
            || matches!(word, "wonderful" | "lovely" | "brilliant" | "thanks" | "wrong" | "correct" | "sure")
    };
    let end = (1..tokens.row.len()).find(|at| tokens.row[*at].follows_break);
    if let Some(end) = end
        && (0..end).all(|at| is_greeting(tokens.lower(at)))
    {
        tokens.take(0..end, Role::Intent);
    }
}

/// "Is it true that …", "sorry to bother you": what leads up to a question.
fn take_opening(tokens: &mut Tokens<'_>) {
    const OPENINGS: [&str; 16] = [
        "is it true that",
        "is it correct that",
        "is it right that",
        "it would be great to know",
        "it would be good to know",
        "it would be nice to know",
        "would be great to know",
        "sorry to bother you",
        "sorry to bother",
        "no worries",
        "for my report i need",
        "for the report i need",
        "for my report",
        "quick question",
        "one more question",
        "just checking",
    ];
    if let Some(phrase) = OPENINGS.iter().find(|phrase| tokens.has_at(0, phrase)) {
        tokens.take(0..phrase.split(' ').count(), Role::Intent);
    }
}

/// "…, right?" at the end.
fn take_tag(tokens: &mut Tokens<'_>) {
    let Some(last) = tokens.row.len().checked_sub(1).filter(|last| *last > 0) else { return };
    if !matches!(tokens.lower(last), "right" | "correct" | "true") {
        return;
    }
    // "Is that true?" behind what is to be true.
    let start = last.saturating_sub(2);
    let asks = start > 0
        && matches!(tokens.lower(start), "is" | "was")
        && matches!(tokens.before(last), "that" | "this" | "it")
        && tokens.row[start].follows_break;
    if asks {
        tokens.take(start..last + 1, Role::Intent);
    } else if tokens.row[last].follows_break {
        tokens.take(last..last + 1, Role::Intent);
    }
}

/// "My boss wants …", "our manager asked for …", "my colleague thinks there were …", at the beginning of a sentence.
fn take_who_wants_it(tokens: &mut Tokens<'_>) {
    const PEOPLE_MAX: usize = 3;
    for at in 0..tokens.row.len() {
        let begins = at == 0 || tokens.row[at].follows_break;
        if !begins || !matches!(tokens.lower(at), "my" | "our" | "the") {
            continue;
        }
        let verb = (at + 2..tokens.row.len().min(at + 2 + PEOPLE_MAX)).find(|at| {
            matches!(tokens.lower(*at), "wants" | "asked" | "asks" | "needs" | "wonders" | "wonder")
                || says(tokens.lower(*at))
        });
        if let Some(verb) = verb
            && tokens.is_free(at..verb + 1)
        {
            tokens.take(at..verb + 1, Role::Intent);
        }
    }
}

/// "Dear colleague, …", "officer here, …" before a question, "many thanks in advance, Claire" behind it.
fn take_letter(tokens: &mut Tokens<'_>) {
    const NAME_WORDS_MAX: usize = 4;
    let words = tokens.row.len();
    if let Some(end) = (1..words.min(NAME_WORDS_MAX + 1)).find(|at| tokens.row[*at].follows_break)
        && (tokens.lower(0) == "dear" || tokens.lower(end - 1) == "here")
        && tokens.is_free(0..end)
    {
        tokens.take(0..end, Role::Intent);
    }
    let thanks = (1..words).rev().take(NAME_WORDS_MAX * 2).find(|at| {
        let closes =
            matches!(tokens.lower(*at), "thanks" | "regards" | "cheers") || tokens.has_at(*at, "thank you");
        let start =
            if matches!(tokens.before(*at), "many" | "best" | "kind" | "with") { *at - 1 } else { *at };
        closes && tokens.row[start].follows_break
    });
    if let Some(at) = thanks
        && tokens.is_free(at..words)
    {
        tokens.take(at..words, Role::Intent);
    }
}

/// "My boy is missing", "I lost my son!": why they ask, and nothing that a camera sees. Who is lost is looked for by what
/// else they are called: "my son! A boy in red".
fn take_plight(tokens: &mut Tokens<'_>) {
    let is_person = |tokens: &Tokens<'_>, at: usize| class_of(tokens.lower(at)) == Some("person");
    let is_kin = |tokens: &Tokens<'_>, at: usize| matches!(tokens.lower(at), "son" | "daughter");
    for at in 0..tokens.row.len() {
        let is_lost = matches!(tokens.lower(at), "missing" | "lost");
        let is_plight = is_lost
            && at > 1
            && matches!(tokens.before(at), "is" | "are" | "went" | "gone" | "got" | "was")
            && is_person(tokens, at - 2);
        let loses = tokens.lower(at) == "lost"
            && matches!(tokens.lower(at + 1), "my" | "our" | "her" | "his" | "their")
            && (at + 2..tokens.row.len().min(at + 5)).any(|next| is_person(tokens, next));
        if (is_plight || loses) && tokens.is_free(at..at + 1) {
            tokens.take(at..at + 1, Role::Intent);
        }
        // "Went missing" is no going.
        if is_plight && tokens.is_free(at - 1..at) {
            tokens.take(at - 1..at, Role::Intent);
        }
    }
    let is_called = |at: usize| tokens.row[at].is_kept && is_person(tokens, at) && !is_kin(tokens, at);
    if (0..tokens.row.len()).any(is_called) {
        for at in 0..tokens.row.len() {
            if is_kin(tokens, at) {
                tokens.row[at].is_kept = false;
            }
        }
    }
}

/// "The exact time": every time is told exactly.
fn take_exactness(tokens: &mut Tokens<'_>) {
    for at in 0..tokens.row.len() {
        let is_exact = matches!(tokens.lower(at), "exact" | "precise")
            && matches!(tokens.lower(at + 1), "time" | "times" | "date" | "moment" | "minute");
        if is_exact && tokens.is_free(at..at + 1) {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
}

/// Whether a word says that somebody told something.
pub(super) fn says(word: &str) -> bool {
    matches!(
        word,
        "says"
            | "said"
            | "thinks"
            | "thought"
            | "believes"
            | "claims"
            | "claimed"
            | "reckons"
            | "told"
            | "tells"
            | "wrote"
            | "writes"
            | "reported"
            | "reports"
            | "texted"
            | "emailed"
    )
}

fn ends_sentence(tokens: &Tokens<'_>, at: usize) -> bool {
    let between = &tokens.text[tokens.row[at - 1].span.end..tokens.row[at].span.start];
    between.contains(['!', '?', '\n']) || between.contains(". ")
}

/// Nothing of it was understood, and it says "I" or "my".
fn speaks_of_the_asker(tokens: &Tokens<'_>, start: usize, end: usize) -> bool {
    let sentence = &tokens.row[start..end];
    // Part of a longer word it is none of these.
    let is_asker = |at: usize| {
        matches!(tokens.lower(at), "i" | "im" | "ive" | "my" | "we" | "our" | "me")
            && !tokens.row[at].is_joined
            && tokens.row.get(at + 1).is_none_or(|next| !next.is_joined)
    };
    // "My wife wears a pink coat." says whom to look for.
    let describes = |token: &Token| {
        colour(&token.lower).is_some()
            || matches!(token.lower.as_str(), "wears" | "wearing" | "wore" | "dressed")
    };
    !sentence.iter().any(describes)
        && sentence.iter().all(|token| token.role == Role::Free && token.quote.is_none() && !token.is_kept)
        && (start..end).any(is_asker)
}
