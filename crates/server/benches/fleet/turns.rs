//! Whole turns with Redis and a model, beside the bare program: in turns with it, so that both meet the same
//! machine.

use std::time::Duration;

use eps_load::{figures::median, stub_model::Pace};
use eps_testkit::servers::redis::RedisServer;
use serde_json::{Value, json};

use super::{
    callers::{ASK, Load, Run},
    roles::{self, Model},
    stand::Stand,
};

const MEASURED: Duration = Duration::from_secs(3);
const REPEATS: usize = 3;
const CALLERS: [usize; 3] = [1, 32, 256];
/// Tokens of an answer.
pub(crate) const TOKENS: usize = 60;
const LIKE_A_MODEL: Duration = Duration::from_millis(500);

/// Questions after people that count, find and list, over several cameras and periods, none in a conversation.
/// Each finds something, so that the model has something to say.
pub(crate) fn question(caller: usize, number: usize) -> String {
    let places = ["at the loading dock", "in the yard", "at the office entrance", ""];
    let periods = ["yesterday", "in the last 24 hours", "in the last 7 days", "on Monday", "last week"];
    let place = places[(caller + number) % places.len()];
    let period = periods[(caller / 3 + number) % periods.len()];
    let query = match number % 3 {
        0 => format!("How many people {place} {period}?"),
        1 => format!("Show me people {place} {period}"),
        _ => format!("Who was {place} {period}?"),
    };
    json!({ "query": query }).to_string()
}

struct Row {
    callers: usize,
    ours: Vec<Run>,
    bare: Vec<Run>,
    model: Vec<Run>,
}

pub(crate) async fn measure() {
    let Some(redis) = RedisServer::start() else { return };
    for first in [Duration::ZERO, LIKE_A_MODEL] {
        let model = Model::start(Pace { first, between: Duration::ZERO, tokens: TOKENS });
        let stand = Stand::new().with(&redis, &model);
        stand.import();
        let ours = stand.serve();
        let tokens = stand.tokens(CALLERS[CALLERS.len() - 1]);
        let (prompt, reply) = sizes(&ours, &tokens[0], &model).await;
        let bare = roles::bare(&redis.url(), &model, prompt, reply);
        println!(
            "\nturns with Redis, the model answers after {} ms: {prompt} bytes to it, replies of {reply}",
            first.as_millis()
        );
        for callers in CALLERS {
            let load = Load { spread: first, ..Load::turns(&tokens[..callers], question) };
            let mut row = Row { callers, ours: Vec::new(), bare: Vec::new(), model: Vec::new() };
            for _ in 0..REPEATS {
                let before = model.asked().await.requests;
                let run = load.run(&ours, MEASURED).await;
                let asked = model.asked().await.requests - before;
                assert_eq!(asked as usize, run.asked, "one call to the model a turn");
                row.ours.push(run);
                row.bare.push(load.run(&bare, MEASURED).await);
                row.model.push(direct(&model, load).await);
            }
            show(&row);
        }
        println!("{} MB resident after it", ours.memory().unwrap().resident / 1_000_000);
        ours.stop().unwrap();
    }
}

/// How much the service says to the model, and to the caller.
async fn sizes(ours: &eps_load::process::Program, token: &str, model: &Model) -> (usize, usize) {
    let before = model.asked().await;
    let mut connection = eps_load::connection::Connection::open(ours.address).await.unwrap();
    let body = json!({"query": "Show me people at the loading dock yesterday"}).to_string();
    let request = eps_load::connection::Request { path: ASK, token, body: &body, is_stream: false };
    assert_eq!(connection.post(request).await.unwrap(), 200);
    let reply: Value = serde_json::from_slice(connection.body()).unwrap();
    assert!(reply["metadata"]["model"].is_string(), "the model was not asked: {reply}");
    assert_eq!(reply["degraded"], json!([]), "{reply}");
    let after = model.asked().await;
    assert_eq!(after.requests, before.requests + 1, "one call to the model a turn");
    (after.bytes as usize, connection.body().len())
}

/// The model asked without anything between.
async fn direct(model: &Model, load: Load<'_>) -> Run {
    let load = Load { path: "/v1/chat/completions", question: |_, _| "{}".to_owned(), ..load };
    load.run(&model.program, MEASURED / 3).await
}

fn show(row: &Row) {
    let of = |runs: &[Run], figure: fn(&Run) -> f64| median(runs.iter().map(figure).collect());
    let ratio = |figure: fn(&Run) -> f64| {
        median(row.ours.iter().zip(&row.bare).map(|(ours, bare)| figure(ours) / figure(bare)).collect())
    };
    for (name, runs) in [("service", &row.ours), ("bare program", &row.bare), ("model alone", &row.model)] {
        println!(
            "{:>4} callers  {name:<13} p50 {:>8.2} ms  p99 {:>8.2} ms  {:>8.0} /s  {:>7.0} us CPU",
            row.callers,
            of(runs, |run| run.ms(0.5)),
            of(runs, |run| run.ms(0.99)),
            of(runs, Run::per_second),
            of(runs, Run::cpu_us),
        );
    }
    println!(
        "{:>4} callers  beside bare: CPU x {:.2}, requests/s x {:.2}, p99 x {:.2}; beyond the model: p50 {:+.2} ms, p99 {:+.2} ms",
        row.callers,
        ratio(Run::cpu_us),
        ratio(Run::per_second),
        ratio(|run| run.ms(0.99)),
        of(&row.ours, |run| run.ms(0.5)) - of(&row.model, |run| run.ms(0.5)),
        of(&row.ours, |run| run.ms(0.99)) - of(&row.model, |run| run.ms(0.99)),
    );
}
