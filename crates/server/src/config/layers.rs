//! Defaults, file and environment put on top of each other. Knows where a value came from and what
//! was wrong on the way; does not know what any value means.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::settings::{SETTINGS, Setting, by_key};

/// Read when nothing else is named and it exists.
pub const DEFAULT_FILE: &str = "config/service.yaml";

/// The largest file of settings or secrets that is read, in bytes: far above any honest one.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The one setting whose default depends on the environment.
const MODEL_DIR_KEY: &str = "storage.model_dir";

/// Something wrong with one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting, as the operator knows it: `PORT (service.port)`, or a place in the file.
    pub setting: String,
    /// What is wrong; never the value of a secret.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.message)
    }
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The table.
    Default,
    /// The file.
    File,
    /// The environment.
    Environment,
    /// A file that the environment names.
    EnvironmentFile,
    /// The command line.
    CommandLine,
}

/// One value, not yet understood; lists are kept as their parts.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Raw {
    /// One entry for a plain value.
    pub parts: Vec<String>,
    /// Where it came from.
    pub origin: Origin,
}

/// The values of all settings that have one.
#[derive(Default)]
pub(super) struct Layers {
    values: BTreeMap<&'static str, Raw>,
    /// What was wrong so far.
    pub problems: Vec<Problem>,
}

/// Looks a name up in the environment.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Layers {
    /// Reads the three layers. `file` is an explicit path, which must then exist; without one the
    /// default place is read if there is a file.
    pub(super) fn read(file: Option<&Path>, environment: &Environment<'_>) -> Self {
        let mut layers = Self::default();
        for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
            layers.set(setting, setting.default.to_owned(), Origin::Default);
        }
        let named = file.map(Path::to_owned).or_else(|| environment("CONFIG_FILE").map(PathBuf::from));
        match named {
            Some(path) => layers.read_file(&path),
            None if Path::new(DEFAULT_FILE).is_file() => {
                layers.read_file(Path::new(DEFAULT_FILE));
            }
            None => {}
        }
        for setting in SETTINGS {
            layers.read_environment(setting, environment);
        }
        if layers.get(MODEL_DIR_KEY).is_none()
            && let (Some(folder), Some(setting)) = (default_model_dir(environment), by_key(MODEL_DIR_KEY))
        {
            layers.set(setting, folder.display().to_string(), Origin::Default);
        }
        layers
    }

    /// A value from the command line, above all layers.
    pub(super) fn overrule(&mut self, key: &str, value: String) {
        if let Some(setting) = by_key(key) {
            self.set(setting, value, Origin::CommandLine);
        }
    }

    /// The value of a setting.
    pub(super) fn get(&self, key: &str) -> Option<&Raw> {
        self.values.get(key)
    }

    /// Notes something wrong with a setting.
    pub(super) fn problem(&mut self, key: &str, message: impl Into<String>) {
        let setting = match by_key(key) {
            Some(setting) => format!("{} ({})", setting.env, setting.key),
            None => key.to_owned(),
        };
        self.problems.push(Problem { setting, message: message.into() });
    }

    fn set(&mut self, setting: &Setting, value: String, origin: Origin) {
        self.values.insert(setting.key, Raw { parts: vec![value], origin });
    }

    fn read_file(&mut self, path: &Path) {
        let place = path.display().to_string();
        let text = match read_bounded(path) {
            Ok(text) => text,
            Err(message) => return self.problem(&place, message),
        };
        if text.trim().is_empty() {
            return;
        }
        let document: Value = match serde_saphyr::from_str(&text) {
            Ok(document) => document,
            Err(error) => return self.problem(&place, format!("is not valid YAML: {error}")),
        };
        match document {
            Value::Null => {}
            Value::Object(sections) => {
                for (section, content) in sections {
                    self.read_section(&place, &section, content);
                }
            }
            _ => self.problem(&place, "must hold sections such as `service:`"),
        }
    }

    fn read_section(&mut self, place: &str, section: &str, content: Value) {
        let prefix = format!("{section}.");
        if !SETTINGS.iter().any(|setting| setting.key.starts_with(&prefix)) {
            return self.problem(place, format!("unknown section `{section}`"));
        }
        let Value::Object(entries) = content else {
            if !content.is_null() {
                self.problem(place, format!("`{section}` must hold settings"));
            }
            return;
        };
        for (name, value) in entries {
            let key = format!("{prefix}{name}");
            match by_key(&key) {
                None => self.problem(place, format!("unknown setting `{key}`")),
                Some(setting) if setting.is_secret => {
                    let message = format!(
                        "is a secret and does not belong in the file: set {0} or {0}_FILE",
                        setting.env
                    );
                    self.problem(&key, message);
                }
                Some(setting) => match parts(value) {
                    Ok(None) => {}
                    Ok(Some(parts)) => {
                        self.values.insert(setting.key, Raw { parts, origin: Origin::File });
                    }
                    Err(message) => self.problem(&key, message),
                },
            }
        }
    }

    /// An empty variable counts as not set, as compose files and charts leave it.
    fn read_environment(&mut self, setting: &Setting, environment: &Environment<'_>) {
        let direct = environment(setting.env).filter(|value| !value.trim().is_empty());
        let file = environment(&format!("{}_FILE", setting.env)).filter(|path| !path.trim().is_empty());
        match (direct, file) {
            (Some(_), Some(_)) => {
                self.problem(setting.key, format!("both {0} and {0}_FILE are set: keep one", setting.env));
            }
            (Some(value), None) => {
                self.set(setting, value.trim().to_owned(), Origin::Environment);
            }
            (None, Some(path)) => match read_bounded(Path::new(path.trim())) {
                Ok(text) if text.trim().is_empty() => {
                    self.problem(
                        setting.key,
                        format!("{} names an empty file", setting.env.to_owned() + "_FILE"),
                    );
                }
                Ok(text) => self.set(setting, text.trim().to_owned(), Origin::EnvironmentFile),
                Err(message) => self.problem(setting.key, format!("{}_FILE: {message}", setting.env)),
            },
            (None, None) => {}
        }
    }
}

/// Where the local model lies when no setting says: the cache that the fetch script fills.
fn default_model_dir(environment: &Environment<'_>) -> Option<PathBuf> {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("EPS_CACHE").or_else(|| set("HOME").map(|home| home.join(".cache/eps")))?;
    Some(cache.join("minilm"))
}

/// A scalar or a list of scalars as text; `None` for null.
fn parts(value: Value) -> Result<Option<Vec<String>>, &'static str> {
    const WRONG: &str = "must be a plain value or a list of plain values";
    let scalar = |value: Value| match value {
        Value::String(text) => Ok(text),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(WRONG),
    };
    match value {
        Value::Null => Ok(None),
        Value::Array(values) => values.into_iter().map(scalar).collect::<Result<_, _>>().map(Some),
        value => scalar(value).map(|text| Some(vec![text])),
    }
}

fn read_bounded(path: &Path) -> Result<String, String> {
    let length = std::fs::metadata(path).map_err(|e| format!("cannot be read: {e}"))?.len();
    if length > FILE_BYTES_MAX {
        return Err(format!("is larger than {FILE_BYTES_MAX} bytes"));
    }
    std::fs::read_to_string(path).map_err(|e| format!("cannot be read: {e}"))
}
