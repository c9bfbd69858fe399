//! How long a provider asks us to wait, in whatever header and form.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::header::HeaderMap;

/// No wait is longer; keys have a cap of their own far below.
const WAIT_SECONDS_MAX: f64 = 86_400.0;
/// Figures from here on are no stretch but a moment: seconds, and milliseconds, since 1970.
const EPOCH_SECONDS_MIN: f64 = 1e9;
const EPOCH_MILLIS_MIN: f64 = 1e12;

/// `Retry-After` as seconds or as a date (told from its own `Date`, so that no clock matters) or its cousin in
/// milliseconds, else the `x-ratelimit-reset…` of what is used up. `now` where the provider does not tell the time.
pub(super) fn told(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    retry_after(headers).or_else(|| reset(headers, now))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

/// What the provider asks for in so many words.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let millis = || wait(text(headers, "retry-after-ms")?.parse::<f64>().ok()? / 1_000.0);
    let told = || {
        let told = text(headers, "retry-after")?;
        told.parse::<f64>().ok().map_or_else(
            || {
                let until = date(told)?.duration_since(date(text(headers, "date")?)?);
                wait(until.as_secs_f64().max(0.0))
            },
            wait,
        )
    };
    millis().or_else(told)
}

fn reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let now = text(headers, "date").and_then(date).unwrap_or(now);
    ["-requests", "-tokens", ""]
        .into_iter()
        .filter(|of| text(headers, &format!("x-ratelimit-remaining{of}")).is_none_or(|left| left == "0"))
        .filter_map(|of| duration(text(headers, &format!("x-ratelimit-reset{of}"))?, now))
        .max()
}

/// Seconds as a wait, within bounds.
fn wait(seconds: f64) -> Option<Duration> {
    let seconds = Some(seconds).filter(|seconds| *seconds >= 0.0)?;
    Duration::try_from_secs_f64(seconds.min(WAIT_SECONDS_MAX)).ok()
}

/// Durations as providers write them: `1s`, `6m0s`, `20ms`, `1h2m3.5s`, plain seconds, or the moment itself.
fn duration(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(figure) = text.parse::<f64>() {
        let now = now.as_millisecond() as f64 / 1_000.0;
        return wait(if figure >= EPOCH_MILLIS_MIN {
            (figure / 1_000.0 - now).max(0.0)
        } else if figure >= EPOCH_SECONDS_MIN {
            (figure - now).max(0.0)
        } else {
            figure
        });
    }
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let number_len = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit_on) = rest.split_at(number_len);
        let unit_len = unit_on.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit_on.len());
        let (unit, next) = unit_on.split_at(unit_len);
        let seconds = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * seconds;
        rest = next;
    }
    wait(total)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn patience_is_read_from_whatever_the_provider_says() {
        let now: Timestamp = "2026-10-21T07:28:00Z".parse().unwrap();
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        let twenty_on = "Wed, 21 Oct 2026 07:28:20 GMT";
        for (pairs, millis) in [
            (&[("retry-after", "30")][..], Some(30_000)),
            (&[("retry-after", "0.5")], Some(500)),
            (&[("retry-after", twenty_on), date], Some(20_000)),
            (&[("retry-after", twenty_on)], None),
            (&[("retry-after-ms", "1500"), ("retry-after", "2")], Some(1_500)),
            (&[("retry-after", "99999999999999999999999")], Some(86_400_000)),
            (&[("retry-after", "nan")], None),
            (&[("retry-after", "-3"), ("x-ratelimit-reset-requests", "20ms")], Some(20)),
            (&[("x-ratelimit-reset-requests", "1s"), ("x-ratelimit-reset-tokens", "6m0s")], Some(360_000)),
            (
                &[
                    ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", "1.5s"),
                    ("x-ratelimit-remaining-tokens", "900"),
                    ("x-ratelimit-reset-tokens", "6m0s"),
                ],
                Some(1_500),
            ),
            (&[("x-ratelimit-reset", "1792567710"), date], Some(30_000)),
            (&[("x-ratelimit-reset", "1792567682000")], Some(2_000)),
            (&[("x-ratelimit-reset", "1792567000000")], Some(0)),
            (&[("x-ratelimit-reset-tokens", "soon")], None),
            (&[], None),
        ] {
            let headers =
                pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
            let told = told(&headers.collect(), now);
            assert_eq!(told, millis.map(Duration::from_millis), "{pairs:?}");
        }
    }
}
