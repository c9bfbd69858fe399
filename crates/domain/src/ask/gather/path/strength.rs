//! How likely two sightings show the same subject. Pure.
//!
//! ```text
//! fit      = time × place × subject                    every part between 0 and 1
//! time     = 1 within half and twice the usual way, less outside; without a known way halved every 2 min
//! place    = 1 same camera, 0.9 neighbour in time, 0.7 neighbour, 0.5 same site, 0.25 any other;
//!            0.5 any camera where no ways are described
//! subject  = 0.3 + 0.7 × likeness                      likeness: same name, shared words, meaning
//! strength = fit × fit / (sum of the best fit of each camera that comes into question)
//! ```

use super::super::hits::SIMILAR_COSINE_MIN;
use crate::{Event, related::ties::Rarity};

/// Closeness in time halves with every gap of this length.
const HALF_LIFE_SECONDS: f64 = 120.0;
/// Fields of view can overlap: less than half of the usual way is unlikely, but not impossible.
const TOO_SOON: f64 = 0.3;
/// What equal labels alone are worth.
const LABEL_ONLY: f64 = 0.3;

/// What a step is judged by; every part lies between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parts {
    /// How well the gap fits.
    pub time: f64,
    /// How close the cameras are.
    pub place: f64,
    /// How alike the two sightings are.
    pub likeness: f64,
}

impl Parts {
    /// All parts together.
    pub(super) fn fit(self) -> f64 {
        self.time * self.place * (LABEL_ONLY + (1.0 - LABEL_ONLY) * self.likeness)
    }
}

/// A fit shared with what else comes into question: grows with the fit, falls with the others.
pub(super) fn strength(fit: f64, others: f64) -> f64 {
    if fit <= 0.0 { 0.0 } else { (fit * fit / (fit + others.max(0.0))).clamp(0.0, 1.0) }
}

/// How well a gap fits the usual way, where one is known.
pub(super) fn time(gap: f64, travel: Option<f64>) -> f64 {
    let fades = |seconds: f64| 0.5_f64.powf(seconds / HALF_LIFE_SECONDS);
    match travel {
        Some(way) if gap < way * 0.5 => TOO_SOON + (1.0 - TOO_SOON) * gap / (way * 0.5),
        Some(way) => fades((gap - way * 2.0).max(0.0)),
        None => fades(gap),
    }
}

/// By name, by words, by meaning: the best of what is known. Two different names are two subjects.
pub(super) fn likeness(rarity: &Rarity, last: &Event, event: &Event, cosine: Option<f32>) -> f64 {
    let by_words = rarity.likeness(last, event);
    if last.sub_label.is_some() && event.sub_label.is_some() {
        return by_words;
    }
    let above = cosine.map_or(0.0, |cosine| (cosine - SIMILAR_COSINE_MIN) / (1.0 - SIMILAR_COSINE_MIN));
    by_words.max(f64::from(above.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strength_lies_between_0_and_1_and_grows_with_every_part(
            time in 0.0..=1.0_f64, place in 0.0..=1.0_f64, likeness in 0.0..=1.0_f64,
            others in 0.0..=3.0_f64, by in 0.0..=1.0_f64,
        ) {
            let up = |value: f64| (value + by).min(1.0);
            let parts = Parts { time, place, likeness };
            let base = strength(parts.fit(), others);
            prop_assert!((0.0..=1.0).contains(&base));
            for better in [
                Parts { time: up(time), ..parts },
                Parts { place: up(place), ..parts },
                Parts { likeness: up(likeness), ..parts },
            ] {
                prop_assert!(strength(better.fit(), others) >= base - 1e-12);
            }
            prop_assert!(strength(parts.fit(), others + by) <= base + 1e-12);
        }

        #[test]
        fn the_usual_way_fits_best_and_waiting_longer_never_fits_better(way in 1.0..600.0_f64, gap in 0.0..3_600.0_f64) {
            let fit = super::time(gap, Some(way));
            prop_assert!((0.0..=1.0).contains(&fit) && fit <= super::time(way, Some(way)));
            prop_assert!(super::time(gap + 60.0, None) <= super::time(gap, None));
            if gap > way {
                prop_assert!(super::time(gap + 60.0, Some(way)) <= fit + 1e-12);
            }
        }
    }
}
