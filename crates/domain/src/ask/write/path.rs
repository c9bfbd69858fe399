//! A path over cameras, told step by step, each with its strength and reasons. Says that it is judged from
//! times, ways and likeness: nobody was recognised.

use super::{evidence_lines, phrases};
use crate::ask::{
    Evidence,
    check::plain,
    gather::{
        Findings,
        path::{Direction, Hop, Path},
    },
    place::Place,
};

/// From this strength on a step is told as likely.
const LIKELY: f64 = 0.5;

/// The whole answer.
pub(super) fn tell(path: &Path, findings: &Findings, place: &Place<'_>) -> String {
    let of = |reference: u32| findings.evidence.iter().find(|event| event.reference == reference);
    let Some(from) = of(path.from_reference) else { return String::new() };
    if path.hops.is_empty() {
        return nowhere(path.direction, from, place);
    }
    let mut text = answer(path, &of, place);
    text.push_str("\nStep by step:");
    // The evidence of a path is in the order of time.
    if let Some(first) = of(1) {
        evidence_lines::bullets(&mut text, [first], place);
    }
    for hop in &path.hops {
        push_hop(&mut text, hop, &of, place);
    }
    text.push_str("\nThis is judged from times, ways and descriptions; nobody was recognised.");
    text
}

/// The answer itself: the next camera, the one before, or the way.
fn answer<'a>(path: &Path, of: &impl Fn(u32) -> Option<&'a Evidence>, place: &Place<'_>) -> String {
    let name = |id: &str| plain(place.camera_name(id));
    let likely = |hop: &Hop| if hop.strength >= LIKELY { "most likely" } else { "possibly" };
    match path.direction {
        Direction::Onward => {
            let Some(next) = path.hops.first() else { return String::new() };
            let when = of(next.reference).map(|event| phrases::moment(event.timestamp, place));
            let mut text = format!(
                "Next they were {} at {}, {} [{}].",
                likely(next),
                name(&next.to),
                when.unwrap_or_default(),
                next.reference
            );
            let further: Vec<String> = path.hops.iter().skip(1).map(|hop| name(&hop.to)).collect();
            push_rest(&mut text, &further, "From there they went on to");
            text
        }
        Direction::Back => {
            let Some(before) = path.hops.last() else { return String::new() };
            // The earlier sighting of the last step is the one before it in the order of time.
            let reference = before.reference;
            let when = of(reference).map(|event| phrases::moment(event.timestamp, place));
            let mut text = format!(
                "Before that they were {} at {}, {} [{reference}].",
                likely(before),
                name(&before.from),
                when.unwrap_or_default(),
            );
            let earlier: Vec<String> = path.hops.iter().rev().skip(1).map(|hop| name(&hop.from)).collect();
            push_rest(&mut text, &earlier, "Before it at");
            text
        }
        Direction::Both => {
            let mut cameras: Vec<String> = path.hops.iter().take(1).map(|hop| name(&hop.from)).collect();
            cameras.extend(path.hops.iter().map(|hop| name(&hop.to)));
            format!("The way, as far as it can be followed: {}.", cameras.join(" → "))
        }
    }
}

fn push_rest(text: &mut String, cameras: &[String], opening: &str) {
    if !cameras.is_empty() {
        push!(text, " {opening} {}.", cameras.join(", then "));
    }
}

/// "- Today at 02:42, South yard: … [2] (strength 0.71: 50 s after, …)"
fn push_hop<'a>(text: &mut String, hop: &Hop, of: &impl Fn(u32) -> Option<&'a Evidence>, place: &Place<'_>) {
    // Told in the order of time: each step by its later sighting.
    let Some(event) = of(hop.later) else { return };
    push!(
        text,
        "\n- {} (strength {:.2}: {})",
        phrases::sentence_case(&evidence_lines::line(event, place)),
        hop.strength,
        plain(&hop.why.join(", "))
    );
}

fn nowhere(direction: Direction, from: &Evidence, place: &Place<'_>) -> String {
    let camera = plain(place.camera_name(&from.camera_id));
    let when = phrases::moment(from.timestamp, place);
    let side = match direction {
        Direction::Onward => "after",
        Direction::Back => "before",
        Direction::Both => "before or after",
    };
    format!(
        "The way cannot be followed: of what the cameras that you can see show within 15 minutes {side} it, \
         nothing fits well enough to be singled out. It was at {camera}, {when} [{}].",
        from.reference
    )
}
