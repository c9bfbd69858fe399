//! What a question says was done, where the events do not say it: of whoever bears a name, of who makes a sound, of who
//! comes somewhere. What is dropped is told in the answer.

use std::collections::BTreeSet;

use super::{exists, is_plain};
use crate::{
    Result,
    ask::{
        Intent, Interpretation,
        interpret::is_sound,
        interpretation::{NameKind, Unresolved},
        place::Place,
    },
    event_store::EventStore,
};

/// "When did UPS arrive?", where only ambulances are said to: that it never did would be false. Asked for is when it
/// was seen, and the answer says so.
pub(super) async fn drop_deeds_that_nobody_named_does(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    if it.sub_labels.is_empty() || it.event_types.is_empty() || !is_plain(it) {
        return Ok(());
    }
    let named = Interpretation { sub_labels: it.sub_labels.clone(), ..Interpretation::default() };
    let ever = Interpretation { event_types: it.event_types.clone(), ..named.clone() };
    if exists(store, place, &ever).await? || !exists(store, place, &named).await? {
        return Ok(());
    }
    let deeds = std::mem::take(&mut it.event_types);
    let verbs: BTreeSet<&str> = deeds.iter().filter_map(|deed| deed.rsplit(['_', '-', ' ']).next()).collect();
    it.unresolved.push(Unresolved::new(NameKind::Deed, verbs.into_iter().collect::<Vec<_>>().join(" or ")));
    Ok(())
}

/// "How often did Rex bark?", where no bark bears a name: the barks are counted, and the answer says that they are
/// anyone's.
pub(super) async fn drop_names_of_sounds(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    let are_sounds = !it.labels.is_empty() && it.labels.iter().all(|label| is_sound(label));
    if it.sub_labels.is_empty() || !are_sounds || it.share_of.is_some() {
        return Ok(());
    }
    let sounds = Interpretation { labels: it.labels.clone(), ..Interpretation::default() };
    let named = Interpretation { sub_labels: it.sub_labels.clone(), ..sounds.clone() };
    if exists(store, place, &named).await? {
        return Ok(());
    }
    let text = std::mem::take(&mut it.sub_labels).join(" or ");
    it.unresolved.push(Unresolved::new(NameKind::Doer, text));
    Ok(())
}

/// "Did anyone enter the storeroom?", where no event says so in its words: asked for is whoever was seen there, and the
/// answer says so.
pub(super) async fn drop_words_for_being_there(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    if it.share_of.is_some() {
        return drop_words_of_a_share(store, place, it).await;
    }
    let perhaps = it.perhaps.take().filter(|perhaps| it.words.as_ref() == Some(&perhaps.words));
    let is_compared = it.intent == Intent::Compare && it.sides.is_empty() && it.share_of.is_none();
    let Some(perhaps) = perhaps.filter(|_| is_plain(it) || is_compared) else { return Ok(()) };
    let there = Interpretation { words: perhaps.surely, ..it.clone() };
    let names_anything = there.words.is_some()
        || !there.labels.is_empty()
        || !there.sub_labels.is_empty()
        || !there.event_types.is_empty();
    if !names_anything || exists(store, place, it).await? || !exists(store, place, &there).await? {
        return Ok(());
    }
    *it = there;
    let text = perhaps.said.join(" ");
    it.unresolved.push(Unresolved::new(NameKind::Deed, text));
    Ok(())
}

/// "What share of visitors were women?", where no event says "visitor": of whoever was seen, in both halves.
async fn drop_words_of_a_share(
    store: &dyn EventStore,
    place: &Place<'_>,
    it: &mut Interpretation,
) -> Result<()> {
    let Some(mut whole) = it.share_of.take() else { return Ok(()) };
    let (of_whole, of_part) = (whole.perhaps.take(), it.perhaps.take());
    let in_whole = of_whole.filter(|perhaps| whole.words.as_ref() == Some(&perhaps.words));
    let mut said = Vec::new();
    if let Some(perhaps) = in_whole {
        let there = Interpretation { words: perhaps.surely, ..(*whole).clone() };
        if !exists(store, place, &whole).await? && exists(store, place, &there).await? {
            it.words = it.words.take().and_then(|words| without(&words, &perhaps.said));
            (*whole, said) = (there, perhaps.said);
        }
    } else if let Some(perhaps) = of_part.filter(|perhaps| it.words.as_ref() == Some(&perhaps.words)) {
        let there = Interpretation { words: perhaps.surely, ..it.clone() };
        if !exists(store, place, it).await? && exists(store, place, &there).await? {
            (*it, said) = (there, perhaps.said);
        }
    }
    if !said.is_empty() {
        it.unresolved.push(Unresolved::new(NameKind::Deed, said.join(" ")));
    }
    it.share_of = Some(whole);
    Ok(())
}

/// The words without these.
fn without(words: &str, dropped: &[String]) -> Option<String> {
    let rest: Vec<&str> =
        words.split_whitespace().filter(|word| !dropped.iter().any(|one| one == word)).collect();
    (!rest.is_empty()).then(|| rest.join(" "))
}
