//! The effective settings for people: values with their origin, secrets as `[redacted]`. Never holds
//! a secret.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    layers::{Layers, Origin},
    settings::{SETTINGS, Setting},
};

/// What stands in place of a secret.
const REDACTED: &str = "[redacted]";

struct Line {
    setting: &'static Setting,
    shown: Option<Value>,
    origin: Origin,
}

/// The effective settings, ready to print.
pub struct Report {
    lines: Vec<Line>,
}

impl Report {
    pub(super) fn of(layers: &Layers) -> Self {
        let lines = SETTINGS
            .iter()
            .map(|setting| {
                let raw = layers.get(setting.key);
                let shown = raw.map(|raw| match raw.parts.as_slice() {
                    _ if setting.is_secret => Value::from(REDACTED),
                    [value] => scalar(value),
                    parts => Value::from(parts.to_vec()),
                });
                Line { setting, shown, origin: raw.map_or(Origin::Default, |raw| raw.origin) }
            })
            .collect();
        Self { lines }
    }

    /// `{section: {name: {value, env, origin}}}`.
    pub fn json(&self) -> Value {
        let mut sections = Map::new();
        for line in &self.lines {
            let Some((section, name)) = line.setting.key.split_once('.') else { continue };
            let entry = json!({
                "value": line.shown,
                "environment": line.setting.env,
                "origin": origin_name(line.origin),
            });
            if let Value::Object(content) =
                sections.entry(section).or_insert_with(|| Value::Object(Map::new()))
            {
                content.insert(name.to_owned(), entry);
            }
        }
        Value::Object(sections)
    }

    /// The layout of the file, with name and origin of every setting as a comment.
    pub fn yaml(&self) -> String {
        let mut text = String::new();
        let mut current = "";
        for line in &self.lines {
            let Some((section, name)) = line.setting.key.split_once('.') else { continue };
            if section != current {
                current = section;
                let _ = writeln!(text, "{section}:");
            }
            let value = line.shown.as_ref().map_or_else(|| "null".to_owned(), Value::to_string);
            let origin = origin_name(line.origin);
            let _ = writeln!(text, "  {:<58} # {} ({origin})", format!("{name}: {value}"), line.setting.env);
        }
        text
    }
}

fn scalar(value: &str) -> Value {
    match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => serde_json::from_str::<serde_json::Number>(value)
            .map_or_else(|_| Value::from(value), Value::Number),
    }
}

fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Default => "default",
        Origin::File => "file",
        Origin::Environment => "environment",
        Origin::EnvironmentFile => "environment, from a file",
        Origin::CommandLine => "command line",
    }
}
