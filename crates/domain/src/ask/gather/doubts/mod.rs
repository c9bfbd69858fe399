//! What only the events can decide about a question, before it is searched: whether they say "without
//! markings" themselves, bear a zone that was described, or say of people what was asked of trucks. Must never
//! ask for less than was said.

mod said;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::{filter::event_filter, without::Without};
use crate::{
    Result,
    ask::{
        Intent, Interpretation, LeftOut,
        interpretation::{NameKind, Unresolved},
        place::Place,
    },
    event_store::{CountRequest, EventStore, GroupBy, GroupValue, Totals},
    severity,
    words::both,
};

/// Settles what is in doubt. Ordinary questions, which leave none, ask for nothing.
///
/// # Errors
/// What the event store says.
pub(crate) async fn settle(
    store: &dyn EventStore,
    place: &Place<'_>,
    interpretation: &mut Interpretation,
) -> Result<()> {
    drop_alerts_that_are_only_events(store, place, interpretation).await?;
    take_grades_for_words(store, place, interpretation).await?;
    look_for_zones(store, place, interpretation).await?;
    take_lacks_at_their_word(store, place, interpretation).await?;
    take_in_unlabelled_events_of_types(store, place, interpretation).await?;
    said::drop_deeds_that_nobody_named_does(store, place, interpretation).await?;
    said::drop_names_of_sounds(store, place, interpretation).await?;
    drop_deeds_that_no_camera_there_tells(store, place, interpretation).await?;
    said::drop_words_for_being_there(store, place, interpretation).await?;
    drop_label_of_a_word(store, place, interpretation).await
}

/// "Only alerts": where no source calls anything an alert, whatever it sent is meant, and the answer says so.
async fn drop_alerts_that_are_only_events(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    let ever = Interpretation { severities: it.severities.clone(), ..Interpretation::default() };
    if !it.severities.iter().any(|word| word == "alert") || exists(store, place, &ever).await? {
        return Ok(());
    }
    drop_severities(it);
    Ok(())
}

/// "Serious events", "alarms": where no source calls anything just this, whatever was thought as grave is meant.
async fn take_grades_for_words(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    let [word] = it.severities.as_slice() else { return Ok(()) };
    let Some(grade) = severity::grade(word).filter(|_| matches!(word.as_str(), "serious" | "alarm")) else {
        return Ok(());
    };
    let of = |severities: Vec<String>| Interpretation { severities, ..Interpretation::default() };
    if exists(store, place, &of(it.severities.clone())).await? {
        return Ok(());
    }
    let as_grave: Vec<String> = severity::words_from(grade).map(str::to_owned).collect();
    if exists(store, place, &of(as_grave.clone())).await? {
        it.severities = as_grave;
    } else {
        drop_severities(it);
    }
    Ok(())
}

fn drop_severities(it: &mut Interpretation) {
    let text = std::mem::take(&mut it.severities).join(" or ");
    it.unresolved.push(Unresolved::new(NameKind::Severity, text));
}

/// A zone that was described and that no event bears is still what somebody may have told of: "goes into the
/// kitchen".
async fn look_for_zones(store: &dyn EventStore, place: &Place<'_>, it: &mut Interpretation) -> Result<()> {
    let is_borne = |zone: &String| place.vocabulary.zones.iter().any(|known| **known == **zone);
    let [zone] = it.zones.as_slice() else { return Ok(()) };
    if is_borne(zone) || it.any_place || it.intent == Intent::Compare || it.share_of.is_some() {
        return Ok(());
    }
    let told = zone.replace(['_', '-'], " ");
    let mut worded = it.clone();
    worded.words = Some(with(it, told));
    worded.zones.clear();
    if exists(store, place, &worded).await? {
        *it = worded;
    }
    Ok(())
}

/// "Did anyone enter the yard?", where no camera ever tells of entering: that none did would be false. Asked for is
/// whoever was there, and the answer says so.
async fn drop_deeds_that_no_camera_there_tells(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    let is_somewhere = !it.cameras.is_empty() || !it.zones.is_empty();
    if it.event_types.is_empty() || !is_plain(it) || !is_somewhere {
        return Ok(());
    }
    let ever = Interpretation { periods: Vec::new(), words: None, without: Vec::new(), ..it.clone() };
    if exists(store, place, &ever).await? {
        return Ok(());
    }
    let mut there = it.clone();
    let deeds = std::mem::take(&mut there.event_types);
    if there.labels.is_empty() {
        // "person_enters" is done by a person.
        let doers = deeds.iter().filter_map(|deed| deed.split('_').next());
        let known = |doer: &&str| place.vocabulary.labels.iter().any(|label| **label == **doer);
        there.labels =
            doers.filter(known).map(ToOwned::to_owned).collect::<BTreeSet<_>>().into_iter().collect();
    }
    if there.labels.is_empty()
        || !exists(store, place, &Interpretation { periods: Vec::new(), ..there.clone() }).await?
    {
        return Ok(());
    }
    there
        .unresolved
        .extend(deeds.into_iter().map(|deed| Unresolved::new(NameKind::EventType, deed.replace('_', " "))));
    *it = there;
    Ok(())
}

/// "How many people fell?", where some falls bear no label: whoever fell is meant. Not where others fall, too.
async fn take_in_unlabelled_events_of_types(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    let [label] = it.labels.as_slice() else { return Ok(()) };
    let names_it = |kind: &String| kind.split(['_', '-', ' ']).any(|word| word == label);
    if it.event_types.is_empty() || it.event_types.iter().any(names_it) || it.share_of.is_some() {
        return Ok(());
    }
    let unlabelled = Interpretation { labels: Vec::new(), ..it.clone() };
    let request = CountRequest { words: None, ..request(&unlabelled, place, vec![GroupBy::Label]) };
    let counted = store.count(place.scope, &request).await?;
    let labels = counted.groups.iter().filter_map(|group| match group.key.first() {
        Some(GroupValue::Text(text)) => Some(&**text),
        _ => None,
    });
    let (mut has_unlabelled, mut has_others) = (false, false);
    for found in labels {
        has_unlabelled |= found.is_empty();
        has_others |= !found.is_empty() && found != label;
    }
    if has_unlabelled && !has_others {
        *it = unlabelled;
    }
    Ok(())
}

/// "Without markings" is a lack, unless events say it themselves.
async fn take_lacks_at_their_word(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    let lacks: Vec<LeftOut> = it.without.iter().filter(|out| out.is_lack).cloned().collect();
    for lack in lacks {
        let mut literal = it.clone();
        literal.without.retain(|out| *out != lack);
        literal.words = Some(with(it, format!("without {}", lack.words)));
        if exists(store, place, &literal).await? {
            *it = literal;
        } else if !it.event_types.is_empty() && is_deed(&lack.words) {
            // "Who ran out without paying?": no event that says nothing of paying tells that.
            let told = Interpretation { event_types: Vec::new(), ..literal.clone() };
            if exists(store, place, &told).await? {
                let deeds = it.event_types.iter().map(|deed| deed.replace('_', " "));
                literal = told;
                literal.unresolved.extend(deeds.map(|deed| Unresolved::new(NameKind::EventType, deed)));
            }
            *it = literal;
        }
    }
    Ok(())
}

/// Whether what is lacking is something to do and no thing: "paying", and neither "lettering" nor "clothing".
fn is_deed(words: &str) -> bool {
    let things =
        ["clothing", "lettering", "marking", "building", "lighting", "earring", "bedding", "parking"];
    let first = words.split_whitespace().next().unwrap_or_default();
    first.len() > 5 && first.ends_with("ing") && !things.contains(&first)
}

/// "Boxes unloaded from trucks" are told of those who unload them. A label that leaves nothing of the words
/// was no more than a word of what was done.
async fn drop_label_of_a_word(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    let [label] = it.labels.as_slice() else { return Ok(()) };
    if it.words.is_none() || !is_plain(it) || !names_it(it, label) || exists(store, place, it).await? {
        return Ok(());
    }
    let mut unlabelled = it.clone();
    unlabelled.labels.clear();
    if exists(store, place, &unlabelled).await? {
        *it = unlabelled;
    }
    Ok(())
}

/// Whether one of the words stands for a thing of this label, so that the words alone still say it.
fn names_it(it: &Interpretation, label: &str) -> bool {
    let words = it.words.as_deref().unwrap_or_default();
    words
        .split_whitespace()
        .any(|word| crate::ask::interpret::class_of(word).is_some_and(|class| class == label))
}

/// How many there are whatever they say; `None` where the words restrict nothing or leave something.
///
/// # Errors
/// What the event store says.
pub(super) async fn unworded(
    store: &dyn EventStore,
    place: &Place<'_>,
    interpretation: &Interpretation,
    totals: Totals,
) -> Result<Option<Totals>> {
    if interpretation.words.is_none() || totals.events > 0 || interpretation.matches_nothing {
        return Ok(None);
    }
    let mut unworded = interpretation.clone();
    unworded.words = None;
    // A name says more than "who", which the answer does not repeat.
    if !unworded.sub_labels.is_empty() {
        unworded.labels.retain(|label| label != "person");
    }
    let request = request(&unworded, place, Vec::new());
    Ok(Some(Without::of(store, &unworded).count(place.scope, &request).await?.totals))
}

/// Whether the events themselves are asked for: no comparison, no share, nothing of what was shown before.
fn is_plain(it: &Interpretation) -> bool {
    it.intent != Intent::Compare && it.share_of.is_none() && it.refers_to.is_empty()
}

async fn exists(store: &dyn EventStore, place: &Place<'_>, it: &Interpretation) -> Result<bool> {
    Without::of(store, it).exists(place.scope, &event_filter(it), it.words.as_deref()).await
}

fn request(it: &Interpretation, place: &Place<'_>, group_by: Vec<GroupBy>) -> CountRequest {
    CountRequest {
        filter: event_filter(it),
        words: it.words.clone(),
        group_by,
        timezone: place.timezone.clone(),
    }
}

/// The words of a question and others besides.
fn with(it: &Interpretation, others: String) -> String {
    match it.words.as_deref() {
        Some(words) => both(words, &others),
        None => others,
    }
}
