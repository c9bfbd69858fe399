//! Words and meaning in one order.
//!
//! A convex combination of scaled scores, as Bruch, Gai and Ingber ("An Analysis of Fusion Functions for
//! Hybrid Retrieval", ACM TOIS 2023) found better and steadier than combining ranks: BM25 divided by
//! the best of this search, the cosine (nothing below 0) likewise, [`MEANING`] parts of the latter.

use eps_domain::event_store::RANKED_MAX;

/// How many of the best by words, and by meaning, are candidates of a ranked search; also how far one
/// can page through it.
pub(crate) const CANDIDATES: usize = RANKED_MAX;
/// The share of meaning in a score, the rest is that of words.
const MEANING: f32 = 0.5;

/// An event, by whatever its store calls it, and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate<K> {
    pub(crate) key: K,
    pub(crate) score: f32,
    pub(crate) lexical: Option<f32>,
    pub(crate) semantic: Option<f32>,
}

impl<K> Candidate<K> {
    /// Nothing speaks for it yet.
    pub(crate) const fn of(key: K) -> Self {
        Self { key, score: 0.0, lexical: None, semantic: None }
    }

    /// Found by a filter alone: all are equally good.
    pub(crate) const fn unranked(key: K) -> Self {
        Self { key, score: 1.0, lexical: None, semantic: None }
    }
}

/// Gives every candidate its score, 0 to 1. By meaning alone it is the cosine itself. An event that is
/// too young to have a vector is taken to mean what its words say.
pub(crate) fn score<K>(candidates: &mut [Candidate<K>], with_words: bool) {
    let cosine = |one: &Candidate<K>| one.semantic.map(|cosine| cosine.max(0.0));
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
