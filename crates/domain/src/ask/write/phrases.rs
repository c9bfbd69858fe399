//! The words for things: plurals, times, periods, numbers. Pure; knows nothing of findings.

use jiff::{SignedDuration, Timestamp, Zoned, civil::Time};

use crate::{Period, ask::place::Place};

/// Plurals that no rule gives.
const IRREGULAR: [(&str, &str); 12] = [
    ("person", "people"),
    ("man", "men"),
    ("woman", "women"),
    ("child", "children"),
    ("knife", "knives"),
    ("mouse", "mice"),
    ("sheep", "sheep"),
    ("deer", "deer"),
    ("fish", "fish"),
    ("people", "people"),
    ("luggage", "luggage"),
    ("motion", "motion"),
];

/// From this number on, digits are grouped; four digits are read at a glance.
const GROUPED_FROM: u64 = 10_000;

/// A term of a source with its underscores opened up.
pub(crate) fn opened(term: &str) -> String {
    term.chars().map(|c| if matches!(c, '_' | '-') { ' ' } else { c }).collect()
}

/// The plural of a label: person → people, delivery truck → delivery trucks.
pub(crate) fn plural(label: &str) -> String {
    let label = opened(label);
    let (rest, last) = label.rsplit_once(' ').map_or(("", label.as_str()), |(rest, last)| (rest, last));
    let lower = last.to_lowercase();
    let many = match IRREGULAR.iter().find(|(one, _)| *one == lower) {
        Some((_, many)) => (*many).to_owned(),
        None => regular_plural(last, &lower),
    };
    if rest.is_empty() { many } else { format!("{rest} {many}") }
}

fn regular_plural(word: &str, lower: &str) -> String {
    let before_last = lower.chars().rev().nth(1);
    if !lower.ends_with(|c: char| c.is_alphabetic()) {
        word.to_owned()
    } else if ["s", "x", "z", "ch", "sh"].iter().any(|end| lower.ends_with(end)) {
        format!("{word}es")
    } else if let Some(stem) = word.strip_suffix('y').filter(|_| !before_last.is_some_and(is_vowel)) {
        format!("{stem}ies")
    } else {
        format!("{word}s")
    }
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// With its article: "a person", "an animal"; a name or a plural stays as it is.
pub(crate) fn one(label: &str) -> String {
    let label = opened(label);
    let article =
        if label.chars().next().is_some_and(|c| is_vowel(c.to_ascii_lowercase())) { "an" } else { "a" };
    format!("{article} {label}")
}

/// 240, 39,313.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    if n < GROUPED_FROM {
        return digits;
    }
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// "1 event", "240 events".
pub(crate) fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(n), if n == 1 { "" } else { "s" })
}

/// "1 more event", "5 more events".
pub(crate) fn more(n: u64, noun: &str) -> String {
    format!("{} more {noun}{}", number(n), if n == 1 { "" } else { "s" })
}

/// 0.82 → "82 %".
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// "a", "a and b", "a, b and c".
pub(crate) fn list<S: AsRef<str>>(items: &[S], conjunction: &str) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            let is_last = index + 1 == items.len();
            text.push_str(if is_last { " " } else { ", " });
            if is_last {
                text.push_str(conjunction);
                text.push(' ');
            }
        }
        text.push_str(item.as_ref());
    }
    text
}

fn local(instant: Timestamp, place: &Place<'_>) -> Zoned {
    instant.to_zoned(place.timezone.clone())
}

/// "14:32"
pub(crate) fn clock(instant: Timestamp, place: &Place<'_>) -> String {
    let local = local(instant, place);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// "today", "yesterday", "on Tue 12 May", "on Mon 5 Mar 2018".
pub(crate) fn day(instant: Timestamp, place: &Place<'_>) -> String {
    let (then, now) = (local(instant, place), local(place.now, place));
    if then.date() == now.date() {
        return "today".to_owned();
    }
    if now.date().yesterday().is_ok_and(|yesterday| yesterday == then.date()) {
        return "yesterday".to_owned();
    }
    format!("on {}", date(&then, &now))
}

/// "today at 14:32", "on Tue 12 May at 14:32".
pub(crate) fn moment(instant: Timestamp, place: &Place<'_>) -> String {
    format!("{} at {}", day(instant, place), clock(instant, place))
}

/// "Tue 12 May", with the year when it is not this one.
fn date(then: &Zoned, now: &Zoned) -> String {
    let format = if then.year() == now.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    then.strftime(format).to_string()
}

/// "Tue 12 May", "Tue 12 May, 09:00–17:00", "Tue 12 May 20:00 – Wed 13 May 06:00".
pub(crate) fn interval(period: &Period, place: &Place<'_>) -> String {
    let (start, end, now) = (local(period.start, place), local(period.end, place), local(place.now, place));
    let starts_day = start.time() == Time::midnight();
    let ends_day = end.time() == Time::midnight() && end > start;
    let last_day = if ends_day { end.yesterday().unwrap_or_else(|_| end.clone()) } else { end.clone() };
    let (from, to) = (date(&start, &now), date(&last_day, &now));
    let is_one_day = start.date() == last_day.date();
    if period.start == Timestamp::UNIX_EPOCH {
        // From ever on.
        return if ends_day {
            format!("until {to}")
        } else {
            format!("until {to} {}", clock(period.end, place))
        };
    }
    match (starts_day && ends_day, is_one_day) {
        (true, true) => from,
        (true, false) => format!("{from} – {to}"),
        (false, true) => {
            let until = if ends_day { "24:00".to_owned() } else { clock(period.end, place) };
            format!("{from}, {}–{until}", clock(period.start, place))
        }
        (false, false) => {
            format!(
                "{from} {} – {} {}",
                clock(period.start, place),
                date(&end, &now),
                clock(period.end, place)
            )
        }
    }
}

/// The words of the caller for a period, else the interval.
pub(crate) fn period(period: &Period, place: &Place<'_>) -> String {
    if period.text.is_empty() { in_interval(period, place) } else { period.text.clone() }
}

/// "on Tue 12 May, 09:00–17:00", "from Mon 4 May to Sun 10 May".
pub(crate) fn in_interval(period: &Period, place: &Place<'_>) -> String {
    let told = interval(period, place);
    match told.split_once(" – ") {
        Some((from, to)) => format!("from {from} to {to}"),
        None if period.start == Timestamp::UNIX_EPOCH => told,
        None => format!("on {told}"),
    }
}

/// "3 minutes", "2 hours", "5 days": whole units, rounded down, at least one.
pub(crate) fn duration(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs().unsigned_abs();
    match seconds {
        0..60 => counted(seconds.max(1), "second"),
        60..3_600 => counted(seconds / 60, "minute"),
        3_600..172_800 => counted(seconds / 3_600, "hour"),
        _ => counted(seconds / 86_400, "day"),
    }
}

/// "first", "second", "third", "11th"; from the other end "last", "second last".
pub(crate) fn in_order(nth: usize, is_from_first: bool) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let ending = match (nth % 10, nth % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    let word = nth.checked_sub(1).and_then(|at| WORDS.get(at));
    let ordinal = word.map_or_else(|| format!("{nth}{ending}"), ToString::to_string);
    match (is_from_first, nth) {
        (true, _) => ordinal,
        (false, 0 | 1) => "last".to_owned(),
        (false, _) => format!("{ordinal} last"),
    }
}

/// "45 seconds", "3 minutes 20 seconds", "2 hours 5 minutes", "1 day 3 hours": two units at the most.
pub(crate) fn length(length: SignedDuration) -> String {
    let seconds = length.as_secs().unsigned_abs();
    let units = [
        (seconds / 86_400, "day"),
        (seconds / 3_600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
    ];
    let told = units.iter().skip_while(|(n, _)| *n == 0).take(2).filter(|(n, _)| *n > 0);
    let told: Vec<String> = told.map(|(n, unit)| counted(*n, unit)).collect();
    if told.is_empty() { "less than a second".to_owned() } else { told.join(" ") }
}

/// Whether instants all lie on one local day.
pub(crate) fn is_one_day(instants: impl IntoIterator<Item = Timestamp>, place: &Place<'_>) -> bool {
    let mut days = instants.into_iter().map(|instant| local(instant, place).date());
    let first = days.next();
    days.all(|day| Some(day) == first)
}

/// "14:32:07": where a length is told, the minute is not enough.
pub(crate) fn precise(instant: Timestamp, place: &Place<'_>) -> String {
    local(instant, place).strftime("%H:%M:%S").to_string()
}

/// The name of a stretch of a series: "Mon 4 May", or "May 2026" for a month.
pub(crate) fn stretch(start: Timestamp, is_month: bool, place: &Place<'_>) -> String {
    let start = local(start, place);
    if is_month { start.strftime("%b %Y").to_string() } else { date(&start, &local(place.now, place)) }
}

/// The same with its first letter large.
pub(crate) fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Cut at a word, with an ellipsis.
pub(crate) fn shortened(text: &str, chars_max: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(chars_max) else { return text.to_owned() };
    let head = &text[..cut];
    let head = head.rsplit_once(' ').map_or(head, |(head, _)| head);
    format!("{}…", head.trim_end_matches([',', ';', '.', ' ']))
}

/// The name of a day of the week, 0 = Monday.
pub(crate) fn weekday(day: u8) -> &'static str {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    DAYS.get(usize::from(day)).copied().unwrap_or("Sunday")
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{CameraDirectory, Scope, event_store::Vocabulary};

    fn with_place(check: impl Fn(&Place<'_>)) {
        let timezone = TimeZone::get("Europe/Berlin").unwrap();
        let directory = CameraDirectory::empty(timezone.clone());
        let vocabulary = Vocabulary::default();
        let scope = Scope::tenant("default");
        let now = "2026-05-13T10:00:00Z".parse().unwrap();
        check(&Place {
            scope: &scope,
            directory: &directory,
            vocabulary: &vocabulary,
            now,
            timezone: &timezone,
        });
    }

    #[test]
    fn plurals_are_those_of_people() {
        for (one, many) in [
            ("person", "people"),
            ("vehicle", "vehicles"),
            ("delivery_truck", "delivery trucks"),
            ("bus", "buses"),
            ("baby", "babies"),
            ("key", "keys"),
            ("box", "boxes"),
        ] {
            assert_eq!(plural(one), many);
        }
        assert_eq!((number(9_999), number(39_313)), ("9999".into(), "39,313".into()));
        assert_eq!(list(&["a", "b", "c"], "or"), "a, b or c");
    }

    #[test]
    fn times_are_local_and_told_as_people_tell_them() {
        with_place(|place| {
            let at = |text: &str| -> Timestamp { text.parse().unwrap() };
            assert_eq!(moment(at("2026-05-13T07:05:00Z"), place), "today at 09:05");
            assert_eq!(moment(at("2026-05-11T22:32:00Z"), place), "yesterday at 00:32");
            assert_eq!(moment(at("2018-03-05T08:00:00Z"), place), "on Mon 5 Mar 2018 at 09:00");
            for (start, end, told) in [
                ("2026-05-11T22:00:00Z", "2026-05-12T22:00:00Z", "Tue 12 May"),
                ("2026-05-12T22:00:00Z", "2026-05-13T10:00:00Z", "Wed 13 May, 00:00–12:00"),
                ("2026-05-12T18:00:00Z", "2026-05-13T04:00:00Z", "Tue 12 May 20:00 – Wed 13 May 06:00"),
                ("2026-05-12T18:00:00Z", "2026-05-12T22:00:00Z", "Tue 12 May, 20:00–24:00"),
                ("2026-05-03T22:00:00Z", "2026-05-10T22:00:00Z", "Mon 4 May – Sun 10 May"),
            ] {
                assert_eq!(interval(&Period::new(at(start), at(end)), place), told);
            }
        });
    }
}
