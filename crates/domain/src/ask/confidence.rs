//! How sure an answer is: a product of shares, each between 0 and 1, so that the result is monotone in
//! every one of them. Never taken from a model.
//!
//! ```text
//! confidence = 0.98 × verified × (0.4 + 0.6 × retrieval) × (0.6 + 0.4 × coverage)
//!                   × (0.7 + 0.3 × detection) × 0.9 ^ degraded
//! retrieval  = 0.5 + 0.25 × margin + 0.25 × agreement, halved when the events are only similar
//! ```

use super::write::phrases;

/// Nothing is certain.
const MOST: f64 = 0.98;
/// What each part that did not work takes away.
const DEGRADED_FACTOR: f64 = 0.9;

/// What the confidence of an answer is computed from; every share lies between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Inputs {
    /// How far the evidence stands above what was left out; 1 where a filter decided.
    pub margin: f64,
    /// Share of the evidence that words and meaning agree on; 1 where a filter decided.
    pub agreement: f64,
    /// No event holds the words.
    pub is_similar_only: bool,
    /// Share of the claims that the record bears out.
    pub verified: f64,
    /// Share of the cameras searched that sent anything.
    pub coverage: f64,
    /// Mean confidence of the detections shown; absent when they carry none.
    pub detection: Option<f64>,
    /// Parts that did not work.
    pub degraded: usize,
}

/// The confidence, 0 to 1.
pub(crate) fn score(inputs: &Inputs) -> f64 {
    let share = |value: f64| if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) };
    let mut retrieval = 0.5 + 0.25 * share(inputs.margin) + 0.25 * share(inputs.agreement);
    if inputs.is_similar_only {
        retrieval *= 0.5;
    }
    let detection = inputs.detection.map_or(1.0, share);
    let degraded = DEGRADED_FACTOR.powi(inputs.degraded.min(16) as i32);
    let score = MOST
        * share(inputs.verified)
        * (0.4 + 0.6 * retrieval)
        * (0.6 + 0.4 * share(inputs.coverage))
        * (0.7 + 0.3 * detection)
        * degraded;
    (score * 1_000.0).round() / 1_000.0
}

/// What the confidence was computed from, in words.
pub(crate) fn basis(inputs: &Inputs) -> Vec<String> {
    let mut basis = Vec::with_capacity(6);
    if inputs.is_similar_only {
        basis.push("no event holds the words; the evidence is only similar".to_owned());
    } else if inputs.margin >= 1.0 && inputs.agreement >= 1.0 {
        basis.push("totals and evidence follow from exact filters".to_owned());
    } else {
        basis.push(format!(
            "words and meaning agree on {} of the evidence, which stands {} above the rest",
            phrases::percent(inputs.agreement),
            phrases::percent(inputs.margin)
        ));
    }
    basis.push(format!(
        "{} of the statements were checked against the record",
        phrases::percent(inputs.verified)
    ));
    if inputs.coverage < 1.0 {
        basis.push(format!("{} of the cameras searched sent anything", phrases::percent(inputs.coverage)));
    }
    match inputs.detection {
        Some(mean) => {
            basis.push(format!("the detections shown are {} sure on average", phrases::percent(mean)));
        }
        None => basis.push("the events shown carry no confidence of their own".to_owned()),
    }
    if inputs.degraded > 0 {
        basis.push(format!("{} not working", phrases::counted(inputs.degraded as u64, "part")));
    }
    basis
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inputs() -> impl Strategy<Value = Inputs> {
        let share = || 0.0..=1.0_f64;
        (share(), share(), any::<bool>(), share(), share(), proptest::option::of(share()), 0..5_usize)
            .prop_map(|(margin, agreement, is_similar_only, verified, coverage, detection, degraded)| {
                Inputs { margin, agreement, is_similar_only, verified, coverage, detection, degraded }
            })
    }

    proptest! {
        #[test]
        fn more_of_anything_good_never_lowers_it(worse in inputs(), by in 0.0..=1.0_f64) {
            let up = |value: f64| (value + by).min(1.0);
            let base = score(&worse);
            prop_assert!((0.0..=1.0).contains(&base));
            for better in [
                Inputs { margin: up(worse.margin), ..worse },
                Inputs { agreement: up(worse.agreement), ..worse },
                Inputs { is_similar_only: false, ..worse },
                Inputs { verified: up(worse.verified), ..worse },
                Inputs { coverage: up(worse.coverage), ..worse },
                Inputs { detection: worse.detection.map(up), ..worse },
                Inputs { degraded: worse.degraded.saturating_sub(1), ..worse },
            ] {
                prop_assert!(score(&better) >= base, "{better:?} < {worse:?}");
            }
        }
    }
}
