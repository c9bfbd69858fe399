//! What tools found, as the model sees it: figures under names of ours, no ids.

use serde_json::{Value, json};

use crate::{
    ask::{ComparisonSide, Grouping, check::plain, gather::ranking::GroupKey, place::Place, write::groups},
    event_store::Totals,
};

pub(super) fn shown_group(by: Grouping, key: &GroupKey, totals: Totals, place: &Place<'_>) -> Value {
    let name = groups::name(by, key, place);
    json!({ "name": name, "events": totals.events, "visits": totals.visits })
}

pub(super) fn shown_side(side: &ComparisonSide) -> Value {
    json!({ "name": plain(&side.name), "events": side.events, "visits": side.visits })
}
