//! Answers that need no search of their own: cameras, help, small talk; and what was out of the
//! ordinary, which the insights found.

use super::{nothing, phrases, subject};
use crate::ask::{Interpretation, check::plain, gather::Findings, place::Place};

/// More kinds of alarms than these are told as a number.
const KINDS_TOLD_MAX: usize = 12;
/// More notes than these are told as a number.
const NOTES_TOLD_MAX: usize = 3;
/// Cameras listed by name; more are told as a number.
const CAMERAS_LISTED_MAX: usize = 50;

/// The cameras that the caller may see, by site.
pub(crate) fn list_cameras(interpretation: &Interpretation, place: &Place<'_>) -> String {
    let all = place.cameras();
    let is_wanted =
        |id: &&str| interpretation.cameras.is_empty() || interpretation.cameras.iter().any(|c| c == id);
    let cameras: Vec<&str> = all.into_iter().filter(is_wanted).collect();
    if cameras.is_empty() {
        return "There are no cameras that you can see.".to_owned();
    }
    let mut text = if cameras.len() == 1 {
        "You can see 1 camera:".to_owned()
    } else {
        format!("You can see {} cameras:", cameras.len())
    };
    for id in cameras.iter().take(CAMERAS_LISTED_MAX) {
        let name = plain(place.camera_name(id));
        text.push_str("\n- ");
        text.push_str(&name);
        if name != *id {
            push!(text, " ({})", plain(id));
        }
        if let Some(site) = place.site_of(id) {
            push!(text, ", site {}", plain(place.site_name(site)));
        }
        match place.vocabulary.cameras.iter().find(|camera| *camera.camera_id == **id) {
            Some(activity) => push!(
                text,
                ": {}, the last {}",
                phrases::counted(activity.events, "event"),
                phrases::moment(activity.last_event, place)
            ),
            None => text.push_str(": no event so far"),
        }
    }
    let left = cameras.len().saturating_sub(CAMERAS_LISTED_MAX);
    if left > 0 {
        push!(text, "\nand {left} more.");
    }
    text
}

/// What can be asked here, in the words of the events that are there.
pub(crate) fn help(place: &Place<'_>) -> String {
    let cameras = place.cameras();
    let labels: Vec<String> =
        place.vocabulary.labels.iter().take(6).map(|label| plain(&phrases::plural(label))).collect();
    let mut text = "I answer questions about what your cameras recorded: what happened, where, when, how \
                    often, what was unusual, and how two periods or cameras compare. Every answer names \
                    the events behind it."
        .to_owned();
    push!(text, " You can see {}", phrases::counted(cameras.len() as u64, "camera"));
    if !labels.is_empty() {
        push!(text, "; their events show {}", phrases::list(&labels, "and"));
    }
    text.push('.');
    if let (Some(camera), Some(label)) = (cameras.first(), labels.first()) {
        let name = plain(place.camera_name(camera));
        push!(
            text,
            " For example: “How many {label} today?”, “Show me {label} at {name} last night”, “Compare today \
             with yesterday at {name}”."
        );
    }
    text
}

/// A short, honest reply to what is no question about cameras.
pub(crate) fn small_talk(place: &Place<'_>) -> String {
    let cameras = place.cameras().len() as u64;
    format!(
        "I answer questions about the events of your {}. Ask me what happened, where or when.",
        phrases::counted(cameras, "camera").trim_start_matches("1 ")
    )
}

/// "Where did they go next?" with nothing before it.
pub(crate) fn refers_to_nothing() -> String {
    "I do not know what you refer to: no earlier answer of this conversation shows an event. Say what, where \
     or when, or ask again after an answer that shows events."
        .to_owned()
}

/// Names of languages by their two letters.
const LANGUAGES: [(&str, &str); 25] = [
    ("ar", "Arabic"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("es", "Spanish"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("sv", "Swedish"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("zh", "Chinese"),
];

/// Which language is read here, for a question in another one.
pub(crate) fn other_language(language: &str, has_model: bool, place: &Place<'_>) -> String {
    let name = LANGUAGES.iter().find(|(code, _)| *code == language);
    let seems = name.map_or_else(String::new, |(_, name)| format!(" This one seems to be in {name}."));
    let why = if has_model {
        "the language model that puts other languages into English did not manage it this time"
    } else {
        "other languages need a language model, and none is connected"
    };
    let mut text = format!("I read questions in English; {why}.{seems} Nothing was searched.");
    let label = place.vocabulary.labels.first().map(|label| plain(&phrases::plural(label)));
    if let Some(label) = label {
        push!(text, " Please ask in English, for example: “How many {label} today?”");
    }
    text
}

/// What was out of the ordinary, gravest first.
pub(crate) fn unusual(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    if findings.insights.is_empty() {
        if findings.totals.events == 0 {
            return nothing::found(findings, interpretation, place);
        }
        if findings.insight_weeks.is_none() {
            let mut text = "Whether anything was out of the ordinary was not looked at.".to_owned();
            push_notes(&mut text, findings);
            return text;
        }
        let totals = findings.totals;
        let mut text = format!(
            "Nothing out of the ordinary was found among {}{}{}.",
            subject::counted(totals.events, totals.visits, interpretation),
            subject::place(interpretation, place),
            subject::time(interpretation, place)
        );
        push_what_was_looked_for(&mut text, findings);
        push_notes(&mut text, findings);
        return text;
    }
    let n = (findings.insights.len() + findings.insights_left) as u64;
    let mut text = format!(
        "{} out of the ordinary{}{}{}:",
        if n == 1 { "1 thing was".to_owned() } else { format!("{} things were", phrases::number(n)) },
        subject::place(interpretation, place),
        subject::time(interpretation, place),
        match findings.insights_left {
            0 => String::new(),
            _ => format!("; the {} that matter most", findings.insights.len()),
        }
    );
    for insight in &findings.insights {
        text.push_str("\n- ");
        text.push_str(&insight.response);
    }
    if findings.insights_left > 0 && !findings.insight_kinds.is_empty() {
        let kinds = findings.insight_kinds.iter().take(KINDS_TOLD_MAX);
        let told = kinds.map(|(kind, events)| {
            format!("“{}” ({})", plain(&phrases::opened(kind)), phrases::counted(*events, "event"))
        });
        let mut told: Vec<String> = told.collect();
        let more = findings.insight_kinds.len() - told.len();
        if more > 0 {
            told.push(format!("{more} more"));
        }
        push!(text, "\nGrave kinds in all of it: {}.", phrases::list(&told, "and"));
    }
    push_notes(&mut text, findings);
    text
}

/// What "nothing" means: kinds of things, and by which weeks they were judged.
fn push_what_was_looked_for(text: &mut String, findings: &Findings) {
    let Some(weeks) = findings.insight_weeks else { return };
    text.push_str(
        "\nI looked for events that their source calls high, critical or the like, and for kinds that are incidents by \
         their name",
    );
    if weeks > 0.0 {
        push!(
            text,
            "; and, judged by the {weeks:.1} weeks before, for new and rare kinds, for hours with far more or far \
             fewer events than usual, and for silent cameras"
        );
    }
    text.push('.');
}

/// What could not be judged: a few notes whole, more as a number.
fn push_notes(text: &mut String, findings: &Findings) {
    let notes = &findings.insight_notes;
    let told = if notes.len() > NOTES_TOLD_MAX { 1 } else { notes.len() };
    for note in notes.iter().take(told) {
        text.push('\n');
        text.push_str(&phrases::sentence_case(note));
        if !note.ends_with('.') {
            text.push('.');
        }
    }
    if notes.len() > told {
        push!(text, " The same or the like holds for {} more.", phrases::number((notes.len() - told) as u64));
    }
}
