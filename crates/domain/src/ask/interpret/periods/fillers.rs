//! Words that a speaker puts into a time and that say no more than "about": "before like 5 pm", "at, say, 8",
//! "around about noon". One of them stays, as "about"; before a day none does.

use super::{
    tokens::{Kind, Token},
    vocabulary,
};

/// What stands before a time, so that what follows is in it.
const LEADING: [&str; 16] = [
    "at", "before", "after", "since", "by", "until", "till", "til", "from", "to", "between", "and", "on",
    "around", "about", "than",
];

/// How many words a filler has at a position: "like", "sort of", "more or less".
fn filler(tokens: &[Token], at: usize) -> usize {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    match word(at) {
        "like" | "maybe" | "perhaps" | "say" | "probably" | "possibly" | "kinda" | "sorta" | "um" | "uh"
        | "er" | "erm" | "uhm" | "hmm" | "well" | "around" | "about" | "roughly" | "approximately"
        | "approx" => 1,
        "sort" | "kind" if word(at + 1) == "of" => 2,
        "more" if word(at + 1) == "or" && word(at + 2) == "less" => 3,
        "something" if word(at + 1) == "like" => 2,
        "lets" if word(at + 1) == "say" => 2,
        _ => 0,
    }
}

/// Leaves of the fillers within times what the grammar knows.
pub(super) fn settle(tokens: &mut Vec<Token>) {
    let mut at = 1;
    while at < tokens.len() {
        let is_led = tokens[at - 1].kind == Kind::Word && LEADING.contains(&tokens[at - 1].word.as_str());
        if !is_led {
            at += 1;
            continue;
        }
        let is_comma = |token: &Token| token.kind == Kind::Mark(',');
        let mut end = at;
        let mut words = 0;
        loop {
            let next = if tokens.get(end).is_some_and(is_comma) { end + 1 } else { end };
            let length = filler(tokens, next);
            if length == 0 {
                break;
            }
            words += length;
            end = next + length;
        }
        let end = if words > 0 && tokens.get(end).is_some_and(is_comma) { end + 1 } else { end };
        let is_plain = words == 1 && matches!(tokens[at].word.as_str(), "around" | "about");
        match tokens.get(end).map(of_time) {
            Some(Some(OfTime::Clock)) if words > 0 && !is_plain => {
                // "Around about" has its own already.
                let is_said = matches!(tokens[at - 1].word.as_str(), "around" | "about");
                let spoken = (at..end).find(|at| !is_comma(&tokens[*at])).unwrap_or(at);
                tokens.swap(at, spoken);
                "about".clone_into(&mut tokens[at].word);
                tokens[at].kind = Kind::Word;
                tokens.drain(at + usize::from(!is_said)..end);
            }
            Some(Some(OfTime::Day)) if words > 0 => {
                tokens.drain(at..end);
            }
            _ => {}
        }
        at += 1;
    }
}

enum OfTime {
    Clock,
    Day,
}

fn of_time(token: &Token) -> Option<OfTime> {
    let word = token.word.as_str();
    let is_hour = |value: u32| value <= 24 || (100..=2400).contains(&value);
    let is_number = match token.kind {
        Kind::Number(Some(value)) => is_hour(value),
        _ => vocabulary::number_word(word).is_some_and(|value| (1..=24).contains(&value)),
    };
    if is_number
        || matches!(word, "noon" | "midday" | "midnight" | "half" | "quarter" | "closing" | "opening")
    {
        return Some(OfTime::Clock);
    }
    let is_day =
        vocabulary::weekday(word).is_some() || matches!(word, "yesterday" | "today" | "last" | "this");
    is_day.then_some(OfTime::Day)
}
