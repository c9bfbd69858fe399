//! Groups that events do not have: "per carrier", "by severity", "per 100 people".

use super::super::{
    stop_words::is_stop_word,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{Intent, NameKind, Unresolved};

/// "Per carrier", "which company delivered most": groups that events do not have. They are reported; searched
/// for, they would leave nothing.
pub(in super::super) fn read(tokens: &mut Tokens<'_>, intent: Option<Intent>) -> Option<Unresolved> {
    let is_noun = |at: usize| {
        let token = &tokens.row[at];
        token.role == Role::Free
            && token.quote.is_none()
            && !token.is_kept
            && !token.is_number()
            && !is_stop_word(&token.lower)
            && !token.lower.ends_with("ing")
            && tokens.row.get(at + 1).is_none_or(|next| next.singular != "plate")
    };
    // Events are not counted by nights, which belong to two days.
    if let Some(at) = tokens.find("how many nights") {
        let text = tokens.slice(at + 2..at + 3).to_owned();
        return Some(Unresolved::new(NameKind::Grouping, text));
    }
    // "Per 100 people", "per 24 hours": no share of so many is told.
    let of_so_many = (1..tokens.row.len()).find(|at| {
        let token = &tokens.row[*at];
        tokens.before(*at) == "per" && token.is_number() && token.role == Role::Free && token.quote.is_none()
    });
    if let Some(at) = of_so_many {
        tokens.take(at..at + 1, Role::Intent);
        return Some(Unresolved::new(NameKind::Grouping, tokens.slice(at..tokens.row.len().min(at + 2))));
    }
    let at = (1..tokens.row.len()).find(|at| match tokens.before(*at) {
        "per" | "each" | "every" => is_noun(*at),
        "which" | "what" => {
            let is_part = matches!(tokens.lower(*at), "night" | "evening" | "morning" | "afternoon");
            (intent == Some(Intent::Busiest) || is_part) && is_noun(*at)
        }
        "by" => {
            let is_group = matches!(
                tokens.lower(*at),
                "severity" | "priority" | "carrier" | "company" | "shift" | "department" | "contractor"
            );
            is_group && is_noun(*at)
        }
        _ => false,
    })?;
    tokens.take(at..at + 1, Role::Intent);
    let written = tokens.slice(at..at + 1);
    // "Severity wise" is written otherwise than it is read.
    let text = if written == "wise" { tokens.lower(at).to_owned() } else { written.to_owned() };
    Some(Unresolved::new(NameKind::Grouping, text))
}
