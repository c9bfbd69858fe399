//! "What happened then?", "and the hour after?" behind a ranking: the hour, day or camera that its answer
//! named stands for the turn before. Found only among the evidence that the caller may still see.

use jiff::{Timestamp, ToSpan, Zoned};

use super::{Question, pointing, tokens::Tokens};
use crate::{
    Period,
    ask::interpretation::{Grouping, Intent, Interpretation, QuestionForm},
};

/// What the turn before it named, where the question points at it; the turn before as it was, else `None`.
pub(super) fn of_ranking(tokens: &Tokens<'_>, question: &Question<'_>) -> Option<Interpretation> {
    let previous = question.previous?;
    let group = previous.group_by.filter(|_| previous.intent == Intent::Busiest)?;
    let (first, rest) = question.evidence.split_first()?;
    if previous.top.is_some_and(|top| top > 1) {
        return None;
    }
    let mut named = Interpretation {
        intent: Intent::Count,
        form: QuestionForm::HowMany,
        group_by: None,
        top: None,
        is_least: false,
        ..previous.clone()
    };
    if group == Grouping::Camera {
        let is_one = rest.iter().all(|event| event.camera_id == first.camera_id);
        if !is_one || !pointing::points_at_place(tokens) {
            return None;
        }
        named.cameras = vec![first.camera_id.clone()];
        (named.sites, named.matches_nothing) = (Vec::new(), false);
        return Some(named);
    }
    let unit = match group {
        Grouping::Hour => "hour",
        Grouping::Day => "day",
        Grouping::Week => "week",
        Grouping::Month => "month",
        _ => return None,
    };
    if !pointing::points_at_time(tokens, unit) {
        return None;
    }
    let period = bucket(first.timestamp, group, question)?;
    let is_within = |at: Timestamp| period.start <= at && at < period.end;
    if !rest.iter().all(|event| is_within(event.timestamp)) {
        return None;
    }
    named.periods = vec![period];
    Some(named)
}

/// The hour, day, week or month around an instant, cut at now.
fn bucket(at: Timestamp, group: Grouping, question: &Question<'_>) -> Option<Period> {
    let local = at.to_zoned(question.timezone.clone());
    let day = local.start_of_day().ok()?;
    let (start, end): (Zoned, Zoned) = match group {
        Grouping::Hour => {
            let start =
                local.round(jiff::ZonedRound::new().smallest(jiff::Unit::Hour).mode(jiff::RoundMode::Trunc));
            let start = start.ok()?;
            let end = start.checked_add(1.hour()).ok()?;
            (start, end)
        }
        Grouping::Day => {
            let end = day.checked_add(1.day()).ok()?;
            (day, end)
        }
        Grouping::Week => {
            let back = i64::from(day.weekday().to_monday_zero_offset());
            let start = day.checked_sub(back.days()).ok()?;
            let end = start.checked_add(1.week()).ok()?;
            (start, end)
        }
        _ => {
            let start = day.first_of_month().ok()?;
            let end = start.checked_add(1.month()).ok()?;
            (start, end)
        }
    };
    let text = match group {
        Grouping::Hour => start.strftime("on %a %-d %b at %H:00").to_string(),
        Grouping::Day => start.strftime("on %a %-d %b").to_string(),
        Grouping::Week => start.strftime("in the week of %a %-d %b").to_string(),
        _ => start.strftime("in %B %Y").to_string(),
    };
    Some(Period::new(start.timestamp(), end.timestamp().min(question.now)).named(text))
}
