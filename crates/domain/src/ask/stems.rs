//! English inflection, folded just far enough that "entered", "enters" and "entering" meet.
//!
//! A stem is for comparing, never for showing: "leaving" and "left" both become "leav".

use std::borrow::Cow;

/// The singular of a noun in lower case; other words stay as they are.
pub(crate) fn singular(word: &str) -> Cow<'_, str> {
    match word {
        "people" | "persons" | "ppl" => return Cow::Borrowed("person"),
        "men" => return Cow::Borrowed("man"),
        "women" => return Cow::Borrowed("woman"),
        "children" => return Cow::Borrowed("child"),
        "buses" | "busses" => return Cow::Borrowed("bus"),
        "thieves" => return Cow::Borrowed("thief"),
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

/// The base of the irregular verbs that one meets in front of a camera.
fn irregular(word: &str) -> Option<&'static str> {
    Some(match word {
        "am" | "are" | "is" | "was" | "were" | "been" | "being" => "be",
        "began" | "begun" => "begin",
        "bit" | "bitten" => "bite",
        "bought" => "buy",
        "broke" | "broken" => "break",
        "brought" => "bring",
        "built" => "build",
        "came" | "coming" => "come",
        "caught" => "catch",
        "did" | "does" | "done" | "doing" => "do",
        "drove" | "driven" => "drive",
        "fallen" | "fell" => "fall",
        "fed" => "feed",
        "fled" => "flee",
        "fought" => "fight",
        "found" => "find",
        "gave" | "given" | "giving" => "give",
        "goes" | "going" | "gone" | "went" => "go",
        "got" | "gotten" => "get",
        "had" | "has" | "having" => "have",
        "held" => "hold",
        "hid" | "hidden" => "hide",
        "kept" => "keep",
        "knew" | "known" => "know",
        "laid" => "lay",
        "left" => "leave",
        "lost" => "lose",
        "made" | "making" => "make",
        "met" => "meet",
        "ran" => "run",
        "ridden" | "rode" => "ride",
        "said" => "say",
        "sat" => "sit",
        "saw" | "seen" | "seeing" => "see",
        "sent" => "send",
        "shook" | "shaken" => "shake",
        "shot" => "shoot",
        "slept" => "sleep",
        "snuck" => "sneak",
        "spoke" | "spoken" => "speak",
        "stole" | "stolen" => "steal",
        "stood" => "stand",
        "swam" => "swim",
        "taken" | "took" => "take",
        "threw" | "thrown" => "throw",
        "told" => "tell",
        "used" | "using" => "use",
        "woke" => "wake",
        "wore" | "worn" => "wear",
        "wrote" | "written" => "write",
        "men" => "man",
        "women" => "woman",
        "people" | "ppl" => "person",
        "children" => "child",
        _ => return None,
    })
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
