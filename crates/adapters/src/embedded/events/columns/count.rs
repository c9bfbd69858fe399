//! Exact counts of a set of rows with any grouping, in one pass, column by column.

use std::collections::{HashMap, hash_map::Entry};

use eps_domain::{
    Error, Result,
    event_store::{Count, GROUPS_MAX, Group, GroupBy, GroupValue, Totals},
};
use jiff::tz::TimeZone;

use super::{
    super::row_set::{RowSet, bits},
    Columns,
    dictionary::ABSENT,
};
use crate::event_search::local_time::{LocalTime, Numbers, Unit};

/// Up to this many possible groups (8 bytes each) are counted in an array, more in a table.
const DENSE_GROUPS_MAX: u64 = 1 << 20;

/// The numbers of one group: events and visits.
type Tally = (u32, u32);

/// Words of the bitmap whose rows are counted together: their keys fit into the first cache.
const BATCH_WORDS: usize = 16;

/// Some rows, their keys so far, and whether (1 or 0) they start a visit.
#[derive(Default)]
struct Batch {
    rows: Vec<u32>,
    keys: Vec<u64>,
    visits: Vec<u32>,
}

impl Batch {
    /// Starts anew with the rows of some words of a bitmap.
    fn fill(&mut self, first_word: usize, words: &[u64], starts_visit: &RowSet) {
        self.rows.clear();
        self.visits.clear();
        for (index, word) in words.iter().enumerate() {
            let visits = starts_visit.word(first_word + index);
            let first = ((first_word + index) * 64) as u32;
            if *word == u64::MAX {
                self.rows.extend(first..first + 64);
                self.visits.extend((0..64).map(|bit| (visits >> bit & 1) as u32));
                continue;
            }
            for row in bits(*word, first) {
                self.rows.push(row);
                self.visits.push((visits >> (row % 64) & 1) as u32);
            }
        }
        self.keys.clear();
        self.keys.resize(self.rows.len(), 0);
    }

    /// Adds the codes of a column to the keys.
    fn add<T: Copy>(&mut self, stride: u64, column: &[T], mut code: impl FnMut(T) -> u32) {
        let Some((first, last)) = self.rows.first().copied().zip(self.rows.last().copied()) else { return };
        let column = &column[first as usize..=last as usize];
        if column.len() == self.keys.len() {
            for (key, value) in self.keys.iter_mut().zip(column) {
                *key += u64::from(code(*value)) * stride;
            }
            return;
        }
        for (key, row) in self.keys.iter_mut().zip(&self.rows) {
            *key += u64::from(code(column[(row - first) as usize])) * stride;
        }
    }
}

/// What of local time is grouped by, if anything.
fn unit(by: GroupBy) -> Option<Unit> {
    match by {
        GroupBy::Hour => Some(Unit::Hour),
        GroupBy::Day => Some(Unit::Day),
        GroupBy::HourOfWeek => Some(Unit::HourOfWeek),
        GroupBy::Camera | GroupBy::Label | GroupBy::EventType | GroupBy::Zone | GroupBy::SubLabel => None,
    }
}

impl Columns {
    /// Counts rows. Events count in each of their zones when zones are grouped by.
    ///
    /// # Errors
    /// `InvalidInput` for more than [`GROUPS_MAX`] groups and for grouping twice by the same.
    pub(in super::super) fn count(
        &self,
        rows: &RowSet,
        group_by: &[GroupBy],
        timezone: &TimeZone,
    ) -> Result<Count> {
        let totals = Totals { events: rows.len(), visits: rows.len_with(&self.starts_visit) };
        if group_by.is_empty() || totals.events == 0 {
            return Ok(Count { totals, groups: Vec::new() });
        }
        if (1..group_by.len()).any(|index| group_by[..index].contains(&group_by[index])) {
            return Err(Error::invalid("group_by", "`group_by` names the same twice"));
        }
        let local = self.local_time(rows, group_by, timezone);
        let shape: Vec<u64> = group_by.iter().map(|by| self.cardinality(*by, &local)).collect();
        let possible = shape.iter().try_fold(1_u64, |product, size| product.checked_mul(*size));
        let Some(possible) = possible else { return Err(too_many()) };
        let tallies = if possible <= DENSE_GROUPS_MAX {
            // Visits in the upper half: one addition for both.
            let mut tallies = vec![0_u64; possible as usize];
            self.tally(rows, group_by, &shape, &local, |key, visit| {
                tallies[key as usize] += 1 | u64::from(visit) << 32;
                true
            });
            let found = tallies.into_iter().zip(0..).filter(|(tally, _)| *tally > 0);
            let found = found.map(|(tally, key)| (key, (tally as u32, (tally >> 32) as u32)));
            self.sorted(found, group_by, &shape)?
        } else {
            let mut tallies: HashMap<u64, Tally> = HashMap::new();
            self.tally(rows, group_by, &shape, &local, |key, visit| {
                let room = tallies.len() < GROUPS_MAX;
                match tallies.entry(key) {
                    Entry::Occupied(mut tally) => {
                        let tally = tally.get_mut();
                        *tally = (tally.0 + 1, tally.1 + visit);
                        true
                    }
                    Entry::Vacant(place) => {
                        place.insert((1, visit));
                        room
                    }
                }
            });
            self.sorted(tallies.into_iter(), group_by, &shape)?
        };
        let groups = self.name(tallies, group_by, &shape, &local, timezone);
        Ok(Count { totals, groups })
    }

    /// The offsets over the rows counted; trivial when nothing is grouped by time.
    fn local_time(&self, rows: &RowSet, group_by: &[GroupBy], timezone: &TimeZone) -> LocalTime {
        if group_by.iter().all(|by| unit(*by).is_none()) {
            return LocalTime::new(&TimeZone::UTC, 0, 0);
        }
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        for (times, word) in self.time.chunks(64).zip(rows.words()) {
            if *word == u64::MAX {
                first = times.iter().fold(first, |first, time| first.min(*time));
                last = times.iter().fold(last, |last, time| last.max(*time));
                continue;
            }
            for row in bits(*word, 0) {
                let time = times[row as usize];
                (first, last) = (first.min(time), last.max(time));
            }
        }
        LocalTime::new(timezone, first, last)
    }

    fn cardinality(&self, by: GroupBy, local: &LocalTime) -> u64 {
        match by {
            GroupBy::Camera => self.cameras.len() as u64,
            GroupBy::Label => self.labels.len() as u64,
            GroupBy::EventType => self.event_types.len() as u64,
            GroupBy::Zone => self.zone_names.len() as u64,
            GroupBy::SubLabel => self.sub_labels.len() as u64,
            GroupBy::Hour => local.hours(),
            GroupBy::Day => local.days(),
            GroupBy::HourOfWeek => 7 * 24,
        }
    }

    /// Hands over the key of each row (several when zones are grouped by) and whether it starts a
    /// visit, until told to stop. Column by column for some rows at a time, so that no row has to ask
    /// what is grouped by.
    fn tally(
        &self,
        rows: &RowSet,
        group_by: &[GroupBy],
        shape: &[u64],
        local: &LocalTime,
        mut count: impl FnMut(u64, u32) -> bool,
    ) {
        let stride = |at: usize| shape[at + 1..].iter().product::<u64>();
        let zone_stride = group_by.iter().position(|by| *by == GroupBy::Zone).map(stride);
        let numbers = |by: &GroupBy| unit(*by).map(|unit| Numbers::new(local, unit));
        let mut numbers: Vec<Option<Numbers<'_>>> = group_by.iter().map(numbers).collect();
        let mut batch = Batch::default();
        for (index, words) in rows.words().chunks(BATCH_WORDS).enumerate() {
            batch.fill(index * BATCH_WORDS, words, &self.starts_visit);
            for (at, (by, numbers)) in group_by.iter().zip(&mut numbers).enumerate() {
                let column = match by {
                    GroupBy::Camera => &self.camera,
                    GroupBy::Label => &self.label,
                    GroupBy::SubLabel => &self.sub_label,
                    GroupBy::EventType => &self.event_type,
                    GroupBy::Zone => continue,
                    GroupBy::Hour | GroupBy::Day | GroupBy::HourOfWeek => {
                        if let Some(numbers) = numbers {
                            batch.add(stride(at), &self.time, |time| numbers.of(time));
                        }
                        continue;
                    }
                };
                batch.add(stride(at), column, |code| code);
            }
            let mut counted = batch.rows.iter().zip(batch.keys.iter().zip(&batch.visits));
            let go_on = counted.all(|(row, (key, visit))| match zone_stride {
                None => count(*key, *visit),
                Some(stride) => {
                    let mut zones = self.zone_sets.zones(self.zones[*row as usize]).iter();
                    zones.all(|zone| count(key + u64::from(*zone) * stride, *visit))
                }
            });
            if !go_on {
                return;
            }
        }
    }

    /// For each code of what is grouped by, its place in the order of the answer; `None` where the
    /// codes are in that order.
    fn places(&self, by: GroupBy) -> Option<Vec<u32>> {
        let mut terms: Vec<(&str, u32)> = match by {
            GroupBy::Camera => self.cameras.entries().iter().map(|entry| &*entry.id).zip(0..).collect(),
            GroupBy::Label => self.labels.terms().iter().map(|term| &**term).zip(0..).collect(),
            GroupBy::EventType => self.event_types.terms().iter().map(|term| &**term).zip(0..).collect(),
            GroupBy::Zone => self.zone_names.terms().iter().map(|term| &**term).zip(0..).collect(),
            GroupBy::SubLabel => self.sub_labels.terms().iter().map(|term| &**term).zip(0..).collect(),
            GroupBy::Hour | GroupBy::Day | GroupBy::HourOfWeek => return None,
        };
        terms.sort_unstable();
        let mut places = vec![0; terms.len()];
        for ((_, code), place) in terms.into_iter().zip(0..) {
            places[code as usize] = place;
        }
        Some(places)
    }

    /// The groups in the order of the answer: sorted as numbers, which is cheaper than as names.
    fn sorted(
        &self,
        tallies: impl Iterator<Item = (u64, Tally)>,
        group_by: &[GroupBy],
        shape: &[u64],
    ) -> Result<Vec<(u64, Tally)>> {
        let places: Vec<Option<Vec<u32>>> = group_by.iter().map(|by| self.places(*by)).collect();
        let mut sorted: Vec<(u64, u64, Tally)> = Vec::new();
        for (key, tally) in tallies {
            let (mut rest, mut stride, mut place) = (key, 1, 0);
            let mut is_nameless = false;
            for ((places, size), by) in places.iter().zip(shape).zip(group_by).rev() {
                let code = rest % size;
                is_nameless |= *by == GroupBy::SubLabel && code == u64::from(ABSENT);
                let own = places.as_ref().map_or(code, |places| u64::from(places[code as usize]));
                place += own * stride;
                (rest, stride) = (rest / size, stride * size);
            }
            if is_nameless {
                continue;
            }
            if sorted.len() == GROUPS_MAX {
                return Err(too_many());
            }
            sorted.push((place, key, tally));
        }
        sorted.sort_unstable();
        Ok(sorted.into_iter().map(|(_, key, tally)| (key, tally)).collect())
    }

    /// Gives keys their values.
    fn name(
        &self,
        tallies: Vec<(u64, Tally)>,
        group_by: &[GroupBy],
        shape: &[u64],
        local: &LocalTime,
        timezone: &TimeZone,
    ) -> Vec<Group> {
        let mut groups = Vec::with_capacity(tallies.len());
        for (key, (events, visits)) in tallies {
            let mut rest = key;
            let mut values: Vec<GroupValue> = Vec::with_capacity(group_by.len());
            for (by, size) in group_by.iter().zip(shape).rev() {
                let code = (rest % size) as u32;
                rest /= size;
                values.push(match by {
                    GroupBy::Camera => GroupValue::Text(self.cameras.entry(code).id.clone()),
                    GroupBy::Label => GroupValue::Text(self.labels.term(code).clone()),
                    GroupBy::EventType => GroupValue::Text(self.event_types.term(code).clone()),
                    GroupBy::Zone => GroupValue::Text(self.zone_names.term(code).clone()),
                    GroupBy::SubLabel => GroupValue::Text(self.sub_labels.term(code).clone()),
                    GroupBy::Hour => GroupValue::Hour(local.hour_start(code, timezone)),
                    GroupBy::Day => GroupValue::Day(local.date(code)),
                    GroupBy::HourOfWeek => GroupValue::HourOfWeek(code as u8),
                });
            }
            values.reverse();
            let totals = Totals { events: u64::from(events), visits: u64::from(visits) };
            groups.push(Group { key: values, totals });
        }
        groups
    }
}

fn too_many() -> Error {
    let message = format!("more than {GROUPS_MAX} groups; narrow the filter or group by less");
    Error::invalid("group_by", message)
}
