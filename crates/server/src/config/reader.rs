//! Raw values → checked ones. Every reader notes what is wrong and lets the others go on, so that an
//! operator sees all problems at once.

use std::{path::PathBuf, str::FromStr, time::Duration};

use reqwest::Url;
use secrecy::SecretString;

use super::layers::Layers;

/// Reads settings one by one; problems gather in the layers.
pub(super) struct Reader<'a> {
    layers: &'a mut Layers,
}

impl<'a> Reader<'a> {
    /// Over the layers.
    pub(super) fn new(layers: &'a mut Layers) -> Self {
        Self { layers }
    }

    /// Notes something wrong with a setting.
    pub(super) fn problem(&mut self, key: &str, message: impl Into<String>) {
        self.layers.problem(key, message);
    }

    /// A value that `parse` understands; `None` when it is not set or wrong.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let raw = self.layers.get(key)?;
        let parsed = match raw.parts.as_slice() {
            [value] => parse(value.trim()),
            _ => Err("must be one value, not a list".to_owned()),
        };
        parsed.map_err(|message| self.layers.problem(key, message)).ok()
    }

    /// Text that is not empty.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.parsed(key, |value| Ok(value.to_owned())).filter(|value| !value.is_empty())
    }

    /// A path.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    /// A secret.
    pub(super) fn secret(&mut self, key: &str) -> Option<SecretString> {
        self.text(key).map(SecretString::from)
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.parsed(key, |value| match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            _ => Err(format!("`{value}` is neither true nor false")),
        })
    }

    /// A number between two others, both included.
    pub(super) fn number<T>(&mut self, key: &str, least: T, most: T) -> Option<T>
    where
        T: Copy + FromStr + PartialOrd + std::fmt::Display,
    {
        self.parsed(key, |value| match value.parse::<T>() {
            Ok(number) if least <= number && number <= most => Ok(number),
            _ => Err(format!("`{value}` is not a number between {least} and {most}")),
        })
    }

    /// Whole seconds.
    pub(super) fn seconds(&mut self, key: &str, least: u64, most: u64) -> Option<Duration> {
        self.number(key, least, most).map(Duration::from_secs)
    }

    /// Whole days.
    pub(super) fn days(&mut self, key: &str, least: u64, most: u64) -> Option<Duration> {
        self.number(key, least, most).map(|days: u64| Duration::from_secs(days * 24 * 60 * 60))
    }

    /// A list: in the file a list, in the environment separated by commas. Each part must be understood.
    pub(super) fn list<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let Some(raw) = self.layers.get(key) else { return Vec::new() };
        let parts: Vec<String> = raw
            .parts
            .iter()
            .flat_map(|part| part.split(','))
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect();
        let mut values = Vec::with_capacity(parts.len());
        for part in &parts {
            match parse(part) {
                Ok(value) => values.push(value),
                Err(message) => self.layers.problem(key, message),
            }
        }
        values
    }

    /// An `http` or `https` address without query and fragment; a closing slash goes.
    pub(super) fn url(&mut self, key: &str) -> Option<String> {
        self.parsed(key, |value| {
            let url = Url::parse(value).ok();
            let is_bare = |url: &Url| {
                matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none()
            };
            // A parser of addresses drops or encodes these in silence.
            let is_plain = !value.contains(['?', '#', ' ', '\\']) && !value.chars().any(char::is_control);
            let has_host = value.split_once("://").is_some_and(|(_, rest)| !rest.starts_with(['/', '@']));
            if !url.as_ref().is_some_and(is_bare) || !is_plain || !has_host {
                return Err("must be an address such as https://host.example/v1, without user, query or \
                            fragment"
                    .to_owned());
            }
            Ok(value.trim_end_matches('/').to_owned())
        })
    }
}
