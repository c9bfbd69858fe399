//! How figures of single precision are written: 0.91 stays 0.91 also where JSON is built as values, which
//! are of double precision and would show 0.9100000262260437.

use serde::{Serialize as _, Serializer};

/// The shortest figure that reads back as the same.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over the field")]
pub(crate) fn serialize<S: Serializer>(value: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    shortest(*value).serialize(serializer)
}

/// The same for what may be absent.
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands over the field")]
pub(crate) fn serialize_option<S: Serializer>(value: &Option<f32>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(shortest).serialize(serializer)
}

fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}
