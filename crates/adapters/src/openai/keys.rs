//! The keys of a provider and the state that each is in. Keys are spoken of by their number only; no
//! key is ever printed.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use secrecy::SecretString;

/// However long a provider says, a key is tried again after this.
pub(super) const COOL_DOWN_MAX: Duration = Duration::from_mins(1);
/// How long a key rests when the provider does not say.
pub(super) const COOL_DOWN_DEFAULT: Duration = Duration::from_secs(5);
/// A key that was refused is tried again after this: quotas are topped up, keys are unlocked.
pub(super) const DEAD_FOR: Duration = Duration::from_mins(10);

/// Keys in turn, those that rest left out.
pub(super) struct KeyRing {
    /// A provider that wants no key has one slot without one.
    slots: Vec<Slot>,
    next: AtomicUsize,
    /// The metric that shows their states.
    gauge: &'static str,
}

struct Slot {
    key: Option<SecretString>,
    /// Until when it rests.
    rests_until: Mutex<Option<Instant>>,
}

impl KeyRing {
    pub(super) fn new(keys: Vec<SecretString>, gauge: &'static str) -> Self {
        let keys: Vec<_> = if keys.is_empty() { vec![None] } else { keys.into_iter().map(Some).collect() };
        let slots: Vec<_> = keys.into_iter().map(|key| Slot { key, rests_until: Mutex::new(None) }).collect();
        let ring = Self { slots, next: AtomicUsize::new(0), gauge };
        (0..ring.slots.len()).for_each(|number| ring.report(number, 0.0));
        ring
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn key(&self, number: usize) -> Option<&SecretString> {
        self.slots.get(number).and_then(|slot| slot.key.as_ref())
    }

    /// The next key that does not rest, other than `avoided` if there is a choice; else how long until
    /// the first one is rested.
    pub(super) fn pick(&self, avoided: Option<usize>, now: Instant) -> Result<usize, Duration> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let in_turn = (0..self.slots.len()).map(|step| (first + step) % self.slots.len());
        let mut second_choice = None;
        let mut shortest = DEAD_FOR;
        for number in in_turn {
            let rest = self.rest(number, now);
            if !rest.is_zero() {
                shortest = shortest.min(rest);
            } else if avoided == Some(number) {
                second_choice = Some(number);
            } else {
                return Ok(number);
            }
        }
        second_choice.ok_or(shortest)
    }

    /// The provider asked for patience with this key.
    pub(super) fn cool_down(&self, number: usize, wait: Duration, now: Instant) {
        self.put_to_rest(number, now + wait.min(COOL_DOWN_MAX));
        self.report(number, 1.0);
    }

    /// The provider refuses this key.
    pub(super) fn refuse(&self, number: usize, now: Instant) {
        self.put_to_rest(number, now + DEAD_FOR);
        self.report(number, 2.0);
    }

    /// The key works. A rest that goes on is not cut short: the answer may belong to an older call.
    pub(super) fn works(&self, number: usize, now: Instant) {
        if let Some(slot) = self.slots.get(number)
            && lock(slot).take_if(|until| *until <= now).is_some()
        {
            self.report(number, 0.0);
        }
    }

    fn rest(&self, number: usize, now: Instant) -> Duration {
        let until = self.slots.get(number).and_then(|slot| *lock(slot));
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// 0 works, 1 rests, 2 refused.
    fn report(&self, number: usize, state: f64) {
        metrics::gauge!(self.gauge, "key" => format!("k{}", number + 1)).set(state);
    }

    fn put_to_rest(&self, number: usize, until: Instant) {
        if let Some(slot) = self.slots.get(number) {
            let mut rests_until = lock(slot);
            *rests_until = Some(rests_until.map_or(until, |earlier| earlier.max(until)));
        }
    }
}

/// The state is one value; a panic elsewhere cannot leave it half written.
fn lock(slot: &Slot) -> std::sync::MutexGuard<'_, Option<Instant>> {
    slot.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(count: usize) -> KeyRing {
        KeyRing::new((0..count).map(|number| SecretString::from(format!("key-{number}"))).collect(), "test")
    }

    #[test]
    fn keys_take_turns_and_one_that_rests_is_passed_over_until_it_is_rested() {
        let (ring, now) = (ring(3), Instant::now());
        assert_eq!([(); 4].map(|()| ring.pick(None, now).unwrap()), [0, 1, 2, 0]);
        ring.cool_down(1, Duration::from_secs(30), now);
        assert_eq!([(); 3].map(|()| ring.pick(None, now).unwrap()), [2, 2, 0]);
        let later = now + Duration::from_secs(30);
        assert!([(); 3].map(|()| ring.pick(None, later).unwrap()).contains(&1));
    }

    #[test]
    fn when_all_rest_the_shortest_wait_is_told_and_no_wait_is_longer_than_the_cap() {
        let (ring, now) = (ring(2), Instant::now());
        ring.cool_down(0, Duration::from_hours(2), now);
        ring.refuse(1, now);
        assert_eq!(ring.pick(None, now), Err(COOL_DOWN_MAX));
        assert_eq!(ring.pick(None, now + COOL_DOWN_MAX), Ok(0));
    }

    #[test]
    fn a_refused_key_stays_refused_when_a_late_answer_asks_for_less_patience() {
        let (ring, now) = (ring(1), Instant::now());
        ring.refuse(0, now);
        ring.cool_down(0, Duration::from_secs(1), now);
        assert_eq!(ring.pick(None, now), Err(DEAD_FOR));
    }

    #[test]
    fn a_late_success_does_not_cut_a_rest_short() {
        let (ring, now) = (ring(1), Instant::now());
        ring.cool_down(0, Duration::from_secs(9), now);
        ring.works(0, now);
        assert_eq!(ring.pick(None, now), Err(Duration::from_secs(9)));
    }

    #[test]
    fn a_failed_key_is_avoided_where_there_is_another() {
        let now = Instant::now();
        let two = ring(2);
        assert!((0..4).all(|_| two.pick(Some(0), now) == Ok(1)));
        assert_eq!(ring(1).pick(Some(0), now), Ok(0));
    }
}
