//! Stretches without events, told with the events at their ends. Says how far it was looked.

use super::{evidence_lines, phrases, subject};
use crate::{
    Period,
    ask::{
        Interpretation, QuestionForm, QuietOrder,
        gather::{
            Findings,
            quiet::{Quietness, SHOWN_MAX, Stretch},
        },
        place::Place,
    },
};

/// The whole answer.
pub(super) fn tell(
    quiet: &Quietness,
    findings: &Findings,
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> String {
    let what = subject::what(interpretation, false);
    let rest = format!("{}{}", subject::place(interpretation, place), when(quiet, interpretation, place));
    let least =
        jiff::SignedDuration::from_secs(i64::try_from(quiet.asked.at_least_seconds).unwrap_or(i64::MAX));
    let bound = if quiet.asked.at_least_seconds > 0 {
        format!(" of at least {}", phrases::length(least))
    } else {
        String::new()
    };
    let mut text = String::new();
    let Some(first) = quiet.stretches.first() else {
        let no = if interpretation.form == QuestionForm::Whether { "No: there" } else { "There" };
        push!(text, "{no} was no stretch{bound} without events{what}{rest}.");
        push_counted(&mut text, findings);
        return text;
    };
    if quiet.is_shorter {
        let no = if interpretation.form == QuestionForm::Whether { "No: there" } else { "There" };
        push!(
            text,
            "{no} was no stretch{bound} without events{what}{rest}. The longest lasted {}: {}",
            phrases::length(first.length()),
            interval(first, place)
        );
        push_references(&mut text, first);
        text.push('.');
        push_counted(&mut text, findings);
        push_ends(&mut text, findings, place);
        return text;
    }
    let count = quiet.stretches.len();
    match quiet.asked.order {
        _ if quiet.asked.at_least_seconds > 0 && quiet.asked.order == QuietOrder::Longest => {
            let yes = if interpretation.form == QuestionForm::Whether { "Yes: there" } else { "There" };
            let (was, noun) = if count == 1 { ("was", "stretch") } else { ("were", "stretches") };
            push!(
                text,
                "{yes} {was} {} {noun}{bound} without events{what}{rest}. The longest lasted {}: {}",
                phrases::number(count as u64),
                phrases::length(first.length()),
                interval(first, place)
            );
        }
        QuietOrder::Longest => push!(
            text,
            "The longest stretch without events{what}{rest} lasted {}: {}",
            phrases::length(first.length()),
            interval(first, place)
        ),
        QuietOrder::Latest | QuietOrder::Earliest => push!(
            text,
            "The {} stretch{bound} without events{what}{rest} lasted {}: {}",
            if quiet.asked.order == QuietOrder::Latest { "latest" } else { "first" },
            phrases::length(first.length()),
            interval(first, place)
        ),
    }
    push_references(&mut text, first);
    text.push('.');
    if first.end >= place.now {
        text.push_str(" It is still quiet.");
    }
    let others: Vec<&Stretch> = quiet.stretches.iter().take(SHOWN_MAX).skip(1).collect();
    if !others.is_empty() {
        text.push_str(match quiet.asked.order {
            QuietOrder::Longest => "\nThe next longest:",
            QuietOrder::Latest => "\nBefore it:",
            QuietOrder::Earliest => "\nThen:",
        });
        for stretch in others {
            push!(
                text,
                "\n- {}, {}",
                phrases::sentence_case(&phrases::length(stretch.length())),
                interval(stretch, place)
            );
            push_references(&mut text, stretch);
        }
    }
    if quiet.least.as_secs() > quiet.asked.at_least_seconds as i64 + 60 {
        push!(
            text,
            "\nStretches shorter than {} may be missing: the time is too long to look at each.",
            phrases::length(quiet.least)
        );
    }
    push_counted(&mut text, findings);
    push_ends(&mut text, findings, place);
    text
}

fn push_ends(text: &mut String, findings: &Findings, place: &Place<'_>) {
    if !findings.evidence.is_empty() {
        text.push_str("\nThe events at the ends:");
        evidence_lines::bullets(text, &findings.evidence, place);
    }
}

/// When it was looked; where the question names no time, from when on.
fn when(quiet: &Quietness, interpretation: &Interpretation, place: &Place<'_>) -> String {
    match quiet.looked_from {
        Some(from) => format!(" since {}", phrases::moment(from, place).trim_start_matches("on ")),
        None => subject::time(interpretation, place),
    }
}

fn push_counted(text: &mut String, findings: &Findings) {
    push!(
        text,
        "\nIn all there were {} ({}).",
        phrases::counted(findings.totals.events, "event"),
        phrases::counted(findings.totals.visits, "visit")
    );
}

fn interval(stretch: &Stretch, place: &Place<'_>) -> String {
    phrases::interval(&Period::new(stretch.start, stretch.end), place)
}

fn push_references(text: &mut String, stretch: &Stretch) {
    for reference in [stretch.before, stretch.after].into_iter().flatten() {
        push!(text, " [{reference}]");
    }
}
