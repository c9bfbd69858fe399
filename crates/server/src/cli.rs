//! The command line: what can be said, nothing of what is done.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

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
    /// Make a token for development.
    Token(commands::token::TokenArgs),
    /// Print the settings in force, without secrets, or everything wrong with them.
    CheckConfig(commands::check_config::CheckConfigArgs),
    /// Print the OpenAPI document.
    Openapi(commands::openapi::OpenapiArgs),
    /// Ask a running server whether it lives; for container health checks.
    Healthcheck(commands::healthcheck::HealthcheckArgs),
}

/// Results as JSON.
#[derive(Debug, Clone, Copy, Args)]
pub struct Output {
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Reads an instant of the command line.
///
/// # Errors
/// Says what an instant looks like.
pub fn instant(value: &str) -> Result<Timestamp, String> {
    value.parse().map_err(|_| format!("`{value}` is not an instant such as 2026-05-13T09:00:00Z"))
}

/// Reads a stretch of time of the command line: `90s`, `15m`, `1h`, `7d`.
///
/// # Errors
/// Says what a stretch of time looks like.
pub fn duration(value: &str) -> Result<std::time::Duration, String> {
    let malformed = || format!("`{value}` is not a duration such as 90s, 15m, 1h or 7d");
    let value = value.trim();
    let split = value.find(|c: char| !c.is_ascii_digit()).ok_or_else(malformed)?;
    let (number, unit) = value.split_at(split);
    let number: u64 = number.parse().map_err(|_| malformed())?;
    let unit_seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(malformed()),
    };
    number.checked_mul(unit_seconds).map(std::time::Duration::from_secs).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(duration("2h"), Ok(std::time::Duration::from_hours(2)));
        for wrong in ["2", "h", "2w", "-1h", ""] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
