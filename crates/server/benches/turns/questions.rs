//! What callers ask, the same in every run: how many, what, when, and in free words, over all cameras
//! and several periods, so that no cache holds the whole answer.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

const CAMERAS: [&str; 6] =
    ["the loading dock", "the main gate", "the yard", "the office entrance", "the car park", "the fence"];
const PERIODS: [&str; 8] = [
    "yesterday",
    "last night",
    "this morning",
    "in the last 7 days",
    "last week",
    "on Monday",
    "yesterday between 2 and 4pm",
    "in the last 24 hours",
];
const THINGS: [&str; 4] = ["people", "cars", "trucks", "vehicles"];
const COLOURS: [&str; 8] = ["red", "blue", "grey", "black", "white", "green", "yellow", "brown"];
const CLOTHES: [&str; 6] = ["jacket", "hoodie", "coat", "overall", "raincoat", "fleece"];
const DOING: [&str; 6] = [
    "carrying a cardboard box",
    "pushing a hand truck",
    "with a backpack",
    "talking on the phone",
    "dragging a pallet jack",
    "wearing a helmet",
];

/// Which requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Turns: two in five count, two find by name and period, one goes by free words, some of them new.
    Mixed,
    /// Turns by free words that nobody used before in this order.
    NewWords,
    /// Turns that go the whole way but search nothing: what a turn costs beside search and embedding.
    SmallTalk,
    /// `POST /search`, by words and period.
    Search,
    /// `POST /events/count`, by camera.
    Count,
}

impl Kind {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Mixed | Self::NewWords | Self::SmallTalk => "/api/v1/conversation",
            Self::Search => "/api/v1/search",
            Self::Count => "/api/v1/events/count",
        }
    }
}

/// The questions of one caller.
pub(crate) struct Questions {
    kind: Kind,
    state: u64,
    asked: u64,
}

impl Questions {
    pub(crate) fn new(kind: Kind, caller: usize) -> Self {
        Self { kind, state: caller as u64 * 7_919 + 1, asked: 0 }
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from[(self.state >> 33) as usize % from.len()]
    }

    /// The body of the next request.
    pub(crate) fn next(&mut self) -> String {
        self.asked += 1;
        let (camera, period) = (self.pick(&CAMERAS), self.pick(&PERIODS));
        let thing = self.pick(&THINGS);
        let query = match (self.kind, self.asked % 5) {
            (Kind::SmallTalk, _) => "hello".to_owned(),
            (Kind::NewWords, _) => format!("{} with badge {}", self.phrase(), unique()),
            (Kind::Mixed, 0) | (Kind::Search, _) => format!("{} {period}", self.phrase()),
            (Kind::Mixed, 1) => format!("How many {thing} at {camera} {period}?"),
            (Kind::Mixed, 2) => format!("How many {thing} {period}?"),
            (Kind::Mixed, 3) => format!("Show me {thing} at {camera} {period}"),
            (Kind::Mixed, _) => format!("What happened at {camera} {period}?"),
            (Kind::Count, _) => {
                let query = format!("{thing} {period}");
                return json!({"query": query, "group_by": ["camera"]}).to_string();
            }
        };
        json!({ "query": query }).to_string()
    }

    fn phrase(&mut self) -> String {
        let (colour, clothes, doing) = (self.pick(&COLOURS), self.pick(&CLOTHES), self.pick(&DOING));
        format!("a person in a {colour} {clothes} {doing}")
    }
}

/// A word that no earlier run of the benchmark used on a server that is still warm.
#[expect(clippy::disallowed_methods, reason = "no clock of the service: the words must only differ")]
fn unique() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()
}
