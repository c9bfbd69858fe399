//! `eps interpret`: how words are understood. Needs no server and no data; with `--jsonl` it is a
//! filter that answers line by line, so that other programs can ask thousands of times.

use std::io::{self, BufRead as _, BufWriter, Write as _};

use clap::Args;
use eps_domain::{
    CameraDirectory, Scope,
    access::DEFAULT_TENANT,
    ask::{
        Filters, Interpretation,
        interpret::{Catalogue, DateOrder, Question, interpret},
    },
    event_store::Vocabulary,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use serde_json::json;

use super::Context;
use crate::{
    commands::arguments::{Output, instant},
    config::{Config, Purpose},
    failure::Failure,
    wiring::{self, Clocks},
};

/// Arguments of `eps interpret`.
#[derive(Debug, Args)]
pub struct InterpretArgs {
    /// The words.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    text: Option<String>,
    /// Read {"text", "now"?, "timezone"?} lines from standard input, write one result a line.
    #[arg(long)]
    jsonl: bool,
    /// Read the words as if it were this instant (RFC 3339).
    #[arg(long, value_parser = instant)]
    now: Option<Timestamp>,
    /// IANA time zone in which the words are read.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// One line of the input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    #[serde(default)]
    now: Option<Timestamp>,
    #[serde(default)]
    timezone: Option<String>,
}

/// What does not change between lines.
struct Reader {
    catalogue: Catalogue,
    filters: Filters,
    clocks: Clocks,
    timezone: TimeZone,
    now: Option<Timestamp>,
    date_order: DateOrder,
}

/// Prints interpretations.
///
/// # Errors
/// Wrong settings, an unknown zone, words that cannot be read.
pub fn run(context: &Context, args: &InterpretArgs) -> Result<(), Failure> {
    let config = Config::load(&context.sources(), &super::environment, Purpose::Local)?;
    let directory = wiring::directory(&config)?;
    let timezone = match &args.timezone {
        Some(name) => zone(name).map_err(Failure::usage)?,
        None => directory.timezone().clone(),
    };
    let reader = Reader {
        catalogue: catalogue(&directory),
        filters: Filters::default(),
        clocks: Clocks::new(None),
        timezone,
        now: args.now,
        date_order: config.search.date_order,
    };
    let Some(text) = &args.text else { return answer_lines(&reader) };
    let line = Line { text: text.clone(), now: None, timezone: None };
    let found = reader.read(&line).map_err(Failure::general)?;
    let terminal = context.terminal(args.output);
    if args.output.json {
        terminal.json(&found)?;
    } else {
        let text = serde_json::to_string_pretty(&found).map_err(io::Error::other)?;
        terminal.line(text)?;
    }
    Ok(())
}

/// The names of the described cameras; there are no events to learn others from.
fn catalogue(directory: &CameraDirectory) -> Catalogue {
    Catalogue::new(directory, &Vocabulary::default(), &Scope::tenant(DEFAULT_TENANT))
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| format!("`{name}` is not an IANA time zone"))
}

fn answer_lines(reader: &Reader) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let found = serde_json::from_slice::<Line>(&line)
            .map_err(|error| error.to_string())
            .and_then(|line| reader.read(&line));
        let written = match found {
            Ok(found) => serde_json::to_writer(&mut out, &found),
            Err(error) => serde_json::to_writer(&mut out, &json!({ "error": error })),
        };
        let written = written.map_err(io::Error::from).and_then(|()| out.write_all(b"\n"));
        // Whoever feeds one line and waits for its answer must get it; a full pipe is drained at once.
        match written.and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            result => result?,
        }
    }
    Ok(())
}

impl Reader {
    fn read(&self, line: &Line) -> Result<Interpretation, String> {
        let timezone = match &line.timezone {
            Some(name) => zone(name)?,
            None => self.timezone.clone(),
        };
        let question = Question {
            text: &line.text,
            filters: &self.filters,
            now: line.now.or(self.now).unwrap_or_else(|| self.clocks.site.now()),
            timezone: &timezone,
            previous: None,
            before_previous: None,
            evidence: &[],
            date_order: self.date_order,
            catalogue: &self.catalogue,
        };
        interpret(&question).map_err(|error| error.message)
    }
}
