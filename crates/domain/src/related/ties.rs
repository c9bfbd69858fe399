//! How two events tie together: the gap between them, the way between their cameras, the words that
//! they share. Pure; asks nothing and must never name a camera that the caller may not see.

use std::collections::{HashMap, HashSet};

use crate::{CameraDirectory, Event, ask::plain};

/// Words that join others and say nothing of what was seen.
const JOINING: [&str; 12] =
    ["and", "are", "for", "from", "has", "into", "its", "near", "out", "the", "towards", "with"];
/// The longest word that joins without being listed: "a", "of", "in".
const JOINING_CHARS_MAX: usize = 2;

/// Seconds between two events; zero when they overlap.
pub(crate) fn gap_seconds(a: &Event, b: &Event) -> f64 {
    let (first, second) = if a.timestamp <= b.timestamp { (a, b) } else { (b, a) };
    second.timestamp.duration_since(first.end()).as_secs_f64().max(0.0)
}

/// "40 s after", "10 min before", "at the same time": where an event lies, seen from another.
pub(crate) fn gap_in_words(anchor: &Event, event: &Event, gap: f64) -> String {
    if gap == 0.0 {
        return "at the same time".to_owned();
    }
    let side = if event.timestamp < anchor.timestamp { "before" } else { "after" };
    if gap < 120.0 { format!("{gap:.0} s {side}") } else { format!("{:.0} min {side}", gap / 60.0) }
}

/// How close two cameras are: the same 1, a neighbour that can be reached within the gap 0.9, a
/// neighbour 0.7, the same site 0.5. `None` for cameras that nothing ties together.
pub(crate) fn place(
    directory: &CameraDirectory,
    here: &str,
    there: &str,
    gap_seconds: f64,
) -> Option<(f64, String)> {
    if here == there {
        return Some((1.0, "the same camera".to_owned()));
    }
    let name = plain(directory.camera_name(there));
    if let Some(travel) = directory.travel_time(here, there) {
        let seconds = travel.as_secs_f64();
        // Twice and half the usual time are still a plausible walk.
        let is_walk = gap_seconds >= seconds * 0.5 && gap_seconds <= seconds * 2.0;
        let why = if is_walk {
            format!("{name} is a neighbour, and the gap fits the usual way of {seconds:.0} s")
        } else {
            format!("{name} is a neighbour")
        };
        return Some((if is_walk { 0.9 } else { 0.7 }, why));
    }
    let site = directory.site_of(here)?;
    (directory.site_of(there) == Some(site)).then(|| {
        let name = directory.sites().get(site).and_then(|s| s.name.as_deref()).unwrap_or(site);
        (0.5, format!("the same site ({})", plain(name)))
    })
}

/// How rare words are among some events: a rare word that two events share says more than a common one.
pub(crate) struct Rarity {
    events: f64,
    holding: HashMap<String, u32>,
}

impl Rarity {
    /// Counts the words of the descriptions of these events.
    pub(crate) fn among<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut rarity = Self { events: 0.0, holding: HashMap::new() };
        for event in events {
            rarity.events += 1.0;
            for word in words(event) {
                *rarity.holding.entry(word).or_default() += 1;
            }
        }
        rarity
    }

    /// How much two events look like the same subject, 0 to 1: a name that both carry decides; else
    /// the share of the words of the shorter description that the other holds as well, each word by
    /// its rarity. Without descriptions nothing is known: 0.
    pub(crate) fn likeness(&self, a: &Event, b: &Event) -> f64 {
        if let (Some(a), Some(b)) = (&a.sub_label, &b.sub_label) {
            return if a == b { 1.0 } else { 0.0 };
        }
        let (a, b) = (words(a), words(b));
        let weight =
            |words: &mut dyn Iterator<Item = &String>| words.map(|word| self.weight(word)).sum::<f64>();
        let least = weight(&mut a.iter()).min(weight(&mut b.iter()));
        let shared = weight(&mut a.intersection(&b));
        if least > 0.0 { (shared / least).clamp(0.0, 1.0) } else { 0.0 }
    }

    fn weight(&self, word: &str) -> f64 {
        let holding = f64::from(self.holding.get(word).copied().unwrap_or(1));
        ((self.events.max(holding) + 1.0) / holding).ln()
    }
}

fn words(event: &Event) -> HashSet<String> {
    let Some(description) = &event.description else { return HashSet::new() };
    let lower = description.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > JOINING_CHARS_MAX && !JOINING.contains(word))
        .map(ToOwned::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn event(id: &str, start: &str, end: &str) -> Event {
        let json = format!(
            r#"{{"event_id":"{id}","timestamp":"{start}","end_time":"{end}","camera_id":"c","event_type":"t"}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn overlapping_events_have_no_gap_and_the_side_is_named() {
        let anchor = event("a", "2026-05-13T09:00:00Z", "2026-05-13T09:00:10Z");
        let inside = event("b", "2026-05-13T09:00:05Z", "2026-05-13T09:00:06Z");
        let before = event("c", "2026-05-13T08:50:00Z", "2026-05-13T08:50:00Z");
        assert_eq!(gap_in_words(&anchor, &inside, gap_seconds(&anchor, &inside)), "at the same time");
        assert_eq!(gap_in_words(&anchor, &before, gap_seconds(&anchor, &before)), "10 min before");
    }

    #[test]
    fn rare_words_and_equal_names_make_events_alike_and_other_names_never_do() {
        let told = |text: &str, name: Option<&str>| Event {
            description: Some(text.to_owned()),
            sub_label: name.map(ToOwned::to_owned),
            ..event("x", "2026-05-13T09:00:00Z", "2026-05-13T09:00:00Z")
        };
        let climbs = told("A person in dark clothes climbs over the fence", None);
        let runs = told("A person in dark clothes runs across the yard", None);
        let worker = told("A worker in a red jacket moves a box", None);
        let rarity = Rarity::among([&climbs, &runs, &worker]);
        assert!(rarity.likeness(&climbs, &runs) > 0.3);
        assert!(rarity.likeness(&climbs, &worker) < 0.1);
        assert!((rarity.likeness(&runs, &climbs) - rarity.likeness(&climbs, &runs)).abs() < 1e-9);
        let (one, other) = (told("A grey van", Some("AB 1")), told("A grey van", Some("CD 2")));
        assert!(rarity.likeness(&one, &other) < 1e-9);
        assert!(rarity.likeness(&one, &told("Something", Some("AB 1"))) > 0.999);
    }
}
