//! What the words of a call mean here: the same interpreter, the same names, the same fields of the request
//! as for the question itself. A name that means nothing is told, never ignored.

use super::arguments::{Arguments, Wrong};
use crate::{
    Period,
    ask::{
        Interpretation, NameKind,
        asking::Asking,
        check::plain,
        interpret::{Catalogue, Question, interpret},
        write::phrases,
    },
};

/// Reads each argument apart, so that one cannot change another. Without a time it is the `usual` one.
pub(super) fn meant(
    asking: &Asking<'_>,
    catalogue: &Catalogue,
    arguments: &Arguments,
    usual: &[Period],
) -> Result<Interpretation, Wrong> {
    let read = |text: &str| {
        interpret(&Question {
            text,
            filters: &asking.request.filters,
            now: asking.now,
            timezone: &asking.timezone,
            previous: None,
            before_previous: None,
            evidence: &[],
            date_order: asking.date_order,
            catalogue,
        })
        .map_err(Wrong::of)
    };
    let mut meant = read(arguments.what.as_deref().unwrap_or_default())?;
    if let Some(place) = &arguments.place {
        let named = read(&format!("at {place}"))?;
        if named.cameras.is_empty() && named.sites.is_empty() && named.zones.is_empty() {
            return Err(unknown_place(place, &named));
        }
        meant.matches_nothing |= named.matches_nothing;
        (meant.cameras, meant.sites) = (named.cameras, named.sites);
        meant.any_place = named.any_place;
        meant.zones = if named.zones.is_empty() { meant.zones } else { named.zones };
        meant.unresolved = named.unresolved;
    }
    if let Some(unknown) =
        meant.unresolved.iter().find(|name| matches!(name.kind, NameKind::Camera | NameKind::Site))
    {
        return Err(unknown_place(&unknown.text, &meant));
    }
    if let Some(when) = &arguments.when {
        let told = read(when)?;
        if told.periods.is_empty() {
            let message = "`when` was not understood; say it in English as in a question: \
                           \"last night\", \"yesterday between 2 and 4pm\", \"12 May\"";
            return Err(Wrong::new(message));
        }
        meant.periods = told.periods;
    } else if meant.periods.is_empty() {
        meant.periods = usual.to_vec();
    }
    Ok(meant)
}

fn unknown_place(name: &str, meant: &Interpretation) -> Wrong {
    let like: Vec<&str> =
        meant.unresolved.iter().flat_map(|name| name.did_you_mean.iter().map(String::as_str)).collect();
    let mut message = format!("there is no camera, site or zone called “{}”", plain(name));
    if !like.is_empty() {
        push!(message, "; there is {}", phrases::list(&like, "or"));
    }
    Wrong::new(message)
}
