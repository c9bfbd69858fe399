//! The planted incidents, which `docs/demo.md` writes down: what to find, and under which ids.

use jiff::{SpanRelativeTo, ToSpan, Unit, civil::Date};

use super::{
    day,
    sketch::{Simulation, Sketch},
};

/// One planted incident.
#[derive(Debug, Clone, Copy)]
pub struct Incident {
    /// What people would call it.
    pub name: &'static str,
    /// How its event ids begin.
    pub id_prefix: &'static str,
    /// Days before the anchor.
    pub days_before: i32,
    /// How many events it has; none for a silence.
    pub events: usize,
    /// Where and when, in words.
    pub story: &'static str,
}

/// Every incident there is.
pub const INCIDENTS: &[Incident] = &[
    Incident {
        name: "intruder",
        id_prefix: "incident-intruder-",
        days_before: 1,
        events: 6,
        story: "At 02:41 in the night before today somebody in dark clothes climbs the east fence, crosses the south yard, tries dock door 2 and leaves the way they came at 02:52.",
    },
    Incident {
        name: "returning van",
        id_prefix: "incident-van-",
        days_before: 2,
        events: 4,
        story: "Two days ago the same grey van without markings (WX-QQ 4711) stops at the main gate four times, at 11:05, 13:20, 16:45 and 19:10, and turns away each time.",
    },
    Incident {
        name: "camera gone dark",
        id_prefix: "incident-dark-",
        days_before: 3,
        events: 0,
        story: "Three days ago the packing area camera (hall-2) sends nothing from 09:00 to 15:00.",
    },
    Incident {
        name: "tailgating",
        id_prefix: "incident-tailgating-",
        days_before: 4,
        events: 3,
        story: "Four days ago at 08:07 a second person slips through the lobby turnstile behind a badge holder and walks to the server room door.",
    },
    Incident {
        name: "crowd at an odd hour",
        id_prefix: "incident-crowd-",
        days_before: 6,
        events: 48,
        story: "Six days ago from 23:30 to 00:10 a crowd gathers in the car park: forty-eight sightings in forty minutes.",
    },
];

/// Adds what was planted on this day and removes what a dark camera would not have seen.
pub(super) fn plant(simulation: &Simulation, date: Date, events: &mut Vec<Sketch>) {
    let span = date.until(simulation.anchor).unwrap_or_default();
    let before = span.total((Unit::Day, SpanRelativeTo::days_are_24_hours())).unwrap_or(0.0) as i32;
    for incident in INCIDENTS.iter().filter(|incident| incident.days_before == before) {
        let first = events.len();
        match incident.name {
            "intruder" => intruder(simulation, date, events),
            "returning van" => van(simulation, date, events),
            "tailgating" => tailgating(simulation, date, events),
            "crowd at an odd hour" => crowd(simulation, date, events),
            _ => dark(simulation, date, events),
        }
        for (index, event) in events.iter_mut().skip(first).enumerate() {
            event.id = Some(format!("{}{}", incident.id_prefix, index + 1));
        }
    }
}

fn intruder(simulation: &Simulation, date: Date, events: &mut Vec<Sketch>) {
    // The night before the anchor day ends on the anchor day itself: 26:41 is 02:41.
    let mut scene = day::scene(simulation, date, 101, events);
    let night = 26 * 3_600;
    for (minute, second, camera, event_type, text) in [
        (
            41,
            10,
            "fence-1",
            "person_climbs_fence",
            "A person in dark clothes and a balaclava climbs over the fence",
        ),
        (42, 30, "yard-2", "person_detected", "A person in dark clothes runs across the yard, crouching"),
        (43, 20, "yard-2", "loitering", "A person in dark clothes hides behind the container stack"),
        (
            45,
            5,
            "dock-2",
            "loitering",
            "A person in dark clothes tries the handle of the dock door with a crowbar",
        ),
        (50, 40, "yard-2", "person_detected", "A person in dark clothes runs back across the yard"),
        (
            52,
            15,
            "fence-1",
            "person_climbs_fence",
            "A person in dark clothes climbs back over the fence and disappears",
        ),
    ] {
        let sketch = scene.add(night + minute * 60 + second, camera, event_type, "person", text.to_owned());
        sketch.confidence = 0.91;
    }
}

fn van(simulation: &Simulation, date: Date, events: &mut Vec<Sketch>) {
    let mut scene = day::scene(simulation, date, 102, events);
    for (hour, minute) in [(11, 5), (13, 20), (16, 45), (19, 10)] {
        let text = "A grey van without markings stops at the barrier, waits and turns away".to_owned();
        let sketch = scene.add(hour * 3_600 + minute * 60, "gate-1", "vehicle_detected", "vehicle", text);
        sketch.sub_label = Some("WX-QQ 4711".to_owned());
        sketch.zone = Some("barrier");
    }
}

fn tailgating(simulation: &Simulation, date: Date, events: &mut Vec<Sketch>) {
    let mut scene = day::scene(simulation, date, 103, events);
    let at = 8 * 3_600 + 7 * 60;
    scene
        .add(
            at,
            "lobby-1",
            "person_enters",
            "person",
            "A woman in a blue coat badges in and passes the turnstile".to_owned(),
        )
        .zone = Some("turnstile");
    scene
        .add(
            at + 2,
            "lobby-1",
            "tailgating",
            "person",
            "A man in a black cap follows closely behind her without a badge".to_owned(),
        )
        .zone = Some("turnstile");
    scene
        .add(
            at + 45,
            "office-1",
            "loitering",
            "person",
            "A man in a black cap stands in front of the server room and looks around".to_owned(),
        )
        .zone = Some("server-room-door");
}

fn crowd(simulation: &Simulation, date: Date, events: &mut Vec<Sketch>) {
    let mut scene = day::scene(simulation, date, 104, events);
    for sighting in 0..48 {
        let second = 23 * 3_600 + 30 * 60 + sighting * 50;
        let text = match sighting % 4 {
            0 => "A group of people stands together in the car park",
            1 => "Several people walk between the parked cars with bottles",
            2 => "Two people argue loudly beside a car",
            _ => "A large group of people gathers around a car with music",
        };
        scene.add(second, "carpark-1", "crowd", "person", text.to_owned());
    }
}

fn dark(simulation: &Simulation, date: Date, events: &mut Vec<Sketch>) {
    let instant = |hour: i8| {
        simulation.timezone.to_ambiguous_timestamp(date.at(hour, 0, 0, 0)).compatible().unwrap_or_default()
    };
    let (from, to) = (instant(9).saturating_sub(1.minute()).unwrap_or_default(), instant(15));
    events.retain(|event| !(event.camera == "hall-2" && event.at >= from && event.at < to));
}
