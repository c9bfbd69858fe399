//! `eps check-config`: the settings in force, or everything wrong with them.

use clap::Args;

use super::Context;
use crate::{
    commands::arguments::Output,
    config::{Config, Purpose},
    failure::Failure,
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
    let (_, report) = Config::load_with_report(&context.sources(), &super::environment, Purpose::Serve)?;
    let terminal = context.terminal(args.output);
    if args.output.json {
        terminal.json(&report.json())?;
    } else {
        terminal.text(&report.yaml())?;
    }
    Ok(())
}
