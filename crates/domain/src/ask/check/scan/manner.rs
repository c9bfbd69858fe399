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
    /// "busiest", "most", "peak": the sentence may state the figures of the largest group.
    pub is_superlative: bool,
    /// "noon", "midnight", "half past": a time in words.
    pub spoken_times: Vec<&'static str>,
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
        if let Some(least) = amount(this) {
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
            "most" | "busiest" | "peak" | "highest" | "largest" | "quietest" | "least" | "fewest"
            | "lowest" => {
                manner.is_superlative |= !(matches!(this, "most" | "least") && before == "at");
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
