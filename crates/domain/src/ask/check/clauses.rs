//! A sentence in clauses, so that each number is held against what stands nearest to it: "the dock had 3
//! and the gate 2" says nothing of 3 at the gate.

use std::ops::Range;

use super::{
    mentions::{Mention, Respect},
    scan::{self, Kind, Number, Token},
};

/// A clause.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one clause, read by name")]
pub(super) struct Clause {
    pub span: Range<usize>,
    /// Which of the mentions stand in it.
    pub mentions: Vec<usize>,
    /// Which of the counts stand in it.
    pub counts: Vec<usize>,
    /// Whether it is joined to the one before like an item of a list.
    is_item: bool,
    /// Whether something happens in it, so that its names are not those of the clause before.
    has_verb: bool,
    /// "In total", "there were": it may speak of the whole again.
    is_whole: bool,
    /// "The busiest", "the fewest": whether it is the least.
    pub superlative: Option<bool>,
    /// Whether it denies.
    pub is_denied: bool,
}

/// What a number is of: the mentions of one respect that it is to be held against.
pub(super) type Of<'a> = Vec<&'a Mention>;

/// A sentence in clauses.
pub(super) struct Clauses<'a> {
    pub all: Vec<Clause>,
    mentions: &'a [Mention],
}

const VERBS: [&str; 16] = [
    "was",
    "were",
    "is",
    "are",
    "had",
    "has",
    "have",
    "saw",
    "came",
    "recorded",
    "registered",
    "logged",
    "reported",
    "showed",
    "captured",
    "detected",
];
const JOINTS: [&str; 20] = [
    "and",
    "or",
    "plus",
    "while",
    "whereas",
    "against",
    "versus",
    "vs",
    "but",
    "than",
    "compared",
    "followed",
    "ahead",
    "behind",
    "though",
    "although",
    "comprising",
    "namely",
    "then",
    "whilst",
];

impl<'a> Clauses<'a> {
    /// `counts` are the numbers that count something.
    pub(super) fn of(tokens: &[Token], mentions: &'a [Mention], counts: &[&Number]) -> Self {
        let spans: Vec<&Range<usize>> =
            mentions.iter().map(|m| &m.span).chain(counts.iter().map(|n| &n.span)).collect();
        let mut all = vec![Clause::default()];
        for (at, token) in tokens.iter().enumerate() {
            let is_inside = spans.iter().any(|s| s.start < token.span.start && token.span.end < s.end);
            if !is_inside && parts(tokens, at, mentions) {
                let is_item = matches!(token.lower.as_str(), "," | "and" | "or" | "plus" | "&" | "/");
                all.push(Clause { span: token.span.clone(), is_item, ..Clause::default() });
            }
            let Some(last) = all.last_mut() else { continue };
            last.span.end = token.span.end;
            last.read(tokens, at);
        }
        let mut ends: Vec<usize> = all.iter().skip(1).map(|clause| clause.span.start).collect();
        ends.push(usize::MAX);
        for (clause, end) in all.iter_mut().zip(ends) {
            let holds = |span: &Range<usize>| span.start >= clause.span.start && span.start < end;
            clause.mentions = (0..mentions.len()).filter(|n| holds(&mentions[*n].span)).collect();
            clause.counts = (0..counts.len()).filter(|n| holds(&counts[*n].span)).collect();
        }
        // "The dock, and the yard" leaves nothing between two joints.
        let is_empty = |clause: &Clause| {
            clause.mentions.is_empty()
                && clause.counts.is_empty()
                && clause.superlative.is_none()
                && !clause.is_denied
        };
        let mut kept: Vec<Clause> = Vec::with_capacity(all.len());
        let mut was_item = true;
        for mut clause in all {
            clause.is_item &= was_item;
            if is_empty(&clause) {
                // What it says of the whole, it says of the clause before.
                if let Some(last) = kept.last_mut() {
                    last.is_whole |= clause.is_whole;
                }
                was_item = clause.is_item;
                continue;
            }
            was_item = true;
            kept.push(clause);
        }
        Self { all: kept, mentions }
    }

    pub(super) fn mentions(&self) -> &'a [Mention] {
        self.mentions
    }

    pub(super) fn mention(&self, n: usize) -> &'a Mention {
        &self.mentions[n]
    }

    /// Whether a mention stands in a clause.
    pub(super) fn is_in(&self, clause: usize, mention: &Mention) -> bool {
        self.all[clause].mentions.iter().any(|n| self.mentions[*n].span == mention.span)
    }

    /// Of mentions from other clauses those that only name something: "3 events, with people".
    pub(super) fn joined(&self, clause: usize, of: Of<'a>) -> Of<'a> {
        let is_joined = |mention: &&Mention| {
            let at = self.all.iter().position(|clause| clause.span.contains(&mention.span.start));
            at.is_some_and(|at| self.all[at].counts.is_empty() || at == clause)
        };
        of.into_iter().filter(is_joined).collect()
    }

    /// The days that clauses before name, the nearest first named.
    pub(super) fn day_before(&self, clause: usize) -> Of<'a> {
        let days = |n: usize| {
            let own = self.in_respect(n, Respect::When).into_iter().map(|n| &self.mentions[n]);
            own.filter(|mention| !mention.is_clock()).collect::<Vec<_>>()
        };
        (0..clause).rev().map(days).find(|days| !days.is_empty()).unwrap_or_default()
    }

    fn in_respect(&self, clause: usize, respect: Respect) -> Vec<usize> {
        let own = self.all.get(clause).map(|c| c.mentions.as_slice()).unwrap_or_default();
        own.iter().copied().filter(|n| self.mentions[*n].respect == respect).collect()
    }

    fn is_bare(&self, clause: usize, respect: Respect) -> bool {
        self.all.get(clause).is_some_and(|c| !c.counts.is_empty())
            && self.in_respect(clause, respect).is_empty()
    }

    /// Whether a clause only names something.
    fn only_names(&self, clause: usize, respect: Respect) -> bool {
        self.all.get(clause).is_some_and(|c| c.counts.is_empty())
            && !self.in_respect(clause, respect).is_empty()
    }

    /// The clause in which a count stands.
    pub(super) fn clause_of(&self, count: usize) -> Option<usize> {
        self.all.iter().position(|clause| clause.counts.contains(&count))
    }

    /// What a count in a clause, or the clause itself, is of.
    pub(super) fn of_count(&self, clause: usize, count: Option<usize>, respect: Respect) -> Of<'a> {
        let (names, counts) = self.group(clause, respect);
        // "The dock and the yard had 3 and 2": one for each, in order.
        let is_paired = respect != Respect::When || self.is_list(&names);
        if is_paired
            && names.len() > 1
            && names.len() == counts.len()
            && let Some(at) = count.and_then(|count| counts.iter().position(|n| *n == count))
        {
            return vec![&self.mentions[names[at]]];
        }
        names.into_iter().map(|n| &self.mentions[n]).collect()
    }

    /// Whether times are those of a list: on other days, or alike and in different clauses. Others tell one time together.
    fn is_list(&self, names: &[usize]) -> bool {
        let clause = |name: &usize| self.all.iter().position(|clause| clause.mentions.contains(name));
        names.windows(2).all(|pair| {
            let (one, other) = (&self.mentions[pair[0]], &self.mentions[pair[1]]);
            let is_apart = clause(&pair[0]) != clause(&pair[1]) && one.is_clock() == other.is_clock();
            is_apart || one.is_other_day(other)
        })
    }

    /// The mentions and the counts that belong together around a clause.
    fn group(&self, clause: usize, respect: Respect) -> (Vec<usize>, Vec<usize>) {
        let own = self.in_respect(clause, respect);
        if !own.is_empty() {
            return self.widened(clause, respect, own);
        }
        // Numbers alone belong to the names right before them, else to those right behind.
        let mut from = clause;
        while from > 0 && self.is_bare(from - 1, respect) {
            from -= 1;
        }
        let mut to = clause;
        while self.is_bare(to + 1, respect) {
            to += 1;
        }
        let counts: Vec<usize> = (from..=to).flat_map(|n| self.all[n].counts.iter().copied()).collect();
        let mut first = from;
        while first > 0 && self.only_names(first - 1, respect) {
            first -= 1;
        }
        let names = |run: Range<usize>| run.flat_map(|n| self.in_respect(n, respect)).collect::<Vec<_>>();
        if first < from {
            return (names(first..from), counts);
        }
        let mut last = to + 1;
        while self.only_names(last, respect) && !self.all[last].has_verb {
            last += 1;
        }
        // "8 events, with the dock and the yard at 3 each": the dock goes with the yard.
        let goes_on =
            self.all.get(last).is_some_and(|c| c.is_item) && !self.in_respect(last, respect).is_empty();
        if last > to + 1 && !goes_on && !self.is_bare(last, respect) {
            return (names(to + 1..last), counts);
        }
        let is_whole = self.all.get(clause).is_some_and(|c| c.is_whole);
        let before = (0..from).rev().find(|n| !self.in_respect(*n, respect).is_empty());
        match before.filter(|_| !is_whole) {
            Some(before) => (self.in_respect(before, respect), Vec::new()),
            None => (Vec::new(), Vec::new()),
        }
    }

    /// A list of names around a clause: "the dock and the yard had", "3 at the dock and the yard".
    fn widened(&self, clause: usize, respect: Respect, own: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
        let mut names = own;
        let mut counts = self.all[clause].counts.clone();
        let mut at = clause;
        while at > 0 && self.all[at].is_item && self.only_names(at - 1, respect) && !self.all[at - 1].has_verb
        {
            at -= 1;
            let mut before = self.in_respect(at, respect);
            before.append(&mut names);
            names = before;
        }
        let mut last = clause + 1;
        let is_item = |n: usize| self.all.get(n).is_some_and(|c| c.is_item && !c.has_verb);
        while is_item(last) && self.only_names(last, respect) {
            last += 1;
        }
        if !self.is_bare(last, respect) {
            names.extend((clause + 1..last).flat_map(|n| self.in_respect(n, respect)));
        } else if last == clause + 1 && names.len() > counts.len() {
            let mut end = last;
            while self.is_bare(end, respect) {
                counts.extend(self.all[end].counts.iter().copied());
                end += 1;
            }
        }
        (names, counts)
    }

    /// The mentions nearest to a clause that names none itself: behind it, else before.
    pub(super) fn nearest(&self, clause: usize) -> Vec<&'a Mention> {
        let has = |n: &usize| !self.all[*n].mentions.is_empty();
        let near = Some(clause).filter(has).or_else(|| (clause..self.all.len()).find(has));
        let near = near.or_else(|| (0..clause).rev().find(has));
        near.map(|n| self.all[n].mentions.iter().map(|m| &self.mentions[*m]).collect()).unwrap_or_default()
    }
}

impl Clause {
    fn read(&mut self, tokens: &[Token], at: usize) {
        let word = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
        let (this, next) = (word(at), word(at + 1));
        self.has_verb |= VERBS.contains(&this);
        self.is_whole |= match this {
            "total" | "overall" | "altogether" | "combined" | "totalling" | "totaling" => true,
            "in" => next == "all",
            "there" => matches!(next, "was" | "were"),
            _ => false,
        };
        self.is_denied |= scan::negator(this).is_some();
        if let Some(is_least) = scan::superlative(tokens, at) {
            self.superlative = Some(is_least);
        }
    }
}

/// Whether a new clause begins at a token.
fn parts(tokens: &[Token], at: usize, mentions: &[Mention]) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let word = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    match (&token.kind, token.lower.as_str()) {
        (Kind::Mark, "(" | ")") => parenthesis(tokens, at).is_some_and(|(from, to)| {
            mentions.iter().any(|mention| from <= mention.span.start && mention.span.start < to)
        }),
        (Kind::Mark, mark) => {
            matches!(mark, "," | ";" | ":" | "–" | "—" | "|" | "\n" | "/" | "•" | "&" | "·")
        }
        (Kind::Word, "with" | "including") => {
            let end = token.span.end;
            let is_next = |m: &Mention| m.span.start > end && m.span.start - end <= " the ".len();
            let is_place = |m: &Mention| m.respect == Respect::Place && is_next(m);
            is_count(tokens, at + 1) || mentions.iter().any(is_place)
        }
        (Kind::Word, "of") => matches!(word(at + 1), "which" | "them" | "these" | "those"),
        (Kind::Word, "from") => matches!(at.checked_sub(1).map_or("", word), "up" | "down"),
        (Kind::Word, word) => JOINTS.contains(&word),
        _ => false,
    }
}

fn is_count(tokens: &[Token], at: usize) -> bool {
    let token = tokens.get(at);
    token.is_some_and(|t| matches!(t.kind, Kind::Number(_)) || scan::is_number_word(&t.lower))
        || token.is_some_and(|t| matches!(t.lower.as_str(), "a" | "only" | "just" | "exactly"))
            && tokens.get(at + 1).is_some_and(|t| t.lower == "total" || matches!(t.kind, Kind::Number(_)))
}

/// Where the parentheses around a bracket begin and end.
fn parenthesis(tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    let is = |mark: &'static str| move |token: &&Token| token.lower == mark;
    let (open, close) = if tokens.get(at)?.lower == "(" {
        (tokens.get(at)?, tokens.get(at..)?.iter().find(is(")"))?)
    } else {
        (tokens.get(..at)?.iter().rev().find(is("("))?, tokens.get(at)?)
    };
    Some((open.span.start, close.span.end))
}
