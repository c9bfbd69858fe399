//! An ordinary day: shifts, deliveries, visitors, patrols and animals, by hour and day of the week.

use fastrand::Rng;
use jiff::{ToSpan, civil::Date, civil::Weekday};

use super::{
    phrases::{self, CARRIERS, pick, tell},
    sketch::{Simulation, Sketch},
};

/// Dice for one concern of one day, so that a change to one leaves the others as they are.
pub(super) fn dice(simulation: &Simulation, date: Date, concern: u64) -> Rng {
    let day = u64::from(date.year().unsigned_abs()) * 366 + u64::from(date.day_of_year().unsigned_abs());
    Rng::with_seed(
        simulation.seed
            ^ day.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ concern.wrapping_mul(0xD1B5_4A32_D192_ED03),
    )
}

/// Builds the events of one concern.
pub(super) struct Scene<'a> {
    simulation: &'a Simulation,
    date: Date,
    pub(super) dice: Rng,
    events: &'a mut Vec<Sketch>,
}

impl Scene<'_> {
    /// Adds an event at a second of the local day; seconds beyond the day spill into the next. A
    /// moment that a change of the clocks skips moves forward.
    pub(super) fn add(
        &mut self,
        second: i64,
        camera: &'static str,
        event_type: &'static str,
        label: &'static str,
        description: String,
    ) -> &mut Sketch {
        let local = self.date.at(0, 0, 0, 0).saturating_add(second.seconds());
        let at = self.simulation.timezone.to_ambiguous_timestamp(local).compatible().unwrap_or_default();
        let seconds = self.dice.i64(4..25);
        let confidence = 0.58 + 0.41 * self.dice.f64().sqrt();
        self.events.push(Sketch {
            at,
            seconds,
            camera,
            event_type,
            label,
            sub_label: None,
            zone: None,
            confidence,
            description,
            id: None,
        });
        let last = self.events.len() - 1;
        &mut self.events[last]
    }

    fn person(
        &mut self,
        second: i64,
        camera: &'static str,
        event_type: &'static str,
        templates: &[&str],
    ) -> &mut Sketch {
        let subject = phrases::person(&mut self.dice);
        let description = tell(&mut self.dice, &subject, templates);
        self.add(second, camera, event_type, "person", description)
    }

    /// A second within an hour of the day.
    fn within(&mut self, from_hour: i64, to_hour: i64) -> i64 {
        self.dice.i64(from_hour * 3_600..to_hour * 3_600)
    }
}

/// Plays one concern of a day; the flag says whether it is a weekend.
type Concern = fn(&mut Scene<'_>, bool);

/// Everything that needs no explanation.
pub(super) fn ordinary(simulation: &Simulation, date: Date) -> Vec<Sketch> {
    let mut events = Vec::with_capacity(2_400);
    let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let concerns: [(u64, Concern); 6] =
        [(1, deliveries), (2, staff), (3, hall_work), (4, visitors), (5, patrols), (6, animals)];
    for (concern, play) in concerns {
        let mut scene =
            Scene { simulation, date, dice: dice(simulation, date, concern), events: &mut events };
        play(&mut scene, is_weekend);
    }
    events
}

/// A scene outside the ordinary, for planted incidents.
pub(super) fn scene<'a>(
    simulation: &'a Simulation,
    date: Date,
    concern: u64,
    events: &'a mut Vec<Sketch>,
) -> Scene<'a> {
    Scene { simulation, date, dice: dice(simulation, date, concern), events }
}

/// A truck comes in, is unloaded and leaves: gate, yard, dock, yard, gate.
fn deliveries(scene: &mut Scene<'_>, is_weekend: bool) {
    let trucks = if is_weekend { scene.dice.i64(1..4) } else { scene.dice.i64(17..26) };
    for _ in 0..trucks {
        let carrier = pick(&mut scene.dice, CARRIERS);
        let truck = phrases::truck(&mut scene.dice, carrier);
        let plate = phrases::plate(&mut scene.dice);
        let start = scene.within(6, 19);
        let (yard, dock) = if scene.dice.bool() { ("yard-1", "dock-1") } else { ("yard-2", "dock-2") };
        let at_dock = start + scene.dice.i64(100..260);
        let leaves = at_dock + scene.dice.i64(900..2_700);
        let steps: [(i64, &'static str, &'static str, &[&str]); 5] = [
            (
                start,
                "gate-1",
                "vehicle_arrives",
                &["{} stops at the barrier and is let in", "{} drives in through the main gate"],
            ),
            (
                start + 40,
                yard,
                "vehicle_detected",
                &["{} crosses the yard", "{} turns in the yard and reverses"],
            ),
            (
                at_dock,
                dock,
                "delivery",
                &["{} delivers goods at the dock", "{} backs up to the ramp with a delivery"],
            ),
            (leaves, yard, "vehicle_detected", &["{} leaves the dock and crosses the yard"]),
            (
                leaves + 60,
                "gate-2",
                "vehicle_departs",
                &["{} leaves through the exit gate", "{} waits for the barrier and drives off"],
            ),
        ];
        for (second, camera, event_type, templates) in steps {
            let description = tell(&mut scene.dice, &truck, templates);
            let sketch = scene.add(second, camera, event_type, "vehicle", description);
            sketch.sub_label = Some(plate.clone());
            sketch.zone = Some(match camera {
                "gate-1" | "gate-2" => "barrier",
                "dock-1" | "dock-2" => "ramp",
                _ => "turning-area",
            });
        }
        let mut second = at_dock + 60;
        while second < leaves {
            scene.person(second, dock, "person_detected", phrases::DOCK_WORK).zone = Some("door");
            second += if scene.dice.u8(..4) == 0 { scene.dice.i64(90..400) } else { scene.dice.i64(20..60) };
        }
    }
}

/// Staff arrive by car or on foot, work a shift and go home.
fn staff(scene: &mut Scene<'_>, is_weekend: bool) {
    let shifts: [(i64, i64, i64); 3] = if is_weekend {
        [(6, 14, 5), (14, 22, 4), (9, 13, 2)]
    } else {
        [(6, 14, 26), (14, 22, 22), (8, 17, 30)]
    };
    for (from, to, people) in shifts {
        for _ in 0..people {
            let arrives = from * 3_600 - scene.dice.i64(0..2_400) + scene.dice.i64(0..600);
            let leaves = to * 3_600 + scene.dice.i64(0..2_400);
            if scene.dice.u8(..10) < 6 {
                for (second, event_type, templates) in [
                    (
                        arrives - 150,
                        "vehicle_arrives",
                        ["{} pulls into a parking space", "{} parks in the car park"],
                    ),
                    (
                        leaves + 200,
                        "vehicle_departs",
                        ["{} leaves its parking space", "{} drives out of the car park"],
                    ),
                ] {
                    let car = phrases::car(&mut scene.dice);
                    let description = tell(&mut scene.dice, &car, &templates);
                    scene.add(second, "carpark-1", event_type, "vehicle", description).zone =
                        Some("staff-bays");
                }
            }
            scene
                .person(
                    arrives,
                    "lobby-1",
                    "person_enters",
                    &[
                        "{} enters the lobby and badges in",
                        "{} comes in through the main entrance",
                        "{} passes the turnstile",
                    ],
                )
                .zone = Some("turnstile");
            scene
                .person(
                    leaves,
                    "lobby-1",
                    "person_exits",
                    &["{} leaves the building through the lobby", "{} badges out and walks to the car park"],
                )
                .zone = Some("entrance");
            for _ in 0..scene.dice.i64(1..4) {
                let second = scene.within(from, to);
                scene.person(second, "office-1", "person_detected", phrases::CORRIDOR);
            }
            if scene.dice.u8(..3) == 0 {
                let second = scene.within(from, to);
                let yard = if scene.dice.bool() { "yard-1" } else { "yard-2" };
                scene.person(second, yard, "person_detected", phrases::YARD);
            }
        }
    }
}

/// Runs of work in the hall: several events in a row, then a pause.
fn hall_work(scene: &mut Scene<'_>, is_weekend: bool) {
    for (camera, templates, zones) in [
        ("hall-1", phrases::HALL, ["aisle-a", "aisle-b"]),
        ("hall-2", phrases::PACKING, ["belt", "packing-tables"]),
    ] {
        let runs = if is_weekend { 30 } else { 132 };
        for _ in 0..runs {
            let mut second = scene.within(6, 22);
            for _ in 0..scene.dice.u8(1..6) {
                if scene.dice.u8(..5) == 0 {
                    let text = pick(
                        &mut scene.dice,
                        &[
                            "A forklift moves a pallet along the aisle",
                            "A forklift lifts a pallet onto a shelf",
                            "A forklift reverses with its lights on",
                            "An empty forklift drives past",
                        ],
                    );
                    scene.add(second, camera, "forklift_moves", "forklift", text.to_owned()).zone =
                        Some(zones[0]);
                } else {
                    let zone = zones[scene.dice.usize(..2)];
                    scene.person(second, camera, "person_detected", templates).zone = Some(zone);
                }
                second += scene.dice.i64(15..70);
            }
        }
    }
}

/// Visitors come to the lobby, wait, are met and leave.
fn visitors(scene: &mut Scene<'_>, is_weekend: bool) {
    let visitors = if is_weekend { scene.dice.i64(0..3) } else { scene.dice.i64(12..22) };
    for _ in 0..visitors {
        let start = scene.within(9, 17);
        let car = phrases::car(&mut scene.dice);
        scene
            .add(
                start - 120,
                "carpark-1",
                "vehicle_arrives",
                "vehicle",
                format!("{car} parks in a visitor bay"),
            )
            .zone = Some("visitor-bays");
        scene
            .person(
                start,
                "lobby-1",
                "visitor_arrives",
                &["{} enters the lobby as a visitor", "{} rings at the reception desk"],
            )
            .zone = Some("entrance");
        scene.person(start + 50, "lobby-1", "person_detected", phrases::WAITING).zone = Some("waiting-area");
        let leaves = start + scene.dice.i64(1_200..5_400);
        scene.person(leaves, "lobby-1", "person_exits", &["{} hands back a visitor badge and leaves"]).zone =
            Some("entrance");
        scene
            .add(
                leaves + 150,
                "carpark-1",
                "vehicle_departs",
                "vehicle",
                format!("{car} leaves the visitor bay"),
            )
            .zone = Some("visitor-bays");
    }
}

/// The guard's rounds at night, and the odd walker along the fence by day.
fn patrols(scene: &mut Scene<'_>, _is_weekend: bool) {
    for hour in [0, 2, 4, 22] {
        let mut second = hour * 3_600 + scene.dice.i64(300..1_500);
        for camera in ["lobby-1", "yard-1", "fence-1", "yard-2", "dock-2", "hall-1"] {
            let text = pick(
                &mut scene.dice,
                &[
                    "A security guard with a torch makes the round",
                    "A security guard checks the doors",
                    "A security guard walks past",
                ],
            );
            scene.add(second, camera, "patrol", "person", text.to_owned()).sub_label =
                Some("guard".to_owned());
            second += scene.dice.i64(90..240);
        }
    }
    for _ in 0..scene.dice.i64(12..26) {
        let second = scene.within(7, 21);
        let text = pick(
            &mut scene.dice,
            &[
                "A jogger runs along the outside of the fence",
                "A person walks a dog beyond the fence",
                "A cyclist rides past the fence",
                "Two children walk along the path outside the fence",
            ],
        );
        let label = if text.contains("cyclist") { "bicycle" } else { "person" };
        scene.add(second, "fence-1", "passer_by", label, text.to_owned()).zone = Some("fence-line");
    }
}

/// Foxes, cats and birds, mostly at night.
fn animals(scene: &mut Scene<'_>, _is_weekend: bool) {
    for _ in 0..scene.dice.i64(4..11) {
        let second = if scene.dice.u8(..4) == 0 { scene.within(6, 20) } else { scene.within(20, 30) };
        let camera = pick(&mut scene.dice, &["fence-1", "yard-1", "yard-2", "carpark-1"]);
        let text = pick(
            &mut scene.dice,
            &[
                "A fox trots across the picture",
                "A cat sits near a container",
                "A fox sniffs at a rubbish bin",
                "A cat crosses the yard",
                "A large bird lands on the ground",
            ],
        );
        scene.add(second, camera, "animal_detected", "animal", text.to_owned());
    }
}
