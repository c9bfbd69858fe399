//! What the past makes likely for one camera and label at one hour of the week.
//!
//! Hourly counts are modelled as negative binomial: Poisson counts whose variance is inflated by the
//! dispersion that the history itself shows, and by the uncertainty of a mean taken from few hours.
//! That holds for crowds. For quiet hours it is not enough, because places where things come in bursts
//! are often empty: there the share of comparable hours that were as quiet has the last word.

use jiff::{Timestamp, Zoned, civil::Weekday, tz::TimeZone};

/// From this many weeks on each hour of the week is judged by itself; with fewer, by the hours of the
/// same clock time on weekdays or weekends.
const WEEKS_FOR_HOUR_OF_WEEK: f64 = 4.0;
/// Added to a sum of counts, so that "never yet" is rare and not impossible (Jeffreys' prior of a
/// Poisson rate).
const PRIOR_EVENTS: f64 = 0.5;
const CELLS: usize = 168;

/// How the hours of a history are pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pooling {
    /// 168 cells.
    HourOfWeek,
    /// 48 cells: hour of the day, weekday or weekend.
    HourOfDay,
}

impl Pooling {
    pub(super) fn for_weeks(weeks: f64) -> Self {
        if weeks >= WEEKS_FOR_HOUR_OF_WEEK { Self::HourOfWeek } else { Self::HourOfDay }
    }

    fn cell(self, local: &Zoned) -> usize {
        let hour = local.hour().unsigned_abs() as usize;
        match self {
            Self::HourOfWeek => local.weekday().to_monday_zero_offset().unsigned_abs() as usize * 24 + hour,
            Self::HourOfDay => {
                let is_weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
                usize::from(is_weekend) * 24 + hour
            }
        }
    }
}

/// What one hour, or several together, usually bring.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Expectation {
    pub(super) mean: f64,
    pub(super) variance: f64,
}

impl Expectation {
    pub(super) fn plus(self, other: Self) -> Self {
        Self { mean: self.mean + other.mean, variance: self.variance + other.variance }
    }

    /// Probability of exactly 0, 1, 2 … events, as an iterator without end.
    fn probabilities(self) -> impl Iterator<Item = f64> {
        // Negative binomial by its recurrence; next to Poisson when the variance hardly exceeds the mean.
        let mean = self.mean.max(1e-9);
        let excess = (self.variance - mean).max(mean * 1e-6);
        let size = mean * mean / excess;
        let q = excess / (mean + excess);
        let mut log_probability = size * (1.0 - q).ln();
        let mut k = 0.0;
        std::iter::from_fn(move || {
            let now = log_probability.exp();
            log_probability += ((k + size) / (k + 1.0)).ln() + q.ln();
            k += 1.0;
            Some(now)
        })
    }

    /// Probability of at most `count`.
    pub(super) fn at_most(self, count: u64) -> f64 {
        self.probabilities().take(count as usize + 1).sum::<f64>().min(1.0)
    }

    /// Probability of at least `count`. Sums the tail itself, so that tiny values are not lost to
    /// rounding.
    pub(super) fn at_least(self, count: u64) -> f64 {
        if count == 0 {
            return 1.0;
        }
        if (count as f64) < self.mean {
            return 1.0 - self.at_most(count - 1);
        }
        let mut sum = 0.0;
        for probability in self.probabilities().skip(count as usize).take(100_000) {
            sum += probability;
            if probability <= sum * 1e-9 {
                break;
            }
        }
        sum.min(1.0)
    }

    /// The range that holds the middle 98 %.
    pub(super) fn range(self) -> (f64, f64) {
        let (mut low, mut high, mut sum) = (None, 0.0, 0.0);
        for (count, probability) in self.probabilities().take(1_000_000).enumerate() {
            sum += probability;
            if low.is_none() && sum >= 0.01 {
                low = Some(count as f64);
            }
            high = count as f64;
            if sum >= 0.99 {
                break;
            }
        }
        (low.unwrap_or(0.0), high)
    }
}

/// Sums by cell, and the dispersion that they show.
#[derive(Debug, Clone)]
pub(super) struct Baseline {
    pooling: Pooling,
    events: [f64; CELLS],
    hours: [f64; CELLS],
    dispersion: f64,
    /// Of every past hour: what its cell usually brings, and how much of it came.
    samples: Vec<(f64, f64)>,
}

impl Baseline {
    /// From the counts of every whole hour of a history; hours that are not named are zero.
    pub(super) fn new(
        pooling: Pooling,
        hours: &[Timestamp],
        count_of: impl Fn(Timestamp) -> u64,
        timezone: &TimeZone,
    ) -> Self {
        let mut baseline =
            Self { pooling, events: [0.0; CELLS], hours: [0.0; CELLS], dispersion: 1.0, samples: Vec::new() };
        let samples: Vec<(usize, f64)> = hours
            .iter()
            .map(|hour| (pooling.cell(&hour.to_zoned(timezone.clone())), count_of(*hour) as f64))
            .collect();
        for (cell, count) in &samples {
            baseline.events[*cell] += count;
            baseline.hours[*cell] += 1.0;
        }
        // Pearson's statistic over its degrees of freedom; below 1 is taken as 1.
        let mut statistic = 0.0;
        for (cell, count) in &samples {
            let mean = (baseline.events[*cell] + PRIOR_EVENTS) / baseline.hours[*cell];
            statistic += (count - mean).powi(2) / mean;
            baseline.samples.push((mean, count / mean));
        }
        let cells = baseline.hours.iter().filter(|hours| **hours > 0.0).count() as f64;
        let freedom = samples.len() as f64 - cells;
        if freedom >= 1.0 {
            baseline.dispersion = (statistic / freedom).max(1.0);
        }
        baseline
    }

    /// What this hour usually brings; `share` of it when only a part of the hour is looked at. `None`
    /// when the history never covered such an hour twice.
    pub(super) fn expectation(
        &self,
        hour: Timestamp,
        share: f64,
        timezone: &TimeZone,
    ) -> Option<Expectation> {
        let cell = self.pooling.cell(&hour.to_zoned(timezone.clone()));
        let hours = self.hours[cell];
        if hours < 2.0 {
            return None;
        }
        let mean = (self.events[cell] + PRIOR_EVENTS) / hours * share;
        Some(Expectation { mean, variance: self.dispersion * mean * (1.0 + share / hours) })
    }

    /// Probability of an hour as quiet as this: the larger of what the model says and of how often it
    /// was so in past hours that usually bring at least half as much. Hours of which less than half is
    /// looked at say nothing.
    pub(super) fn as_quiet(&self, expectation: Expectation, observed: u64, share: f64) -> f64 {
        if share < 0.5 {
            return 1.0;
        }
        let usual = expectation.mean / share;
        let part = observed as f64 / expectation.mean;
        let comparable = self.samples.iter().filter(|(mean, _)| *mean >= usual / 2.0);
        let (mut hours, mut as_quiet) = (0.0, 0.0);
        for (_, other) in comparable {
            hours += 1.0;
            as_quiet += f64::from(u8::from(*other <= part));
        }
        expectation.at_most(observed).max((as_quiet + PRIOR_EVENTS) / (hours + 1.0))
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use proptest::prelude::*;

    use super::*;

    fn hours(count: usize) -> Vec<Timestamp> {
        let first: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
        (0..count).map(|h| first + (h as i64).hours()).collect()
    }

    #[test]
    fn a_regular_camera_expects_what_it_always_sends() {
        let hours = hours(24 * 7 * 5);
        let baseline = Baseline::new(
            Pooling::HourOfWeek,
            &hours,
            |hour| if hour.as_second() / 3_600 % 24 == 9 { 40 } else { 0 },
            &TimeZone::UTC,
        );
        let nine: Timestamp = "2026-02-10T09:00:00Z".parse().unwrap();
        let expected = baseline.expectation(nine, 1.0, &TimeZone::UTC).unwrap();
        assert!((expected.mean - 40.1).abs() < 0.01);
        assert!(expected.at_least(90) < 1e-6 && expected.at_most(5) < 1e-6);
        assert!(expected.at_least(42) > 0.05 && expected.at_most(38) > 0.05);
        let ten: Timestamp = "2026-02-10T10:00:00Z".parse().unwrap();
        assert!(baseline.expectation(ten, 1.0, &TimeZone::UTC).unwrap().at_least(5) < 1e-4);
    }

    #[test]
    fn an_hour_seen_once_expects_nothing() {
        let baseline = Baseline::new(Pooling::HourOfWeek, &hours(24), |_| 3, &TimeZone::UTC);
        assert!(baseline.expectation(hours(1)[0], 1.0, &TimeZone::UTC).is_none());
    }

    #[test]
    fn a_place_where_things_come_in_bursts_may_be_empty_for_hours() {
        let hours = hours(24 * 7 * 5);
        // Every other hour on average, thirty events at once; by a fixed but irregular pattern.
        let burst = |hour: Timestamp| if (hour.as_second() / 3_600 * 7_919) % 13 < 6 { 30 } else { 0 };
        let bursts = Baseline::new(Pooling::HourOfDay, &hours, burst, &TimeZone::UTC);
        let steady = Baseline::new(Pooling::HourOfDay, &hours, |_| 14, &TimeZone::UTC);
        let quiet = |baseline: &Baseline| {
            let expectation = baseline.expectation(hours[9], 1.0, &TimeZone::UTC).unwrap();
            baseline.as_quiet(expectation, 0, 1.0)
        };
        assert!(quiet(&bursts) > 0.4, "{}", quiet(&bursts));
        assert!(quiet(&steady) < 0.001, "{}", quiet(&steady));
    }

    proptest! {
        #[test]
        fn tails_are_probabilities_and_fall_with_distance(mean in 0.01_f64..500.0, inflation in 1.0_f64..5.0, count in 0_u64..800) {
            let expectation = Expectation { mean, variance: mean * inflation };
            let (upper, lower) = (expectation.at_least(count), expectation.at_most(count));
            prop_assert!((0.0..=1.0).contains(&upper) && (0.0..=1.0).contains(&lower));
            prop_assert!(expectation.at_least(count + 1) <= upper + 1e-9);
            prop_assert!(expectation.at_most(count + 1) >= lower - 1e-9);
            prop_assert!((expectation.at_least(count + 1) + lower - 1.0).abs() < 1e-6);
            let (low, high) = expectation.range();
            prop_assert!(low <= high && low <= mean + 1.0 && high + 1.0 >= mean);
        }
    }
}
