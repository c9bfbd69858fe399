//! Asks the questions of a live server, turn by turn, and has every reply judged. Follow-ups are asked
//! where a user would ask them: as the next turn of the same conversation.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use eps_adapters::remote::RemoteServer;
use eps_domain::{Error, ErrorKind, text};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{
    judge::{self, Mismatch},
    questions::{Question, QuestionFile},
    score::{Measure, Outcome},
};
use crate::failure::Failure;

/// How often a request is sent again that the server put off.
const PUT_OFF_MAX: usize = 60;
/// How long to wait when the server does not say.
const PUT_OFF_DEFAULT: Duration = Duration::from_secs(1);
const ASK: &str = "/api/v1/conversation";

/// Who asks.
pub(super) struct Examiner {
    /// Copies of the server that is examined, at least one: every turn of a conversation goes to the next.
    pub(super) servers: Vec<RemoteServer>,
    /// Another one that must say the same.
    pub(super) other: Option<RemoteServer>,
    /// How many follow-ups of each answer are tried.
    pub(super) follow_ups_max: usize,
    /// Events by id, each got once.
    pub(super) records: Mutex<HashMap<String, Option<Value>>>,
}

/// The requests of one conversation so far.
#[derive(Default)]
struct Conversation {
    asked: Vec<String>,
    bodies: Vec<Value>,
    id: Option<String>,
    other_id: Option<String>,
}

impl Examiner {
    /// The copy that a turn of a conversation goes to.
    fn copy(&self, turn: usize) -> &RemoteServer {
        &self.servers[turn % self.servers.len()]
    }

    /// Whether the server holds the site that a file is about.
    pub(super) async fn check_site(&self, file: &QuestionFile) -> Result<(), Failure> {
        let everything = json!({});
        for server in self.servers.iter().chain(&self.other) {
            let count = patiently(|| server.post("/api/v1/events/count", &everything)).await?;
            if count["totals"]["events"] != file.events {
                return Err(Failure::usage(format!(
                    "the questions of “{}” are about a site with {} events, the server holds {}: \
                     `make eval` starts the right one",
                    file.topic, file.events, count["totals"]["events"]
                )));
            }
        }
        Ok(())
    }

    /// Asks a question and all that follow it.
    pub(super) async fn examine(&self, file: &QuestionFile, first: &Question) -> Result<Outcome, Failure> {
        let mut outcome = Outcome { topic: file.topic.clone(), ..Outcome::default() };
        let mut conversation = Conversation::default();
        // A tree of questions is a conversation in which each is asked after the one before.
        let mut turns: Vec<&Question> = vec![first];
        while let Some(question) = turns.pop() {
            turns.extend(question.then.iter().rev());
            self.turn(file, question, &mut conversation, &mut outcome).await?;
        }
        Ok(outcome)
    }

    async fn turn(
        &self,
        file: &QuestionFile,
        question: &Question,
        conversation: &mut Conversation,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let body = body_of(question);
        conversation.asked.push(question.ask.clone());
        let asked = conversation.asked.clone();
        outcome.score.questions += 1;
        let turn = conversation.bodies.len();
        let reply = match ask(self.copy(turn), &body, conversation.id.as_deref()).await {
            Ok(reply) => reply,
            Err(error) if error.code == "SERVER_UNREACHABLE" => return Err(error.into()),
            Err(error) => {
                let told =
                    Mismatch { what: "reply".into(), expected: json!(200), came: error.message.into() };
                outcome.note(Measure::Interpretation, &asked, vec![told]);
                return Ok(());
            }
        };
        conversation.bodies.push(body.clone());
        conversation.id = reply["conversation_id"].as_str().map(str::to_owned);
        outcome.note(Measure::Interpretation, &asked, judge::interpretation(question, file, &reply));
        outcome.note(Measure::Totals, &asked, judge::totals(question, &reply));
        self.get_records(judge::ids(question, &reply)).await?;
        {
            let records = self.records.lock().await;
            let record = |id: &str| records.get(id).and_then(Option::as_ref);
            for (id, wrong) in judge::citations(question, file, &reply, record) {
                let named = |mut wrong: Mismatch| {
                    wrong.what = format!("{id}: {}", wrong.what);
                    wrong
                };
                outcome.note(Measure::Citations, &asked, wrong.into_iter().map(named).collect());
            }
        }
        self.try_follow_ups(&reply, conversation, outcome).await?;
        self.compare(&reply, &body, conversation, outcome).await
    }

    /// Asks each follow-up after the same turns, in a conversation of its own.
    async fn try_follow_ups(
        &self,
        reply: &Value,
        conversation: &Conversation,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let follow_ups = reply["follow_up_questions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let user_context = conversation.bodies.last().map(|body| body["user_context"].clone());
        for follow_up in follow_ups.iter().take(self.follow_ups_max) {
            let mut id: Option<String> = None;
            for (turn, body) in conversation.bodies.iter().enumerate() {
                let reply = ask(self.copy(turn), body, id.as_deref()).await?;
                id = reply["conversation_id"].as_str().map(str::to_owned);
            }
            let mut body = json!({"query": follow_up});
            if let Some(context) = user_context.as_ref().filter(|context| !context.is_null()) {
                body["user_context"] = context.clone();
            }
            let mut asked = conversation.asked.clone();
            asked.push(follow_up.as_str().unwrap_or_default().to_owned());
            let wrong = match ask(self.copy(conversation.bodies.len()), &body, id.as_deref()).await {
                Ok(reply) if judge::finds_something(&reply) => None,
                Ok(reply) => Some(json!({"response": reply["response"], "totals": reply["totals"]})),
                Err(error) => Some(error.message.into()),
            };
            let wrong = wrong.map(|came| Mismatch {
                what: "the follow-up finds something".to_owned(),
                expected: true.into(),
                came,
            });
            outcome.note(Measure::FollowUps, &asked, wrong.into_iter().collect());
        }
        Ok(())
    }

    async fn compare(
        &self,
        reply: &Value,
        body: &Value,
        conversation: &mut Conversation,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let Some(other) = &self.other else { return Ok(()) };
        let others = ask(other, body, conversation.other_id.as_deref()).await?;
        conversation.other_id = others["conversation_id"].as_str().map(str::to_owned);
        let (expected, came) = (judge::comparable(reply), judge::comparable(&others));
        let wrong = (expected != came).then(|| Mismatch { what: "the other server".into(), expected, came });
        outcome.note(Measure::Agreement, &conversation.asked, wrong.into_iter().collect());
        Ok(())
    }

    async fn get_records(&self, ids: BTreeSet<String>) -> Result<(), Failure> {
        for id in ids {
            if self.records.lock().await.contains_key(&id) {
                continue;
            }
            let path = format!("/api/v1/events/{}", text::percent_encoded(&id));
            let event = match patiently(|| self.copy(0).get(&path)).await {
                Ok(event) => Some(event),
                Err(error) if error.kind == ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            };
            self.records.lock().await.insert(id, event);
        }
        Ok(())
    }
}

fn body_of(question: &Question) -> Value {
    let mut body = json!({"query": question.ask});
    if let Some(timezone) = &question.timezone {
        body["user_context"] = json!({"timezone": timezone});
    }
    if let Some(limit) = question.limit {
        body["limit"] = limit.into();
    }
    if let Some(filters) = &question.filters {
        body["filters"] = filters.clone();
    }
    body
}

async fn ask(server: &RemoteServer, body: &Value, conversation: Option<&str>) -> Result<Value, Error> {
    let mut body = body.clone();
    if let Some(id) = conversation {
        body["conversation_id"] = id.into();
    }
    patiently(|| server.post(ASK, &body)).await
}

/// Sends again what the limiter or a busy server put off, when they say so.
async fn patiently<F: Future<Output = Result<Value, Error>>>(
    mut send: impl FnMut() -> F,
) -> Result<Value, Error> {
    for _ in 0..PUT_OFF_MAX {
        match send().await {
            Err(error)
                if error.kind == ErrorKind::TooMany
                    || (error.kind == ErrorKind::Unavailable && error.retry_after.is_some()) =>
            {
                tokio::time::sleep(error.retry_after.unwrap_or(PUT_OFF_DEFAULT)).await;
            }
            result => return result,
        }
    }
    send().await
}
