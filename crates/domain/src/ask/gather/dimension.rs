//! What a question wants to see ranked: cameras, hours, days, labels … Reads words only; asks nothing.

use crate::{
    ask::{Intent, Interpretation, QuestionForm},
    event_store::GroupBy,
};

/// Longer than this, "when was it busiest" is answered by days.
const HOURS_SECONDS_MAX: f64 = 2.0 * 86_400.0;

/// By what to group, if at all.
pub(crate) fn dimension(interpretation: &Interpretation, question: &str) -> Option<GroupBy> {
    use GroupBy::{Camera, Day, EventType, Hour, HourOfWeek, Label, Zone};
    let is_busiest = interpretation.intent == Intent::Busiest;
    let asks_which = matches!(interpretation.form, QuestionForm::Which | QuestionForm::Where);
    if !is_busiest && !asks_which {
        return None;
    }
    if matches!(
        interpretation.intent,
        Intent::First | Intent::Last | Intent::Unusual | Intent::Related | Intent::Compare
    ) {
        return None;
    }
    let named = question.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
        Some(match word.to_lowercase().as_str() {
            "camera" | "cameras" | "cam" | "cams" | "where" | "place" | "location" => Camera,
            "hour" | "hours" => Hour,
            "time" | "times" | "when" => by_length(interpretation),
            "day" | "days" | "date" | "dates" => Day,
            "weekday" | "weekdays" => HourOfWeek,
            "zone" | "zones" | "area" | "areas" => Zone,
            "label" | "labels" | "object" | "objects" | "kind" | "kinds" => Label,
            "type" | "types" | "activity" | "activities" => EventType,
            _ => return None,
        })
    });
    match (named, interpretation.form) {
        (Some(found), _) => Some(found),
        (None, QuestionForm::Where) => Some(Camera),
        (None, QuestionForm::When) if is_busiest => Some(by_length(interpretation)),
        (None, _) if is_busiest && interpretation.cameras.len() == 1 => Some(by_length(interpretation)),
        (None, _) => is_busiest.then_some(Camera),
    }
}

/// Whether the smallest group is wanted: "the quietest hour", "the fewest people".
pub(crate) fn asks_for_least(question: &str) -> bool {
    let mut before = String::new();
    question.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).any(|word| {
        let word = word.to_lowercase();
        let is_least = matches!(word.as_str(), "quietest" | "fewest") || (word == "least" && before != "at");
        before = word;
        is_least
    })
}

fn by_length(interpretation: &Interpretation) -> GroupBy {
    let seconds: f64 = interpretation.periods.iter().map(crate::Period::seconds).sum();
    if !interpretation.periods.is_empty() && seconds <= HOURS_SECONDS_MAX {
        GroupBy::Hour
    } else {
        GroupBy::Day
    }
}

#[cfg(test)]
mod tests {
    use super::asks_for_least;

    #[test]
    fn the_least_is_wanted_only_where_it_is_asked_for() {
        for question in
            ["What was the quietest hour?", "Which camera had the fewest people", "the least traffic"]
        {
            assert!(asks_for_least(question), "{question}");
        }
        for question in ["What was the busiest hour?", "at least 3 people", "most people"] {
            assert!(!asks_for_least(question), "{question}");
        }
    }
}
