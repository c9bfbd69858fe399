//! This executable in the roles of the programs beside the service: the bare one and the model.

use std::time::Duration;

use eps_load::{
    bare_turn::{self, Settings},
    process::{Program, pinned, say_serving},
    stub_model::{self, Asked, Pace},
};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, runtime::Runtime};

use super::{OTHER_CORE, SERVICE_CORE, stand::SECRET};

/// Says that this process is to play a role, and which.
const ROLE: &str = "EPS_LOAD_ROLE";

#[derive(Serialize, Deserialize)]
enum Role {
    Bare { redis_url: String, model_url: String, prompt_bytes: usize, reply_bytes: usize },
    Model { first_ms: u64, between_ms: u64, tokens: usize },
}

/// Plays the role that this process was started for; false when it was started for none.
pub(crate) fn play() -> bool {
    let Ok(role) = std::env::var(ROLE) else { return false };
    let role: Role = serde_json::from_str(&role).unwrap();
    Runtime::new().unwrap().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        say_serving(listener.local_addr().unwrap());
        match role {
            Role::Bare { redis_url, model_url, prompt_bytes, reply_bytes } => {
                let secret = SECRET.to_owned();
                let settings = Settings { redis_url, model_url, secret, prompt_bytes, reply_bytes };
                bare_turn::serve(listener, settings).await.unwrap();
            }
            Role::Model { first_ms, between_ms, tokens } => {
                let [first, between] = [first_ms, between_ms].map(Duration::from_millis);
                stub_model::serve(listener, Pace { first, between, tokens }).await.unwrap();
            }
        }
    });
    true
}

fn start(role: &Role, core: usize) -> Program {
    let mut command = pinned(std::env::current_exe().unwrap(), core);
    command.env(ROLE, serde_json::to_string(role).unwrap());
    Program::start(command).unwrap()
}

/// Starts the bare program on the core of what is measured.
pub(crate) fn bare(redis_url: &str, model: &Model, prompt_bytes: usize, reply_bytes: usize) -> Program {
    let (redis_url, model_url) = (redis_url.to_owned(), model.url());
    start(&Role::Bare { redis_url, model_url, prompt_bytes, reply_bytes }, SERVICE_CORE)
}

/// A running model.
pub(crate) struct Model {
    /// Its process.
    pub(crate) program: Program,
}

impl Model {
    /// Starts one.
    pub(crate) fn start(pace: Pace) -> Self {
        let [first_ms, between_ms] = [pace.first, pace.between].map(|pause| pause.as_millis() as u64);
        let role = Role::Model { first_ms, between_ms, tokens: pace.tokens };
        Self { program: start(&role, OTHER_CORE) }
    }

    /// What the service is configured with.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.program.address)
    }

    /// What it was asked so far.
    pub(crate) async fn asked(&self) -> Asked {
        let url = format!("http://{}/asked", self.program.address);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(url).send().await.unwrap().json().await.unwrap()
    }
}
