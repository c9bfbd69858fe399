//! Arguments that several commands take, and how their values are written.

use clap::Args;
use jiff::Timestamp;

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

/// Reads the address of a server.
///
/// # Errors
/// Says what an address looks like.
pub fn server_url(value: &str) -> Result<String, String> {
    let host = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() => Ok(value.to_owned()),
        _ => Err(format!("`{value}` is not an address such as http://localhost:8000")),
    }
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
    use super::*;

    #[test]
    fn the_address_of_a_server_needs_its_scheme() {
        assert!(server_url("http://127.0.0.1:1").is_ok() && server_url("https://eps.example").is_ok());
        assert!(server_url("127.0.0.1:1").is_err() && server_url("http://").is_err());
    }

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(duration("2h"), Ok(std::time::Duration::from_hours(2)));
        for wrong in ["2", "h", "2w", "-1h", ""] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
