//! What was counted beside the whole: series, groups, sides, and what the tools counted. Must never
//! lend a figure to words that name another place, thing or time than it was counted for.

use std::mem::take;

use jiff::{SignedDuration, civil::Date};

use super::{Family, Part, Record, Sides, When, among::lower, clock, has_words};
use crate::{
    ask::{
        Comparison, ComparisonSide, Grouping,
        gather::{Findings, Step, Stretch, ranking::GroupKey},
        place::Place,
        write::{groups, phrases},
    },
    event_store::Totals,
};

impl Record {
    fn next_family(&mut self, by: Grouping) -> Family {
        self.families += 1;
        Family { number: self.families, by }
    }

    /// Counts over time, `among` what they were counted.
    pub(crate) fn add_series(
        &mut self,
        series: &[Stretch],
        step: Option<Step>,
        among: &Part,
        place: &Place<'_>,
    ) {
        let by = match step {
            Some(Step::Hour) => Grouping::Hour,
            Some(Step::Month) => Grouping::Month,
            _ => Grouping::Day,
        };
        let family = Some(self.next_family(by));
        for stretch in series {
            self.add_instant(stretch.start, place);
            self.add_instant(stretch.end, place);
            let local = stretch.start.to_zoned(place.timezone.clone());
            let mut when = When::default();
            match step {
                Some(Step::Hour) => {
                    when.clocks.push(clock(&local));
                    // The day in progress is cut at now; its hour is still called by its beginning.
                    when.clocks.push((clock(&local).0, 0));
                    when.until = Some(clock(&stretch.end.to_zoned(place.timezone.clone())));
                    when.days.push(local.date());
                }
                Some(Step::Month) => when.names.push(local.strftime("%B").to_string().to_lowercase()),
                _ => when.days.push(local.date()),
            }
            self.parts.push(Part { when: Some(when), totals: stretch.totals, family, ..among.clone() });
        }
    }

    pub(super) fn add_groups(&mut self, findings: &Findings, place: &Place<'_>) {
        let Some(ranking) = &findings.ranking else { return };
        let groups = ranking.groups.iter().map(|group| (&group.key, group.totals));
        self.add_ranking(ranking.by, groups, &Part::default(), place);
        self.figures.insert(ranking.groups.len().to_string());
    }

    /// Groups with their figures.
    pub(crate) fn add_ranking<'a>(
        &mut self,
        by: Grouping,
        groups: impl IntoIterator<Item = (&'a GroupKey, Totals)>,
        among: &Part,
        place: &Place<'_>,
    ) {
        let family = Some(self.next_family(by));
        for (key, totals) in groups {
            let part = self.group(by, key, among, place);
            self.parts.push(Part { family, totals, ..part });
        }
    }

    fn group(&mut self, by: Grouping, key: &GroupKey, among: &Part, place: &Place<'_>) -> Part {
        let name = groups::name(by, key, place);
        self.add_text(&name);
        let mut part = among.clone();
        let mut names = lower([&name]);
        if let GroupKey::Text(text) = key {
            names.push(phrases::opened(text).to_lowercase());
        }
        let mut when = When::default();
        match key {
            GroupKey::Hour(start) => {
                let local = start.to_zoned(place.timezone.clone());
                let end = start.checked_add(SignedDuration::from_hours(1)).unwrap_or(*start);
                when.clocks.push(clock(&local));
                when.until = Some(clock(&end.to_zoned(place.timezone.clone())));
                when.days.push(local.date());
                self.add_instant(*start, place);
                self.add_instant(end, place);
            }
            GroupKey::HourOfDay(hour) => {
                when.clocks.push((*hour, 0));
                when.until = Some(((hour + 1) % 24, 0));
            }
            GroupKey::Day(day) => {
                // A week or a month is called by its days.
                if by == Grouping::Day {
                    when.days.push(*day);
                }
                self.days.insert(*day);
            }
            GroupKey::Text(_) | GroupKey::Weekday(_) => {}
        }
        match by {
            Grouping::Camera | Grouping::Site | Grouping::Zone => part.place = Some(names),
            Grouping::Label | Grouping::EventType | Grouping::SubLabel => part.what = Some(names),
            _ => part.when = Some(When { names, ..when }),
        }
        part
    }

    /// The parts of the whole by what was seen.
    pub(super) fn add_by_label(&mut self, findings: &Findings, place: &Place<'_>) {
        let keys: Vec<_> = findings
            .by_label
            .iter()
            .map(|(label, totals)| (GroupKey::Text(label.clone()), *totals))
            .collect();
        let groups = keys.iter().map(|(key, totals)| (key, *totals));
        self.add_ranking(Grouping::Label, groups, &Part::default(), place);
    }

    /// What a tool counted.
    pub(crate) fn add_counted(&mut self, among: &Part, totals: Totals) {
        self.parts.push(Part { totals, ..among.clone() });
        self.note_labels();
    }

    /// A sentence may name the labels that something was counted for.
    pub(super) fn note_labels(&mut self) {
        let mut counted = take(&mut self.has_counted);
        for (forms, is_counted) in self.scene.labels.iter().zip(&mut counted) {
            let names = |name: &String| forms.iter().any(|form| has_words(name, form));
            *is_counted |= self.parts.iter().any(|part| part.names().any(names));
        }
        self.has_counted = counted;
    }

    /// Two sides or more and what lies between the first two.
    pub(crate) fn add_comparison(&mut self, comparison: &Comparison, among: &Part) {
        let names = |name: &str| vec![name.to_lowercase()];
        let own_part = |side: &ComparisonSide, record: &Self| {
            let totals = Totals { events: side.events, visits: side.visits };
            let mut part = Part { totals, ..among.clone() };
            let name = side.name.to_lowercase();
            if side.start.is_some() {
                part.when = Some(When { names: vec![name], days: day_of(side), ..When::default() });
            } else if record.scene.is_place(&name) {
                part.place = Some(vec![name]);
            } else {
                part.what = Some(record.forms_of(name));
            }
            part
        };
        let family = Some(self.next_family(Grouping::Camera));
        for side in [&comparison.a, &comparison.b].into_iter().chain(&comparison.sides) {
            let part = own_part(side, self);
            self.parts.push(Part { family, ..part });
            self.add_text(&side.name);
            self.figures
                .extend(side.events_each.iter().flat_map(|each| [format!("{each:.1}"), each.to_string()]));
            self.figures.extend(side.mean_of.map(|many| many.to_string()));
        }
        self.differences.push(Totals {
            events: comparison.difference.unsigned_abs(),
            visits: comparison.a.visits.abs_diff(comparison.b.visits),
        });
        if let Some(ratio) = comparison.ratio {
            let share = (ratio - 1.0).abs() * 100.0;
            self.percents.insert(format!("{share:.0}"));
            self.percents.insert(format!("{:.0}", ratio * 100.0));
            self.figures.extend([format!("{ratio:.1}"), format!("{ratio:.2}")]);
            if (ratio - ratio.round()).abs() < 0.05 {
                self.figures.insert(format!("{ratio:.0}"));
            }
        }
        self.sides.push(Sides {
            a: names(&comparison.a.name),
            b: names(&comparison.b.name),
            difference: comparison.difference,
            ratio: comparison.ratio,
        });
        self.note_labels();
    }

    /// A label in both its forms, where a side is called by one of them.
    fn forms_of(&self, name: String) -> Vec<String> {
        let known = self.scene.labels.iter().find(|forms| forms.contains(&name));
        known.map_or_else(|| vec![name], |forms| forms.to_vec())
    }
}

/// The day of a side that is one, or lies within one.
fn day_of(side: &ComparisonSide) -> Vec<Date> {
    let date = |text: &Option<String>| text.as_deref()?.get(..10)?.parse::<Date>().ok();
    let (Some(start), Some(end)) = (date(&side.start), date(&side.end)) else { return Vec::new() };
    let is_whole = side.end.as_deref().is_some_and(|end| end.get(11..16) == Some("00:00"));
    let last = if is_whole { end.yesterday().unwrap_or(end) } else { end };
    if start == last { vec![start] } else { Vec::new() }
}
