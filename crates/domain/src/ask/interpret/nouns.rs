//! What people call the things that detectors have labels for.
//!
//! A noun belongs to a class. A plain one ("car") means the whole class; a narrower one ("truck")
//! means the class and says more, which stays a search word unless a label says it.

use crate::ask::stems::{singular, stem};

/// One noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noun {
    /// The class, which is also its usual label.
    pub(super) class: &'static str,
    /// The label that says just this, where detectors have one.
    pub(super) label: &'static str,
    /// Whether it says more than its class.
    pub(super) is_narrower: bool,
    /// Whether it only hints at the class ("who", "someone") and gives way to anything better.
    pub(super) is_weak: bool,
}

const fn plain(class: &'static str) -> Noun {
    Noun { class, label: class, is_narrower: false, is_weak: false }
}

const fn named(class: &'static str, label: &'static str) -> Noun {
    Noun { class, label, is_narrower: false, is_weak: false }
}

const fn narrower(class: &'static str, label: &'static str) -> Noun {
    Noun { class, label, is_narrower: true, is_weak: false }
}

const fn weak(class: &'static str) -> Noun {
    Noun { class, label: class, is_narrower: false, is_weak: true }
}

/// The words that descriptions rather use for the same, as one search: who asks for a lady means a woman.
pub(super) fn usual(word: &str) -> Option<&'static str> {
    match word {
        "guy" | "gentleman" | "dude" | "bloke" | "male" => Some("man"),
        "lady" | "female" => Some("woman"),
        "kid" => Some("child or boy or girl"),
        "child" => Some("kid or boy or girl"),
        "son" => Some("boy"),
        "daughter" => Some("girl"),
        _ => None,
    }
}

/// The class of things that a word stands for, however it is written.
pub(crate) fn class_of(word: &str) -> Option<&'static str> {
    noun(&singular(&word.to_lowercase())).map(|noun| noun.class)
}

/// Looks a word up, in lower case and in the singular.
pub(super) fn noun(word: &str) -> Option<Noun> {
    Some(match word {
        "footfall" | "headcount" | "person" | "human" | "individual" | "folk" | "pedestrian" | "passerby"
        | "ppl" | "peoples" | "shopper" | "customer" | "client" | "guest" => plain("person"),
        "man" | "guy" | "gentleman" | "dude" | "bloke" | "male" => narrower("person", "man"),
        "visitor" => narrower("person", ""),
        "somebody" | "someone" | "anybody" | "anyone" | "who" | "whom" | "nobody" | "everyone"
        | "everybody" => weak("person"),
        "woman" | "lady" | "female" => narrower("person", "woman"),
        "son" | "daughter" | "child" | "kid" | "boy" | "girl" | "teenager" | "toddler" | "baby" => {
            narrower("person", "child")
        }
        "intruder" | "burglar" | "trespasser" => narrower("person", "intruder"),
        "worker" | "employee" | "staff" | "workman" => narrower("person", "worker"),
        "courier" | "postman" | "mailman" => narrower("person", "courier"),
        "guard" | "driver" | "stranger" | "thief" | "robber" | "cyclist" | "policeman" | "contractor"
        | "student" | "soldier" | "technician" | "cleaner" | "jogger" | "suspect" | "passenger" => {
            narrower("person", "")
        }
        "vehicle" => plain("vehicle"),
        "car" | "automobile" | "auto" | "pkw" => named("vehicle", "car"),
        "truck" | "lorry" | "lkw" => narrower("vehicle", "truck"),
        "bus" | "coach" => narrower("vehicle", "bus"),
        "motorcycle" | "motorbike" | "moped" => narrower("vehicle", "motorcycle"),
        "van" => narrower("vehicle", "van"),
        "forklift" => plain("forklift"),
        "sedan" | "saloon" | "suv" | "taxi" | "cab" | "trailer" | "ambulance" | "tractor" | "pickup"
        | "limousine" | "hatchback" | "semi" | "minivan" => narrower("vehicle", ""),
        "bicycle" | "bike" | "pushbike" => plain("bicycle"),
        "animal" | "wildlife" => plain("animal"),
        "dog" | "puppy" => narrower("animal", "dog"),
        "cat" | "kitten" => narrower("animal", "cat"),
        "bird" => narrower("animal", "bird"),
        "horse" => narrower("animal", "horse"),
        "fox" | "deer" | "raccoon" | "bear" | "rabbit" | "squirrel" | "cow" | "sheep" => {
            narrower("animal", "")
        }
        "package" | "parcel" => plain("package"),
        "trolley" | "shopping_cart" => plain("shopping_cart"),
        "rucksack" | "backpack" => plain("backpack"),
        "face" => plain("face"),
        "plate" => named("license_plate", "license_plate"),
        _ => return None,
    })
}

/// The one word for all that say the same sound, by their stems.
pub(super) fn sound(stem: &str) -> Option<&'static str> {
    Some(match stem {
        "bark" | "woof" => "bark",
        "scream" | "shriek" => "scream",
        "yell" | "shout" => "yell",
        "cry" | "weep" | "sob" => "cry",
        "laugh" | "laughter" | "giggl" => "laugh",
        "speech" | "speak" | "talk" => "speech",
        "meow" | "miaow" => "meow",
        "clap" | "applaus" | "applaud" => "clap",
        "howl" => "howl",
        "growl" => "growl",
        "whin" | "whimper" => "whine",
        "chirp" => "chirp",
        "sing" => "sing",
        "whistl" => "whistle",
        "cough" => "cough",
        "sneez" => "sneeze",
        "snor" => "snore",
        "cheer" => "cheer",
        "knock" => "knock",
        "honk" => "honk",
        _ => return None,
    })
}

/// Whether a label is that of a sound.
pub(crate) fn is_sound(label: &str) -> bool {
    sound(&stem(label)).is_some()
}
