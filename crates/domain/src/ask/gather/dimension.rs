//! What an answer is grouped by, as the store can count it. Decides nothing: the question did.

use crate::{ask::Grouping, event_store::GroupBy};

/// What the store is asked to group by. Sites are told by their cameras, and what is longer than an hour
/// or a day by its days, until they are folded.
pub(crate) fn stored(grouping: Grouping) -> GroupBy {
    match grouping {
        Grouping::Camera | Grouping::Site => GroupBy::Camera,
        Grouping::Zone => GroupBy::Zone,
        Grouping::Label | Grouping::SubLabel => GroupBy::Label,
        Grouping::EventType => GroupBy::EventType,
        Grouping::Hour => GroupBy::Hour,
        Grouping::Day | Grouping::Week | Grouping::Month => GroupBy::Day,
        Grouping::HourOfDay | Grouping::Weekday => GroupBy::HourOfWeek,
    }
}
