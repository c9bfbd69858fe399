//! Words that carry no content of their own: they are never searched for and never names.

/// Whether a word in lower case says nothing that could be searched for.
pub(super) fn is_stop_word(word: &str) -> bool {
    is_function_word(word) || is_question_word(word) || is_generic(word) || is_footage(word)
}

/// Articles, pronouns, prepositions, auxiliaries and the small change of speech.
fn is_function_word(word: &str) -> bool {
    matches!(
        word,
        "a" | "about" | "after" | "again" | "all" | "along" | "also" | "am" | "among" | "an" | "and" | "any"
            | "anybody" | "anyone" | "anything" | "anywhere" | "are" | "arent" | "around" | "as" | "at"
            | "away" | "back" | "be" | "because" | "been" | "before" | "being" | "besides" | "between"
            | "both" | "but" | "by" | "can" | "cant" | "cannot" | "could" | "did" | "didnt" | "do" | "does"
            | "doesnt" | "doing" | "done" | "dont" | "down" | "during" | "each" | "either" | "else" | "ever"
            | "every" | "everybody" | "everyone" | "everything" | "everywhere" | "except" | "excluding"
            | "exclude" | "for" | "from" | "further" | "get" | "got" | "had" | "has" | "hasnt" | "have"
            | "havent" | "having" | "he" | "her" | "here" | "hers" | "him" | "his" | "i" | "id" | "if" | "ill"
            | "im" | "in" | "into" | "is" | "isnt" | "it" | "its" | "ive" | "just" | "let" | "lets" | "ll"
            | "many" | "may" | "me" | "meant" | "might" | "mine" | "more" | "most" | "much" | "must" | "my"
            | "near" | "nearby" | "next" | "no" | "nobody" | "none" | "nope" | "nor" | "not" | "nothing"
            | "now" | "of" | "off" | "ok" | "okay" | "on" | "once" | "one" | "ones" | "only" | "onto" | "or"
            | "other" | "others" | "our" | "ours" | "out" | "over" | "own" | "please" | "per" | "really"
            | "s" | "same" | "shall" | "she" | "should" | "since" | "so" | "some" | "somebody" | "someone"
            | "something" | "somewhere" | "soon" | "still" | "such" | "than" | "that" | "the" | "their"
            | "theirs" | "them" | "then" | "there" | "theres" | "these" | "they" | "this" | "those"
            | "through" | "till" | "to" | "too" | "toward" | "towards" | "u" | "under" | "until" | "up"
            | "upon" | "us" | "very" | "via" | "was" | "wasnt" | "we" | "well" | "were" | "werent" | "will"
            | "with" | "within" | "would" | "yes" | "yet" | "you" | "your" | "yours" | "inside" | "beside"
            | "behind" | "across" | "least" | "less" | "fewer" | "actually" | "currently" | "maybe"
            | "perhaps" | "kind" | "sort" | "like" | "thing" | "things" | "stuff" | "lot" | "bit" | "few"
            | "several" | "always" | "never" | "already" | "instead" | "apart" | "rather" | "sorry" | "hey"
            | "ah" | "oh" | "hmm" | "upto" | "whether" | "while" | "whilst" | "though" | "although" | "ago" | "two" | "three" | "four" | "five" | "six"
            | "seven" | "eight" | "nine" | "ten" | "eleven" | "twelve"
    )
}

/// Words that ask.
pub(super) fn is_question_word(word: &str) -> bool {
    matches!(word, "how" | "what" | "when" | "where" | "which" | "who" | "whom" | "whose" | "why")
}

/// Verbs and nouns that every question about events may hold: they never tell one event from another.
pub(super) fn is_generic(word: &str) -> bool {
    matches!(
        word,
        "activities" | "activity" | "movement" | "movements" | "motion" | "traffic" | "appear" | "appeared" | "appears" | "ask" | "became" | "bring" | "brought"
            | "came" | "capture" | "captured" | "check" | "checking" | "come" | "comes" | "coming" | "count"
            | "detect" | "detected" | "detection" | "detections" | "display" | "event" | "events" | "find"
            | "finding" | "found" | "gave" | "getting" | "give" | "go" | "goes" | "going" | "gone" | "happen"
            | "happened" | "happening" | "happens" | "heard" | "incident" | "incidents" | "know" | "list"
            | "look" | "looked" | "looking" | "made" | "make" | "makes" | "making" | "mean" | "move"
            | "need" | "noticed" | "observed" | "occur" | "occurred" | "occurs" | "present" | "pull" | "query"
            | "question" | "reported" | "result" | "results" | "saw" | "say" | "search" | "see" | "seeing"
            | "seen" | "show" | "showed" | "showing" | "shown" | "shows" | "spot" | "spotted" | "take"
            | "tell" | "time" | "times" | "took" | "total" | "try" | "visible" | "visit" | "visits" | "want"
            | "wanted" | "watch" | "went" | "wondering" | "number" | "amount" | "often" | "recent" | "recently"
            | "matches" | "matching" | "match" | "pass" | "passed" | "passing" | "passes"
            | "wearing" | "wore" | "wears" | "holding" | "holds" | "held" | "carrying" | "carried" | "dressed" | "involving" | "involved" | "including" | "include" | "regarding" | "concerning" | "related"
            | "moving" | "moved" | "information" | "info" | "details" | "detail" | "data" 
            | "help" | "explain" | "describe" | "whats" | "whos" | "wheres"
    )
}

/// Words for the pictures themselves.
pub(super) fn is_footage(word: &str) -> bool {
    matches!(
        word,
        "camera" | "cameras" | "cam" | "cams" | "cctv" | "channel" | "channels" | "clip" | "clips" | "feed" | "feeds"
            | "footage" | "image" | "images" | "picture" | "pictures" | "recording" | "recordings" | "recorded"
            | "snapshot" | "snapshots" | "stream" | "video" | "videos" | "view" | "views" | "surveillance"
            | "site" | "sites" | "zone" | "zones" | "system"
    )
}

/// Words that introduce a place.
pub(super) fn is_place_preposition(word: &str) -> bool {
    matches!(
        word,
        "at" | "in" | "near" | "by" | "on" | "from" | "around" | "inside" | "outside" | "through" | "into"
            | "to" | "towards" | "toward" | "behind" | "beside" | "across" | "within" | "over" | "onto" | "for"
            | "nearby" | "via" | "under" | "past" | "of"
    )
}

/// Articles and their like.
pub(super) fn is_determiner(word: &str) -> bool {
    matches!(
        word,
        "the" | "a" | "an" | "this" | "that" | "these" | "those" | "our" | "my" | "your" | "each" | "every" | "any" | "all"
            | "some" | "main"
    )
}

/// Words for a camera, so that what stands beside them is a name.
pub(super) fn is_camera_word(word: &str) -> bool {
    matches!(word, "camera" | "cameras" | "cam" | "cams")
}
