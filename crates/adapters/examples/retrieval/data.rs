//! Reads the evaluation data; interprets nothing.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde::Deserialize;

use super::Outcome;

/// Two sentences and how alike people find them, 0 to 5.
#[derive(Deserialize)]
pub(super) struct Pair {
    pub(super) a: String,
    pub(super) b: String,
    pub(super) score: f64,
}

#[derive(Deserialize)]
struct Text {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(rename = "text")]
    body: String,
}

/// Scientific abstracts, claims, and which abstracts speak to which claim.
pub(super) struct SciFact {
    /// Id and title with text.
    pub(super) documents: Vec<(String, String)>,
    /// Id and claim; only those with a relevant document.
    pub(super) queries: Vec<(String, String)>,
    /// Relevant documents by query.
    pub(super) relevant: HashMap<String, HashSet<String>>,
}

impl SciFact {
    pub(super) fn read(dir: &Path) -> Outcome<Self> {
        let mut relevant: HashMap<String, HashSet<String>> = HashMap::new();
        for line in std::fs::read_to_string(dir.join("scifact_qrels.tsv"))?.lines() {
            let mut fields = line.split('\t');
            if let (Some(query), Some(document), Some(grade)) = (fields.next(), fields.next(), fields.next())
                && grade.trim().parse::<u32>().is_ok_and(|grade| grade > 0)
            {
                relevant.entry(query.to_owned()).or_default().insert(document.to_owned());
            }
        }
        let mut json = String::new();
        GzDecoder::new(File::open(dir.join("scifact_docs.ndjson.gz"))?).read_to_string(&mut json)?;
        let documents = lines::<Text>(&json)?;
        let queries = lines::<Text>(&std::fs::read_to_string(dir.join("scifact_queries.jsonl"))?)?;
        Ok(Self {
            documents: documents.into_iter().map(|d| (d.id, format!("{} {}", d.title, d.body))).collect(),
            queries: queries
                .into_iter()
                .filter(|query| relevant.contains_key(&query.id))
                .map(|query| (query.id, query.body))
                .collect(),
            relevant,
        })
    }
}

/// The test half of STS-B.
pub(super) fn stsb(dir: &Path) -> Outcome<Vec<Pair>> {
    lines(&std::fs::read_to_string(dir.join("stsb_test.jsonl"))?)
}

/// `EPS_MODEL_DIR`, else where `scripts/fetch-model` puts the model.
pub(super) fn model_dir() -> Outcome<PathBuf> {
    if let Some(dir) = std::env::var_os("EPS_MODEL_DIR") {
        return Ok(dir.into());
    }
    let cache = std::env::var_os("EPS_CACHE").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache/eps")));
    Ok(cache.ok_or("no EPS_MODEL_DIR, no EPS_CACHE and no home folder")?.join("minilm"))
}

fn lines<T: for<'a> Deserialize<'a>>(json: &str) -> Outcome<Vec<T>> {
    let lines = json.lines().filter(|line| !line.trim().is_empty());
    Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
}
