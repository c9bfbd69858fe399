//! Where, what and when a sentence speaks of, each with its place in it. Only names that the record
//! has are found; what a sentence says beside them is no business of this file.

use std::{cmp::Reverse, ops::Range};

use jiff::civil::Date;

use super::{
    record::{Own, Part, Record, When, find_words},
    scan::{Clock, Day, Time, is_day},
};

/// In which respect a name tells a part from the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Respect {
    /// Cameras, sites, zones.
    Place,
    /// Labels, types, names.
    What,
    /// Periods, days, times.
    When,
}

/// How it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// In lower case.
    Name(String),
    /// At this time.
    Clock(Clock),
    /// Between these times.
    Between(Clock, Clock),
    /// On one of these days.
    Days(Vec<Date>),
}

/// One mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where it stands.
    pub span: Range<usize>,
    /// In which respect.
    pub respect: Respect,
    /// The names that stand there.
    pub said: Vec<Said>,
}

/// What a sentence says that mentions are read from.
pub(super) struct Words<'a> {
    /// In lower case, cameras included.
    pub lower: &'a str,
    pub times: &'a [Time],
    pub days: &'a [(Range<usize>, Day)],
    /// Names of cameras, in lower case.
    pub cameras: &'a [String],
}

impl Mention {
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.said.iter().filter_map(|said| match said {
            Said::Name(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether it is told by the clock.
    pub(super) fn is_clock(&self) -> bool {
        self.said.iter().any(|said| matches!(said, Said::Clock(_) | Said::Between(..)))
    }

    /// Whether it names the stretch of a part.
    pub(super) fn is_when(&self, when: &When) -> bool {
        self.said.iter().any(|said| match said {
            Said::Name(name) => when.names.contains(name),
            Said::Clock(clock) => when.clocks.contains(clock),
            Said::Between(from, to) => {
                when.clocks.contains(from) && when.until.is_none_or(|until| until == *to)
            }
            // An hour is not told by its day alone.
            Said::Days(days) => when.clocks.is_empty() && when.days.iter().any(|day| days.contains(day)),
        })
    }

    /// Whether both name days, and none that is the same.
    pub(super) fn is_other_day(&self, other: &Self) -> bool {
        let days = |mention: &Self| -> Vec<Date> {
            let days = mention.said.iter().filter_map(|said| match said {
                Said::Days(days) => Some(days.clone()),
                _ => None,
            });
            days.flatten().collect()
        };
        let (own, others) = (days(self), days(other));
        !own.is_empty() && !others.is_empty() && !own.iter().any(|day| others.contains(day))
    }

    /// The two times between which it lies.
    pub(super) fn between(&self) -> Option<(Clock, Clock)> {
        self.said.iter().find_map(|said| match said {
            Said::Between(from, to) => Some((*from, *to)),
            _ => None,
        })
    }

    /// Whether it names the day of a part.
    pub(super) fn is_day_of(&self, when: &When) -> bool {
        let is_day =
            |said: &Said| matches!(said, Said::Days(days) if when.days.iter().any(|d| days.contains(d)));
        self.said.iter().any(is_day)
    }

    /// Whether it only says again what the question asked for.
    pub(super) fn is_own(&self, record: &Record) -> bool {
        let own: &Own = &record.own;
        match self.respect {
            Respect::Place => self.names().any(|name| {
                own.is_place(name)
                    || matches!(record.by_camera.as_slice(), [(id, _)] if record.scene.camera_called(name) == Some(&**id))
            }),
            Respect::What => self.names().any(|name| own.is_what(name)),
            Respect::When => {
                let is_day = |said: &Said| match said {
                    Said::Days(days) => match own.when.days.as_slice() {
                        [] if own.when.names.is_empty() => record.are_all_on(days),
                        own => own.iter().all(|day| days.contains(day)) && !own.is_empty(),
                    },
                    _ => false,
                };
                self.is_when(&own.when) || self.said.iter().any(is_day)
            }
        }
    }
}

impl Part {
    /// Whether this is one of the names of what makes it a part.
    pub(super) fn is_called(&self, mention: &Mention) -> bool {
        let is = |names: &Option<Vec<String>>| {
            mention.names().any(|name| names.iter().flatten().any(|own| own == name))
        };
        match mention.respect {
            Respect::Place => is(&self.place),
            Respect::What => is(&self.what),
            Respect::When => self.when.as_ref().is_some_and(|when| mention.is_when(when)),
        }
    }

    /// Whether it is an hour of the whole question.
    pub(super) fn is_own_hour(&self) -> bool {
        let is_hour = self.when.as_ref().is_some_and(|when| !when.clocks.is_empty() && when.until.is_some());
        is_hour
            && self.place.is_none()
            && self.what.is_none()
            && self.told.is_empty()
            && self.family.is_some()
    }

    /// The first day of its time.
    pub(super) fn day(&self) -> Option<Date> {
        self.when.as_ref()?.days.first().copied()
    }
}

/// Every mention, in order. A longer name hides those within it.
pub(super) fn mentions(words: &Words<'_>, record: &Record) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut named = |respect: Respect, name: &str| {
        for at in find_words(words.lower, name) {
            let said = vec![Said::Name(name.to_owned())];
            found.push(Mention { span: at..at + name.len(), respect, said });
        }
    };
    words.cameras.iter().for_each(|name| named(Respect::Place, name));
    record.scene.site_names().for_each(|name| named(Respect::Place, name));
    let own = &record.own;
    own.places.iter().flatten().for_each(|name| named(Respect::Place, name));
    own.whats.iter().flatten().flatten().for_each(|name| named(Respect::What, name));
    own.when.names.iter().for_each(|name| named(Respect::When, name));
    record.labels().flat_map(|(forms, _)| forms).for_each(|form| named(Respect::What, form));
    for Part { place, what, when, .. } in &record.parts {
        place.iter().flatten().for_each(|name| named(Respect::Place, name));
        what.iter().flatten().for_each(|name| named(Respect::What, name));
        when.iter().flat_map(|when| &when.names).for_each(|name| named(Respect::When, name));
    }
    found.extend(times(words, record));
    found.extend(words.days.iter().map(|(span, day)| {
        let is = |date: &Date| is_day(*day, *date, record.today);
        let days = record.days.iter().copied().filter(is).collect();
        Mention { span: span.clone(), respect: Respect::When, said: vec![Said::Days(days)] }
    }));
    settled(found)
}

/// Times that begin or end a part, and stretches between two times. The time of an event counts nothing.
fn times(words: &Words<'_>, record: &Record) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut rest = words.times;
    while let [first, after @ ..] = rest {
        rest = after;
        let said = match after {
            [second, last @ ..] if joins(words.lower, &first.span, &second.span) => {
                rest = last;
                (first.span.start..second.span.end, Said::Between(first.clock, second.clock))
            }
            _ => (first.span.clone(), Said::Clock(first.clock)),
        };
        let is_part = |when: &When| when.clocks.contains(&first.clock);
        let is_told = matches!(said.1, Said::Between(..))
            || is_part(&record.own.when)
            || record.parts.iter().any(|part| part.when.as_ref().is_some_and(is_part));
        if is_told {
            found.push(Mention { span: said.0, respect: Respect::When, said: vec![said.1] });
        }
    }
    found
}

/// "07:00–08:00", "between 07:00 and 08:00", "from 7:00 to 8:00".
fn joins(lower: &str, first: &Range<usize>, second: &Range<usize>) -> bool {
    let between = lower.get(first.end..second.start).unwrap_or_default().trim();
    let before = lower.get(..first.start).unwrap_or_default().trim_end();
    matches!(between, "–" | "—" | "-" | "‑" | "to" | "until" | "till" | "through")
        || (between == "and" && before.ends_with("between"))
        || (matches!(between, "und" | "bis" | "et" | "à" | "y" | "a" | "e" | "en" | "tot")
            && ["zwischen", "von", "entre", "de", "tra", "dalle", "tussen", "van"]
                .iter()
                .any(|w| before.ends_with(w)))
}

fn settled(mut found: Vec<Mention>) -> Vec<Mention> {
    found.sort_by_key(|mention| (mention.span.start, Reverse(mention.span.end)));
    let mut kept: Vec<Mention> = Vec::with_capacity(found.len());
    for mention in found {
        let is_over =
            |known: &&mut Mention| known.respect == mention.respect && mention.span.start < known.span.end;
        match kept.iter_mut().rev().find(is_over) {
            Some(known) if known.span == mention.span || known.respect == Respect::When => {
                let new = mention.said.into_iter().filter(|said| !known.said.contains(said));
                known.said.extend(new.collect::<Vec<_>>());
            }
            Some(_) => {}
            None => kept.push(mention),
        }
    }
    kept
}
