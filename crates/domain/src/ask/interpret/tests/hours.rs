//! Hours of business: those of the places that a question is about, else the usual ones, and told.

use jiff::{Timestamp, tz::TimeZone};

use super::sites::ask_at;
use crate::{
    CameraDirectory, Scope,
    ask::{HoursFrom, interpret::Catalogue},
    camera::{Camera, CamerasFile, Site},
    event_store::Vocabulary,
};

/// A shop, a bar and a home without hours.
fn town(has_bar: bool) -> Catalogue {
    let camera = |name: &str, hours: Option<&str>| Camera {
        name: Some(name.to_owned()),
        business_hours: hours.map(ToOwned::to_owned),
        ..Camera::default()
    };
    let bar = has_bar.then_some("Thu-Sat 18:00-02:00");
    let cameras = [
        ("shop-1", camera("Checkout", Some("Mon-Sat 08:00-20:00"))),
        ("shop-2", camera("Stock room", Some("Mon-Sat 08:00-20:00"))),
        ("bar-1", camera("Bar", bar)),
        ("home-1", camera("Porch", None)),
    ];
    let cameras = cameras.into_iter().map(|(id, camera)| (id.to_owned(), camera)).collect();
    let site = |name: &str, cameras: &[&str]| Site {
        name: Some(name.to_owned()),
        cameras: cameras.iter().map(|id| (*id).to_owned()).collect(),
        ..Site::default()
    };
    let sites = [("shop", site("Corner shop", &["shop-1", "shop-2"])), ("home", site("Home", &["home-1"]))];
    let sites = sites.into_iter().map(|(id, site)| (id.to_owned(), site)).collect();
    let file = CamerasFile { sites, cameras, ..CamerasFile::default() };
    let directory = CameraDirectory::from_file(file, TimeZone::UTC).unwrap();
    Catalogue::new(&directory, &Vocabulary::default(), &Scope::tenant("default"))
}

/// On Wednesday 2026-05-13 at 15:00: "07 08:00–20:00; …" and the hours taken.
fn told(catalogue: &Catalogue, text: &str, now: &str) -> String {
    let it = ask_at(catalogue, text, now, None);
    let clock = |at: Timestamp| at.to_zoned(TimeZone::UTC).strftime("%d %H:%M").to_string();
    let mut told: Vec<String> =
        it.periods.iter().map(|period| format!("{}-{}", clock(period.start), clock(period.end))).collect();
    told.extend(it.unresolved.iter().map(|name| format!("?{}", name.text)));
    told.extend(it.business_hours.map(|taken| taken.hours));
    told.join(" ")
}

const SHOP: &str = "Mon–Sat 08:00–20:00";
const BAR: &str = "Thu–Sat 18:00–02:00";
const USUAL: &str = "Mon–Fri 08:00–18:00";

#[test]
fn the_hours_are_those_of_the_places_of_the_question() {
    let catalogue = town(true);
    let wrong: Vec<_> = [
        (
            "people at the corner shop outside opening hours on Saturday",
            format!("09 00:00-09 08:00 09 20:00-10 00:00 {SHOP}"),
        ),
        (
            "outside opening hours on Saturday: people at the checkout",
            format!("09 00:00-09 08:00 09 20:00-10 00:00 {SHOP}"),
        ),
        ("after closing time on monday at the checkout", format!("11 20:00-12 00:00 {SHOP}")),
        ("who came last before closing on Saturday at the checkout", format!("09 00:00-09 20:00 {SHOP}")),
        ("people at the checkout an hour before opening on Monday", format!("11 06:45-11 07:15 {SHOP}")),
        ("people at the checkout from opening to closing on Monday", format!("11 08:00-11 20:00 {SHOP}")),
        ("people in the stock room during business hours on Saturday", format!("09 08:00-09 20:00 {SHOP}")),
        ("people in the stock room before business hours on Monday", format!("11 00:00-11 08:00 {SHOP}")),
        ("people in the stock room after hours on Sunday", format!("10 00:00-11 00:00 {SHOP}")),
        ("people in the stock room after closing on Sunday", format!("10 00:00-11 00:00 {SHOP}")),
        (
            "people in the stock room during closing hours on Monday",
            format!("11 00:00-11 08:00 11 20:00-12 00:00 {SHOP}"),
        ),
        ("since we closed, anyone in the stock room?", format!("12 20:00-13 15:00 {SHOP}")),
        (
            "people in the stock room during opening hours on Sunday",
            format!("?opening hours on Sunday {SHOP}"),
        ),
        ("people in the bar during opening hours on Friday", format!("08 18:00-09 02:00 {BAR}")),
        ("people in the bar outside opening hours on Saturday", format!("09 02:00-09 18:00 {BAR}")),
        ("people in the bar after closing on Saturday", format!("10 02:00-10 06:00 {BAR}")),
        ("people in the bar after closing time", format!("10 02:00-10 06:00 {BAR}")),
        ("people on the porch after closing time on monday", format!("11 18:00-12 00:00 {USUAL}")),
        ("people after closing time on monday", format!("11 18:00-12 00:00 {USUAL}")),
        (
            "people at the porch and the checkout after closing time on monday",
            format!("11 20:00-12 00:00 {SHOP}"),
        ),
        (
            "people outside business hours on monday except at the bar",
            format!("11 00:00-11 08:00 11 20:00-12 00:00 {SHOP}"),
        ),
        (
            "people at the checkout in the last hour before closing on Monday",
            format!("11 19:00-11 20:00 {SHOP}"),
        ),
        (
            "people at the checkout in the first 30 minutes after opening on Monday",
            format!("11 08:00-11 08:30 {SHOP}"),
        ),
        (
            "people at the checkout between closing and midnight on Monday",
            format!("11 20:00-12 00:00 {SHOP}"),
        ),
        ("people at the checkout just before closing on Monday", format!("11 19:30-11 20:00 {SHOP}")),
        ("people at the bar yesterday", "12 00:00-13 00:00".to_owned()),
    ]
    .into_iter()
    .map(|(text, expected)| (text, told(&catalogue, text, "2026-05-13T15:00:00Z"), expected))
    .filter(|(_, told, expected)| told != expected)
    .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_said_of_opening_and_closing_is_told_from_doors() {
    let catalogue = town(true);
    let wrong: Vec<_> = [
        (
            "people in the corner shop when it was closed on Monday",
            format!("11 00:00-11 08:00 11 20:00-12 00:00 {SHOP}"),
        ),
        ("after the corner shop closed on Monday, who came?", format!("11 20:00-12 00:00 {SHOP}")),
        ("people in the stock room before we opened on Monday", format!("11 00:00-11 08:00 {SHOP}")),
        ("people in the stock room while we were closed on Sunday", format!("10 00:00-11 00:00 {SHOP}")),
        ("people in the stock room within an hour of closing on Monday", format!("11 19:00-11 21:00 {SHOP}")),
        (
            "people in the stock room not during opening hours on Saturday",
            format!("09 00:00-09 08:00 09 20:00-10 00:00 {SHOP}"),
        ),
        ("overnight in the stock room while we were closed", "12 20:00-13 06:00".to_owned()),
        ("who was there when the gate was open", String::new()),
        ("after the van door closed", String::new()),
    ]
    .into_iter()
    .map(|(text, expected)| (text, told(&catalogue, text, "2026-05-13T15:00:00Z"), expected))
    .filter(|(_, told, expected)| told != expected)
    .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let it = ask_at(&catalogue, "after the corner shop closed on Monday", "2026-05-13T15:00:00Z", None);
    assert_eq!(
        (it.sites.as_slice(), &*it.periods[0].text),
        (&["shop".to_owned()][..], "after the corner shop closed on Monday")
    );
}

#[test]
fn without_a_place_the_hours_that_all_share_are_taken() {
    let catalogue = town(false);
    let now = "2026-05-13T15:00:00Z";
    assert_eq!(
        told(&catalogue, "people after closing time on monday", now),
        format!("11 20:00-12 00:00 {SHOP}")
    );
    let first = ask_at(&catalogue, "people at the checkout on monday", now, None);
    let then = ask_at(&catalogue, "and after closing time?", now, Some(&first));
    assert_eq!(then.periods.len(), 1);
    assert_eq!(then.periods[0].start, "2026-05-11T20:00:00Z".parse().unwrap());
    let at_home = ask_at(&catalogue, "and on the porch?", now, Some(&then));
    let taken = at_home.business_hours.unwrap();
    assert_eq!(
        (&*taken.hours, taken.from),
        (SHOP, HoursFrom::Earlier),
        "the time is that of the turn before"
    );
    let outside = ask_at(&catalogue, "and outside opening hours?", now, Some(&first));
    assert_eq!(outside.periods.len(), 2, "{:?}", outside.periods);
    assert_eq!(then.business_hours.map(|taken| taken.hours).as_deref(), Some(SHOP));
}

#[test]
fn what_follows_a_time_that_came_back_is_of_each() {
    let catalogue = town(true);
    let now = "2026-05-13T15:00:00Z";
    let first = ask_at(&catalogue, "people at the corner shop on Saturdays", now, None);
    for (text, hours) in
        [("and after 8 pm?", (20, 24)), ("and after closing?", (20, 24)), ("in the morning?", (6, 12))]
    {
        let then = ask_at(&catalogue, text, now, Some(&first));
        assert_eq!(then.periods.len(), 4, "{text}: {:?}", then.periods);
        for (day, period) in first.periods.iter().zip(&then.periods) {
            let into = |instant: Timestamp| instant.duration_since(day.start).as_hours();
            assert_eq!((into(period.start), into(period.end)), hours, "{text}");
        }
    }
}
