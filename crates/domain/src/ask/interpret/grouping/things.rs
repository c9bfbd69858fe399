//! The nouns that answers can be grouped by. Knows nothing of the question around them.

use super::super::tokens::{Role, Tokens};
use crate::ask::interpretation::Grouping;

/// What a noun groups by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Named(Grouping),
    /// "When", "what time": hours or days, whichever suits the period.
    ByLength,
    /// "At what time": hours, of any day where many days are asked of.
    Clock,
    /// "Which car": names or kinds of what is asked for.
    OfSubject,
}

/// What a noun of grouping stands for.
pub(super) fn thing(tokens: &Tokens<'_>, at: usize) -> Option<Group> {
    use Grouping::{
        Camera, Day, EventType, Hour, HourOfDay, Label, Month, Site, SubLabel, Week, Weekday, Zone,
    };
    let token = &tokens.row[at];
    // "camera 5", "gate hour-3": a name follows, no group.
    if tokens.row.get(at + 1).is_some_and(|next| next.is_number() && !next.follows_break) {
        return None;
    }
    let is_of_day = tokens.has_at(at + 1, "of the day") || tokens.has_at(at + 1, "of day");
    let is_of_week = tokens.has_at(at + 1, "of the week") || tokens.has_at(at + 1, "of week");
    let grouping = match token.singular.as_str() {
        "camera" | "cam" | "place" | "location" | "spot" | "where" | "view" => Camera,
        "site" | "building" | "facility" | "station" | "branch" | "store" | "school" | "office" => Site,
        "zone" | "area" => Zone,
        "hour" | "time" | "part" if is_of_day => HourOfDay,
        "hour" => Hour,
        "time" if matches!(tokens.before(at), "what" | "which") => return Some(Group::Clock),
        "time" if token.lower == "times" => return Some(Group::Clock),
        "time" | "when" => return Some(Group::ByLength),
        "day" if is_of_week => Weekday,
        "day" | "date" => Day,
        "weekday" => Weekday,
        "week" => Week,
        "month" => Month,
        "kind" | "type" | "sort" | "class" if tokens.lower(at + 1) == "of" => {
            let of = tokens.row.get(at + 2).map_or("", |token| token.singular.as_str());
            if matches!(of, "event" | "activity" | "incident" | "alarm" | "alert" | "action" | "behaviour") {
                EventType
            } else {
                Label
            }
        }
        "label" | "object" | "kind" | "class" => Label,
        "type" | "activity" => EventType,
        "plate" | "name" => SubLabel,
        // Where detectors have no label for faces, those that are told apart have names.
        "face" if token.role == Role::Free => SubLabel,
        _ => return None,
    };
    Some(Group::Named(grouping))
}

/// Whether a word ranks.
pub(in super::super) fn is_superlative(word: &str) -> bool {
    matches!(word, "busiest" | "quietest" | "peak" | "most" | "least" | "slowest" | "calmest" | "active")
        || matches!(word, "common" | "frequent" | "fewest" | "busy" | "latest" | "newest" | "earliest")
}
