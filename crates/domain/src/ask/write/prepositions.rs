//! The prepositions that the words of a period lack in a sentence. Pure; knows words only.

use crate::ask::calendar_words::{MONTHS, WEEKDAYS};

/// The words of a period with the preposition that they lack in a sentence: "on Friday", "at 02:41", "in
/// the last 7 days"; "yesterday" and "between 2 and 4pm" stand by themselves.
pub(crate) fn when(text: &str) -> String {
    // "Yesterday's" told as a time.
    let text = text.strip_suffix("'s").or_else(|| text.strip_suffix("\u{2019}s")).unwrap_or(text);
    let lower = text.to_lowercase();
    let mut words = lower.split(' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if let Some(preposition) = before_feast(&lower).or_else(|| before_hours(first, second, &lower)) {
        return format!("{preposition}{text}");
    }
    if let Some(preposition) = before_figures(first, second, words.next().unwrap_or_default(), &lower) {
        return format!("{preposition}{text}");
    }
    let is_clock = first.contains(':') || first.trim_start_matches(|c: char| c.is_ascii_digit()) != first;
    // "Saturdays", "weekday evenings" and "weekend nights", too.
    let one = first.strip_suffix('s').unwrap_or(first);
    let is_weekday = WEEKDAYS.contains(&one) || one == "weekday";
    let is_day =
        is_weekday || (one == "weekend" && first != second && !second.is_empty()) || first == "weekends";
    let preposition = match first {
        "the" if matches!(second, "last" | "past") => "in ",
        "the" if matches!(second, "morning" | "afternoon" | "evening") => "in ",
        "the" if second == "weekend" => "at ",
        "night" | "lunchtime" | "lunch" => "at ",
        "weekend" if matches!(second, "" | "of" | "before") => "at the ",
        "mornings" | "afternoons" | "evenings" => "in the ",
        "winter" | "spring" | "summer" | "autumn" | "week" => "in ",
        "the" if lower.ends_with("before") && lower != "the day before" => "in ",
        _ if is_day && lower.contains(" to ") && !lower.contains(" from ") => "from ",
        _ if is_day => "on ",
        // "Mon 9 Nov", as we write days ourselves.
        "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun" if !lower.contains('–') => "on ",
        _ if MONTHS.contains(&first) => "in ",
        _ if matches!(first, "noon" | "midnight" | "midday" | "dawn" | "dusk") => "at ",
        _ if is_clock
            && (first.contains(':') || first.ends_with("am") || first.ends_with("pm"))
            && !lower.contains(['–', '-'])
            && !lower.ends_with("ago")
            && !lower.contains(" to ") =>
        {
            "at "
        }
        _ => "",
    };
    format!("{preposition}{text}")
}

/// "On Easter Monday", "over the Easter weekend", "at Christmas".
fn before_feast(lower: &str) -> Option<&'static str> {
    const FEASTS: [&str; 37] = [
        "easter",
        "good",
        "palm",
        "maundy",
        "ash",
        "shrove",
        "pancake",
        "mardi",
        "ascension",
        "whit",
        "pentecost",
        "corpus",
        "christmas",
        "xmas",
        "boxing",
        "new",
        "nye",
        "valentine",
        "valentines",
        "valentine's",
        "st",
        "saint",
        "halloween",
        "thanksgiving",
        "black",
        "cyber",
        "memorial",
        "labor",
        "presidents",
        "presidents'",
        "columbus",
        "veterans",
        "juneteenth",
        "canada",
        "australia",
        "anzac",
        "bastille",
    ];
    let named = lower.strip_prefix("the ").unwrap_or(lower);
    let mut words = named.split(' ');
    let first = words.next()?;
    let is_fools = named.starts_with("april fool");
    if !FEASTS.contains(&first) && !is_fools {
        return None;
    }
    let has = |wanted: &[&str]| named.split(' ').take(4).any(|word| wanted.contains(&word));
    if has(&["weekend", "holidays", "holiday", "break"]) {
        return Some("over ");
    }
    let is_day = is_fools
        || has(&["day", "eve", "night", "morning", "afternoon", "evening"])
        || named.split(' ').take(3).any(|word| WEEKDAYS.contains(&word))
        || matches!(first, "halloween" | "nye" | "juneteenth" | "thanksgiving");
    Some(if is_day { "on " } else { "at " })
}

/// "During business hours on Monday", "at 8 pm on Sunday".
fn before_hours(first: &str, second: &str, lower: &str) -> Option<&'static str> {
    let is_range = lower.contains(" to ") || lower.contains(" until ");
    let is_of_hours = ["business", "working", "office", "work", "opening", "open", "operating", "trading"];
    if (is_of_hours.contains(&first) && second == "hours") || (first == "hours" && second == "of") {
        return Some("during ");
    }
    let is_hour = !first.is_empty()
        && first.len() <= 5
        && first.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.');
    let is_clock = is_hour && matches!(second, "am" | "pm" | "a.m." | "p.m.");
    is_clock.then_some(if is_range { "from " } else { "at " })
}

/// The preposition of a period that begins with figures or is a date: "on April 30", "in 9/2025", "at 1430".
fn before_figures(first: &str, second: &str, third: &str, lower: &str) -> Option<&'static str> {
    let is_figures = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_month = |word: &str| {
        MONTHS.iter().any(|month| *month == word || (word.len() == 3 && month.starts_with(word)))
    };
    let is_nth = |word: &str| {
        word.len() > 2
            && is_figures(&word[..word.len() - 2])
            && ["st", "nd", "rd", "th"].iter().any(|end| word.ends_with(end))
    };
    let is_day = |word: &str| (is_figures(word.trim_end_matches(',')) && word.len() <= 3) || is_nth(word);
    let is_range = lower.contains(['–', '—']) || lower.contains(" to ") || lower.contains(" through ");
    if is_range {
        return None;
    }
    if (is_month(first) && (is_day(second) || second == "the"))
        || (is_day(first) && (is_month(second) || second == "of"))
    {
        return Some("on ");
    }
    if is_nth(first) || (first == "the" && is_nth(second)) {
        return Some("on ");
    }
    if first.contains('/') || second == "/" {
        let parts = first.split('/').filter(|part| !part.is_empty()).count();
        let is_month = if second == "/" {
            third.len() == 4
        } else {
            parts == 2 && first.rsplit('/').next().is_some_and(|year| year.len() == 4)
        };
        let is_date = first.starts_with(|c: char| c.is_ascii_digit());
        return is_date.then_some(if is_month { "in " } else { "on " });
    }
    let is_alone =
        matches!(second, "" | "on" | "today" | "yesterday" | "in" | "last" | "this" | "o'clock" | "oclock");
    match first.len() {
        4 if is_figures(first)
            && second.is_empty()
            && (first.starts_with("19") || first.starts_with("20")) =>
        {
            Some("in ")
        }
        1 | 2 | 4 if is_figures(first) && is_alone => Some("at "),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_period_get_the_preposition_that_they_lack() {
        for (words, told) in [
            ("yesterday", "yesterday"),
            ("Friday", "on Friday"),
            ("Friday morning", "on Friday morning"),
            ("Monday from 9 to 11", "on Monday from 9 to 11"),
            ("Monday to Friday last week", "from Monday to Friday last week"),
            ("Mon 9 Nov", "on Mon 9 Nov"),
            ("02:41", "at 02:41"),
            ("5pm", "at 5pm"),
            ("14:00 to 16:00", "14:00 to 16:00"),
            ("the last 7 days", "in the last 7 days"),
            ("the weekend", "at the weekend"),
            ("night", "at night"),
            ("the past few hours", "in the past few hours"),
            ("the day before", "the day before"),
            ("3 days ago", "3 days ago"),
            ("March", "in March"),
            ("between 2 and 4pm", "between 2 and 4pm"),
            ("April 30", "on April 30"),
            ("May the fourth", "on May the fourth"),
            ("May 2026", "in May 2026"),
            ("12 May", "on 12 May"),
            ("the 5th of May", "on the 5th of May"),
            ("8/5", "on 8/5"),
            ("9 / 2025", "in 9 / 2025"),
            ("9/2025", "in 9/2025"),
            ("1430 on Thursday", "at 1430 on Thursday"),
            ("6 today", "at 6 today"),
            ("3 days ago", "3 days ago"),
            ("2025", "in 2025"),
            ("last night", "last night"),
            ("Easter Monday", "on Easter Monday"),
            ("the Easter weekend", "over the Easter weekend"),
            ("Memorial Day weekend", "over Memorial Day weekend"),
            ("New Year's Eve", "on New Year's Eve"),
            ("April Fools' Day", "on April Fools' Day"),
            ("Christmas", "at Christmas"),
            ("last Christmas", "last Christmas"),
            ("8 pm on Sunday", "at 8 pm on Sunday"),
            ("8:30 p.m. yesterday", "at 8:30 p.m. yesterday"),
            ("8 pm to 10 pm on Sunday", "from 8 pm to 10 pm on Sunday"),
            ("Saturdays", "on Saturdays"),
            ("Tuesdays and Thursdays", "on Tuesdays and Thursdays"),
            ("weekday evenings (6-8pm) last week", "on weekday evenings (6-8pm) last week"),
            ("weekend nights", "on weekend nights"),
            ("weekends", "on weekends"),
            ("weekend", "at the weekend"),
            ("business hours on Monday", "during business hours on Monday"),
            ("outside opening hours on Monday", "outside opening hours on Monday"),
            ("winter", "in winter"),
        ] {
            assert_eq!(when(words), told);
        }
    }
}
