//! The command line: what can be said, nothing of what is done.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands;

/// Ask your cameras: exact, cited answers about what they saw.
#[derive(Debug, Parser)]
#[command(name = "eps", version, propagate_version = true)]
pub struct Cli {
    /// File of settings instead of config/service.yaml.
    #[arg(long, global = true, env = "CONFIG_FILE", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the HTTP API.
    Serve(commands::serve::ServeArgs),
    /// Serve a simulated site to try things out; prints a token and questions.
    Demo(commands::demo::DemoArgs),
    /// Load events from NDJSON or CSV files, plain or .gz.
    Import(commands::import::ImportArgs),
    /// Ask a question in your own words.
    Ask(commands::ask::AskArgs),
    /// Search events by words and fields.
    Search(commands::search::SearchArgs),
    /// Show how words are understood; needs no server and no data.
    Interpret(commands::interpret::InterpretArgs),
    /// Ask a set of questions with known answers of a running server; tell what was right.
    Eval(commands::eval::EvalArgs),
    /// Make a token for development.
    Token(commands::token::TokenArgs),
    /// Print the settings in force, without secrets, or everything wrong with them.
    CheckConfig(commands::check_config::CheckConfigArgs),
    /// Print the OpenAPI document.
    Openapi(commands::openapi::OpenapiArgs),
    /// Ask a running server whether it lives; for container health checks.
    Healthcheck(commands::healthcheck::HealthcheckArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
