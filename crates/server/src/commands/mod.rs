//! What each command does, a file each. They read settings, call services and show the result through
//! the terminal; none holds a rule of the domain.

pub mod ask;
pub mod check_config;
pub mod demo;
pub mod healthcheck;
pub mod import;
pub mod interpret;
pub mod openapi;
pub mod search;
pub mod serve;
mod shown;
mod target;
pub mod token;

use std::path::PathBuf;

use crate::{
    cli::{Cli, Command, Output},
    config::Sources,
    failure::Failure,
    terminal::Terminal,
};

/// What every command knows.
pub struct Context {
    config: Option<PathBuf>,
}

impl Context {
    fn sources(&self) -> Sources<'_> {
        Sources { file: self.config.as_deref(), ..Sources::default() }
    }

    #[expect(clippy::unused_self, reason = "the terminal is what the context gives; it may get a setting")]
    fn terminal(&self, output: Output) -> Terminal {
        Terminal { is_json: output.json }
    }
}

/// The environment of the process.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Runs what the command line says.
///
/// # Errors
/// Whatever stopped it, with its exit code.
pub fn run(cli: Cli) -> Result<(), Failure> {
    let context = Context { config: cli.config };
    match cli.command {
        Command::Interpret(args) => interpret::run(&context, &args),
        Command::CheckConfig(args) => check_config::run(&context, &args),
        Command::Token(args) => token::run(&context, &args),
        Command::Openapi(args) => openapi::run(&context, &args),
        Command::Healthcheck(args) => wait_for(healthcheck::run(&context, &args)),
        Command::Serve(args) => wait_for(serve::run(&context, &args)),
        Command::Demo(args) => wait_for(demo::run(&context, &args)),
        Command::Import(args) => wait_for(import::run(&context, &args)),
        Command::Ask(args) => wait_for(ask::run(&context, &args)),
        Command::Search(args) => wait_for(search::run(&context, &args)),
    }
}

/// Runs a command that waits for others; the ones that do not start no threads for it.
fn wait_for(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::general(format!("cannot start: {error}")))?;
    runtime.block_on(command)
}
