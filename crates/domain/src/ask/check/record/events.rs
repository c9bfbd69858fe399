//! One event as a sentence may speak of it.

use std::sync::OnceLock;

use jiff::{Timestamp, civil::Date};

use super::{
    Quote, clock,
    quotes::{self},
};
use crate::ask::{
    Evidence,
    check::scan::{self, Clock},
    place::Place,
    write::phrases,
};

/// An event of the evidence.
#[derive(Clone)]
pub(crate) struct Known {
    /// `[n]`.
    pub reference: u32,
    /// Names that its camera goes by, in lower case, and those of the cameras of its incident.
    pub cameras: Vec<String>,
    /// The camera's name as it is written.
    pub camera_name: String,
    /// Begin and end, its own and those of its incident; see [`Known::tells_time`].
    pub times: Vec<Clock>,
    /// The days of both.
    pub days: Vec<Date>,
    /// How sure the detector was, without the sign.
    pub percents: Vec<String>,
    /// All words that describe it, in lower case.
    pub words: String,
    /// How long it took, in seconds.
    seconds: Option<u64>,
    confidence: Option<f32>,
    stated: OnceLock<Stated>,
}

/// What the words of an event state. Read when a sentence cites it: most of what is found is never cited.
#[derive(Clone)]
struct Stated {
    /// Numbers of its description, type, names and zones, and how long it took.
    quotes: Vec<Quote>,
    /// Clock times in its description.
    times: Vec<Clock>,
}

impl Known {
    /// Numbers that a sentence about it may state: of its words, its length, how sure the detector was.
    pub(crate) fn quotes(&self) -> &[Quote] {
        &self.stated().quotes
    }

    /// Whether a sentence about it may name this time.
    pub(crate) fn tells_time(&self, time: Clock) -> bool {
        self.times.contains(&time) || self.stated().times.contains(&time)
    }

    fn stated(&self) -> &Stated {
        self.stated.get_or_init(|| {
            let mut quotes = quotes::quotes(&self.words);
            if let Some(seconds) = self.seconds {
                quotes.push(Quote::measured(seconds, "seconds"));
                quotes.extend([seconds / 60, seconds.div_ceil(60)].map(|n| Quote::measured(n, "minutes")));
            }
            if let Some(sure) = self.confidence {
                let forms = [format!("{sure:.2}"), format!("{sure:.1}")];
                quotes.extend(forms.map(|n| Quote::stated(&n, "confidence")));
            }
            let times = scan::times(&self.words).into_iter().map(|found| found.clock).collect();
            Stated { quotes, times }
        })
    }
}

/// An event as a sentence may speak of it.
pub(crate) fn known(event: &Evidence, place: &Place<'_>) -> Known {
    let name = place.camera_name(&event.camera_id);
    let begin = event.timestamp.to_zoned(place.timezone.clone());
    let mut times = vec![clock(&begin)];
    let mut days = vec![begin.date()];
    if let Some(end) = event.end_time {
        let end = end.to_zoned(place.timezone.clone());
        times.push(clock(&end));
        days.push(end.date());
    }
    let mut words = format!("{name} {} {}", event.camera_id, phrases::opened(&event.event_type));
    let more = [&event.label, &event.sub_label, &event.description];
    for part in more.into_iter().flatten().chain(&event.zones) {
        words.push(' ');
        words.push_str(&phrases::opened(part));
    }
    if let Some(name) = &event.sub_label {
        // Plates lose their hyphens when they are opened.
        words.push(' ');
        words.push_str(name);
    }
    let words = words.to_lowercase();
    let percents = event.confidence.map(|sure| format!("{:.0}", sure * 100.0)).into_iter().collect();
    let took = |end: Timestamp| end.duration_since(event.timestamp).as_secs().unsigned_abs();
    Known {
        reference: event.reference,
        cameras: vec![name.to_lowercase(), event.camera_id.to_lowercase()],
        camera_name: name.to_owned(),
        times,
        days,
        percents,
        words,
        seconds: event.end_time.map(took),
        confidence: event.confidence,
        stated: OnceLock::new(),
    }
}
