//! Varied plain English for the sample events.

use fastrand::Rng;

const COLOURS: &[&str] =
    &["red", "blue", "grey", "black", "white", "green", "yellow", "dark blue", "brown", "orange"];
const GARMENTS: &[&str] =
    &["jacket", "hoodie", "coat", "sweater", "overall", "raincoat", "T-shirt", "fleece"];
const CARRIED: &[&str] = &[
    "carrying a cardboard box",
    "with a clipboard",
    "pushing a hand truck",
    "holding a scanner",
    "with a backpack",
    "carrying a toolbox",
    "talking on the phone",
    "with a coffee cup",
    "dragging a pallet jack",
    "carrying two parcels",
    "empty-handed",
    "wearing a helmet",
];
const CAR_KINDS: &[&str] = &["hatchback", "sedan", "estate car", "SUV", "compact car", "pickup"];
const TRUCK_KINDS: &[&str] =
    &["box truck", "articulated lorry", "delivery van", "curtain-side truck", "flatbed truck", "panel van"];

/// Carriers that deliver; the names are invented.
pub(super) const CARRIERS: &[&str] =
    &["Quickline Parcels", "Fernway Logistics", "Oakmoor Freight", "Bluewick Express", "Tallis Haulage"];

pub(super) fn pick<'a, T: ?Sized>(dice: &mut Rng, from: &[&'a T]) -> &'a T {
    from[dice.usize(..from.len())]
}

/// "A man in a red jacket with a clipboard".
pub(super) fn person(dice: &mut Rng) -> String {
    let who = pick(dice, &["A man", "A woman", "A person", "A worker", "A young man", "A tall woman"]);
    let dress = match dice.u8(..5) {
        0 => "in a high-visibility vest".to_owned(),
        1 => "in work clothes".to_owned(),
        _ => {
            let colour = pick(dice, COLOURS);
            let article = if colour.starts_with(['o', 'O']) { "an" } else { "a" };
            format!("in {article} {colour} {}", pick(dice, GARMENTS))
        }
    };
    if dice.u8(..3) == 0 {
        format!("{who} {dress}, {},", pick(dice, CARRIED))
    } else {
        format!("{who} {dress}")
    }
}

/// "A silver sedan".
pub(super) fn car(dice: &mut Rng) -> String {
    let colour = pick(dice, &["silver", "black", "white", "blue", "red", "grey", "dark green"]);
    format!("A {colour} {}", pick(dice, CAR_KINDS))
}

/// "A white delivery van of Quickline Parcels".
pub(super) fn truck(dice: &mut Rng, carrier: &str) -> String {
    let colour = pick(dice, &["white", "yellow", "blue", "grey", "green"]);
    format!("A {colour} {} of {carrier}", pick(dice, TRUCK_KINDS))
}

/// A number plate of no real region.
pub(super) fn plate(dice: &mut Rng) -> String {
    let letter = |dice: &mut Rng| char::from(b'A' + dice.u8(..26));
    format!("W{}-{}{} {}", letter(dice), letter(dice), letter(dice), dice.u32(100..9_999))
}

/// A sentence from a template: `{}` is the subject.
pub(super) fn tell(dice: &mut Rng, subject: &str, templates: &[&str]) -> String {
    pick(dice, templates).replace("{}", subject)
}

pub(super) const HALL: &[&str] = &[
    "{} walks along the shelves and checks labels",
    "{} stacks boxes on a pallet",
    "{} climbs down from a ladder",
    "{} wraps a pallet in film",
    "{} talks to a colleague between the aisles",
    "{} picks items from a shelf",
    "{} sweeps the floor",
    "{} looks for something on the lower shelves",
];
pub(super) const PACKING: &[&str] = &[
    "{} packs items into cartons",
    "{} tapes a parcel shut",
    "{} places parcels on the conveyor belt",
    "{} prints a label and sticks it on a box",
    "{} sorts returned goods",
    "{} stretches and takes a short break",
];
pub(super) const CORRIDOR: &[&str] = &[
    "{} walks down the corridor",
    "{} goes into the kitchen",
    "{} comes out of a meeting room",
    "{} waits in front of an office door",
    "{} hurries along the corridor with papers",
];
pub(super) const YARD: &[&str] = &[
    "{} crosses the yard on foot",
    "{} walks between parked trailers",
    "{} inspects a trailer",
    "{} directs a driver who is reversing",
    "{} smokes beside a container",
];
pub(super) const DOCK_WORK: &[&str] = &[
    "{} unloads boxes from a truck",
    "{} opens the dock door",
    "{} signs a delivery note",
    "{} pulls a pallet over the ramp",
    "{} checks the load with a scanner",
    "{} waits at the ramp",
    "{} carries a box through the dock door",
];
pub(super) const WAITING: &[&str] = &[
    "{} sits in the waiting area",
    "{} speaks to the receptionist",
    "{} signs the visitor book",
    "{} waits by the entrance",
];
