//! The candidates of a ranked search: the best by words and the nearest by meaning, fused into one order.

use std::{cmp::Reverse, collections::HashMap};

use eps_domain::{Result, Scope};

use super::{
    Shared,
    columns::Columns,
    row_set::RowSet,
    scope::{ScopeKey, Visible},
    text::Universe,
};
use crate::event_search::fusion::{CANDIDATES, Candidate, score};

/// What to rank by: words, a vector, or both.
pub(super) struct Ranking<'a> {
    pub(super) terms: &'a [String],
    pub(super) vector: Option<&'a [f32]>,
}

impl Shared {
    /// What of the rows can be ranked, best first; ties by time, latest first, then by arrival.
    pub(super) fn candidates(
        &self,
        scope: &Scope,
        columns: &Columns,
        visible: &Visible,
        rows: &RowSet,
        ranking: &Ranking<'_>,
    ) -> Result<Vec<Candidate<u32>>> {
        let mut candidates: HashMap<u32, Candidate<u32>> = HashMap::new();
        if !ranking.terms.is_empty() {
            // Only a caller who sees less than everything needs figures of their own.
            let seen = (!visible.everything).then(|| columns.select(&visible.cameras, &<_>::default()));
            let universe = seen.as_ref().map(|rows| Universe { scope: ScopeKey::from(scope), rows });
            let found =
                self.text.ranked(ranking.terms, rows, universe.as_ref(), &columns.time, CANDIDATES)?;
            let best = found.first().map_or(1.0, |(_, score)| *score);
            for (row, score) in found {
                let lexical = Some(score / best);
                candidates.insert(row, Candidate { lexical, ..Candidate::of(row) });
            }
        }
        if let Some(vector) = ranking.vector {
            for (row, cosine) in self.compared(vector, rows, candidates.keys().copied().collect())? {
                candidates.entry(row).or_insert(Candidate::of(row)).semantic = Some(cosine);
            }
        }
        let mut candidates: Vec<Candidate<u32>> = candidates.into_values().collect();
        score(&mut candidates, !ranking.terms.is_empty());
        candidates.sort_unstable_by(|a, b| {
            let tie = |one: &Candidate<u32>| (Reverse(columns.time[one.key as usize]), one.key);
            b.score.total_cmp(&a.score).then_with(|| tie(a).cmp(&tie(b)))
        });
        Ok(candidates)
    }

    /// The nearest rows, and of those found by words whatever has a vector. A row twice is the same.
    fn compared(&self, vector: &[f32], rows: &RowSet, mut by_words: Vec<u32>) -> Result<Vec<(u32, f32)>> {
        let Some(vectors) = &self.vectors else { return Ok(Vec::new()) };
        by_words.sort_unstable();
        let (mut nearest, others) = {
            let vectors = vectors.read().map_err(super::shared::half_changed)?;
            (vectors.nearest(vector, rows, CANDIDATES), vectors.cosines(vector, &by_words))
        };
        nearest.found.extend(others.found);
        nearest.damaged.extend(others.damaged);
        if !nearest.damaged.is_empty() {
            tracing::warn!(vectors = nearest.damaged.len(), "damaged vectors have to be made again");
            let mut vectors = vectors.write().map_err(super::shared::half_changed)?;
            nearest.damaged.iter().for_each(|row| vectors.forget(*row));
        }
        Ok(nearest.found)
    }
}
