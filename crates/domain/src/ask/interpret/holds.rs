//! What a question was found to hold before what is wanted of it is read.

use super::{event_types::TypesRead, intents::Holds, labels::LabelMention, periods::Mention, places::Places};

/// All but whether a turn went before.
pub(super) fn of(
    mentions: &[Mention],
    places: &Places,
    labels: &[LabelMention],
    types: &TypesRead,
    sub_labels: usize,
) -> Holds {
    let strong = labels.iter().filter(|mention| !mention.is_weak && !mention.is_left_out).count();
    Holds {
        a_subject: labels.iter().any(|mention| !mention.is_weak) || !types.names.is_empty() || sub_labels > 0,
        a_place: places.names_a_place(),
        a_period: !mentions.is_empty(),
        goes_on: false,
        two_of_a_kind: strong > 1
            || sub_labels > 1
            || mentions.len() > 1
            || places.mentions.len() > 1
            || !types.listed.is_empty(),
    }
}
