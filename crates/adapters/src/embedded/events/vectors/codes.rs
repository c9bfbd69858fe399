//! Vectors in small: one bit a dimension to find candidates, one byte a dimension to compare them.

use super::kernel;

/// Greatest value of a query's component, see [`kernel::dot`].
const QUERY_MAX: f32 = 2_047.0;

/// A vector as it is kept.
pub(super) struct Code {
    /// The sign of each component, 64 a word.
    pub(super) bits: Vec<u64>,
    /// The value of one step, then one byte a component.
    pub(super) bytes: Vec<u8>,
}

/// The signs of a vector.
pub(super) fn signs(vector: &[f32]) -> Vec<u64> {
    let word = |components: &[f32]| {
        components.iter().enumerate().fold(0, |word, (bit, value)| word | u64::from(*value > 0.0) << bit)
    };
    vector.chunks(64).map(word).collect()
}

/// The code of a vector, made unit length; `None` for one without a direction.
pub(super) fn encode(vector: &[f32]) -> Option<Code> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if !length.is_finite() || length <= f32::MIN_POSITIVE {
        return None;
    }
    let greatest = vector.iter().fold(0.0_f32, |greatest, value| greatest.max(value.abs()));
    let step = greatest / 127.0;
    let mut bytes = Vec::with_capacity(4 + vector.len());
    bytes.extend_from_slice(&(step / length).to_le_bytes());
    bytes.extend(vector.iter().map(|value| ((value / step).round() as i8).cast_unsigned()));
    Some(Code { bits: signs(vector), bytes })
}

/// A query, ready to be compared.
pub(super) struct Query {
    pub(super) bits: Vec<u64>,
    components: Vec<i16>,
    step: f32,
}

impl Query {
    /// `None` for a vector without a direction.
    pub(super) fn new(vector: &[f32]) -> Option<Self> {
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        if !length.is_finite() || length <= f32::MIN_POSITIVE {
            return None;
        }
        let greatest = vector.iter().fold(0.0_f32, |greatest, value| greatest.max(value.abs()));
        let step = greatest / QUERY_MAX;
        let components = vector.iter().map(|value| (value / step).round() as i16).collect();
        Some(Self { bits: signs(vector), components, step: step / length })
    }

    /// Cosine of the angle to a vector, out of its bytes.
    pub(super) fn cosine(&self, bytes: &[u8]) -> Option<f32> {
        let (step, code) = bytes.split_first_chunk::<4>()?;
        let dot = kernel::dot(&self.components, code) as f32;
        Some((dot * self.step * f32::from_le_bytes(*step)).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_code_keeps_the_cosine_to_a_hundredth(
            a in proptest::collection::vec(-1.0_f32..1.0, 384),
            b in proptest::collection::vec(-1.0_f32..1.0, 384),
        ) {
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            let exact = dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt();
            let query = Query::new(&a).unwrap();
            let coded = query.cosine(&encode(&b).unwrap().bytes).unwrap();
            prop_assert!((f64::from(coded) - exact).abs() < 0.01);
            prop_assert!(query.cosine(&encode(&a).unwrap().bytes).unwrap() > 0.999);
        }
    }

    #[test]
    fn a_vector_without_a_direction_has_no_code() {
        assert!(
            encode(&[0.0; 8]).is_none() && encode(&[f32::NAN; 8]).is_none() && Query::new(&[0.0]).is_none()
        );
    }
}
