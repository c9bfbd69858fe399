//! Wordings that operators, caretakers and people whose first language is another use, all asked on Wednesday
//! 2026-05-13 at 09:00 in Berlin.

use jiff::tz::TimeZone;

use super::{assert_told, expected, local, told};
use crate::ask::interpret::periods::{PeriodContext, read};

#[test]
fn bounds_that_are_denied_lengths_and_ends_of_days_are_read() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    let rows = [
        ("not later than 9am on Monday", "2026-05-11T00:00/2026-05-11T09:00"),
        ("no later than 8 this morning", "2026-05-13T06:00/2026-05-13T08:00"),
        ("not before 6pm yesterday", "2026-05-12T18:00/2026-05-13T09:00"),
        ("btw 17:00 and 18:30 on tue", "2026-05-12T17:00/2026-05-12T18:30"),
        ("past 24h", "2026-05-12T09:00/2026-05-13T09:00"),
        ("the past 1h30", "2026-05-13T07:30/2026-05-13T09:00"),
        ("in the last hour and a half", "2026-05-13T07:30/2026-05-13T09:00"),
        ("all day yesterday", "2026-05-12T00:00/2026-05-13T00:00"),
        ("the whole of last week", "2026-05-04T00:00/2026-05-11T00:00"),
        ("all week", "2026-05-11T00:00/2026-05-13T09:00"),
        ("daytime yesterday", "2026-05-12T06:00/2026-05-12T20:00"),
        ("in broad daylight on Tuesday", "2026-05-12T06:00/2026-05-12T20:00"),
        ("the last three days of March", "2026-03-29T00:00/2026-04-01T00:00"),
        ("the first two weeks of April", "2026-04-01T00:00/2026-04-15T00:00"),
        ("first half of March", "2026-03-01T00:00/2026-03-16T00:00"),
        ("the second half of last month", "2026-04-16T00:00/2026-05-01T00:00"),
        ("second half of last week", "2026-05-07T00:00/2026-05-11T00:00"),
        ("the night from Monday to Tuesday", "2026-05-11T20:00/2026-05-12T06:00"),
        ("since we closed", "2026-05-12T18:00/2026-05-13T09:00"),
        ("an hour before noon yesterday", "2026-05-12T10:45/2026-05-12T11:15"),
        ("in the two hours after midnight on Tuesday", "2026-05-12T00:00/2026-05-12T02:00"),
        ("since opening today", "2026-05-13T08:00/2026-05-13T09:00"),
        ("from 8 to 12 uhr yesterday", "2026-05-12T08:00/2026-05-12T12:00"),
        ("events 7 Apr '26", "2026-04-07T00:00/2026-04-08T00:00"),
        ("a week ago yesterday", "2026-05-05T00:00/2026-05-06T00:00"),
        ("by day last week", "2026-05-04T00:00/2026-05-11T00:00"),
    ];
    assert_told(&context, &rows);
}

#[test]
fn what_stands_apart_or_in_a_list_is_one_time_or_shares_it() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T12:00", &zone), &zone);
    let rows = [
        ("people on Saturday in the lobby between 8 and 9", "2026-05-09T08:00/2026-05-09T09:00"),
        ("last night at dock door 2 around 2:45", "2026-05-13T02:35/2026-05-13T02:55"),
        ("Did the guard do his 2 o'clock round last night?", "2026-05-13T01:45/2026-05-13T02:15"),
        ("Between 22:00 and 23:00, how many people left on Tuesday?", "2026-05-12T22:00/2026-05-12T23:00"),
        ("This morning, did anyone come in before 6:30?", "2026-05-13T06:00/2026-05-13T06:30"),
        (
            "more people this morning than in the hall at night",
            "2026-05-13T06:00/2026-05-13T12:00 2026-05-12T20:00/2026-05-13T06:00",
        ),
        ("today at the dock since 8", "2026-05-13T08:00/2026-05-13T12:00"),
        ("on Monday in the lobby before lunch", "2026-05-11T00:00/2026-05-11T12:00"),
        ("the second half of the day yesterday", "2026-05-12T12:00/2026-05-13T00:00"),
        (
            "weekday vs weekend traffic last week",
            "2026-05-04T00:00/2026-05-05T00:00 2026-05-05T00:00/2026-05-06T00:00 2026-05-06T00:00/2026-05-07T00:00 2026-05-07T00:00/2026-05-08T00:00 2026-05-08T00:00/2026-05-09T00:00 2026-05-09T00:00/2026-05-11T00:00",
        ),
        ("this week in the lobby on Monday", "2026-05-11T00:00/2026-05-12T00:00"),
        ("this week, on Monday at the dock, who came between 8 and 9", "2026-05-11T08:00/2026-05-11T09:00"),
        (
            "in at 3pm and out after 5 yesterday",
            "2026-05-12T14:45/2026-05-12T15:15 2026-05-12T17:00/2026-05-13T00:00",
        ),
        // Two times stay two.
        (
            "this morning compared with yesterday afternoon",
            "2026-05-13T06:00/2026-05-13T12:00 2026-05-12T12:00/2026-05-12T18:00",
        ),
        (
            "Monday at the dock compared with last week",
            "2026-05-11T00:00/2026-05-12T00:00 2026-05-04T00:00/2026-05-11T00:00",
        ),
        (
            "compare Monday with Monday last week",
            "2026-05-11T00:00/2026-05-12T00:00 2026-05-04T00:00/2026-05-05T00:00",
        ),
        (
            "between 8 and 9 on Saturday and Sunday",
            "2026-05-09T08:00/2026-05-09T09:00 2026-05-10T08:00/2026-05-10T09:00",
        ),
        (
            "Mon, Tue and Wed last week",
            "2026-05-04T00:00/2026-05-05T00:00 2026-05-05T00:00/2026-05-06T00:00 2026-05-06T00:00/2026-05-07T00:00",
        ),
        (
            "this week so far with the same days last week",
            "2026-05-11T00:00/2026-05-13T12:00 2026-05-04T00:00/2026-05-06T12:00",
        ),
        (
            "since Monday between 8 and 9",
            "2026-05-11T08:00/2026-05-11T09:00 2026-05-12T08:00/2026-05-12T09:00 2026-05-13T08:00/2026-05-13T09:00",
        ),
        ("on Monday this month", "2026-05-04T00:00/2026-05-05T00:00 2026-05-11T00:00/2026-05-12T00:00"),
    ];
    assert_told(&context, &rows);
}

#[test]
fn numbers_and_hours_are_read_by_what_they_can_mean() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T12:00", &zone), &zone);
    let rows = [
        ("vehicles three days ago", "2026-05-10T00:00/2026-05-11T00:00"),
        ("people at the dock two nights ago", "2026-05-11T20:00/2026-05-12T06:00"),
        ("vehicles at the gate 12 days ago", "2026-05-01T00:00/2026-05-02T00:00"),
        ("exit gate 12 May vehicles", "2026-05-12T00:00/2026-05-13T00:00"),
        ("lobby 7-9 people yesterday", "2026-05-12T07:00/2026-05-12T09:00"),
        ("gate 2 at 0600-1400 yesterday", "2026-05-12T06:00/2026-05-12T14:00"),
        ("1430 on Thursday", "2026-05-07T14:25/2026-05-07T14:35"),
        ("before 6 today", "2026-05-13T00:00/2026-05-13T06:00"),
        ("before 6:30", "2026-05-13T00:00/2026-05-13T06:30"),
        ("between 6 and 8 today", "2026-05-13T06:00/2026-05-13T08:00"),
        ("Sunday between 8 in the morning and 5 in the afternoon", "2026-05-10T08:00/2026-05-10T17:00"),
        ("between 10 at night and 2 in the morning on Friday", "2026-05-08T22:00/2026-05-09T02:00"),
        ("Monday after 3 in the afternoon", "2026-05-11T15:00/2026-05-12T00:00"),
        ("from the 30th of April through the 2nd", "2026-04-30T00:00/2026-05-03T00:00"),
        ("on 06/05/2026", "2026-05-06T00:00/2026-05-07T00:00"),
        ("anyone on the 11th between 8 and 12", "2026-05-11T08:00/2026-05-11T12:00"),
        ("Monday the 4th between 08:00 and 12:30", "2026-05-04T08:00/2026-05-04T12:30"),
        ("people on the 11th between the gate and the dock", "2026-05-11T00:00/2026-05-12T00:00"),
        ("since Sunday noon until yesterday noon", "2026-05-10T12:00/2026-05-12T12:00"),
        ("since Sunday until yesterday", "2026-05-10T00:00/2026-05-13T00:00"),
        ("since 8 until 10 yesterday", "2026-05-12T08:00/2026-05-12T10:00"),
        (
            "mornings of Monday and Tuesday",
            "2026-05-11T06:00/2026-05-11T12:00 2026-05-12T06:00/2026-05-12T12:00",
        ),
        (
            "on the evenings of the 4th and 5th",
            "2026-05-04T18:00/2026-05-04T22:00 2026-05-05T18:00/2026-05-05T22:00",
        ),
        ("8/5", "2026-05-08T00:00/2026-05-09T00:00"),
        ("b/w 4th and 6th may", "2026-05-04T00:00/2026-05-07T00:00"),
        ("at least 3 people at the ramp at the same time yesterday", "2026-05-12T00:00/2026-05-13T00:00"),
        ("the hour before last", "2026-05-13T10:00/2026-05-13T11:00"),
        ("first half of yesterday", "2026-05-12T00:00/2026-05-12T12:00"),
        ("second half of last night", "2026-05-13T01:00/2026-05-13T06:00"),
        ("dock forklift mon", "2026-05-11T00:00/2026-05-12T00:00"),
        ("isn't there a person in the packing area now?", "2026-05-13T11:55/2026-05-13T12:00"),
    ];
    assert_told(&context, &rows);
}

#[test]
fn days_are_taken_away_from_the_week_around_them() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    let days = |days: std::ops::RangeInclusive<u8>| {
        let day = |day: u8| match day {
            13 => "2026-05-13T00:00/2026-05-13T09:00".to_owned(),
            _ => format!("2026-05-{day:02}T00:00/2026-05-{:02}T00:00", day + 1),
        };
        days.map(day).collect::<Vec<_>>().join(" ")
    };
    for (text, all, out) in [
        ("any day but Monday this week", days(11..=13), 11),
        ("any day except Tuesday this week", days(11..=13), 12),
        ("all but Monday last week", days(4..=10), 4),
        ("every day this week but on Monday", days(11..=13), 11),
        ("every day but Tuesday", days(7..=13), 12),
        ("on all days but Sunday", days(7..=13), 10),
        ("every day but yesterday", days(7..=13), 12),
        ("weekdays but Friday last week", days(4..=8), 8),
        ("which day but Monday was busiest last week", "2026-05-04T00:00/2026-05-11T00:00".to_owned(), 4),
        ("last week but Monday", "2026-05-04T00:00/2026-05-11T00:00".to_owned(), 4),
    ] {
        let periods = |is_left_out: bool| {
            let mentions =
                read(text, &context).into_iter().filter(|mention| mention.is_left_out == is_left_out);
            let periods = mentions.flat_map(|mention| mention.periods);
            periods.map(|period| (period.start, period.end)).collect::<Vec<_>>()
        };
        assert_eq!(periods(false), expected(&all, &zone), "{text}");
        assert_eq!(periods(true), expected(&days(out..=out), &zone), "{text}");
    }
    assert_eq!(
        told("last week but only on Monday", &context),
        expected("2026-05-04T00:00/2026-05-05T00:00", &zone)
    );
}

#[test]
fn what_comes_back_on_days_of_the_week_is_looked_for_in_the_same_weeks() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    for (text, days) in [
        ("on weekdays", vec![20]),
        ("on Saturdays", vec![4]),
        ("at weekends", vec![4]),
        ("every night", vec![6]),
        ("more on weekends or on weekdays", vec![4, 20]),
        ("per hour on Saturdays compared to weekdays", vec![4, 20]),
        ("Mondays, Wednesdays and Fridays", vec![12]),
        ("Saturdays compared to every day", vec![4, 28]),
        ("weekend nights versus every night", vec![8, 27]),
        ("the last 3 Saturdays compared to weekdays", vec![3, 20]),
        ("Saturdays last month compared to weekdays", vec![4, 22]),
        ("are Saturdays busier than other days", vec![4, 24]),
        ("are Mondays busier than the rest of the week", vec![4, 24]),
        ("more on Saturdays than on an average weekday", vec![4, 20]),
        ("on a typical Monday", vec![4]),
        ("more in the morning than in the evening on weekdays", vec![20, 19]),
        ("last week's Saturday compared to weekdays", vec![1, 5]),
    ] {
        let mentions = read(text, &context);
        let found: Vec<usize> = mentions.iter().map(|mention| mention.periods.len()).collect();
        assert_eq!(found, days, "{text}: {mentions:#?}");
        let starts = mentions.iter().map(|mention| mention.periods[0].start);
        let days_back = |start| local("2026-05-13T09:00", &zone).duration_since(start).as_hours() / 24;
        assert!(starts.clone().all(|start| days_back(start) <= 43), "{text}");
    }
}

#[test]
fn fillers_within_a_time_say_no_more_than_about() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T12:00", &zone), &zone);
    let rows = [
        ("was he in on Friday before like 5 pm", "2026-05-08T00:00/2026-05-08T17:00"),
        ("before, say, 5 pm yesterday", "2026-05-12T00:00/2026-05-12T17:00"),
        ("after maybe sort of 5 pm yesterday", "2026-05-12T17:00/2026-05-13T00:00"),
        ("at like 8 yesterday", "2026-05-12T07:30/2026-05-12T08:30"),
        ("at, like, 8 yesterday", "2026-05-12T07:30/2026-05-12T08:30"),
        ("around about 5 pm yesterday", "2026-05-12T16:30/2026-05-12T17:30"),
        ("between like 2 and maybe 4 yesterday", "2026-05-12T14:00/2026-05-12T16:00"),
        ("from about 2 to um 4 pm yesterday", "2026-05-12T14:00/2026-05-12T16:00"),
        ("since like 9 today", "2026-05-13T09:00/2026-05-13T12:00"),
        ("cars by around 9 am today", "2026-05-13T00:00/2026-05-13T09:00"),
        ("a van came by around 9 am today", "2026-05-13T08:30/2026-05-13T09:30"),
        ("on like Friday", "2026-05-08T00:00/2026-05-09T00:00"),
        ("people like 5 of them", ""),
        ("at least 3 people", ""),
        ("about 5 people", ""),
    ];
    assert_told(&context, &rows);
}

#[test]
fn ranges_of_weekdays_share_the_week_and_comparisons_the_stretch() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T12:00", &zone), &zone);
    let (week, day) = ("2026-05-11T00:00/2026-05-13T12:00", "2026-05-13T00:00/2026-05-13T12:00");
    let stretch = format!("{week} 2026-05-04T00:00/2026-05-06T12:00");
    let half_day = format!("{day} 2026-05-12T00:00/2026-05-12T12:00");
    let rows = [
        ("Mon-Wed and Fri last week", "2026-05-04T00:00/2026-05-07T00:00 2026-05-08T00:00/2026-05-09T00:00"),
        ("Mon, Wed-Fri last week", "2026-05-04T00:00/2026-05-05T00:00 2026-05-06T00:00/2026-05-09T00:00"),
        (
            "Monday to Tuesday this week and Friday last week",
            "2026-05-11T00:00/2026-05-13T00:00 2026-05-08T00:00/2026-05-09T00:00",
        ),
        ("more people this week than last week at the same time", stretch.as_str()),
        ("more people this week than at the same time last week", stretch.as_str()),
        ("this week so far compared to the same period last week", stretch.as_str()),
        ("more today than at this time yesterday", half_day.as_str()),
        ("more today than yesterday at this point", half_day.as_str()),
        (
            "compare the last 7 days with the previous 7 days",
            "2026-05-06T12:00/2026-05-13T12:00 2026-04-29T12:00/2026-05-06T12:00",
        ),
        (
            "yesterday compared to the 3 days before",
            "2026-05-12T00:00/2026-05-13T00:00 2026-05-09T00:00/2026-05-12T00:00",
        ),
        ("compare May with April", "2026-05-01T00:00/2026-05-13T12:00 2026-04-01T00:00/2026-05-01T00:00"),
        ("Fridays this week", "2026-05-15T00:00/2026-05-16T00:00"),
        ("this month to date", "2026-05-01T00:00/2026-05-13T12:00"),
        ("monday 0200-0230", "2026-05-11T02:00/2026-05-11T02:30"),
        ("at this time yesterday", "2026-05-12T11:45/2026-05-12T12:15"),
        ("more than three people at the same time yesterday", "2026-05-12T00:00/2026-05-13T00:00"),
    ];
    assert_told(&context, &rows);
    let words = |text| read(text, &context)[0].periods[0].text.clone();
    assert_eq!(words("on weekday evenings (6-8pm) last week"), "weekday evenings (6-8pm) last week");
}
