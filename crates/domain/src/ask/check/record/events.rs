//! One event as a sentence may speak of it.

use jiff::civil::Date;

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
    /// Begin and end, its own and those of its incident.
    pub times: Vec<Clock>,
    /// The days of both.
    pub days: Vec<Date>,
    /// Numbers of its description, type, names and zones, and how long it took.
    pub quotes: Vec<Quote>,
    /// How sure the detector was, without the sign.
    pub percents: Vec<String>,
    /// All words that describe it, in lower case.
    pub words: String,
}

/// An event as a sentence may speak of it.
pub(crate) fn known(event: &Evidence, place: &Place<'_>) -> Known {
    let name = place.camera_name(&event.camera_id);
    let begin = event.timestamp.to_zoned(place.timezone.clone());
    let mut times = vec![clock(&begin)];
    let mut days = vec![begin.date()];
    let mut quotes = Vec::new();
    if let Some(end) = event.end_time {
        let seconds = end.duration_since(event.timestamp).as_secs().unsigned_abs();
        quotes.push(Quote::measured(seconds, "seconds"));
        quotes.extend([seconds / 60, seconds.div_ceil(60)].map(|n| Quote::measured(n, "minutes")));
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
    quotes.extend(quotes::quotes(&words));
    times.extend(scan::times(&words).into_iter().map(|found| found.clock));
    let percents = event.confidence.map(|sure| format!("{:.0}", sure * 100.0)).into_iter().collect();
    if let Some(sure) = event.confidence {
        quotes.extend([format!("{sure:.2}"), format!("{sure:.1}")].map(|n| Quote::stated(&n, "confidence")));
    }
    Known {
        reference: event.reference,
        cameras: vec![name.to_lowercase(), event.camera_id.to_lowercase()],
        camera_name: name.to_owned(),
        times,
        days,
        quotes,
        percents,
        words,
    }
}
