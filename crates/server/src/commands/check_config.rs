//! `eps check-config`: the settings in force, or everything wrong with them and with the files they name.

use clap::Args;

use super::Context;
use crate::{
    commands::arguments::Output,
    config::{Config, Purpose},
    failure::Failure,
    wiring,
};

/// Arguments of `eps check-config`.
#[derive(Debug, Args)]
pub struct CheckConfigArgs {
    #[command(flatten)]
    output: Output,
}

/// Prints the settings in force.
///
/// # Errors
/// Every problem, with the code for settings.
pub fn run(context: &Context, args: &CheckConfigArgs) -> Result<(), Failure> {
    let (config, report) = Config::load_with_report(&context.sources(), &super::environment, Purpose::Serve)?;
    check_files(&config)?;
    let terminal = context.terminal(args.output);
    if args.output.json {
        terminal.json(&report.json())?;
    } else {
        terminal.text(&report.yaml())?;
    }
    Ok(())
}

/// Reads the files that a server would read at its start.
fn check_files(config: &Config) -> Result<(), Failure> {
    let checks = [wiring::directory(config).err(), wiring::sources(config).err()];
    let problems: Vec<String> = checks.into_iter().flatten().map(|problem| problem.message).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::new(Failure::CONFIG, problems.join("\n"))) }
}
