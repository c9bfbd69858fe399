//! A set of rows as a bitmap: what a filter leaves, what words match, what starts a visit.

/// Rows, one bit each. Bits past the last word are not in the set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RowSet {
    words: Vec<u64>,
}

impl RowSet {
    /// No rows, with room for this many.
    pub(super) fn with_rows(rows: usize) -> Self {
        Self { words: vec![0; rows.div_ceil(64)] }
    }

    /// A set out of its bitmap, 64 rows a word.
    pub(super) fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    /// 64 rows from `index * 64` on.
    pub(super) fn word(&self, index: usize) -> u64 {
        self.words.get(index).copied().unwrap_or_default()
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(super) fn contains(&self, row: u32) -> bool {
        self.word(row as usize / 64) >> (row % 64) & 1 == 1
    }

    pub(super) fn insert(&mut self, row: u32) {
        let index = row as usize / 64;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        self.words[index] |= 1 << (row % 64);
    }

    pub(super) fn remove(&mut self, row: u32) {
        if let Some(word) = self.words.get_mut(row as usize / 64) {
            *word &= !(1 << (row % 64));
        }
    }

    pub(super) fn set(&mut self, row: u32, present: bool) {
        if present { self.insert(row) } else { self.remove(row) }
    }

    pub(super) fn len(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many rows are in both.
    pub(super) fn len_with(&self, other: &Self) -> u64 {
        self.words.iter().zip(&other.words).map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    /// Keeps what is in both.
    pub(super) fn keep(&mut self, other: &Self) {
        for (index, word) in self.words.iter_mut().enumerate() {
            *word &= other.word(index);
        }
    }

    /// Adds what is in the other.
    pub(super) fn add(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (index, word) in self.words.iter_mut().enumerate() {
            *word |= other.word(index);
        }
    }

    /// Adds `len` rows from `to` on, as far as those from `from` on are in the other.
    pub(super) fn copy_bits(&mut self, other: &Self, mut from: u32, mut to: u32, mut len: u32) {
        let last = (to + len).div_ceil(64) as usize;
        if last > self.words.len() {
            self.words.resize(last, 0);
        }
        while len > 0 {
            let taken = len.min(64 - to % 64);
            let (index, shift) = (from as usize / 64, from % 64);
            let mut bits = other.word(index) >> shift;
            if shift > 0 {
                bits |= other.word(index + 1) << (64 - shift);
            }
            self.words[to as usize / 64] |= (bits & (u64::MAX >> (64 - taken))) << (to % 64);
            (from, to, len) = (from + taken, to + taken, len - taken);
        }
    }

    /// The rows, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.words.iter().enumerate().flat_map(|(index, word)| bits(*word, index as u32 * 64))
    }
}

/// The rows of one word of a bitmap.
pub(super) fn bits(mut word: u64, first: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let row = first + word.trailing_zeros();
            word &= word - 1;
            row
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_behaves_as_a_set_of_rows(a in proptest::collection::btree_set(0_u32..400, 0..80),
                                       b in proptest::collection::btree_set(0_u32..400, 0..80)) {
            let of = |rows: &BTreeSet<u32>| {
                let mut set = RowSet::default();
                for row in rows { set.insert(*row); }
                set
            };
            let (mut left, right) = (of(&a), of(&b));
            prop_assert_eq!(left.iter().collect::<BTreeSet<_>>(), a.clone());
            prop_assert_eq!(left.len(), a.len() as u64);
            let both: BTreeSet<u32> = a.intersection(&b).copied().collect();
            prop_assert_eq!(left.len_with(&right), both.len() as u64);
            left.keep(&right);
            prop_assert_eq!(left.iter().collect::<BTreeSet<_>>(), both.clone());
            for row in b { left.remove(row); }
            prop_assert_eq!(left.len(), 0);
        }

        #[test]
        fn bits_are_copied_to_where_they_belong(
            rows in proptest::collection::btree_set(0_u32..400, 0..200),
            (from, to, len) in (0_u32..300, 0_u32..300, 0_u32..300),
        ) {
            let mut source = RowSet::default();
            for row in &rows { source.insert(*row); }
            let mut copy = RowSet::default();
            copy.copy_bits(&source, from, to, len);
            let expected: Vec<u32> = rows.range(from..from + len).map(|row| row - from + to).collect();
            prop_assert_eq!(copy.iter().collect::<Vec<_>>(), expected);
        }
    }
}
