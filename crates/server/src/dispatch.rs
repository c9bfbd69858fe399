//! From the command line to the command that does it.

use crate::{
    cli::{Cli, Command},
    commands::{self, Context},
    failure::Failure,
    private_files::keep_files_private,
};

/// Runs what the command line says.
///
/// # Errors
/// Whatever stopped it, with its exit code.
pub fn run(cli: Cli) -> Result<(), Failure> {
    let context = Context::new(cli.config);
    if opens_data(&cli.command) {
        keep_files_private();
    }
    match cli.command {
        Command::Interpret(args) => commands::interpret::run(&context, &args),
        Command::CheckConfig(args) => commands::check_config::run(&context, &args),
        Command::Token(args) => commands::token::run(&context, &args),
        Command::Openapi(args) => commands::openapi::run(&context, &args),
        Command::Healthcheck(args) => wait_for(commands::healthcheck::run(&context, &args)),
        Command::Serve(args) => wait_for(commands::serve::run(&context, &args)),
        Command::Demo(args) => wait_for(commands::demo::run(&context, &args)),
        Command::Import(args) => wait_for(commands::import::run(&context, &args)),
        Command::Ask(args) => wait_for(commands::ask::run(&context, &args)),
        Command::Eval(args) => wait_for(commands::eval::run(&context, &args)),
        Command::Search(args) => wait_for(commands::search::run(&context, &args)),
    }
}

/// Whether a command works on the data directory. What others write is for whoever it is written for.
fn opens_data(command: &Command) -> bool {
    match command {
        Command::Serve(_) | Command::Import(_) | Command::Ask(_) | Command::Eval(_) | Command::Search(_) => {
            true
        }
        Command::Demo(args) => args.serves(),
        Command::Interpret(_)
        | Command::CheckConfig(_)
        | Command::Token(_)
        | Command::Openapi(_)
        | Command::Healthcheck(_) => false,
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
