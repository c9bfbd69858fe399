//! "Camera wise", "shift-wise": how much of English says "by camera", "by shift".

use super::super::{
    nouns::class_of,
    tokens::{Role, Tokens},
};

/// "Camera wise", "shift-wise": by cameras, by shifts. Puts it in the words that others use, before any place is read.
pub(in super::super) fn spell_out(tokens: &mut Tokens<'_>) {
    for at in 0..tokens.row.len().saturating_sub(1) {
        let group = &tokens.row[at];
        let is_group = matches!(
            group.singular.as_str(),
            "camera"
                | "cam"
                | "day"
                | "date"
                | "week"
                | "month"
                | "hour"
                | "zone"
                | "area"
                | "site"
                | "location"
                | "type"
                | "label"
                | "shift"
                | "severity"
                | "priority"
                | "plate"
                | "name"
                | "weekday"
                | "department"
                | "contractor"
        );
        let is_person = class_of(&group.singular) == Some("person");
        let is_wise = tokens.lower(at + 1) == "wise" && !tokens.row[at + 1].follows_break;
        if group.role != Role::Free || group.quote.is_some() || !is_wise || !(is_group || is_person) {
            continue;
        }
        let group = if is_person { "name".to_owned() } else { group.singular.clone() };
        tokens.respell(at, "by");
        tokens.respell(at + 1, &group);
    }
}
