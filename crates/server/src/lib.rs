//! Configuration, wiring, command line, telemetry and shutdown of the Enhanced Prompt Service: the
//! composition root. Holds no business rule.

pub mod background;
pub mod cli;
pub mod commands;
pub mod config;
pub mod dispatch;
pub mod failure;
pub mod feeds;
mod private_files;
pub mod run;
pub mod signals;
pub mod telemetry;
pub mod terminal;
pub mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

/// Runs the command line of the process and gives its exit code.
pub fn main() -> ExitCode {
    match dispatch::run(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::Terminal { is_json: false }.note(format!("eps: {failure}"));
            ExitCode::from(failure.code)
        }
    }
}
