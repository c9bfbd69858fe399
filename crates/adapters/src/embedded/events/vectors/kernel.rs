//! The two loops that decide how fast meaning is searched: how many bits differ, and dot products of
//! small whole numbers.
//!
//! Counting bits is several times faster with the processor's own instruction, which a portable binary
//! may use only after asking for it. The call into the loop compiled with that instruction is the one
//! `unsafe` of the project; it reads and writes through the same checked slices as the portable loop.

use super::super::row_set::RowSet;

/// Writes for each of the rows, in their order, by how many bits its code differs from the query's. A
/// code is `query.len()` words.
pub(super) fn differing_bits(codes: &[u64], query: &[u64], rows: &RowSet, distances: &mut Vec<u16>) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("popcnt") {
        #[expect(unsafe_code, reason = "calls a safe function whose one condition was checked a line above")]
        // SAFETY: `with_popcnt` is safe code that needs nothing but the instruction it is named after.
        unsafe {
            with_popcnt(codes, query, rows, distances);
        }
        return;
    }
    any_width(codes, query, rows, distances);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn with_popcnt(codes: &[u64], query: &[u64], rows: &RowSet, distances: &mut Vec<u16>) {
    any_width(codes, query, rows, distances);
}

/// Widths of common models (384, 768, 1,024 and 1,536 dimensions) are unrolled.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled with the instructions of its caller")]
fn any_width(codes: &[u64], query: &[u64], rows: &RowSet, distances: &mut Vec<u16>) {
    match query.len() {
        6 => fixed_width::<6>(codes, query, rows, distances),
        12 => fixed_width::<12>(codes, query, rows, distances),
        16 => fixed_width::<16>(codes, query, rows, distances),
        24 => fixed_width::<24>(codes, query, rows, distances),
        width => {
            for row in rows.iter() {
                let code = &codes[row as usize * width..][..width];
                let bits: u32 = code.iter().zip(query).map(|(a, b)| (a ^ b).count_ones()).sum();
                distances.push(bits as u16);
            }
        }
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled with the instructions of its caller")]
fn fixed_width<const WIDTH: usize>(codes: &[u64], query: &[u64], rows: &RowSet, distances: &mut Vec<u16>) {
    let (codes, _) = codes.as_chunks::<WIDTH>();
    let Some(query) = query.first_chunk::<WIDTH>() else { return };
    for (index, word) in rows.words().iter().enumerate() {
        let mut rest = *word;
        while rest != 0 {
            let code = &codes[index * 64 + rest.trailing_zeros() as usize];
            rest &= rest - 1;
            let mut bits = 0;
            for (a, b) in code.iter().zip(query) {
                bits += (a ^ b).count_ones();
            }
            distances.push(bits as u16);
        }
    }
}

/// Dot product; the query's values lie within ±2,047, so that 8,192 dimensions cannot overflow.
pub(super) fn dot(query: &[i16], code: &[u8]) -> i32 {
    query.iter().zip(code).map(|(a, b)| i32::from(*a) * i32::from(b.cast_signed())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_counts_the_same_bits() {
        for width in [1, 5, 6, 12, 16, 24, 31] {
            let mut state = 1_u64;
            let mut word = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state ^ state >> 29
            };
            let codes: Vec<u64> = (0..100 * width).map(|_| word()).collect();
            let query: Vec<u64> = (0..width).map(|_| word()).collect();
            let mut rows = RowSet::default();
            for row in [0, 1, 63, 64, 99] {
                rows.insert(row);
            }
            let mut found = Vec::new();
            differing_bits(&codes, &query, &rows, &mut found);
            let expected: Vec<u16> = rows
                .iter()
                .map(|row| {
                    let bit =
                        |n: usize| (codes[row as usize * width + n / 64] ^ query[n / 64]) >> (n % 64) & 1;
                    (0..64 * width).map(bit).sum::<u64>() as u16
                })
                .collect();
            assert_eq!(found, expected);
        }
    }
}
