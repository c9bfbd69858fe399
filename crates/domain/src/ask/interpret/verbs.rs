//! Which words for doing mean the same: "depart", "leave" and "go out" are one deed.

/// The one word for all that mean the same deed or thing; other stems stand for themselves.
pub(super) fn concept(stem: &str) -> &str {
    match stem {
        "exit" | "leav" | "depart" | "departur" => "exit",
        "purchas" | "buy" => "buy",
        "unattend" | "abandon" => "unattend",
        "steal" | "rob" | "shoplift" | "theft" => "steal",
        "talk" | "speak" | "chat" | "convers" | "conversation" => "talk",
        "phon" | "cellphon" | "mobil" | "telephon" | "smartphon" => "phone",
        "text" => "text",
        "embrac" | "hug" | "cuddl" => "hug",
        "carry" | "lug" | "haul" | "transport" => "carry",
        "transfer" | "exchang" | "hand" => "transfer",
        "deliver" | "delivery" => "deliver",
        "stop" | "park" | "halt" => "stop",
        "start" | "begin" => "start",
        "close" | "clos" | "shut" => "close",
        "arriv" | "arrival" => "arrive",
        "interact" | "use" | "operat" => "use",
        "rid" | "cycl" => "ride",
        "loiter" | "linger" | "lurk" => "loiter",
        "tailgat" | "piggyback" => "tailgate",
        "object" | "thing" | "item" | "someth" | "stuff" => "object",
        "bik" | "bicycl" => "bicycle",
        "document" | "paper" | "newspaper" | "book" => "document",
        "trunk" | "boot" => "trunk",
        "laptop" | "computer" | "notebook" => "laptop",
        "facility" | "building" | "build" => "facility",
        "fight" | "brawl" => "fight",
        "intrusion" | "intrud" | "trespass" => "intrusion",
        "motion" | "movement" => "motion",
        "overspeed" | "speed" => "speed",
        "leakag" | "leak" => "leak",
        _ => stem,
    }
}

/// Deeds that take two words: the verb (by stem), its companions, and the deed.
pub(super) const PHRASES: &[(&str, &[&str], &str)] = &[
    ("com", &["in", "into", "inside"], "enter"),
    ("go", &["in", "into", "inside"], "enter"),
    ("walk", &["in", "into", "inside"], "enter"),
    ("get", &["in", "into", "inside"], "enter"),
    ("step", &["in", "into", "inside"], "enter"),
    ("break", &["in", "into"], "enter"),
    ("climb", &["in", "into"], "enter"),
    ("sneak", &["in", "into", "inside"], "enter"),
    ("run", &["in", "into", "inside"], "enter"),
    ("arriv", &["inside"], "enter"),
    ("com", &["to"], "arrive"),
    ("com", &["out", "outside"], "exit"),
    ("go", &["out", "outside", "away"], "exit"),
    ("walk", &["out", "outside", "away", "off"], "exit"),
    ("get", &["out", "off"], "exit"),
    ("step", &["out", "outside"], "exit"),
    ("run", &["out", "away", "off"], "exit"),
    ("driv", &["off", "away", "out"], "exit"),
    ("driv", &["in", "up"], "arrive"),
    ("pull", &["in", "up", "over"], "stop"),
    ("back", &["up", "out"], "reverse"),
    ("hand", &["over", "off"], "transfer"),
    ("hang", &["around", "about"], "loiter"),
    ("put", &["down"], "put"),
    ("set", &["down"], "put"),
    ("lay", &["down"], "put"),
    ("drop", &["down"], "put"),
    ("leav", &["behind", "unattended", "alone"], "unattend"),
];

/// Stems of verbs that say nothing about which event it was.
pub(super) fn is_light(stem: &str) -> bool {
    matches!(
        stem,
        "detect"
            | "be"
            | "do"
            | "com"
            | "go"
            | "get"
            | "mak"
            | "tak"
            | "see"
            | "show"
            | "appear"
            | "happen"
            | "pass"
            | "have"
            | "hav"
            | "find"
            | "spot"
            | "observ"
            | "occur"
            | "mov"
            | "captur"
            | "record"
            | "identify"
            | "recogniz"
            | "event"
            | "activity"
            | "notic"
    )
}
