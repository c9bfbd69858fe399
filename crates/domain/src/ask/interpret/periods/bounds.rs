//! One end: "since A", "until B", "just before B". What has two is in `ranges`.

use super::{
    clock::{Sureness, shifted},
    combine::bounded,
    cursor::Cursor,
    expression::{Bound, Expression, TimeOfDay},
    vocabulary,
};

type Read = (Expression, usize);

/// What the speaker did has at most so many words before its time: "went to bed and fell asleep at".
const DOING_WORDS_MAX: usize = 7;
/// Nobody goes to bed before this hour, but after midnight.
const BEDTIME: i64 = 6 * 3600;

/// How far "just before" and "shortly after" reach.
const CLOSE_MINUTES: i64 = 30;

impl Cursor<'_> {
    pub(super) fn bound_word(&self, at: usize) -> Option<(Bound, usize)> {
        // "not before nine", "no later than nine": the other side.
        if self.is_word(at, &["not", "no"])
            && let Some((bound, next)) = self.bound_word(at + 1)
        {
            let turned = match bound {
                Bound::Before => Bound::Since,
                Bound::After => Bound::Until,
                Bound::Until => Bound::After,
                Bound::Since => return None,
            };
            let is_of_time = self.is_word(at + 1, &["before", "after", "until", "till", "later", "earlier"]);
            return is_of_time.then_some((turned, next));
        }
        Some(match self.word(at) {
            "since" => (Bound::Since, at + 1),
            "after" | "past" => (Bound::After, at + 1),
            "before" => (Bound::Before, at + 1),
            // "a van came by at 7".
            "by" if self.is_bound_by(at) => (Bound::Before, at + 1),
            "until" | "till" | "til" => (Bound::Until, at + 1),
            "prior" if self.word(at + 1) == "to" => (Bound::Before, at + 2),
            "up" if self.is_word(at + 1, &["to", "until", "till"]) => (Bound::Until, at + 2),
            "later" if self.word(at + 1) == "than" => (Bound::After, at + 2),
            "earlier" if self.word(at + 1) == "than" => (Bound::Before, at + 2),
            "starting" | "beginning" if self.word(at + 1) != "of" => {
                (Bound::Since, self.skip_word(at + 1, &["from", "at", "on"]))
            }
            "as" if self.are_words(at, &["as", "of"]) => (Bound::Since, at + 2),
            "anytime" | "any" | "sometime" if self.is_word(at + 1, &["after", "before", "since"]) => {
                return self.bound_word(at + 1);
            }
            _ => return None,
        })
    }

    /// "By 9", "by around 9"; a van that "came by at 7" or "drove by around 7" did so then.
    fn is_bound_by(&self, at: usize) -> bool {
        const PASSING: [&str; 16] = [
            "came", "come", "comes", "coming", "drove", "drive", "drives", "driving", "went", "walked",
            "walks", "walking", "ran", "stopped", "passed", "passing",
        ];
        let is_passing = self.is_word(at.wrapping_sub(1), &PASSING);
        let is_then =
            self.is_word(at + 1, &["at"]) || (is_passing && self.is_word(at + 1, &["around", "about"]));
        !is_then
    }

    /// "since X", "after X", "before X", "until X".
    pub(super) fn bound(&self, at: usize) -> Option<Read> {
        if self.is_word(at, &["just", "shortly", "right", "immediately", "soon", "slightly"])
            && let Some(found) = self.close_bound(at + 1)
        {
            return Some(found);
        }
        let (bound, start) = self.bound_word(at)?;
        // "Till now" is all that has been.
        if matches!(bound, Bound::Until) && self.word(start) == "now" {
            return None;
        }
        // "past 24h" is a length.
        if self.word(at) == "past" && self.has_glued_unit(start) {
            return None;
        }
        if let Some((end_of, next)) = self.own_doing(start) {
            return Some((bounded(bound, end_of), next));
        }
        let start = self.skip_word(start, &["about", "around"]);
        let (end_of, next) = self.end_of_range(start, false)?;
        let is_by_day = matches!(self.word(at), "by" | "past") && end_of.point().is_none();
        // "one by one", "past two guards".
        let is_word = matches!(self.word(at), "by" | "past")
            && self.clock(start).is_none_or(|(_, sureness, _)| sureness == Sureness::Bare)
            && !self.word(start).is_empty();
        if is_by_day || is_word || end_of.every.is_some() {
            return None;
        }
        self.since_until(bound, &end_of, next).or_else(|| Some((bounded(bound, end_of), next)))
    }

    /// "Since I left at 8", "after we got home at half past six yesterday": the time that is said of what the speaker
    /// did. Who goes to bed does so at night, and wakes in the morning; who locks up does it in the evening.
    fn own_doing(&self, at: usize) -> Option<Read> {
        if !self.is_word(at, &["i", "we"]) {
            return None;
        }
        let words = (at + 2..=at + DOING_WORDS_MAX).take_while(|word| !self.is_end(*word));
        let (said, mut end_of, next) = words
            .filter(|word| {
                let is_day = vocabulary::weekday(self.word(*word)).is_some();
                is_day
                    || self.is_word(*word, &["at", "around", "about", "yesterday", "today", "this", "last"])
            })
            .find_map(|said| {
                let time_at = if self.word(said) == "at" { said + 1 } else { said };
                let (end_of, next) = self.end_of_range(time_at, false)?;
                (end_of.time.is_some() || end_of.part.is_some()).then_some((said, end_of, next))
            })?;
        let does = |words: &[&str]| (at + 1..said).any(|word| self.is_word(word, words));
        if let Some(clock) = end_of.point().filter(|clock| clock.is_open) {
            let is_late = clock.before_noon() >= BEDTIME;
            let is_after_noon = if does(&["bed", "sleep", "asleep"]) {
                Some(is_late)
            } else if does(&["woke", "awoke", "wake"]) {
                Some(false)
            } else {
                does(&["closed", "shut", "locked"]).then_some(true)
            };
            let closed = is_after_noon.map_or(clock, |is_after_noon| clock.with_meridiem(is_after_noon));
            end_of.time = Some(TimeOfDay::Point(closed));
        }
        Some((end_of, next))
    }

    /// "24h", "3d", "1h30".
    fn has_glued_unit(&self, at: usize) -> bool {
        self.digits(at).is_some()
            && self.is_glued(at + 1)
            && (vocabulary::unit_letter(self.word(at + 1)).is_some() || self.word(at + 1).starts_with('h'))
    }

    /// "just before 3pm", "shortly after midnight": the half hour on that side of it.
    fn close_bound(&self, at: usize) -> Option<Read> {
        let (bound, start) = self.bound_word(at).filter(|_| self.is_word(at, &["before", "after"]))?;
        let (clock, sureness, end) = self.clock(start)?;
        if sureness == Sureness::Digits || (sureness == Sureness::Bare && !self.can_follow_hour(end)) {
            return None;
        }
        let (from, to) = match bound {
            Bound::Before => (shifted(clock, -CLOSE_MINUTES), clock),
            _ => (clock, shifted(clock, CLOSE_MINUTES)),
        };
        Some((Expression { time: Some(TimeOfDay::Between(from, to)), ..Expression::default() }, end))
    }
}
