//! Words and meaning in one order.
//!
//! A convex combination of scaled scores, as Bruch, Gai and Ingber ("An Analysis of Fusion Functions for
//! Hybrid Retrieval", ACM TOIS 2023) found better and steadier than combining ranks: BM25 divided by
//! the best of this search, the cosine (nothing below 0) likewise, [`MEANING`] parts of the latter.

use std::{cmp::Reverse, collections::HashMap};

use eps_domain::{Result, Scope};

use super::{
    Shared,
    columns::Columns,
    row_set::RowSet,
    scope::{ScopeKey, Visible},
    text::Universe,
};

/// How many of the best by words, and by meaning, are candidates of a ranked search; also how far one
/// can page through it.
const CANDIDATES: usize = 500;
/// The share of meaning in a score, the rest is that of words.
const MEANING: f32 = 0.5;

/// A row and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) row: u32,
    pub(super) score: f32,
    pub(super) lexical: Option<f32>,
    pub(super) semantic: Option<f32>,
}

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
    ) -> Result<Vec<Candidate>> {
        let mut candidates: HashMap<u32, Candidate> = HashMap::new();
        if !ranking.terms.is_empty() {
            // Only a caller who sees less than everything needs figures of their own.
            let seen = (!visible.everything).then(|| columns.select(&visible.cameras, &<_>::default()));
            let universe = seen.as_ref().map(|rows| Universe { scope: ScopeKey::from(scope), rows });
            let found =
                self.text.ranked(ranking.terms, rows, universe.as_ref(), &columns.time, CANDIDATES)?;
            let best = found.first().map_or(1.0, |(_, score)| *score);
            for (row, score) in found {
                let lexical = Some(score / best);
                candidates.insert(row, Candidate { row, score: 0.0, lexical, semantic: None });
            }
        }
        if let Some(vector) = ranking.vector {
            for (row, cosine) in self.compared(vector, rows, candidates.keys().copied().collect())? {
                let unmatched = Candidate { row, score: 0.0, lexical: None, semantic: None };
                candidates.entry(row).or_insert(unmatched).semantic = Some(cosine);
            }
        }
        let mut candidates: Vec<Candidate> = candidates.into_values().collect();
        score(&mut candidates, !ranking.terms.is_empty());
        candidates.sort_unstable_by(|a, b| {
            let tie = |one: &Candidate| (Reverse(columns.time[one.row as usize]), one.row);
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

/// Gives every candidate its score, 0 to 1. By meaning alone it is the cosine itself. An event that is
/// too young to have a vector is taken to mean what its words say.
fn score(candidates: &mut [Candidate], with_words: bool) {
    let cosine = |one: &Candidate| one.semantic.map(|cosine| cosine.max(0.0));
    let best = candidates.iter().filter_map(cosine).fold(0.0_f32, f32::max);
    for candidate in candidates {
        let lexical = candidate.lexical.unwrap_or_default();
        candidate.score = match cosine(candidate) {
            None => lexical,
            Some(cosine) if !with_words => cosine,
            Some(cosine) => {
                let semantic = if best > 0.0 { cosine / best } else { 0.0 };
                MEANING * semantic + (1.0 - MEANING) * lexical
            }
        };
    }
}
