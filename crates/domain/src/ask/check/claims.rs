//! One sentence of a model against the record: what does not hold is corrected where the record leaves
//! one possibility, and goes otherwise. What is left without evidence or figures goes as well.

use std::ops::Range;

use super::{
    about::About,
    figures, frames, loaded,
    masks::{blanked, cameras_named, replaced, spliced},
    mentions::{Mention, Respect, Words, mentions},
    names::{Written, names_a_stranger},
    record::{Known, Record, has_words},
    scan::{self, Day, Kind, Manner, Number, Time, Token},
    sentences::references,
    substance::{has_substance, is_of, words_of},
    vocabulary,
};

/// How often a corrected sentence is judged again: once for each figure that it may have.
const CORRECTIONS_MAX: usize = 4;

/// What became of one sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It says nothing that could be wrong.
    Frame,
    /// It holds; whether it states a total.
    Holds(bool),
    /// It holds now; whether it states a total.
    Corrected(String, bool),
    /// It goes, for this reason; whether a figure was wrong.
    Goes(&'static str, bool),
}

/// A sentence, taken apart.
struct Sentence<'a> {
    text: &'a str,
    lower: String,
    times: Vec<Time>,
    tokens: Vec<Token>,
    days: Vec<(Range<usize>, Day)>,
    numbers: Vec<Number>,
    manner: Manner,
    /// Where, what and when it speaks of.
    mentions: Vec<Mention>,
    /// Cameras that it names.
    cameras: Vec<String>,
    /// The events that it cites.
    cited: Vec<&'a Known>,
}

/// Judges a sentence; one that is corrected is judged again until it holds or goes.
pub(crate) fn judge(sentence: &str, record: &Record) -> Verdict {
    let mut better: Option<String> = None;
    for _ in 0..CORRECTIONS_MAX {
        match judge_once(better.as_deref().unwrap_or(sentence), record) {
            Verdict::Corrected(text, _) => better = Some(text),
            Verdict::Holds(is_total) => {
                return match better {
                    Some(text) => Verdict::Corrected(text, is_total),
                    None => Verdict::Holds(is_total),
                };
            }
            Verdict::Goes(reason, _) if better.is_some() => return Verdict::Goes(reason, true),
            verdict => return verdict,
        }
    }
    Verdict::Goes("it states numbers that the record does not have", true)
}

fn judge_once(text: &str, record: &Record) -> Verdict {
    let sentence = take_apart(text, record);
    if let Some(verdict) = judge_mentions(&sentence, record) {
        return verdict;
    }
    if sentence.cited.is_empty() { judge_uncited(&sentence, record) } else { judge_cited(&sentence, record) }
}

fn take_apart<'a>(text: &'a str, record: &'a Record) -> Sentence<'a> {
    let cited: Vec<&Known> =
        references(text).iter().filter_map(|n| record.events.iter().find(|e| e.reference == *n)).collect();
    // References are blanked, so that their digits are nobody's figures and every position stays.
    let plain = blanked(text);
    let lower = plain.to_lowercase();
    let (cameras, masked) = cameras_named(&lower, record);
    // Where lower case has the same length, digits within camera names are nobody's figures either.
    let figures = if masked.len() == plain.len() { masked } else { plain };
    let times = scan::times(&figures);
    let mut spans: Vec<_> = times.iter().map(|time| time.span.clone()).collect();
    let tokens = scan::tokens(&figures, &spans);
    let days = scan::days(&tokens);
    spans.extend(days.iter().map(|(span, _)| span.clone()));
    let mut numbers = scan::numbers(&tokens, &spans);
    if !record.is_english {
        numbers.extend(scan::foreign_numbers(&tokens, &spans));
    }
    let manner = scan::manner(&tokens);
    // What it speaks of matters to its counts, and to a sentence that nothing else stands behind.
    let is_counting = cited.is_empty()
        || !numbers.is_empty()
        || !manner.amounts.is_empty()
        || (0..tokens.len()).any(|at| scan::superlative(&tokens, at).is_some());
    let words = Words { lower: &lower, times: &times, days: &days, cameras: &cameras };
    let mentions = if is_counting { mentions(&words, record) } else { Vec::new() };
    Sentence { text, lower, times, tokens, days, numbers, manner, mentions, cameras, cited }
}

/// Cameras, times and days, wherever they are named.
fn judge_mentions(sentence: &Sentence<'_>, record: &Record) -> Option<Verdict> {
    let Sentence { cited, cameras, times, text, lower, .. } = sentence;
    if cited.is_empty() {
        if times.iter().any(|time| !record.times.contains(&time.clock)) {
            return Some(Verdict::Goes("it states a time that the record does not have", true));
        }
    } else {
        if let Some(wrong) = cameras.iter().find(|name| !cited.iter().any(|e| e.cameras.contains(*name))) {
            let right = match (cited.as_slice(), cameras.as_slice()) {
                ([only], [_]) => replaced(text, lower, wrong, &only.camera_name),
                _ => None,
            };
            return Some(match right {
                Some(better) => Verdict::Corrected(better, false),
                None => Verdict::Goes("it names a camera that its events do not", true),
            });
        }
        let is_known = |time: &Time| cited.iter().any(|event| event.tells_time(time.clock));
        if let Some(wrong) = times.iter().find(|time| !is_known(time)) {
            let right = match (cited.as_slice(), times.as_slice()) {
                ([only], [_]) => only.times.first(),
                _ => None,
            };
            return Some(match right {
                Some((hour, minute)) => {
                    let right = format!("{hour:02}:{minute:02}");
                    Verdict::Corrected(spliced(text, wrong.span.clone(), &right), false)
                }
                None => Verdict::Goes("it states a time that its events do not have", true),
            });
        }
    }
    if !sentence.days.iter().all(|(_, day)| figures::is_known_day(*day, cited, record)) {
        return Some(Verdict::Goes("it names a day that the record does not have", true));
    }
    if !figures::are_known_spoken_times(&sentence.manner, cited, record) {
        return Some(Verdict::Goes("it states a time that the record does not have", true));
    }
    if record.is_english
        && !cited.is_empty()
        && !figures::are_known_stretches(&sentence.manner, cited, record)
    {
        return Some(Verdict::Goes("it tells a time that its events do not have", true));
    }
    let is_unknown = |token: &&Token| token.kind == Kind::Mixed && !is_said(&token.lower, sentence, record);
    if sentence.tokens.iter().any(|token| is_unknown(&token)) {
        return Some(Verdict::Goes("it states a number that the record does not have", true));
    }
    let Sentence { text, tokens, days, cited, .. } = sentence;
    if names_a_stranger(&Written { text, tokens, days, cited }, record) {
        return Some(Verdict::Goes("it names someone whom the record does not name", false));
    }
    None
}

fn judge_cited(sentence: &Sentence<'_>, record: &Record) -> Verdict {
    let (cited, manner) = (&sentence.cited, &sentence.manner);
    if label_is_foreign(&sentence.lower, cited, record) {
        return Verdict::Goes("it names what its events do not show", false);
    }
    if record.is_english && loaded::says_more(&sentence.tokens, || words_of(cited)) {
        return Verdict::Goes("it says of people or of an incident what its events do not", false);
    }
    let said = |word: &str| cited.iter().any(|event| has_words(&event.words, word));
    let is_said = |word: &str| {
        let is_form = || words_of(cited).into_iter().any(|known| is_of(word, &[known]));
        said(word) || (word == "not" && said("without")) || (word.len() > 3 && is_form())
    };
    if !manner.negators.iter().all(|word| is_said(word)) {
        return Verdict::Goes("it denies something that its events do not deny", false);
    }
    let is_enough = |(word, least): &(String, u64)| cited.len() as u64 >= *least || said(word);
    if !manner.amounts.iter().all(is_enough) {
        return Verdict::Goes("it states an amount that its events do not have", true);
    }
    if let Some(verdict) = judge_comparison(sentence, record, &said) {
        return verdict;
    }
    if let Some(verdict) = judge_numbers(sentence, record) {
        return verdict;
    }
    let names_more = !sentence.times.is_empty()
        || !sentence.days.is_empty()
        || !sentence.cameras.is_empty()
        || !sentence.numbers.is_empty();
    let states_total = states_total(sentence, record);
    if states_total || has_substance(&sentence.tokens, cited, names_more, record.is_english) {
        return Verdict::Holds(states_total);
    }
    Verdict::Goes("its words are not those of its events", false)
}

/// Without events behind it, a sentence holds only by the figures that it repeats.
fn judge_uncited(sentence: &Sentence<'_>, record: &Record) -> Verdict {
    let manner = &sentence.manner;
    let about = about(sentence, record);
    if let Some(verdict) = judge_numbers(sentence, record) {
        return verdict;
    }
    if !manner.negators.is_empty() {
        let is_true = about.is_empty() || denies_names(sentence, record);
        let is_true = is_true && (!record.is_english || says_what_it_counts(sentence, record));
        return if is_true { Verdict::Holds(false) } else { Verdict::Goes("it denies what was found", true) };
    }
    if !manner.amounts.iter().all(|(_, least)| about.events_max() >= *least) {
        return Verdict::Goes("it states an amount that the record does not have", true);
    }
    if let Some(verdict) = judge_comparison(sentence, record, &|word| record.has_words(word)) {
        return verdict;
    }
    let names = |forms: &[String; 2]| forms.iter().any(|form| has_words(&sentence.lower, form));
    if record.labels().any(|(forms, is_counted)| !is_counted && names(forms)) {
        return Verdict::Goes("it names what was not counted", false);
    }
    if record.is_english && record.says_more(&sentence.tokens) {
        return Verdict::Goes("it says of people or of an incident what was not asked for or counted", true);
    }
    if record.is_english && !says_what_it_counts(sentence, record) {
        return Verdict::Goes("it says more than was counted", true);
    }
    let has_count = sentence.numbers.iter().any(|number| about.holds(number));
    if has_count || (manner.direction.is_some() && !record.sides.is_empty()) {
        return Verdict::Holds(states_total(sentence, record));
    }
    if frames::says_that_there_was(&sentence.tokens, record) && about.events_max() > 0 {
        return Verdict::Holds(false);
    }
    let is_bare = sentence.cameras.is_empty() && sentence.numbers.is_empty();
    if is_bare && frames::is_frame(sentence.text, &sentence.tokens, record) {
        Verdict::Frame
    } else {
        Verdict::Goes("no event stands behind it", false)
    }
}

fn about<'a>(sentence: &'a Sentence<'_>, record: &'a Record) -> About<'a> {
    About::of(&sentence.lower, &sentence.tokens, &sentence.numbers, &sentence.mentions, record)
}

/// Whether nothing is joined to a number: "forty-seven" misspelt must not become "fourty-3".
fn is_whole_word(text: &str, span: &Range<usize>) -> bool {
    let is_joined =
        |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '‑' | '_' | '\''));
    !is_joined(text.get(..span.start).and_then(|t| t.chars().next_back()))
        && !is_joined(text.get(span.end..).and_then(|t| t.chars().next()))
}

/// Whether a sentence without a citation says no more than a report of counts does, and tells what was counted: a
/// number alone tells nothing.
fn says_what_it_counts(sentence: &Sentence<'_>, record: &Record) -> bool {
    let is_named = |token: &Token| {
        let is_in = |span: &Range<usize>| span.contains(&token.span.start);
        sentence.days.iter().any(|(span, _)| is_in(span)) && token.lower != "tonight"
            || sentence
                .mentions
                .iter()
                .any(|mention| is_in(&mention.span) && mention.respect == Respect::Place)
    };
    let has_words = sentence.tokens.iter().any(|token| token.kind == Kind::Word);
    (has_words || !sentence.mentions.is_empty())
        && vocabulary::unknown(&sentence.tokens, is_named, record).is_none()
}

/// The first number that does not hold.
fn judge_numbers(sentence: &Sentence<'_>, record: &Record) -> Option<Verdict> {
    let about = about(sentence, record);
    if !about.has_true_superlatives() {
        return Some(Verdict::Goes("it calls the most or the least what is not", true));
    }
    let holds = |number: &&Number| {
        figures::holds(number, &about, &sentence.cited, record)
            || figures::counts_references(number, references_behind(sentence.text, number))
    };
    let wrong = sentence.numbers.iter().find(|number| !holds(number))?;
    let is_plain = sentence.times.is_empty() && sentence.days.is_empty() && sentence.cameras.is_empty();
    let right = figures::correction(wrong, record);
    let right =
        right.filter(|_| is_plain && !about.is_part(wrong) && is_whole_word(sentence.text, &wrong.span));
    Some(match right {
        Some(right) => Verdict::Corrected(spliced(sentence.text, wrong.span.clone(), &right), false),
        None => Verdict::Goes("it states a number that the record does not have", true),
    })
}

/// How many references stand together behind a number: "two cars in the yard [4][5] and one at the gate [2]".
fn references_behind(text: &str, number: &Number) -> usize {
    let behind = text.get(number.span.end..).unwrap_or_default();
    let start = behind.find('[').unwrap_or(behind.len());
    let is_of_group = |c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | ' ' | ',');
    let group = behind.get(start..).unwrap_or_default();
    references(group.get(..group.find(|c| !is_of_group(c)).unwrap_or(group.len())).unwrap_or_default()).len()
}

/// More, fewer, twice as many, half of them.
fn judge_comparison(
    sentence: &Sentence<'_>,
    record: &Record,
    said: &dyn Fn(&str) -> bool,
) -> Option<Verdict> {
    let manner = &sentence.manner;
    if manner.has_share && !said("all of") && !said("half of") && !said("most of") {
        return Some(Verdict::Goes("it states a share that was not counted", true));
    }
    if manner.direction.is_none() && manner.ratio.is_none() {
        return None;
    }
    let holds = record.sides.iter().any(|sides| figures::is_so(sides, &sentence.lower, manner));
    // An event may tell of "more boxes", which compares nothing that was counted.
    let is_told = !sentence.cited.is_empty()
        && [
            "more", "less", "lower", "same", "drop", "dropped", "fell", "rise", "rose", "higher", "double",
            "twice",
        ]
        .iter()
        .any(|word| has_words(&sentence.lower, word) && said(word));
    (!holds && !is_told).then_some(Verdict::Goes("it compares what was not compared", true))
}

/// "None of the events shown carries a name."
fn denies_names(sentence: &Sentence<'_>, record: &Record) -> bool {
    const WORDS: [&str; 8] =
        ["name", "names", "named", "identified", "recognised", "recognized", "identity", "plate"];
    !record.has_names && WORDS.iter().any(|word| has_words(&sentence.lower, word))
}

/// Whether a word with digits in it, such as a plate, is one of the record.
fn is_said(word: &str, sentence: &Sentence<'_>, record: &Record) -> bool {
    match sentence.cited.as_slice() {
        [] => record.has_words(word) || record.events.iter().any(|e| has_words(&e.words, word)),
        cited => cited.iter().any(|e| has_words(&e.words, word)) || record.has_words(word),
    }
}

fn states_total(sentence: &Sentence<'_>, record: &Record) -> bool {
    let total = record.totals.events.to_string();
    sentence.numbers.iter().any(|number| number.readings.contains(&total))
}

/// Whether a sentence names a label in use that none of its events shows.
fn label_is_foreign(lower: &str, cited: &[&Known], record: &Record) -> bool {
    record.labels().any(|(forms, _)| {
        forms.iter().any(|form| has_words(lower, form))
            && !cited.iter().any(|event| forms.iter().any(|form| event.words.contains(form.as_str())))
    })
}
