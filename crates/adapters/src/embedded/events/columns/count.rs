//! Exact counts of a set of rows with any grouping, in one pass.

use std::collections::{HashMap, hash_map::Entry};

use eps_domain::{
    Error, Result,
    event_store::{Count, GROUPS_MAX, Group, GroupBy, GroupValue, Totals},
};
use jiff::tz::TimeZone;

use super::{
    super::row_set::{RowSet, bits},
    Columns,
    local_time::{Cursor, LocalTime},
};

/// Up to this many possible groups (8 bytes each) are counted in an array, more in a table.
const DENSE_GROUPS_MAX: u64 = 1 << 20;

/// The numbers of one group: events and visits.
type Tally = (u32, u32);

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
        let mut groups = if possible <= DENSE_GROUPS_MAX {
            let mut tallies = vec![(0, 0); possible as usize];
            self.tally(rows, group_by, &shape, &local, |key, visit| {
                let tally: &mut Tally = &mut tallies[key as usize];
                *tally = (tally.0 + 1, tally.1 + visit);
                true
            });
            let found = tallies.into_iter().enumerate().filter(|(_, tally)| tally.0 > 0);
            self.name(found.map(|(key, tally)| (key as u64, tally)), group_by, &shape, &local, timezone)?
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
            self.name(tallies.into_iter(), group_by, &shape, &local, timezone)?
        };
        groups.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(Count { totals, groups })
    }

    /// The offsets over the rows counted; trivial when nothing is grouped by time.
    fn local_time(&self, rows: &RowSet, group_by: &[GroupBy], timezone: &TimeZone) -> LocalTime {
        let by_time = |by: &GroupBy| matches!(by, GroupBy::Hour | GroupBy::Day | GroupBy::HourOfWeek);
        if !group_by.iter().any(by_time) {
            return LocalTime::new(&TimeZone::UTC, 0, 0);
        }
        let (first, last) = rows.iter().fold((i64::MAX, i64::MIN), |(first, last), row| {
            let time = self.time[row as usize];
            (first.min(time), last.max(time))
        });
        LocalTime::new(timezone, first, last)
    }

    fn cardinality(&self, by: GroupBy, local: &LocalTime) -> u64 {
        match by {
            GroupBy::Camera => self.cameras.len() as u64,
            GroupBy::Label => self.labels.len() as u64,
            GroupBy::EventType => self.event_types.len() as u64,
            GroupBy::Zone => self.zone_names.len() as u64,
            GroupBy::Hour => local.hours(),
            GroupBy::Day => local.days(),
            GroupBy::HourOfWeek => 7 * 24,
        }
    }

    /// Hands over the key of each row (several when zones are grouped by) and whether it starts a
    /// visit, until told to stop.
    fn tally(
        &self,
        rows: &RowSet,
        group_by: &[GroupBy],
        shape: &[u64],
        local: &LocalTime,
        mut count: impl FnMut(u64, u32) -> bool,
    ) {
        let mut cursor = Cursor::default();
        let zone_at = group_by.iter().position(|by| *by == GroupBy::Zone);
        let zone_stride = zone_at.map(|at| shape[at + 1..].iter().product::<u64>());
        for (index, word) in rows.words().iter().enumerate() {
            let visits = self.starts_visit.word(index);
            for row in bits(*word, index as u32 * 64) {
                let at = row as usize;
                let visit = (visits >> (row % 64) & 1) as u32;
                let mut key = 0;
                for (by, size) in group_by.iter().zip(shape) {
                    let code = match by {
                        GroupBy::Camera => self.camera[at],
                        GroupBy::Label => self.label[at],
                        GroupBy::EventType => self.event_type[at],
                        GroupBy::Zone => 0,
                        GroupBy::Hour => local.hour(self.time[at], &mut cursor),
                        GroupBy::Day => local.day(self.time[at], &mut cursor),
                        GroupBy::HourOfWeek => local.hour_of_week(self.time[at], &mut cursor),
                    };
                    key = key * size + u64::from(code);
                }
                let go_on = match zone_stride {
                    None => count(key, visit),
                    Some(stride) => {
                        let mut zones = self.zone_sets.zones(self.zones[at]).iter();
                        zones.all(|zone| count(key + u64::from(*zone) * stride, visit))
                    }
                };
                if !go_on {
                    return;
                }
            }
        }
    }

    /// Gives keys their values.
    fn name(
        &self,
        tallies: impl Iterator<Item = (u64, Tally)>,
        group_by: &[GroupBy],
        shape: &[u64],
        local: &LocalTime,
        timezone: &TimeZone,
    ) -> Result<Vec<Group>> {
        let mut groups = Vec::new();
        for (key, (events, visits)) in tallies {
            if groups.len() == GROUPS_MAX {
                return Err(too_many());
            }
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
                    GroupBy::Hour => GroupValue::Hour(local.hour_start(code, timezone)),
                    GroupBy::Day => GroupValue::Day(local.date(code)),
                    GroupBy::HourOfWeek => GroupValue::HourOfWeek(code as u8),
                });
            }
            values.reverse();
            let totals = Totals { events: u64::from(events), visits: u64::from(visits) };
            groups.push(Group { key: values, totals });
        }
        Ok(groups)
    }
}

fn too_many() -> Error {
    let message = format!("more than {GROUPS_MAX} groups; narrow the filter or group by less");
    Error::invalid("group_by", message)
}
