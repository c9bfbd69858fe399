//! What a model may use to look further: read-only, through the same services and within the same scope
//! as its caller. Arguments are words that our interpreter reads; results are data with refs, never
//! event ids. Nothing here changes what the question was understood to mean or its totals.

mod arguments;
mod meaning;
mod results;
mod specs;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use futures::future::try_join;
use serde_json::{Value, json};

pub(crate) use self::specs::specs;
use self::{
    arguments::{Arguments, Wrong},
    results::{shown_group, shown_side},
};
use super::{
    Asker, Degraded, Evidence, Grouping, Interpretation,
    asking::Asking,
    check::{Part, Record, among},
    findings::Understood,
    gather::{
        Step, Without, compare, coverage, event_filter, hits,
        ranking::{self, GroupKey},
        series,
    },
    interpret::Catalogue,
    pictures,
    place::Place,
    prompt,
    write::phrases,
};
use crate::{
    Event, Result,
    chat_model::ToolCall,
    event_store::{Count, CountRequest, EventStore, GroupBy, GroupValue, Totals},
    related::Related,
};

/// Rounds of calls in one turn; after them the model must answer.
pub(crate) const ROUNDS_MAX: usize = 3;
/// Calls of one round that are answered.
const CALLS_MAX: usize = 4;
/// Events that tools may add to the evidence of one answer.
const EVENTS_MAX: usize = 12;
/// Events of one result.
const RESULT_EVENTS_MAX: usize = 5;
/// Groups and stretches of one result.
const RESULT_GROUPS_MAX: usize = 24;
/// The longest result, in bytes.
const RESULT_BYTES_MAX: usize = 8 * 1024;

/// The tools at work for one turn.
pub(crate) struct Toolbox<'a> {
    asker: &'a Asker,
    asking: &'a Asking<'a>,
    place: &'a Place<'a>,
    catalogue: &'a Catalogue,
    understood: &'a Understood,
    /// What a sentence may state; grows with what the tools find.
    pub(crate) record: Arc<Record>,
    /// Events that were found beside the evidence, numbered after it.
    pub(crate) found: Vec<(Evidence, Event)>,
    /// Ids of the cameras whose events, or whose silence, went into a result.
    pub(crate) cameras: Vec<String>,
    /// Calls that were answered, so that a loop is noticed.
    answered: Vec<(String, String)>,
}

impl<'a> Toolbox<'a> {
    pub(crate) fn new(
        asker: &'a Asker,
        asking: &'a Asking<'a>,
        place: &'a Place<'a>,
        catalogue: &'a Catalogue,
        understood: &'a Understood,
        record: Record,
    ) -> Self {
        Self {
            asker,
            asking,
            place,
            catalogue,
            understood,
            record: Arc::new(record),
            found: Vec::new(),
            cameras: Vec::new(),
            answered: Vec::new(),
        }
    }

    /// How many events can be cited.
    pub(crate) fn references(&self) -> u32 {
        (self.understood.findings.citable().count() + self.found.len()) as u32
    }

    /// Everything that can be cited.
    pub(crate) fn evidence(&self) -> Vec<Evidence> {
        let found = self.found.iter().map(|(evidence, _)| evidence);
        self.understood.findings.citable().chain(found).cloned().collect()
    }

    /// Answers the calls of one round, one result for each, whatever they ask.
    pub(crate) async fn answer(&mut self, calls: &[ToolCall]) -> Vec<String> {
        let mut results = Vec::with_capacity(calls.len());
        for (at, call) in calls.iter().enumerate() {
            let key = (call.name.clone(), call.arguments.clone());
            let result = if at >= CALLS_MAX {
                Err(Wrong::new(format!("only {CALLS_MAX} calls at once are answered")))
            } else if self.answered.contains(&key) {
                Err(Wrong::new("this was asked before and the result is the same; write the answer now"))
            } else {
                self.answered.push(key);
                self.use_one(call).await
            };
            let result = result.unwrap_or_else(|wrong| {
                tracing::debug!(tool = call.name, wrong = wrong.message, "a call of a tool was refused");
                json!({ "error": wrong.message })
            });
            let mut text = result.to_string();
            if text.len() > RESULT_BYTES_MAX {
                text = json!({ "error": "the result is too long; ask for less" }).to_string();
            }
            results.push(text);
        }
        results
    }

    async fn use_one(&mut self, call: &ToolCall) -> Result<Value, Wrong> {
        let arguments = Arguments::read(&call.arguments)?;
        match call.name.as_str() {
            "search_events" => self.search(&arguments).await,
            "count_events" => self.count(&arguments).await,
            "compare_periods" => self.compare(&arguments).await,
            "timeline" => self.timeline(&arguments).await,
            "related_events" => self.related(&arguments).await,
            "get_event" => self.get(&arguments),
            _ => Err(Wrong::new("there is no such tool")),
        }
    }

    async fn search(&mut self, arguments: &Arguments) -> Result<Value, Wrong> {
        let meant = self.meant(arguments)?;
        let mut wanted = meant.clone();
        wanted.intent = match arguments.order.as_deref() {
            Some("oldest") => super::Intent::First,
            Some("newest") => super::Intent::Last,
            _ => super::Intent::Find,
        };
        let limit = arguments.limit.unwrap_or(RESULT_EVENTS_MAX).clamp(1, RESULT_EVENTS_MAX);
        let parts = &self.asker.parts;
        let store = Without::of(&*parts.store, &meant);
        let searching = hits::search(
            &store,
            parts.embedder.as_deref(),
            self.place,
            event_filter(&wanted),
            &wanted,
            hits::order(&wanted),
            limit,
            None,
        );
        let (count, hits) =
            try_join(self.counted(&meant, GroupBy::Camera), searching).await.map_err(Wrong::of)?;
        let (found, totals, filter) = (hits.page.hits, count.totals, event_filter(&wanted));
        let selected = hits::select(&store, self.place, filter, &wanted, limit, found, totals)
            .await
            .map_err(Wrong::of)?;
        let threshold = parts.settings.confidence_threshold;
        let evidence = hits::evidence(&selected.hits, &wanted, self.place, threshold, 1);
        let events = evidence.into_iter().zip(selected.hits).map(|(shown, hit)| (shown, hit.event));
        let shown = self.add_events(events.collect());
        let mut result = self.totals(&meant, &count);
        result["events"] = Value::from(shown);
        if selected.is_similar_only {
            result["similar_only"] = Value::from(true);
        }
        Ok(result)
    }

    async fn count(&mut self, arguments: &Arguments) -> Result<Value, Wrong> {
        let meant = self.meant(arguments)?;
        let by = match arguments.by.as_deref() {
            None | Some("" | "none") => None,
            Some("camera") => Some((GroupBy::Camera, Grouping::Camera)),
            Some("label") => Some((GroupBy::Label, Grouping::Label)),
            Some("event_type") => Some((GroupBy::EventType, Grouping::EventType)),
            Some("zone") => Some((GroupBy::Zone, Grouping::Zone)),
            Some("hour") => Some((GroupBy::Hour, Grouping::Hour)),
            Some("day") => Some((GroupBy::Day, Grouping::Day)),
            Some(_) => {
                let message = "`by` is one of camera, label, event_type, zone, hour, day";
                return Err(Wrong::new(message));
            }
        };
        let count = self.counted(&meant, GroupBy::Camera).await.map_err(Wrong::of)?;
        let mut result = self.totals(&meant, &count);
        let Some((stored, by)) = by else { return Ok(result) };
        let mut groups = self.counted(&meant, stored).await.map_err(Wrong::of)?.groups;
        groups.sort_by_key(|group| std::cmp::Reverse(group.totals.events));
        groups.truncate(RESULT_GROUPS_MAX);
        let key = |value| ranking::key_of(by, value, self.place);
        let groups = groups.iter().filter_map(|g| Some((key(g.key.first()?)?, g.totals)));
        let groups: Vec<_> = groups.collect();
        let shown: Vec<_> = groups.iter().map(|(k, n)| shown_group(by, k, *n, self.place)).collect();
        self.add_ranking(by, &groups, &meant);
        result["groups_largest_first"] = Value::from(shown);
        Ok(result)
    }

    async fn compare(&mut self, arguments: &Arguments) -> Result<Value, Wrong> {
        let (Some(a), Some(b)) = (&arguments.period_a, &arguments.period_b) else {
            return Err(Wrong::new("`period_a` and `period_b` are both needed"));
        };
        let of = |when: &str| Arguments { when: Some(when.to_owned()), ..arguments.clone() };
        let (in_a, in_b) = (self.meant(&of(a))?, self.meant(&of(b))?);
        let side = |name: &str, meant: &Interpretation| {
            let (name, periods, filter) = (name.to_owned(), meant.periods.clone(), event_filter(meant));
            compare::Side { name, periods, filter, ..compare::Side::default() }
        };
        let sides = [side(a, &in_a), side(b, &in_b)];
        let all = &*self.asker.parts.store;
        let (store, words) = (Without::of(all, &in_a), in_a.words.as_deref());
        let searched = coverage::searched(&in_a, self.place);
        let counted = compare::count((&store, all), self.place, &sides, words, &searched, None)
            .await
            .map_err(Wrong::of)?;
        let Some(comparison) = compare::comparison(&sides, &counted, self.place) else {
            return Err(Wrong::new("there is nothing to compare"));
        };
        for meant in [&in_a, &in_b] {
            self.note(meant);
        }
        let shared = self.among(&in_a);
        record(&mut self.record).add_comparison(&comparison, &shared);
        let ratio = comparison.ratio.map(|ratio| (ratio * 10.0).round() / 10.0);
        Ok(json!({
            "a": shown_side(&comparison.a), "b": shown_side(&comparison.b),
            "difference": comparison.difference, "ratio": ratio,
        }))
    }

    async fn timeline(&mut self, arguments: &Arguments) -> Result<Value, Wrong> {
        let meant = self.meant(arguments)?;
        let step = Step::fitting(&meant.periods);
        let by = step.map_or(GroupBy::Hour, Step::group_by);
        let camera = self.counted(&meant, GroupBy::Camera);
        let (by_camera, over_time) = try_join(camera, self.counted(&meant, by)).await.map_err(Wrong::of)?;
        let mut result = self.totals(&meant, &by_camera);
        let Some(step) = step else { return Ok(result) };
        let mut stretches = series::lay_out(&over_time, &meant.periods, step, self.place.timezone);
        stretches.retain(|stretch| stretch.totals.events > 0);
        stretches.sort_by_key(|stretch| std::cmp::Reverse(stretch.totals.events));
        stretches.truncate(RESULT_GROUPS_MAX);
        stretches.sort_by_key(|stretch| stretch.start);
        let among = self.among(&meant);
        record(&mut self.record).add_series(&stretches, Some(step), &among, self.place);
        result["series"] = Value::from(prompt::stretches(&stretches, self.place));
        Ok(result)
    }

    async fn related(&mut self, arguments: &Arguments) -> Result<Value, Wrong> {
        let event_id = self.event(arguments)?.event_id.clone();
        let parts = &self.asker.parts;
        let related =
            Related::new(Arc::clone(&parts.store), parts.embedder.clone(), Arc::clone(&parts.directory));
        let found =
            related.of(self.asking.caller, &event_id, &[], RESULT_EVENTS_MAX).await.map_err(Wrong::of)?;
        let why: Vec<String> = found.iter().map(|related| related.why.join("; ")).collect();
        let events = found.into_iter().map(|related| {
            let mut shown = Evidence::of(&related.event, 0, related.strength as f32, related.why);
            shown.description = shown.description.map(|text| super::check::plain(&text));
            (shown, related.event)
        });
        let mut shown = self.add_events(events.collect());
        for (event, why) in shown.iter_mut().zip(&why) {
            event["why"] = Value::from(why.as_str());
            record(&mut self.record).add_text(why);
        }
        Ok(json!({ "events": shown }))
    }

    fn get(&mut self, arguments: &Arguments) -> Result<Value, Wrong> {
        let event = self.event(arguments)?;
        Ok(prompt::shown(event, self.place, prompt::DESCRIPTION_CHARS_MAX))
    }

    /// The event that a ref names.
    fn event(&self, arguments: &Arguments) -> Result<&Evidence, Wrong> {
        let Some(reference) = arguments.reference else {
            return Err(Wrong::new("`ref` is needed, a number"));
        };
        let shown = self.understood.findings.evidence.iter();
        let mut all = shown.chain(self.found.iter().map(|(evidence, _)| evidence));
        let last = self.references();
        all.find(|event| event.reference == reference)
            .ok_or_else(|| Wrong::new(format!("there is no event [{reference}]; refs go from 1 to {last}")))
    }

    /// Words of the model → what they mean here.
    fn meant(&self, arguments: &Arguments) -> Result<Interpretation, Wrong> {
        let usual = &self.understood.interpretation.periods;
        meaning::meant(self.asking, self.catalogue, arguments, usual)
    }

    async fn counted(&self, meant: &Interpretation, by: GroupBy) -> Result<Count> {
        let request = CountRequest {
            filter: event_filter(meant),
            words: meant.words.clone(),
            group_by: vec![by],
            timezone: self.place.timezone.clone(),
        };
        Without::of(&*self.asker.parts.store, meant).count(self.place.scope, &request).await
    }

    /// What was counted, for the model and for the record.
    fn totals(&mut self, meant: &Interpretation, by_camera: &Count) -> Value {
        self.note(meant);
        let among = self.among(meant);
        record(&mut self.record).add_counted(&among, by_camera.totals);
        let key = |value: &GroupValue| ranking::key_of(Grouping::Camera, value, self.place);
        let groups = by_camera.groups.iter().filter_map(|g| Some((key(g.key.first()?)?, g.totals)));
        let groups: Vec<_> = groups.collect();
        self.add_ranking(Grouping::Camera, &groups, meant);
        let periods: Vec<String> =
            meant.periods.iter().map(|period| phrases::interval(period, self.place)).collect();
        json!({
            "periods": periods,
            "total_events": by_camera.totals.events,
            "total_visits": by_camera.totals.visits,
        })
    }

    /// In what a count differs from the question.
    fn among(&self, meant: &Interpretation) -> Part {
        among(&self.understood.interpretation, meant, self.place)
    }

    fn add_ranking(&mut self, by: Grouping, groups: &[(GroupKey, Totals)], meant: &Interpretation) {
        let (among, groups) = (self.among(meant), groups.iter().map(|(key, totals)| (key, *totals)));
        record(&mut self.record).add_ranking(by, groups, &among, self.place);
    }

    /// Notes whose cameras and which periods went into a result.
    fn note(&mut self, meant: &Interpretation) {
        let searched = coverage::searched(meant, self.place);
        self.cameras.extend(searched);
        self.cameras.sort_unstable();
        self.cameras.dedup();
        record(&mut self.record).add_periods(&meant.periods, self.place);
    }

    /// Gives refs to events, as far as there is room, and shows those that have one.
    fn add_events(&mut self, events: Vec<(Evidence, Event)>) -> Vec<Value> {
        let mut shown = Vec::with_capacity(events.len());
        for (mut evidence, event) in events {
            let base = self.understood.findings.evidence.iter();
            let known = base.chain(self.found.iter().map(|(known, _)| known));
            let known = known.into_iter().find(|known| known.event_id == evidence.event_id);
            if let Some(known) = known {
                shown.push(prompt::shown(known, self.place, prompt::DESCRIPTION_CHARS_SHORT));
                continue;
            }
            if self.found.len() == EVENTS_MAX {
                break;
            }
            evidence.reference = self.references() + 1;
            shown.push(prompt::shown(&evidence, self.place, prompt::DESCRIPTION_CHARS_SHORT));
            record(&mut self.record).add_event(&evidence, self.place);
            self.found.push((evidence, event));
        }
        shown
    }
}

/// The record, to write to it; nobody reads it while tools are at work.
fn record(shared: &mut Arc<Record>) -> &mut Record {
    Arc::make_mut(shared)
}

/// Pictures for what was found, and the evidence alone.
pub(crate) async fn evidence_of(toolbox: &Toolbox<'_>) -> (Vec<Evidence>, bool) {
    let (mut evidence, events): (Vec<Evidence>, Vec<Event>) = toolbox.found.iter().cloned().unzip();
    let understood = toolbox.understood;
    // Who could not say a moment ago is not waited for a second time in one turn.
    let is_asked = !understood.findings.degraded.contains(&Degraded::Clips);
    let left = if is_asked { understood.look_up_left } else { Duration::ZERO };
    let (clips, scope) = (&toolbox.asker.parts.clips, toolbox.place.scope);
    let is_out_of_order = pictures::add(clips, scope, &mut evidence, events, left).await;
    (evidence, is_out_of_order)
}
