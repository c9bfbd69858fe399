//! What a follow-up takes over from the question before it. A whole new question takes over nothing.

use super::{
    catalogue::Catalogue,
    nouns::noun,
    says::Says,
    stop_words::{is_question_word, is_stop_word},
    tokens::{Role, Tokens, words_of},
};
use crate::ask::interpretation::{Intent, Interpretation, QuestionForm};

/// The longest fragment that is read as a follow-up ("and on camera 3 in the morning?").
const FRAGMENT_WORDS_MAX: usize = 7;

/// Whether the question leans on the one before it.
pub(super) fn is_follow_up(tokens: &Tokens<'_>, says: Says, intent: Option<Intent>) -> bool {
    if tokens.row.is_empty() || matches!(intent, Some(Intent::SmallTalk | Intent::Help | Intent::ListCameras))
    {
        return false;
    }
    if says.relative_period || opens_as_follow_up(tokens) {
        return true;
    }
    let is_whole = (says.subject() || says.words) && says.periods;
    (!is_whole && points_back(tokens, says))
        || is_bare_question(tokens, says, intent)
        || is_bare_command(tokens)
        || is_fragment(tokens, says)
}

/// "start over", "new question": what went before no longer counts. Takes these words.
pub(super) fn read_fresh_start(tokens: &mut Tokens<'_>) -> bool {
    let phrases = [
        "start over",
        "start again",
        "new question",
        "new topic",
        "different question",
        "another question",
        "forget that",
        "forget it",
    ];
    let Some(at) = phrases.iter().find_map(|phrase| tokens.find(phrase)) else { return false };
    if tokens.is_free(at..at + 2) {
        tokens.take(at..at + 2, Role::Intent);
    }
    true
}

/// Where the opener of a follow-up ends: "what about …", "no, I meant …".
pub(super) fn opener(tokens: &Tokens<'_>) -> usize {
    let mut end = 0;
    loop {
        let phrase = [
            "what about",
            "how about",
            "i meant",
            "i mean",
            "only show",
            "just show",
            "and",
            "only",
            "just",
            "also",
            "but",
            "no",
            "nope",
            "not",
            "or",
            "plus",
            "then",
            "except",
            "excluding",
            "without",
            "same",
            "instead",
            "ok",
            "okay",
            "now",
            "sorry",
            "the same",
            "compared",
            "compare with",
            "compare to",
            "versus",
            "vs",
            "thanks",
            "thank you",
            "great",
            "cool",
            "nice",
        ]
        .iter()
        .find(|phrase| tokens.has_at(end, phrase));
        match phrase {
            Some(phrase) if tokens.row[end].role != Role::Time => end += phrase.split(' ').count(),
            _ => return end,
        }
    }
}

fn opens_as_follow_up(tokens: &Tokens<'_>) -> bool {
    let end = opener(tokens);
    let is_mere_nod = (0..end).all(|at| {
        matches!(
            tokens.lower(at),
            "ok" | "okay"
                | "now"
                | "sorry"
                | "no"
                | "nope"
                | "thanks"
                | "thank"
                | "you"
                | "great"
                | "cool"
                | "nice"
        )
    }) && tokens.row.len() > end + FRAGMENT_WORDS_MAX;
    end > 0 && !is_mere_nod
}

/// "they", "those", "there", "around then".
fn points_back(tokens: &Tokens<'_>, says: Says) -> bool {
    if tokens.find("instead").is_some()
        || tokens.find("the same").is_some()
        || tokens.find("what else").is_some()
    {
        return true;
    }
    let is_last = |at: usize| at + 1 >= tokens.row.len() || tokens.row[at + 1].follows_break;
    (0..tokens.row.len()).filter(|at| tokens.row[*at].role != Role::Time).any(|at| match tokens.lower(at) {
        "they" | "them" | "he" | "she" | "him" => true,
        "it" | "their" | "his" | "her" | "its" | "one" | "ones" => !says.subject(),
        "those" | "these" => !says.labels || is_last(at),
        "that" | "this" => {
            is_last(at)
                || matches!(
                    tokens.before(at),
                    "about" | "was" | "is" | "did" | "like" | "before" | "after" | "compare"
                )
        }
        "then" => {
            matches!(tokens.before(at), "around" | "since" | "by" | "until" | "before" | "after" | "back")
        }
        "there" => !says.places && !is_existential(tokens, at),
        _ => false,
    })
}

/// "were there any", "there was a": no place is meant.
fn is_existential(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_be =
        |word: &str| matches!(word, "is" | "was" | "were" | "are" | "been" | "be" | "wasnt" | "werent");
    if is_be(tokens.lower(at + 1)) {
        return true;
    }
    let asks_who = at >= 2
        && matches!(tokens.lower(at - 2), "who" | "what" | "which" | "anyone" | "someone" | "anybody");
    is_be(tokens.before(at)) && !asks_who
}

/// "how many?", "when?", "where exactly?": a question about what the last one found.
fn is_bare_question(tokens: &Tokens<'_>, says: Says, intent: Option<Intent>) -> bool {
    let asks = tokens.row.iter().any(|token| is_question_word(&token.lower));
    let is_about_something =
        says.periods || says.places || says.zones || says.sub_labels || says.event_types || says.words;
    let is_fitting = matches!(
        intent,
        None | Some(
            Intent::Count
                | Intent::First
                | Intent::Last
                | Intent::Busiest
                | Intent::HowLong
                | Intent::Related
        )
    );
    let is_short = tokens.row.len() <= if says.labels { 4 } else { FRAGMENT_WORDS_MAX };
    asks && is_short && is_fitting && !is_about_something
}

/// "show me", "list them please", "per day?", "anyone else?": what the last question found.
fn is_bare_command(tokens: &Tokens<'_>) -> bool {
    let words = tokens.row.len();
    if words <= 3 && matches!(tokens.lower(0), "per" | "by" | "each") {
        return true;
    }
    if words == 2 && tokens.lower(1) == "else" {
        return true;
    }
    matches!(tokens.lower(0), "show" | "list" | "display" | "play")
        && (1..tokens.row.len()).all(|at| matches!(tokens.lower(at), "me" | "us" | "please" | "now"))
}

/// "camera 3?", "yesterday", "vehicles?": one thing named and nothing done.
fn is_fragment(tokens: &Tokens<'_>, says: Says) -> bool {
    let kinds = [says.periods, says.places || says.zones, says.subject(), says.min_confidence];
    let one_kind = kinds.iter().filter(|said| **said).count() == 1;
    one_kind
        && !says.words
        && !says.intent
        && (!says.form || (says.labels && tokens.lower(0) == "any" && tokens.row.len() <= 3))
        && !says.event_types
        && tokens.row.len() <= FRAGMENT_WORDS_MAX
        && tokens.row.iter().all(|token| token.role != Role::Free || is_stop_word(&token.lower))
}

/// Takes over what the question does not say itself, and lists it. Only what may still be seen is taken
/// over; when nothing of a field is left, nothing matches.
pub(super) fn take_over(
    it: &mut Interpretation,
    previous: &Interpretation,
    says: Says,
    catalogue: &Catalogue,
) {
    let mut carried: Vec<&str> = Vec::new();
    if !says.periods && !previous.periods.is_empty() {
        it.periods.clone_from(&previous.periods);
        carried.push("periods");
    }
    if !says.places {
        take_over_places(it, previous, says, catalogue, &mut carried);
    }
    if it.intent != Intent::Related || it.form == QuestionForm::Where {
        take_over_subject(it, previous, says, catalogue, &mut carried);
    }
    if !says.min_confidence && previous.min_confidence.is_some() {
        it.min_confidence = previous.min_confidence;
        carried.push("min_confidence");
    }
    let asks_for_an_end = matches!(it.intent, Intent::First | Intent::Last);
    if says.intent && asks_for_an_end && !says.form && previous.form != QuestionForm::Show {
        it.form = previous.form;
        carried.push("form");
    }
    if !says.intent && !says.form && !is_aside(previous.intent) {
        if previous.intent != Intent::Find {
            carried.push("intent");
        }
        if previous.form != QuestionForm::Show {
            carried.push("form");
        }
        (it.intent, it.form) = (previous.intent, previous.form);
    }
    if says.intent && it.intent == Intent::Compare {
        set_against(it, previous, says, catalogue, &mut carried);
    }
    it.carried_over = carried.into_iter().map(str::to_owned).collect();
}

/// "and the second one?" after "when was the first one?": asked in the same way of another event.
pub(super) fn take_over_form(it: &mut Interpretation, previous: &Interpretation, says: Says) {
    let is_of_one = matches!(previous.intent, Intent::Find | Intent::HowLong | Intent::Related);
    if says.intent || says.form || !is_of_one {
        return;
    }
    if previous.intent != Intent::Find {
        it.carried_over.push("intent".to_owned());
    }
    if previous.form != QuestionForm::Show {
        it.carried_over.push("form".to_owned());
    }
    (it.intent, it.form) = (previous.intent, previous.form);
}

/// "compared with the day before?": what is named is set against what the last question was about.
fn set_against(
    it: &mut Interpretation,
    previous: &Interpretation,
    says: Says,
    catalogue: &Catalogue,
    carried: &mut Vec<&str>,
) {
    if says.periods && it.periods.len() == 1 && !previous.periods.is_empty() {
        let mut both = previous.periods.clone();
        both.append(&mut it.periods);
        it.periods = both;
        carried.push("periods");
    } else if says.places && it.unresolved.is_empty() && !previous.cameras.is_empty() {
        it.cameras.extend(previous.cameras.iter().filter(|id| catalogue.has_camera(id)).cloned());
        let is_known = |id: &&String| !catalogue.cameras_of_site(id).is_empty();
        it.sites.extend(previous.sites.iter().filter(is_known).cloned());
        for ids in [&mut it.cameras, &mut it.sites] {
            ids.sort();
            ids.dedup();
        }
        carried.push("cameras");
    } else if says.labels && !says.periods && !previous.labels.is_empty() {
        let is_known = |label: &&String| {
            catalogue.has_no_terms() || catalogue.labels.iter().any(|known| **known == ***label)
        };
        it.labels.extend(previous.labels.iter().filter(is_known).cloned());
        it.labels.sort();
        it.labels.dedup();
        carried.push("labels");
    }
}

fn is_aside(intent: Intent) -> bool {
    matches!(intent, Intent::SmallTalk | Intent::Help | Intent::ListCameras)
}

fn take_over_places(
    it: &mut Interpretation,
    previous: &Interpretation,
    says: Says,
    catalogue: &Catalogue,
    carried: &mut Vec<&str>,
) {
    let before = it.matches_nothing;
    if carry(&mut it.cameras, &previous.cameras, |id| catalogue.has_camera(id), &mut it.matches_nothing) {
        carried.push("cameras");
    }
    let mut ignored = false;
    if carry(&mut it.sites, &previous.sites, |id| !catalogue.cameras_of_site(id).is_empty(), &mut ignored) {
        carried.push("sites");
    }
    // What matched nothing before still matches nothing, even where no camera is left to say so.
    it.matches_nothing |=
        before || (previous.matches_nothing && previous.cameras.is_empty() && !says.subject());
    let is_known = |zone: &str| catalogue.zones.iter().any(|known| known.name == zone);
    if !says.zones && carry(&mut it.zones, &previous.zones, is_known, &mut it.matches_nothing) {
        carried.push("zones");
    }
}

fn take_over_subject(
    it: &mut Interpretation,
    previous: &Interpretation,
    says: Says,
    catalogue: &Catalogue,
    carried: &mut Vec<&str>,
) {
    let any = catalogue.has_no_terms();
    let is_label = |label: &str| any || catalogue.labels.iter().any(|known| &**known == label);
    let is_type = |name: &str| any || catalogue.event_types.iter().any(|known| &*known.name == name);
    let is_name = |name: &str| any || catalogue.sub_labels.iter().any(|known| &**known == name);
    let mut types = previous.event_types.clone();
    if says.labels {
        types.retain(|name| fits(name, &it.labels, catalogue));
    } else if !says.sub_labels && !previous.labels.is_empty() {
        let fitting: Vec<String> =
            it.event_types.iter().filter(|name| fits(name, &previous.labels, catalogue)).cloned().collect();
        if !says.event_types || !fitting.is_empty() {
            if says.event_types {
                it.event_types = fitting;
            }
            if carry(&mut it.labels, &previous.labels, is_label, &mut it.matches_nothing) {
                carried.push("labels");
            }
        }
    }
    if says.event_types {
        return;
    }
    if carry(&mut it.event_types, &types, is_type, &mut it.matches_nothing) {
        carried.push("event_types");
        // "who brought it?" after deliveries: their events are labelled as they are, whoever did it.
        if !says.labels && previous.labels.is_empty() {
            it.labels.clear();
        }
    }
    if says.labels {
        return;
    }
    if !says.sub_labels && carry(&mut it.sub_labels, &previous.sub_labels, is_name, &mut it.matches_nothing) {
        carried.push("sub_labels");
    }
    if !says.words && !says.sub_labels && previous.words.is_some() {
        it.words.clone_from(&previous.words);
        carried.push("words");
    }
}

/// Whether a type can be done by one of these labels.
fn fits(event_type: &str, labels: &[String], catalogue: &Catalogue) -> bool {
    let words = words_of(event_type);
    let Some(subject) = words.first() else { return true };
    let is_thing = catalogue.labels.iter().any(|label| &**label == subject) || noun(subject).is_some();
    let class = noun(subject).map_or(subject.as_str(), |noun| noun.class);
    !is_thing || labels.iter().any(|label| label == subject || label == class)
}

/// Takes a list over as far as it may still be seen; says whether there was one.
fn carry(
    into: &mut Vec<String>,
    from: &[String],
    is_known: impl Fn(&str) -> bool,
    is_nothing: &mut bool,
) -> bool {
    if from.is_empty() {
        return false;
    }
    *into = from.iter().filter(|entry| is_known(entry)).cloned().collect();
    *is_nothing |= into.is_empty();
    !into.is_empty()
}
