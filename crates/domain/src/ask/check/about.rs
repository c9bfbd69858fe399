//! What a sentence is about, clause by clause: which figures may stand where. A number is held against
//! the places, things and times that stand nearest to it, never against those of another clause.

use super::{
    clauses::{Clauses, Of},
    forms::stem,
    mentions::{Mention, Respect},
    nouns::{is_base, is_counting},
    record::{Part, Record},
    scan::{Bound, Number, Token},
};
use crate::{ask::Grouping, event_store::Totals};

/// What a sentence is about, clause by clause.
pub(crate) struct About<'a> {
    clauses: Clauses<'a>,
    /// Numbers that count events or visits, in order.
    counts: Vec<&'a Number>,
    /// What others are of: "2 of the 3".
    bases: Vec<&'a Number>,
    lower: &'a str,
    record: &'a Record,
}

impl<'a> About<'a> {
    pub(crate) fn of(
        lower: &'a str,
        tokens: &[Token],
        numbers: &'a [Number],
        mentions: &'a [Mention],
        record: &'a Record,
    ) -> Self {
        let counts = numbers.iter().filter(|number| is_counting(number));
        let (bases, counts): (Vec<&Number>, Vec<&Number>) =
            counts.partition(|number| is_base(number, numbers, lower));
        let clauses = Clauses::of(tokens, mentions, &counts);
        Self { clauses, counts, bases, lower, record }
    }

    /// Whether a number is about less than the whole question.
    pub(crate) fn is_part(&self, number: &Number) -> bool {
        let Some(clause) = self.clause_of(number) else { return true };
        let is_superlative = self.clauses.all.iter().any(|clause| clause.superlative.is_some());
        let all = [Respect::Place, Respect::What, Respect::When].into_iter();
        let mut of = all.flat_map(|respect| self.of_number(clause, Some(number), respect));
        is_superlative || of.any(|mention| !mention.is_own(self.record))
    }

    /// Whether nothing was found where it denies.
    pub(crate) fn is_empty(&self) -> bool {
        let denied: Vec<usize> =
            (0..self.clauses.all.len()).filter(|n| self.clauses.all[*n].is_denied).collect();
        !denied.is_empty()
            && denied.into_iter().all(|clause| {
                let all = self.figures(clause, None);
                !all.is_empty() && all.iter().any(|totals| totals.events == 0)
            })
    }

    /// The most events that it can be about.
    pub(crate) fn events_max(&self) -> u64 {
        let clauses = 0..self.clauses.all.len();
        let named = self.clauses.mentions().iter().filter(|mention| mention.respect == Respect::When);
        let named = named.flat_map(|mention| self.exact(None, None, &[mention], None));
        let all =
            clauses.flat_map(|clause| self.figures(clause, None)).chain(named).map(|totals| totals.events);
        if self.clauses.all.is_empty() { self.record.totals.events } else { all.max().unwrap_or(0) }
    }

    fn clause_of(&self, number: &Number) -> Option<usize> {
        let at = self.counts.iter().position(|known| known.span == number.span)?;
        self.clauses.clause_of(at)
    }

    fn of_number(&self, clause: usize, number: Option<&Number>, respect: Respect) -> Of<'a> {
        let at = number.and_then(|n| self.counts.iter().position(|known| known.span == n.span));
        let of = self.clauses.of_count(clause, at, respect);
        match number {
            Some(number) if respect == Respect::What => self.of_noun(number, clause, of),
            _ => of,
        }
    }

    /// What a number counts by its own noun: "3 people" are people whatever else is named.
    fn of_noun(&self, number: &Number, clause: usize, of: Of<'a>) -> Of<'a> {
        let end = number.span.end;
        let own = self.clauses.all[clause].mentions.iter().map(|n| self.clauses.mention(*n));
        let behind = own.filter(|m| m.respect == Respect::What && m.span.start >= end);
        let is_next = |m: &&Mention| {
            self.lower.get(end..m.span.start).is_some_and(|between| between.split_whitespace().count() <= 3)
                && !self.counts.iter().any(|other| end <= other.span.start && other.span.start < m.span.start)
        };
        if let Some(next) = behind.min_by_key(|m| m.span.start).filter(is_next) {
            return if of.len() > 1 && of.iter().any(|m| m.span == next.span) { of } else { vec![next] };
        }
        // "3 people and 4 events": the noun does not carry over, a number without one does.
        let is_own = !of.is_empty() && of.iter().any(|m| self.clauses.is_in(clause, m));
        if is_own || number.nouns.is_empty() { of } else { self.clauses.joined(clause, of) }
    }

    /// The figures that may stand in a clause, for a number or for whatever it says.
    fn figures(&self, clause: usize, number: Option<&Number>) -> Vec<Totals> {
        let of = |respect| self.of_number(clause, number, respect);
        let (places, whats, mut whens) = (of(Respect::Place), of(Respect::What), of(Respect::When));
        // "On Tuesday the gate was busiest, with 3 at 09:00": the day holds on.
        if !whens.is_empty() && whens.iter().all(|when| when.is_clock()) {
            whens.extend(self.clauses.day_before(clause));
        }
        let each = |mentions: &Of<'a>| -> Vec<Option<&'a Mention>> {
            if mentions.is_empty() { vec![None] } else { mentions.iter().copied().map(Some).collect() }
        };
        let (places, whats) = (each(&places), each(&whats));
        let mut several: Vec<Vec<Totals>> = Vec::new();
        for place in &places {
            for what in &whats {
                several.push(self.exact(*place, *what, &whens, number));
            }
        }
        if several.len() == 1 {
            return several.pop().unwrap_or_default();
        }
        let is_whole = self.names_all(&places, &whats) && whens.iter().all(|when| when.is_own(self.record));
        let mut all: Vec<Totals> = is_whole.then_some(self.record.totals).into_iter().collect();
        if several.iter().all(|some| !some.is_empty()) {
            let sum = several.iter().filter_map(|some| some.first()).fold(Totals::default(), |sum, more| {
                Totals { events: sum.events + more.events, visits: sum.visits + more.visits }
            });
            all.push(sum);
            let [first, others @ ..] = several.as_slice() else { return all };
            all.extend(first.iter().filter(|t| others.iter().all(|other| other.contains(t))));
        }
        all
    }

    /// Whether a list names all that the question asked for.
    fn names_all(&self, places: &[Option<&Mention>], whats: &[Option<&Mention>]) -> bool {
        let own = &self.record.own;
        let is_named = |names: &Vec<String>, list: &[Option<&Mention>]| {
            list.iter().flatten().any(|m| m.names().any(|name| names.iter().any(|own| own == name)))
        };
        let all = |of: &[Vec<String>], list: &[Option<&Mention>]| {
            list.len() < 2 && list.iter().flatten().all(|m| m.is_own(self.record))
                || of.len() == list.len() && of.iter().all(|names| is_named(names, list))
        };
        all(&own.places, places) && own.whats.iter().any(|kind| all(kind, whats))
    }

    /// The figures of one place and one thing.
    fn exact(
        &self,
        place: Option<&Mention>,
        what: Option<&Mention>,
        whens: &[&Mention],
        number: Option<&Number>,
    ) -> Vec<Totals> {
        let record = self.record;
        let is_own = |mention: &&Mention| mention.is_own(record);
        let (own_place, own_what) = (place.is_none_or(|m| is_own(&m)), what.is_none_or(|m| is_own(&m)));
        let own_when = whens.iter().all(is_own);
        let mut all = Vec::new();
        if own_place && own_what && own_when {
            all.push(record.totals);
        }
        if own_what && own_when {
            let cameras = place.into_iter().flat_map(Mention::names);
            all.extend(
                cameras.filter_map(|name| record.camera_totals(name).or_else(|| record.site_totals(name))),
            );
        }
        let is_one_of = |names: &Option<Vec<String>>, mention: Option<&Mention>, is_own: bool| match names {
            None => is_own,
            Some(names) if names.is_empty() => mention.is_none(),
            Some(names) => mention.is_some_and(|m| m.names().any(|n| names.iter().any(|own| own == n))),
        };
        let is_when = |part: &Part| match &part.when {
            None => own_when,
            Some(when) => {
                whens.iter().any(|m| m.is_when(when))
                    && whens.iter().all(|m| m.is_when(when) || m.is_day_of(when) || m.is_own(record))
            }
        };
        // "The gate had 10 events yesterday" may leave out that vehicles were counted there, not where and when.
        let is_generic =
            number.is_some_and(|n| n.nouns.iter().any(|n| n.starts_with("event") || n.starts_with("visit")));
        let is_left_out = |part: &Part| {
            what.is_none()
                && is_generic
                && (part.place.is_some() || part.when.is_some())
                && part.family.is_none()
        };
        let is_told = |part: &Part| part.told.iter().all(|word| self.lower.contains(stem(word)));
        let parts = record.parts.iter().filter(|part| {
            is_one_of(&part.place, place, own_place)
                && (is_one_of(&part.what, what, own_what) || is_left_out(part))
                && is_when(part)
                && is_told(part)
        });
        all.extend(parts.map(|part| part.totals));
        if own_place && own_what {
            all.extend(self.between(whens));
        }
        if let Some(number) = number
            && compares(number)
        {
            all.extend(record.differences.iter().copied());
        }
        all
    }

    /// What happened between two times, from the hours between them or from the events themselves.
    fn between(&self, whens: &[&Mention]) -> Option<Totals> {
        let (from, to) = whens.iter().find_map(|when| when.between())?;
        let record = self.record;
        let own: Vec<&Part> = record.parts.iter().filter(|part| part.is_own_hour()).collect();
        let is_in = |part: &&&Part| {
            part.when
                .as_ref()
                .is_some_and(|when| when.clocks.first().is_some_and(|clock| from <= *clock && *clock < to))
        };
        let is_one_day = own.windows(2).all(|pair| pair[0].day() == pair[1].day());
        let hours: Vec<_> = own.iter().filter(is_in).collect();
        let ends = hours.last().and_then(|part| part.when.as_ref()?.until);
        if from.1 == 0 && is_one_day && ends == Some(to) {
            return Some(hours.iter().fold(Totals::default(), |sum, part| Totals {
                events: sum.events + part.totals.events,
                visits: sum.visits + part.totals.visits,
            }));
        }
        let events = record.events.iter().take(record.asked_for).filter_map(|event| event.times.first());
        let events = events.filter(|clock| from <= **clock && **clock <= to).count() as u64;
        record.has_all.then_some(Totals { events, visits: events })
    }

    /// Whether a number is one of the counts that the sentence may state.
    pub(crate) fn holds(&self, number: &Number) -> bool {
        if self.bases.iter().any(|base| base.span == number.span) {
            let totals = self.record.totals;
            return number
                .readings
                .iter()
                .any(|n| *n == totals.events.to_string() || *n == totals.visits.to_string());
        }
        let Some(clause) = self.clause_of(number) else { return false };
        let is_visits = number.nouns.iter().any(|noun| noun.starts_with("visit"));
        let is_events = number.nouns.iter().any(|noun| noun.starts_with("event"));
        let mut all = self.figures(clause, Some(number));
        if self.clauses.all[clause].superlative.is_some() {
            all.extend(self.extremes(clause));
        }
        number.readings.iter().filter_map(|reading| reading.parse::<u64>().ok()).any(|n| {
            all.iter().any(|totals| {
                (totals.events == n && !is_visits && is_within(number.bound, totals.events, n))
                    || (totals.visits == n && !is_events && is_within(number.bound, totals.visits, n))
            })
        })
    }

    /// Figures of the largest or the least part, where a clause does not say which that is.
    fn extremes(&self, clause: usize) -> Vec<Totals> {
        let told = &self.clauses.all[clause];
        let Some(is_least) = told.superlative else { return Vec::new() };
        let names_part = |m: &&Mention| !m.is_own(self.record);
        if self.clauses.nearest(clause).iter().any(names_part) {
            return Vec::new();
        }
        let mut families: Vec<Vec<Totals>> = Vec::new();
        let mut last = None;
        let words = self.lower.get(told.span.clone()).unwrap_or(self.lower);
        let nouns = [("camera", Grouping::Camera), ("hour", Grouping::Hour), ("day", Grouping::Day)];
        let asked: Vec<Grouping> =
            nouns.iter().filter(|(noun, _)| words.contains(noun)).map(|(_, by)| *by).collect();
        let is_asked = |by: Grouping| asked.is_empty() || asked.contains(&by);
        for part in self.record.parts.iter().filter(|part| part.family.is_some_and(|f| is_asked(f.by))) {
            if last.replace(part.family) != Some(part.family) {
                families.push(Vec::new());
            }
            if let Some(family) = families.last_mut() {
                family.push(part.totals);
            }
        }
        if is_asked(Grouping::Camera) {
            families.push(self.record.by_camera.iter().map(|(_, totals)| *totals).collect());
        }
        let by_events = |totals: &&Totals| totals.events;
        let pick = |family: &Vec<Totals>| {
            let all = family.iter();
            if is_least { all.min_by_key(by_events).copied() } else { all.max_by_key(by_events).copied() }
        };
        families.iter().filter_map(pick).collect()
    }

    /// Whether what is called the busiest, or the quietest, is that.
    pub(crate) fn has_true_superlatives(&self) -> bool {
        let all = self.clauses.all.iter().enumerate();
        all.filter_map(|(n, clause)| Some((n, clause.superlative?))).all(|(clause, is_least)| {
            let named = self.clauses.nearest(clause);
            let is_so = |own: u64, others: &[u64]| {
                others.iter().copied().all(|other| if is_least { own <= other } else { own >= other })
            };
            named.iter().all(|mention| {
                let mut has_family = false;
                let mut is_true = false;
                for part in
                    self.record.parts.iter().filter(|part| part.family.is_some() && part.is_called(mention))
                {
                    has_family = true;
                    let family = self.record.parts.iter().filter(|p| p.family == part.family);
                    let others: Vec<u64> = family.map(|p| p.totals.events).collect();
                    is_true |= is_so(part.totals.events, &others);
                }
                if mention.respect == Respect::Place && !has_family && self.record.by_camera.len() > 1 {
                    for name in mention.names() {
                        let Some(own) = self.record.camera_totals(name) else { continue };
                        has_family = true;
                        let others: Vec<u64> =
                            self.record.by_camera.iter().map(|(_, totals)| totals.events).collect();
                        is_true |= is_so(own.events, &others);
                    }
                }
                is_true || !has_family || (mention.is_own(self.record) && mention.respect != Respect::Place)
            })
        })
    }
}

/// Whether a number tells by how much two sides differ.
fn compares(number: &Number) -> bool {
    const WORDS: [&str; 12] = [
        "more",
        "fewer",
        "less",
        "higher",
        "lower",
        "difference",
        "increase",
        "decrease",
        "rise",
        "drop",
        "extra",
        "additional",
    ];
    number.before == "by" || number.nouns.iter().any(|noun| WORDS.contains(&noun.as_str()))
}

/// Whether a count of `counted` may be told as bounded by `n`.
fn is_within(bound: Bound, counted: u64, n: u64) -> bool {
    match bound {
        Bound::None | Bound::AtLeast | Bound::AtMost => counted == n,
        Bound::MoreThan | Bound::LessThan | Bound::Range => false,
    }
}
