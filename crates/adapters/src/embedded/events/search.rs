//! Search: filter first, then order what is left by time or by how well it matches.

use std::collections::BinaryHeap;

use eps_domain::{
    Error, Result, Scope,
    event_store::{Hit, Order, SEARCH_LIMIT_MAX, SearchPage, SearchRequest},
};

use super::{
    columns::{BLOCK_ROWS, Columns},
    ranking::Ranking,
    row_set::{RowSet, bits},
    shared::Shared,
};
use crate::event_search::{
    cursor::{Cursor, malformed},
    fusion::Candidate,
};

impl Shared {
    /// One page of what matches.
    pub(super) fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage> {
        if !(1..=SEARCH_LIMIT_MAX).contains(&request.limit) {
            let message = format!("`limit` must lie between 1 and {SEARCH_LIMIT_MAX}");
            return Err(Error::invalid("limit", message));
        }
        let cursor = request.cursor.as_deref().map(Cursor::read).transpose()?;
        let terms = request.words.as_deref().map(|words| self.text.terms(words)).unwrap_or_default();
        let vector = self.vector(request)?;
        if request.order.is_ranked() && (vector.is_some() || !terms.is_empty()) {
            return self.ranked(scope, request, &Ranking { terms: &terms, vector }, cursor.as_ref());
        }
        self.in_time(scope, request, cursor)
    }

    /// The vector to rank by; none where the store keeps none.
    fn vector<'a>(&self, request: &'a SearchRequest) -> Result<Option<&'a [f32]>> {
        let (Some(vectors), Some(vector)) = (&self.vectors, &request.vector) else { return Ok(None) };
        let dimensions = vectors.read().map_err(super::shared::half_changed)?.dimensions();
        if vector.len() != dimensions || vector.iter().any(|value| !value.is_finite()) {
            let message = format!("`vector` must have {dimensions} finite components");
            return Err(Error::invalid("vector", message));
        }
        Ok(Some(vector))
    }

    fn in_time(&self, scope: &Scope, request: &SearchRequest, cursor: Option<Cursor>) -> Result<SearchPage> {
        let order = match request.order {
            Order::OldestFirst => Order::OldestFirst,
            Order::NewestFirst | Order::Relevance | Order::RelevanceOfAll => Order::NewestFirst,
        };
        let after = match cursor {
            None => None,
            Some(Cursor::Chronological(of, time, id)) if of == order => {
                let (row, event) =
                    self.truth.by_ids(&scope.tenant, &[id])?.into_iter().next().ok_or_else(malformed)?;
                if !scope.allows(&event.camera_id) {
                    return Err(malformed());
                }
                Some((time, row))
            }
            Some(_) => return Err(malformed()),
        };
        let mut page = {
            let columns = self.columns()?;
            let visible = self.scopes.visible(scope, &columns);
            let mut rows = columns.select(&visible.cameras, &request.filter);
            self.keep_holding_all(&mut rows, request.words.as_deref(), &columns)?;
            first_in_time(&columns, &rows, order, after, request.limit + 1)
        };
        let more = page.len() > request.limit;
        page.truncate(request.limit);
        let found: Vec<Candidate<u32>> = page.iter().map(|(_, row)| Candidate::unranked(*row)).collect();
        let hits = self.hits(scope, &found)?;
        let last = hits.last().zip(page.last()).filter(|_| more);
        let next_cursor = last
            .map(|(hit, (time, _))| Cursor::Chronological(order, *time, hit.event.event_id.clone()).write());
        Ok(SearchPage { hits, next_cursor })
    }

    fn ranked(
        &self,
        scope: &Scope,
        request: &SearchRequest,
        ranking: &Ranking<'_>,
        cursor: Option<&Cursor>,
    ) -> Result<SearchPage> {
        let offset = match cursor {
            None => 0,
            Some(Cursor::Ranked(offset)) => *offset,
            Some(Cursor::Chronological(..)) => return Err(malformed()),
        };
        let candidates = {
            let columns = self.columns()?;
            let visible = self.scopes.visible(scope, &columns);
            let mut rows = columns.select(&visible.cameras, &request.filter);
            if request.order == Order::RelevanceOfAll {
                self.keep_holding_all(&mut rows, request.words.as_deref(), &columns)?;
            }
            self.candidates(scope, &columns, &visible, &rows, ranking)?
        };
        let page: Vec<Candidate<u32>> = candidates.iter().skip(offset).take(request.limit).copied().collect();
        let end = offset.saturating_add(page.len());
        let next_cursor = (end < candidates.len()).then(|| Cursor::Ranked(end).write());
        Ok(SearchPage { hits: self.hits(scope, &page)?, next_cursor })
    }

    /// Keeps the rows that hold all the words.
    pub(super) fn keep_holding_all(
        &self,
        rows: &mut RowSet,
        words: Option<&str>,
        columns: &Columns,
    ) -> Result<()> {
        let required = words.map(|words| self.text.required(words)).unwrap_or_default();
        if !required.is_empty() {
            rows.keep(&self.text.with_all(&required, columns.rows())?);
        }
        Ok(())
    }

    /// Fetches the events. One that moved out of scope since it was found is left out.
    fn hits(&self, scope: &Scope, found: &[Candidate<u32>]) -> Result<Vec<Hit>> {
        let rows: Vec<u32> = found.iter().map(|candidate| candidate.key).collect();
        let stored = self.truth.by_rows(&rows)?.into_iter();
        let visible = stored
            .zip(found)
            .filter(|(stored, _)| *stored.tenant == *scope.tenant && scope.allows(&stored.event.camera_id));
        let hit = |(stored, candidate): (super::truth::Stored, &Candidate<u32>)| Hit {
            event: stored.event,
            score: candidate.score,
            lexical: candidate.lexical,
            semantic: candidate.semantic,
        };
        Ok(visible.map(hit).collect())
    }
}

/// The first rows in an order, after a place in it. Blocks of rows without an early enough instant are
/// passed over; as rows are nearly in the order of time, that is nearly all of them.
fn first_in_time(
    columns: &Columns,
    rows: &RowSet,
    order: Order,
    after: Option<(i64, u32)>,
    limit: usize,
) -> Vec<(i64, u32)> {
    let downwards = order != Order::OldestFirst;
    // Complements are ordered backwards: either way the smallest comes first.
    let key = |(time, row): (i64, u32)| if downwards { (!time, !row) } else { (time, row) };
    let after = after.map(key);
    let mut first: BinaryHeap<(i64, u32)> = BinaryHeap::with_capacity(limit + 1);
    let mut take = |words: &[u64], block: usize, (earliest, latest): (i64, i64)| {
        let best = if downwards { !latest } else { earliest };
        if first.len() >= limit && first.peek().is_some_and(|(worst, _)| *worst < best) {
            return;
        }
        for (index, word) in words.iter().enumerate() {
            for row in bits(*word, (block * BLOCK_ROWS + index * 64) as u32) {
                let place = key((columns.time[row as usize], row));
                if after.is_some_and(|after| place <= after) {
                    continue;
                }
                if first.len() < limit {
                    first.push(place);
                } else if let Some(mut worst) = first.peek_mut()
                    && place < *worst
                {
                    *worst = place;
                }
            }
        }
    };
    let blocks = rows.words().chunks(BLOCK_ROWS / 64).enumerate().zip(columns.spans());
    if downwards {
        blocks.rev().for_each(|((block, words), span)| take(words, block, *span));
    } else {
        blocks.for_each(|((block, words), span)| take(words, block, *span));
    }
    first.into_sorted_vec().into_iter().map(key).collect()
}
