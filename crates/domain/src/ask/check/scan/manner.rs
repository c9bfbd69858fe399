//! How a sentence says it: that there was nothing, that there were several, that one side had more.
//! English words only.

use super::tokens::{Kind, Token};

/// More or fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The side named first has more.
    More,
    /// It has fewer.
    Fewer,
    /// Both have as many.
    Same,
}

/// A time that only words tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Its word.
    pub word: String,
    /// The same with the word before it.
    pub phrase: String,
    /// The hours of the day that it means: from the first, before the second. None where it means none.
    pub hours: Option<(u8, u8)>,
}

/// The hours of a part of the day, as generously as people use it.
fn part_of_day(word: &str) -> Option<(u8, u8)> {
    Some(match word {
        "morning" | "mornings" => (3, 13),
        "afternoon" | "afternoons" => (11, 19),
        "evening" | "evenings" => (16, 24),
        "night" | "nights" | "nighttime" | "overnight" | "tonight" => (18, 7),
        "dawn" | "sunrise" => (3, 9),
        "dusk" | "sunset" => (15, 23),
        "daytime" | "daylight" => (5, 22),
        _ => return None,
    })
}

/// "All night", "for hours", "an hour later", "minutes ago": how long, without a number.
fn stretch(this: &str, before: &str, next: &str) -> Option<Stretch> {
    let told = |hours| Some(Stretch { word: this.to_owned(), phrase: format!("{before} {this}"), hours });
    if let Some(hours) = part_of_day(this) {
        return told(if matches!(before, "all" | "entire" | "whole") { None } else { Some(hours) });
    }
    match this {
        "hours" | "minutes" | "seconds" | "days" | "weeks" | "months" => told(None),
        "hour" | "minute" | "moment" if matches!(next, "later" | "earlier" | "before" | "after" | "ago") => {
            told(None)
        }
        "hour" | "minute" if matches!(before, "an" | "a" | "half") => told(None),
        "day" if matches!(before, "all" | "entire" | "whole") => told(None),
        _ => None,
    }
}

/// What the words of a sentence claim beside its figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Manner {
    /// Words that deny, in their plain form.
    pub negators: Vec<&'static str>,
    /// Words for an amount, with the least number that they can mean.
    pub amounts: Vec<(String, u64)>,
    /// One side has more than the other.
    pub direction: Option<Direction>,
    /// "twice as many", "three times as many", "half as many".
    pub ratio: Option<f64>,
    /// "a third of", "half of", "most of".
    pub has_share: bool,
    /// "noon", "midnight", "half past": a time in words.
    pub spoken_times: Vec<&'static str>,
    /// Parts of the day, and stretches without a number: "in the evening", "for hours", "an hour later".
    pub stretches: Vec<Stretch>,
}

/// The plain form of a word that denies.
pub(crate) fn negator(word: &str) -> Option<&'static str> {
    Some(match word {
        "no" => "no",
        "not" | "cannot" => "not",
        "none" => "none",
        "nobody" | "noone" => "nobody",
        "nothing" => "nothing",
        "never" => "never",
        "neither" | "nor" => "neither",
        "nowhere" => "nowhere",
        "without" => "without",
        "zero" => "zero",
        "refuse" | "refuses" | "refused" | "refusing" => "refuse",
        "fail" | "fails" | "failed" | "failing" => "fail",
        "lack" | "lacks" | "lacked" | "lacking" => "lack",
        "unable" => "unable",
        _ if word.ends_with("n't") || word.ends_with("n’t") => "not",
        _ => return None,
    })
}

fn amount(word: &str) -> Option<u64> {
    Some(match word {
        "several" | "many" | "lots" | "numerous" => 3,
        "multiple" | "various" | "some" | "few" | "handful" | "repeatedly" | "group" | "groups" => 2,
        "dozens" => 24,
        "scores" => 40,
        "hundreds" => 200,
        "thousands" => 2_000,
        "millions" => 2_000_000,
        "countless" | "crowd" | "crowds" => 10,
        _ => return None,
    })
}

/// Whether a word tells an amount without a number.
pub(super) fn is_vague(word: &str) -> bool {
    amount(word).is_some_and(|least| least > 9)
}

fn direction(word: &str) -> Option<Direction> {
    Some(match word {
        "more" | "higher" | "increase" | "increased" | "rise" | "rose" | "grew" | "busier" | "exceeded"
        | "exceeds" | "outnumbered" => Direction::More,
        "fewer" | "less" | "lower" | "decrease" | "decreased" | "drop" | "dropped" | "fell" | "declined"
        | "decline" | "quieter" => Direction::Fewer,
        "same" | "equal" | "equally" | "unchanged" => Direction::Same,
        _ => return None,
    })
}

/// Whether a token says of something that it is the most or the least of its kind, and which. "The most
/// recent" tells no figure.
pub(crate) fn superlative(tokens: &[Token], at: usize) -> Option<bool> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    let before = at.checked_sub(1).map_or("", word);
    match word(at) {
        "most" | "least" if before == "at" => None,
        "most" if matches!(word(at + 1), "of" | "recent" | "recently" | "likely" | "probably") => None,
        "most" | "busiest" | "peak" | "peaked" | "highest" | "largest" | "greatest" | "maximum" => {
            Some(false)
        }
        "quietest" | "least" | "fewest" | "lowest" | "smallest" | "minimum" => Some(true),
        _ => None,
    }
}

/// Reads it; `bounded` tells whether a comparative only bounds a number ("more than 5").
pub(crate) fn manner(tokens: &[Token]) -> Manner {
    let mut manner = Manner::default();
    let word = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    let is_number = |at: usize| tokens.get(at).is_some_and(|t| matches!(t.kind, Kind::Number(_)));
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Word) {
        let (this, next) = (token.lower.as_str(), word(at + 1));
        let before = at.checked_sub(1).map_or("", word);
        let is_bounding =
            matches!(next, "than") && (is_number(at + 2) || super::numbers::is_number_word(word(at + 2)));
        if let Some(negator) = negator(this)
            && !(matches!(next, "more" | "fewer" | "less" | "later" | "earlier" | "only")
                && word(at + 2) != "events")
        {
            manner.negators.push(negator);
        }
        let is_compared = this == "many" && matches!(before, "as" | "how");
        let is_counted =
            at.checked_sub(1).is_some_and(|at| is_number(at) || super::numbers::is_number_word(word(at)));
        manner.stretches.extend(stretch(this, before, next).filter(|_| !is_counted));
        if let Some(least) = amount(this).filter(|_| !is_compared) {
            manner.amounts.push((this.to_owned(), least));
        }
        if let Some(direction) = direction(this)
            && !is_bounding
            && manner.direction.is_none()
        {
            manner.direction = Some(direction);
        }
        match this {
            "twice" | "double" if matches!(next, "as" | "the") => manner.ratio = Some(2.0),
            "doubled" | "twofold" => manner.ratio = Some(2.0),
            "triple" | "tripled" | "threefold" => manner.ratio = Some(3.0),
            "quadruple" | "quadrupled" | "fourfold" => manner.ratio = Some(4.0),
            "tenfold" => manner.ratio = Some(10.0),
            "halved" => manner.ratio = Some(0.5),
            "half" if matches!(next, "as" | "the") => manner.ratio = Some(0.5),
            "half" | "third" | "thirds" | "quarter" | "quarters" | "fifth" | "fifths" | "tenth"
            | "tenths" | "majority" | "minority" | "most" | "all" | "every" | "each"
                if matches!(next, "of") || matches!(before, "the" if this.ends_with("jority")) =>
            {
                manner.has_share = true;
            }
            // What is taken off is no longer worn.
            "off" if matches!(before, "take" | "takes" | "took" | "taken" | "taking") => {
                manner.negators.push("off");
            }
            "noon" | "midday" => manner.spoken_times.push("noon"),
            "midnight" => manner.spoken_times.push("midnight"),
            "past" if matches!(before, "half" | "quarter") => manner.spoken_times.push("past"),
            "o'clock" | "o’clock" => manner.spoken_times.push("o'clock"),
            _ => {}
        }
    }
    manner
}
