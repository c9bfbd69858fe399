//! A shopping mall: visitors and what they carry, shops that are called shops, and those who look for a child.

use super::{
    super::Catalogue,
    sites::{assert_conversations, terms},
    station::catalogue,
};
use crate::event_store::Vocabulary;

fn mall() -> Catalogue {
    let cameras: &[(&str, &str, &[&str])] = &[
        ("atrium", "Atrium", &[]),
        ("carpark-1", "Car Park Level 1", &[]),
        ("carpark-2", "Car Park Level 2", &[]),
        ("escalator-down", "Down Escalator", &[]),
        ("escalator-up", "Up Escalator", &[]),
        ("fashion-store", "Fashion Store", &[]),
        ("food-court", "Food Court", &[]),
        ("loading-area", "Loading Area", &[]),
        ("north-entrance", "North Entrance", &[]),
        ("phone-shop", "Phone Shop", &[]),
        ("south-entrance", "South Entrance", &[]),
        ("toy-shop", "Toy Shop", &[]),
    ];
    let sites: &[(&str, &str, &[&str])] = &[("car-park", "Car Park", &["carpark-1", "carpark-2"])];
    let vocabulary = Vocabulary {
        labels: terms(&["backpack", "bicycle", "car", "dog", "person", "shopping_cart", "suitcase"]),
        event_types: terms(&[
            "abandoned_bag",
            "collision",
            "delivery",
            "fall_detected",
            "person_detected",
            "person_enters",
            "person_exits",
            "purchase",
            "queue_long",
            "slip",
            "theft_suspected",
            "vehicle_detected",
            "vehicle_enters",
            "vehicle_exits",
            "vehicle_parked",
        ]),
        sub_labels: terms(&["Grace Lee", "Omar Haddad", "Priya Shah"]),
        zones: terms(&["entrance", "fountain", "till"]),
        ..Vocabulary::default()
    };
    catalogue(cameras, sites, &vocabulary)
}

#[rustfmt::skip]
const CARRIED: &[(&[&str], &str)] = &[
    (&["How many women with a backpack came in on Saturday?"], "count how_many label=person type=person_enters words=women backpack @Saturday"),
    (&["How many people with a suitcase entered this month?"], "count how_many label=person type=person_enters words=suitcase @this month"),
    (&["a boy in a red jacket with a dinosaur backpack around 3"], "find show label=person words=boy red jacket dinosaur backpack @around 3"),
    (&["How many people carried backpacks in the atrium yesterday?"], "count how_many cam=atrium label=person words=backpacks @yesterday"),
    (&["people pushing a shopping cart in the atrium"], "find show cam=atrium label=person words=pushing shopping cart"),
    (&["How many people entered yesterday?", "how many of them had a backpack?"], "count how_many label=person type=person_enters words=backpack @yesterday"),
    (&["what percentage of people carried a backpack yesterday?"], "count how_many label=person words=backpack @yesterday"),
    (&["how many men with a backpack or a suitcase came in yesterday"], "count how_many label=person type=person_enters words=men backpack or suitcase @yesterday"),
    (&["people with suitcases or backpacks"], "find show label=person words=suitcases or backpacks"),
    // What is set beside another stays a thing of its own.
    (&["compare people with cars yesterday"], "compare show label=person,car @yesterday"),
    (&["people and dogs yesterday"], "find show label=dog,person @yesterday"),
    (&["abandoned trolleys in the car park"], "find show site=car-park cam=carpark-1,carpark-2 label=shopping_cart words=abandoned"),
];

#[rustfmt::skip]
const VISITORS: &[(&[&str], &str)] = &[
    (&["footfall at the north entrance yesterday"], "find show cam=north-entrance label=person type=person_enters @yesterday"),
    (&["Week over week, how did footfall at the north entrance change?"], "compare show cam=north-entrance label=person type=person_enters @this week|last week"),
    (&["footfall before and after 12 on Saturday"], "find show label=person type=person_enters @before 12|after 12 on Saturday"),
    (&["cars this week vs last"], "compare show label=car @this week|last week"),
    (&["visitors during rush hour yesterday"], "find show label=person ?rush hour[] words=visitors @yesterday"),
    (&["What are the busiest times at the atrium?"], "busiest which cam=atrium by=hour_of_day"),
    (&["busiest hour on Saturdays"], "busiest show by=hour_of_day @Saturdays|Saturdays|Saturdays|Saturdays"),
    (&["On how many days in April was there a suspected theft?"], "count how_many type=theft_suspected by=day 1.. @April"),
    (&["Was the atrium empty at 8pm yesterday?"], "find whether claim=none cam=atrium @8pm yesterday"),
    (&["neither men nor women, just kids in the toy shop yesterday"], "find show cam=toy-shop label=person without=person:men or women words=kids or child or boy or girl @yesterday"),
    (&["any critical incidents overnight?"], "find whether severity=critical @overnight"),
    (&["cars overnight"], "find show label=car @overnight"),
    (&["thefts on Wed 6th"], "find show type=theft_suspected @Wed 6th"),
];

#[rustfmt::skip]
const SHOPS: &[(&[&str], &str)] = &[
    (&["Which entrance is used more, north or south?"], "busiest which cam=north-entrance,south-entrance by=camera"),
    (&["Which entrance had the most people?"], "busiest which cam=north-entrance,south-entrance label=person by=camera"),
    (&["Which shop had more purchases?"], "busiest which cam=phone-shop,toy-shop type=purchase by=camera"),
    (&["top 3 shops by purchases"], "busiest show cam=phone-shop,toy-shop type=purchase by=camera top=3"),
    (&["shoplifting by shop this month"], "find show cam=phone-shop,toy-shop type=theft_suspected by=camera @this month"),
    (&["Which shops had no thefts this month?"], "busiest which cam=phone-shop,toy-shop type=theft_suspected by=camera least @this month"),
    (&["shops without any theft in April"], "find show cam=phone-shop,toy-shop type=theft_suspected by=camera ..0 @April"),
    (&["dogs in the atrium, food court or at the entrances last week"], "find show cam=atrium,food-court,north-entrance,south-entrance label=dog @last week"),
    (&["people at the entrance yesterday"], "find show label=person zone=entrance @yesterday"),
    (&["Where are trolleys left most often?"], "busiest where label=shopping_cart by=camera words=left"),
    (&["how many cars left the car park yesterday?"], "count how_many site=car-park cam=carpark-1,carpark-2 label=car type=vehicle_exits @yesterday"),
    (&["which cars left when the collision happened?"], "find which label=car type=vehicle_exits from=within 10 minutes of the collision{before after 10m find show type=collision}"),
];

#[rustfmt::skip]
const LOST: &[(&[&str], &str)] = &[
    (&["My daughter wears a pink hoodie. Which cameras saw her today?"], "find show label=person by=camera words=daughter or girl pink hoodie @today"),
    (&["My boy is missing, he wears a red jacket, last seen around 3pm at the toy shop"], "last show cam=toy-shop label=person words=boy red jacket @around 3pm"),
    (&["Which way did the boy with the dinosaur backpack go?"], "find where label=person by=camera words=boy dinosaur backpack"),
    (&["I lost my son! Boy in a red jacket with a dinosaur backpack around 3"], "find show label=person words=Boy red jacket dinosaur backpack @around 3"),
    (&["I lost my son, he has a red coat"], "find show label=person words=son or boy red coat"),
    (&["My son says there was a dog yesterday"], "find show label=dog @yesterday"),
    (&["Was Omar or Grace here on Saturday?"], "find whether name=Grace Lee,Omar Haddad @Saturday"),
    (&["Grace notes in the hall"], "find show words=Grace notes hall"),
];

#[test]
fn a_mall_is_understood() {
    for readings in [CARRIED, VISITORS, SHOPS, LOST] {
        assert_conversations(&mall(), readings, &[]);
    }
}
