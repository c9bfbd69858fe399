//! How long it takes to read the time in a question: the promise is well under a millisecond at the 99th
//! hundredth, for the longest question that is accepted too.

use divan::{Bencher, black_box};
use eps_domain::ask::{
    QUERY_CHARS_MAX,
    interpret::periods::{PeriodContext, read},
};
use jiff::{Timestamp, tz::TimeZone};

const SHORT: [&str; 4] = [
    "who entered yesterday between 2 and 4pm",
    "any vehicles last night after 10pm?",
    "which cameras are in the lobby",
    "every night this week between 10pm and 6am",
];

fn main() {
    divan::main();
}

fn context(zone: &TimeZone) -> PeriodContext<'_> {
    PeriodContext::new(Timestamp::from_second(1_778_655_600).unwrap_or_default(), zone)
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC)
}

/// As much of a text, over and over, as a question may hold.
fn longest(piece: &str) -> String {
    piece.chars().cycle().take(QUERY_CHARS_MAX).collect()
}

#[divan::bench(args = SHORT)]
fn short(bencher: Bencher, text: &str) {
    let zone = zone();
    bencher.bench(|| read(black_box(text), &context(&zone)));
}

/// Prose, mentions without end, recurrences (each of many periods), numbers that are no times, and what
/// makes a grammar look ahead in vain.
#[divan::bench(args = [
    "the person in the red jacket walked past gate 12 with 3 bags and may have left by the dock ",
    "yesterday at 3pm and last Tuesday between 2 and 4pm, June 18th or the night before last ",
    "every night last year and ",
    "12 34 5 6/7 8:09 1.2.3 4-5 ",
    "from between from the last the first of early ",
    "between 2 and between 3 and between 4 to ",
])]
fn longest_question(bencher: Bencher, piece: &str) {
    let zone = zone();
    let text = longest(piece);
    bencher.bench(|| read(black_box(&text), &context(&zone)));
}
