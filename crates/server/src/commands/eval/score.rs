//! How much was right, by topic and measure, and everything that was not. Counts and words only.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::judge::Mismatch;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Measure {
    /// A question is understood as it must be.
    Interpretation,
    /// Totals, comparisons and the figures of the text are exact.
    Totals,
    /// An event that is shown or cited exists, matches, and must-cites are there.
    Citations,
    /// A suggested question finds something.
    FollowUps,
    /// Two servers say the same.
    Agreement,
}

impl Measure {
    pub(super) const ALL: [Self; 5] =
        [Self::Interpretation, Self::Totals, Self::Citations, Self::FollowUps, Self::Agreement];

    /// The least share that is good enough.
    pub(super) fn aim(self) -> f64 {
        match self {
            Self::Interpretation => 0.97,
            _ => 1.0,
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Interpretation => "interpretation",
            Self::Totals => "totals",
            Self::Citations => "citations",
            Self::FollowUps => "follow-ups",
            Self::Agreement => "agreement",
        }
    }
}

/// Right ones of all.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Share {
    pub(super) right: u64,
    pub(super) of: u64,
}

impl Share {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.of += other.of;
    }

    /// 1 of nothing.
    pub(super) fn ratio(self) -> f64 {
        if self.of == 0 { 1.0 } else { self.right as f64 / self.of as f64 }
    }
}

/// Something that is not as it must be, and where.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Miss {
    pub(super) topic: String,
    /// The questions of the conversation up to the one that went wrong.
    pub(super) asked: Vec<String>,
    pub(super) measure: Measure,
    pub(super) what: String,
    pub(super) expected: Value,
    pub(super) came: Value,
}

/// The result of some questions.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Score {
    pub(super) questions: u64,
    pub(super) interpretation: Share,
    pub(super) totals: Share,
    pub(super) citations: Share,
    pub(super) follow_ups: Share,
    pub(super) agreement: Share,
}

impl Score {
    pub(super) fn share(&mut self, measure: Measure) -> &mut Share {
        match measure {
            Measure::Interpretation => &mut self.interpretation,
            Measure::Totals => &mut self.totals,
            Measure::Citations => &mut self.citations,
            Measure::FollowUps => &mut self.follow_ups,
            Measure::Agreement => &mut self.agreement,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        let mut other = other.clone();
        self.questions += other.questions;
        for measure in Measure::ALL {
            self.share(measure).add(*other.share(measure));
        }
    }

    /// The measures that are below their aims.
    pub(super) fn below(&self) -> Vec<Measure> {
        let mut score = self.clone();
        Measure::ALL.into_iter().filter(|measure| score.share(*measure).ratio() < measure.aim()).collect()
    }
}

/// Everything of one run.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    /// By topic, in the order of the files.
    pub(super) topics: Vec<(String, Score)>,
    pub(super) total: Score,
    pub(super) misses: Vec<Miss>,
    pub(super) seconds: f64,
}

/// What became of one conversation.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) topic: String,
    pub(super) score: Score,
    pub(super) misses: Vec<Miss>,
}

impl Outcome {
    /// Notes one thing that was looked at, with what is wrong about it.
    pub(super) fn note(&mut self, measure: Measure, asked: &[String], wrong: Vec<Mismatch>) {
        self.score.share(measure).add(Share { right: u64::from(wrong.is_empty()), of: 1 });
        self.misses.extend(wrong.into_iter().map(|Mismatch { what, expected, came }| Miss {
            topic: self.topic.clone(),
            asked: asked.to_vec(),
            measure,
            what,
            expected,
            came,
        }));
    }
}

impl Report {
    pub(super) fn of(outcomes: Vec<Outcome>, seconds: f64) -> Self {
        let mut report = Self { seconds, ..Self::default() };
        for Outcome { topic, score, misses } in outcomes {
            report.total.add(&score);
            match report.topics.iter_mut().find(|(known, _)| *known == topic) {
                Some((_, sum)) => sum.add(&score),
                None => report.topics.push((topic, score)),
            }
            report.misses.extend(misses);
        }
        report
    }

    /// The table, a line a topic.
    pub(super) fn table(&self) -> String {
        let shown: Vec<Measure> = Measure::ALL
            .into_iter()
            .filter(|measure| *measure != Measure::Agreement || self.total.agreement.of > 0)
            .collect();
        let width = self.topics.iter().map(|(topic, _)| topic.chars().count()).max().unwrap_or(0).max(8);
        let mut table = format!("{:width$}  {:>9}", "topic", "questions");
        for measure in &shown {
            let _ = write!(table, "  {:>16}", measure.title());
        }
        let all = ("all".to_owned(), self.total.clone());
        for (topic, score) in self.topics.iter().chain([&all]) {
            let _ = write!(table, "\n{topic:width$}  {:>9}", score.questions);
            let mut score = score.clone();
            for measure in &shown {
                let share = *score.share(*measure);
                let cell = if share.of == 0 {
                    "–".to_owned()
                } else {
                    // Rounded down: what is not all is not 100 %.
                    let percent = (share.ratio() * 1_000.0).floor() / 10.0;
                    format!("{}/{} {percent:5.1}", share.right, share.of)
                };
                let _ = write!(table, "  {cell:>16}");
            }
        }
        let _ = write!(table, "\n{:width$}  {:>9}", "aim", "");
        for measure in &shown {
            let _ = write!(table, "  {:>16}", format!("{:.1}", measure.aim() * 100.0));
        }
        table
    }
}
