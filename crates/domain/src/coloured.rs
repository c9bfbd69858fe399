//! Which thing a colour is said of. "A black jacket and blue jeans" is no blue jacket: where a question says the colour
//! of a thing, the colour must stand right before it.

/// How many things behind it a colour of a question can be that of: "white delivery van".
pub(crate) const FOLLOWERS_MAX: usize = 2;

/// How many words behind it a colour of an event can be that of a thing: "red and white striped jacket" is white.
const REACH: usize = 4;

/// How many things before it a colour can be that of, when it is called one: "jacket colour red".
const THINGS_MAX: usize = 3;

/// Colours as they are written, and as they are told apart; shades come before a colour: "dark blue".
#[rustfmt::skip]
pub const COLOURS: [(&str, &str); 31] = [
    ("red", "red"), ("orange", "orange"), ("yellow", "yellow"), ("green", "green"), ("blue", "blue"),
    ("purple", "purple"), ("violet", "violet"), ("pink", "pink"), ("brown", "brown"), ("black", "black"),
    ("white", "white"), ("grey", "grey"), ("gray", "grey"), ("silver", "silver"), ("gold", "gold"),
    ("golden", "gold"), ("beige", "beige"), ("tan", "tan"), ("cream", "cream"), ("khaki", "khaki"), ("olive", "olive"),
    ("navy", "navy"), ("maroon", "maroon"), ("burgundy", "burgundy"), ("turquoise", "turquoise"), ("teal", "teal"),
    ("crimson", "crimson"), ("dark", "dark"), ("light", "light"), ("bright", "bright"), ("pale", "pale"),
];

/// The colour that a word names, however it is written.
pub(crate) fn colour(word: &str) -> Option<&'static str> {
    COLOURS.iter().find(|(written, _)| word.eq_ignore_ascii_case(written)).map(|(_, colour)| *colour)
}

/// Follows the words of a text and tells which things have which colour.
#[derive(Debug, Default)]
pub struct ColouredThings {
    /// Colours whose thing may still come, with where they stand.
    colours: Vec<(usize, &'static str)>,
    /// Whether something that is no colour came after them.
    has_thing: bool,
    /// The last things, for the colour that is named after them: "jacket colour red".
    things: Vec<String>,
    is_colour_next: bool,
}

impl ColouredThings {
    /// The next word of a text, in lower case, the how-manieth it is, and its colour, if it is one. Hands over
    /// every colour that is now said of a thing, with the thing.
    pub fn next(
        &mut self,
        at: usize,
        word: &str,
        colour: Option<&'static str>,
        mut found: impl FnMut(&'static str, &str),
    ) {
        if is_small(word) {
            return;
        }
        if matches!(word, "color" | "colour") {
            self.is_colour_next = true;
            return;
        }
        self.colours.retain(|(colour, _)| at - colour <= REACH);
        let Some(new) = colour else {
            self.colours.iter().for_each(|(_, colour)| found(colour, word));
            self.has_thing = true;
            self.is_colour_next = false;
            self.things.truncate(THINGS_MAX - 1);
            self.things.insert(0, word.to_owned());
            return;
        };
        if self.has_thing {
            self.colours.clear();
        }
        self.colours.iter().for_each(|(_, shade)| found(shade, word));
        if self.is_colour_next {
            self.things.drain(..).for_each(|thing| found(new, &thing));
        }
        self.colours.push((at, new));
        (self.has_thing, self.is_colour_next) = (false, false);
    }
}

/// Words between a colour and its thing that say nothing of either.
fn is_small(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "the"
            | "a"
            | "an"
            | "with"
            | "in"
            | "of"
            | "on"
            | "is"
            | "was"
            | "coloured"
            | "colored"
    )
}
