//! What a question was understood to mean. Made by `interpret`, read by everything after it, shown to
//! the caller and stored with the turn, so that the next question can carry it over.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use super::unresolved::{NameKind, Unresolved};
pub use super::{
    kinds::{Grouping, Intent, QuestionForm},
    particulars::{
        Beside, BusinessHoursTaken, Claim, CountedFrom, HoursFrom, LeftOut, NamedTimeZone, Perhaps, Quiet,
        QuietOrder, Referred, StayBound, Threshold,
    },
};
use crate::{Period, period::local_rfc3339};

/// What a question was understood to mean.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(into = "InterpretationRecord")]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one question, read by name")]
pub struct Interpretation {
    /// What the caller wants.
    pub intent: Intent,
    /// How they put it.
    #[serde(default)]
    pub form: QuestionForm,
    /// What is asked beyond whether there was any.
    #[serde(default)]
    pub claim: Claim,
    /// When; empty when the words name no time and none is carried over.
    #[serde(default)]
    pub periods: Vec<Period>,
    /// IANA name of the zone in which the words were read.
    #[serde(default)]
    pub timezone: String,
    /// Other time zones that the words name, in which the times with them were read: "9am UTC".
    #[serde(default)]
    pub time_zones: Vec<NamedTimeZone>,
    /// The hours of business that were taken, where the words speak of them: "after closing time".
    #[serde(default)]
    pub business_hours: Option<BusinessHoursTaken>,
    /// Ids of the cameras that were named, those of named sites included; empty = not restricted. Sorted, but
    /// for the sides of a comparison, which come as they were named; the same holds of the lists below.
    #[serde(default)]
    pub cameras: Vec<String>,
    /// Ids of the sites that were named.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Names and plates.
    #[serde(default)]
    pub sub_labels: Vec<String>,
    /// Event types.
    #[serde(default)]
    pub event_types: Vec<String>,
    /// Words of the sources for how grave they thought it: "high severity".
    #[serde(default)]
    pub severities: Vec<String>,
    /// Zones.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Whether an event may be on one of the cameras or in one of the zones: "in the stock room or at the ramp".
    #[serde(default)]
    pub any_place: bool,
    /// Least confidence asked for.
    #[serde(default)]
    pub min_confidence: Option<f32>,
    /// Confidence that was asked for from above: less than this.
    #[serde(default)]
    pub max_confidence: Option<f32>,
    /// What is left to search for in descriptions: "red jacket". Counts hold all of these words; of those
    /// with "or" between them ("cats or dogs") at least one.
    #[serde(default)]
    pub words: Option<String>,
    /// What `words` are without those that an event need not say, until the events have decided it.
    #[serde(skip)]
    pub perhaps: Option<Perhaps>,
    /// What is left out by its words. What a label or an id tells apart is left out of the lists above.
    #[serde(default)]
    pub without: Vec<LeftOut>,
    /// Whether those words stood alone in a follow-up ("blue?"). Where they find nothing, the next turn does
    /// not take them over.
    #[serde(default)]
    pub words_stand_alone: bool,
    /// Whether those words say where ("at the north entrance") and no place is called so: a place that the next turn
    /// names stands for them.
    #[serde(default)]
    pub words_say_where: bool,
    /// What the answer is grouped by.
    #[serde(default)]
    pub group_by: Option<Grouping>,
    /// How much must be in a group: "which hours had more than 100 events?" Without groups, in all of it.
    #[serde(default)]
    pub threshold: Option<Threshold>,
    /// How long visits must have lasted; of [`Intent::HowLong`].
    #[serde(default)]
    pub stay: Option<StayBound>,
    /// Whether the least is wanted and not the most: "quietest", "fewest".
    #[serde(default)]
    pub is_least: bool,
    /// How many are wanted: "top 3 cameras", "the last five deliveries".
    #[serde(default)]
    pub top: Option<usize>,
    /// Which one is wanted in the order of [`Intent::First`] or [`Intent::Last`]: 2 for "the second delivery".
    #[serde(default)]
    pub nth: Option<usize>,
    /// Whether the mean of the groups is wanted: "on average per day".
    #[serde(default)]
    pub is_average: bool,
    /// What a share is of: "what share of the visits were vehicles?". The fields above say the part.
    #[serde(default)]
    pub share_of: Option<Box<Interpretation>>,
    /// The sides of a comparison that are questions of their own, by what they are called.
    #[serde(skip)]
    pub sides: Vec<(String, Interpretation)>,
    /// Which stretches without events are wanted; of [`Intent::Quiet`].
    #[serde(default)]
    pub quiet: Option<Quiet>,
    /// The events of the previous answer that it speaks of. The fields above are narrowed to them, or to
    /// the time around them where the others are asked for.
    #[serde(default)]
    pub refers_to: Vec<Referred>,
    /// The event that the periods are counted from.
    #[serde(default)]
    pub counted_from: Option<CountedFrom>,
    /// That event until it is found: what it was, and which time beside it is asked for.
    #[serde(skip)]
    pub sought: Option<Box<(Interpretation, Beside)>>,
    /// Whether the caller wants what went before to be forgotten: "start over".
    #[serde(default)]
    pub starts_over: bool,
    /// The language of the question by its two letters, when it is not English and there is no doubt.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether the words and the fields of the request exclude each other, so that no event can match:
    /// the empty lists above then restrict everything.
    #[serde(default)]
    pub matches_nothing: bool,
    /// Which of the fields above come from earlier turns.
    #[serde(default)]
    pub carried_over: Vec<String>,
    /// Names that mean nothing here.
    #[serde(default)]
    pub unresolved: Vec<Unresolved>,
}

/// [`Interpretation`] as it is written: the periods with the offset of their zone.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Interpretation))]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one question, read by name")]
pub struct InterpretationRecord {
    intent: Intent,
    form: QuestionForm,
    #[serde(skip_serializing_if = "Claim::is_plain")]
    claim: Claim,
    periods: Vec<PeriodRecord>,
    timezone: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_zones: Vec<NamedTimeZone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_hours: Option<BusinessHoursTaken>,
    cameras: Vec<String>,
    sites: Vec<String>,
    labels: Vec<String>,
    sub_labels: Vec<String>,
    event_types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    severities: Vec<String>,
    zones: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    any_place: bool,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::short_float::serialize_option"
    )]
    min_confidence: Option<f32>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::short_float::serialize_option"
    )]
    max_confidence: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    without: Vec<LeftOut>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    words_stand_alone: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    words_say_where: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_by: Option<Grouping>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<Threshold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stay: Option<StayBound>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_least: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    top: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<usize>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_average: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(no_recursion))]
    share_of: Option<Box<InterpretationRecord>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quiet: Option<Quiet>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refers_to: Vec<Referred>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counted_from: Option<CountedFrom>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    starts_over: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    matches_nothing: bool,
    carried_over: Vec<String>,
    unresolved: Vec<Unresolved>,
}

/// [`Period`] as it is written: RFC 3339 with the local offset, half open.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Period))]
pub struct PeriodRecord {
    start: String,
    end: String,
    text: String,
}

impl From<Interpretation> for InterpretationRecord {
    fn from(it: Interpretation) -> Self {
        let zone = TimeZone::get(&it.timezone).unwrap_or(TimeZone::UTC);
        let periods = it
            .periods
            .into_iter()
            .map(|period| PeriodRecord {
                start: local_rfc3339(period.start, &zone),
                end: local_rfc3339(period.end, &zone),
                text: period.text,
            })
            .collect();
        Self {
            intent: it.intent,
            form: it.form,
            claim: it.claim,
            periods,
            timezone: it.timezone,
            time_zones: it.time_zones,
            business_hours: it.business_hours,
            cameras: it.cameras,
            sites: it.sites,
            labels: it.labels,
            sub_labels: it.sub_labels,
            event_types: it.event_types,
            severities: it.severities,
            zones: it.zones,
            any_place: it.any_place,
            min_confidence: it.min_confidence,
            max_confidence: it.max_confidence,
            words: it.words,
            without: it.without,
            words_stand_alone: it.words_stand_alone,
            words_say_where: it.words_say_where,
            group_by: it.group_by,
            threshold: it.threshold,
            stay: it.stay,
            is_least: it.is_least,
            top: it.top,
            nth: it.nth,
            is_average: it.is_average,
            share_of: it.share_of.map(|whole| Box::new((*whole).into())),
            quiet: it.quiet,
            refers_to: it.refers_to,
            counted_from: it.counted_from,
            starts_over: it.starts_over,
            language: it.language,
            matches_nothing: it.matches_nothing,
            carried_over: it.carried_over,
            unresolved: it.unresolved,
        }
    }
}
