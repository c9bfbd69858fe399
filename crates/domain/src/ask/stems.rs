//! English inflection, folded just far enough that "entered", "enters" and "entering" meet.
//!
//! A stem is for comparing, never for showing: "leaving" and "left" both become "leav".

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use rustc_hash::FxHashMap;

/// The singular of a noun in lower case; other words stay as they are.
pub(crate) fn singular(word: &str) -> Cow<'_, str> {
    match word {
        "people" | "persons" | "ppl" => return Cow::Borrowed("person"),
        "men" | "mens" => return Cow::Borrowed("man"),
        "women" | "womens" => return Cow::Borrowed("woman"),
        "children" | "childrens" => return Cow::Borrowed("child"),
        "buses" | "busses" => return Cow::Borrowed("bus"),
        "thieves" => return Cow::Borrowed("thief"),
        // Every other plural ends so, and most words do not.
        _ if !word.ends_with('s') => return Cow::Borrowed(word),
        _ => {}
    }
    if word.len() > 4
        && let Some(body) = word.strip_suffix("ies")
    {
        return Cow::Owned(format!("{body}y"));
    }
    for ending in ["ches", "shes", "xes", "sses", "zes"] {
        if word.ends_with(ending) && word.len() > ending.len() + 1 {
            return Cow::Borrowed(&word[..word.len() - 2]);
        }
    }
    let is_plural =
        word.len() > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    Cow::Borrowed(&word[..word.len() - usize::from(is_plural)])
}

/// What is left of a word in lower case when its inflection is taken off.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    regular(irregular(word).unwrap_or(word))
}

/// The same by the endings alone, which is how the event store counts: an event that it counts for one
/// form of a word must be known by the others too.
pub(crate) fn regular(word: &str) -> Cow<'_, str> {
    let stem = without_ending(word);
    // A site is no place to sit.
    if stem.len() <= 3 || !stem.ends_with('e') || stem == "site" {
        return stem;
    }
    match stem {
        Cow::Borrowed(stem) => Cow::Borrowed(&stem[..stem.len() - 1]),
        Cow::Owned(mut stem) => {
            stem.pop();
            Cow::Owned(stem)
        }
    }
}

/// Whether a word in lower case bears an ending, or is another form than the base of its verb.
pub(crate) fn is_inflected(word: &str) -> bool {
    irregular(word).is_some() || without_ending(word) != word
}

fn without_ending(word: &str) -> Cow<'_, str> {
    if word.len() > 4
        && let Some(body) = word.strip_suffix("ied")
    {
        return Cow::Owned(format!("{body}y"));
    }
    for ending in ["ing", "ed"] {
        let Some(body) = word.strip_suffix(ending) else { continue };
        let is_a_word =
            body.len() >= 3 && body.contains(['a', 'e', 'i', 'o', 'u', 'y']) && !body.ends_with('e');
        if is_a_word {
            return Cow::Borrowed(undoubled(body));
        }
    }
    singular(word)
}

/// Takes back the letter that an ending doubled, as in "stopping", but "pass" and "call" keep theirs.
fn undoubled(body: &str) -> &str {
    let mut ends = body.chars().rev();
    match (ends.next(), ends.next()) {
        (Some(a), Some(b)) if a == b && a.is_ascii_lowercase() && !"aeioulsz".contains(a) => {
            &body[..body.len() - 1]
        }
        _ => body,
    }
}

/// The base of the irregular verbs that one meets in front of a camera, of irregular plurals, and the British
/// spelling of the American one.
#[rustfmt::skip]
static BASES: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| FxHashMap::from_iter([
    ("am", "be"), ("are", "be"), ("is", "be"), ("was", "be"), ("were", "be"), ("been", "be"),
    ("being", "be"), ("began", "begin"), ("begun", "begin"), ("bit", "bite"), ("bitten", "bite"),
    ("bought", "buy"), ("broke", "break"), ("broken", "break"), ("brought", "bring"),
    ("built", "build"), ("came", "come"), ("coming", "come"), ("caught", "catch"), ("did", "do"),
    ("does", "do"), ("done", "do"), ("doing", "do"), ("drove", "drive"), ("driven", "drive"),
    ("fallen", "fall"), ("fell", "fall"), ("fed", "feed"), ("fled", "flee"), ("fought", "fight"),
    ("found", "find"), ("gave", "give"), ("given", "give"), ("giving", "give"), ("goes", "go"),
    ("going", "go"), ("gone", "go"), ("went", "go"), ("got", "get"), ("gotten", "get"), ("had", "have"),
    ("has", "have"), ("having", "have"), ("held", "hold"), ("hid", "hide"), ("hidden", "hide"),
    ("kept", "keep"), ("knew", "know"), ("known", "know"), ("laid", "lay"), ("left", "leave"),
    ("lost", "lose"), ("made", "make"), ("making", "make"), ("met", "meet"), ("ran", "run"),
    ("ridden", "ride"), ("rode", "ride"), ("said", "say"), ("sat", "sit"), ("saw", "see"),
    ("seen", "see"), ("seeing", "see"), ("sent", "send"), ("shook", "shake"), ("shaken", "shake"),
    ("shot", "shoot"), ("slept", "sleep"), ("snuck", "sneak"), ("spoke", "speak"), ("spoken", "speak"),
    ("stole", "steal"), ("stolen", "steal"), ("stood", "stand"), ("swam", "swim"), ("taken", "take"),
    ("took", "take"), ("threw", "throw"), ("thrown", "throw"), ("told", "tell"), ("used", "use"),
    ("using", "use"), ("woke", "wake"), ("wore", "wear"), ("worn", "wear"), ("wrote", "write"),
    ("written", "write"), ("men", "man"), ("women", "woman"), ("people", "person"), ("ppl", "person"),
    ("children", "child"), ("gray", "grey"), ("color", "colour"), ("colors", "colour"),
    ("colored", "coloured"), ("persons", "person"), ("knives", "knife"), ("mice", "mouse"),
    ("lying", "lie"), ("hung", "hang"), ("swung", "swing"), ("slid", "slide"), ("swept", "sweep"),
    ("crept", "creep"), ("struck", "strike"), ("tore", "tear"), ("torn", "tear"), ("drew", "draw"),
    ("drawn", "draw"), ("rang", "ring"), ("rung", "ring"), ("flew", "fly"), ("flown", "fly"),
    ("paid", "pay"), ("bent", "bend"), ("blew", "blow"), ("blown", "blow"), ("chose", "choose"), ("chosen", "choose"),
    ("dug", "dig"), ("felt", "feel"), ("grew", "grow"), ("grown", "grow"), ("knelt", "kneel"), ("leapt", "leap"),
    ("led", "lead"), ("lent", "lend"), ("lit", "light"), ("rose", "rise"), ("risen", "rise"), ("sank", "sink"),
    ("sold", "sell"), ("sought", "seek"), ("spilt", "spill"), ("sprang", "spring"), ("stuck", "stick"),
    ("strode", "stride"), ("swore", "swear"), ("taught", "teach"), ("thought", "think"), ("understood", "understand"),
    ("won", "win"), ("wound", "wind"), ("dealt", "deal"), ("evaded", "evade"), ("evasion", "evade"),
    ("ate", "eat"), ("eaten", "eat"), ("drank", "drink"), ("spent", "spend"),
]));

fn irregular(word: &str) -> Option<&'static str> {
    BASES.get(word).copied()
}

/// The forms of each base.
static FORMS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut forms: HashMap<&str, Vec<&str>> = HashMap::new();
    for (form, base) in BASES.iter() {
        forms.entry(base).or_default().push(form);
    }
    forms
});

/// The other forms of a word in lower case that no ending tells: "woman" of "women", "sit" of "sat" and the
/// other way round. What is on the left side of a picture is no form of leaving.
pub(crate) fn other_forms(word: &str) -> impl Iterator<Item = &'static str> {
    let base = irregular(word).or_else(|| FORMS.get_key_value(word).map(|(base, _)| *base));
    let base = base.filter(|_| word != "left");
    let forms = base.and_then(|base| FORMS.get(base)).into_iter().flatten().copied();
    base.into_iter().chain(forms).filter(move |form| *form != word && *form != "left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_verb_meet() {
        for forms in [
            ["enter", "enters", "entered", "entering"],
            ["leave", "leaves", "left", "leaving"],
            ["carry", "carries", "carried", "carrying"],
            ["stop", "stops", "stopped", "stopping"],
            ["purchase", "purchases", "purchased", "purchasing"],
            ["sit", "sits", "sat", "sitting"],
            ["drive", "drives", "drove", "driving"],
            ["pass", "passes", "passed", "passing"],
            ["close", "closes", "closed", "closing"],
            ["unload", "unloads", "unloaded", "unloading"],
        ] {
            let stems: Vec<_> = forms.iter().map(|form| stem(form)).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{stems:?}");
        }
    }

    #[test]
    fn forms_that_no_ending_tells_are_known_both_ways() {
        let sorted = |word: &str| {
            let mut forms: Vec<&str> = other_forms(word).collect();
            forms.sort_unstable();
            forms
        };
        assert_eq!((sorted("women"), sorted("woman")), (vec!["woman"], vec!["women"]));
        assert_eq!((sorted("gray"), sorted("grey")), (vec!["grey"], vec!["gray"]));
        assert_eq!((sorted("sat"), sorted("sit")), (vec!["sit"], vec!["sat"]));
        assert_eq!(sorted("hidden"), ["hid", "hide"]);
        assert!(sorted("left").is_empty() && sorted("vans").is_empty());
    }

    #[test]
    fn endings_alone_make_regular_forms_meet() {
        for forms in [
            ["reverse", "reverses", "reversed", "reversing"],
            ["carry", "carries", "carried", "carrying"],
            ["stop", "stops", "stopped", "stopping"],
            ["pass", "passes", "passed", "passing"],
        ] {
            assert!(forms.iter().all(|form| regular(form) == regular(forms[0])), "{:?}", forms.map(regular));
        }
        assert_ne!(regular("car"), regular("carry"));
    }

    #[test]
    fn short_words_and_nouns_in_s_stay_whole() {
        for word in ["red", "bus", "gas", "king", "bed", "this", "glass", "x"] {
            assert_eq!(stem(word), word);
        }
        assert_eq!(singular("lorries"), "lorry");
        assert_eq!(singular("boxes"), "box");
        assert_eq!(singular("buses"), "bus");
        assert_eq!(stem("speed"), "speed");
    }
}
