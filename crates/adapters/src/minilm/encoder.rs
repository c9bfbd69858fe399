//! The network itself: ids in, one vector of unit length a text out. Blocking and CPU-bound; only the
//! lanes call it. It never sees who asks.

use std::{path::Path, sync::Arc};

use eps_domain::{Error, Result};
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::{NdTensor, prelude::*};
use sha2::{Digest, Sha256};

use super::tokenizer::{TOKENS_MAX, Tokenizer};

/// Length of the vectors.
pub const DIMENSIONS: usize = 384;
/// Code of every failure of this embedder.
pub(super) const EMBEDDER_UNAVAILABLE: &str = "EMBEDDER_UNAVAILABLE";

/// The most texts of one run.
const BATCH_TEXTS_MAX: usize = 32;
/// The most tokens of one run, padding included: beyond this a run gets longer without getting cheaper,
/// and whoever gave up waiting is noticed between runs only.
const BATCH_TOKENS_MAX: usize = 1_024;
const _: () = assert!(TOKENS_MAX <= BATCH_TOKENS_MAX, "any text fits into a run");
/// SHA-256 of `model.onnx`: all-MiniLM-L6-v2 with int8 weights.
const MODEL_SHA256: &str = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6";
/// SHA-256 of `tokenizer.json`.
const TOKENIZER_SHA256: &str = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037";

/// The loaded model.
pub(super) struct Encoder {
    tokenizer: Tokenizer,
    model: Model,
    /// `input_ids`, `attention_mask`, `token_type_ids`.
    inputs: [NodeId; 3],
    output: NodeId,
}

impl Encoder {
    /// Reads and checks both files of a folder.
    pub(super) fn load(dir: &Path) -> Result<Self> {
        let tokenizer = read_pinned(&dir.join("tokenizer.json"), TOKENIZER_SHA256)?;
        let tokenizer =
            Tokenizer::from_json(&tokenizer).map_err(|e| broken("tokenizer.json").caused_by(e))?;
        let model = read_pinned(&dir.join("model.onnx"), MODEL_SHA256)?;
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load(model)
            .map_err(|e| broken("model.onnx").caused_by(e.to_string()))?;
        let node =
            |name: &str| model.node_id(name).map_err(|e| broken("model.onnx").caused_by(e.to_string()));
        let inputs = [node("input_ids")?, node("attention_mask")?, node("token_type_ids")?];
        let output = node("last_hidden_state")?;
        Ok(Self { tokenizer, model, inputs, output })
    }

    /// One vector a text, in their order. Between two runs of the network it asks whether anyone still
    /// waits; if not, it gives up with what nobody will read.
    pub(super) fn encode(
        &self,
        texts: &[&str],
        pool: &Arc<ThreadPool>,
        is_awaited: impl Fn() -> bool,
    ) -> Result<Vec<Arc<[f32]>>> {
        let ids = texts
            .iter()
            .map(|text| self.tokenizer.encode(text).map_err(|e| failed().caused_by(e)))
            .collect::<Result<Vec<_>>>()?;
        let mut shortest_first: Vec<usize> = (0..ids.len()).collect();
        shortest_first.sort_by_key(|&index| ids[index].len());
        let mut vectors = vec![Arc::from([]); ids.len()];
        let mut rest = shortest_first.as_slice();
        while !rest.is_empty() {
            if !is_awaited() {
                return Err(failed().caused_by("nobody waits for the vectors any more"));
            }
            let (batch, later) = rest.split_at(batch_len(rest, |index| ids[index].len()));
            rest = later;
            let rows: Vec<&[i32]> = batch.iter().map(|&index| ids[index].as_slice()).collect();
            for (&index, vector) in batch.iter().zip(self.run(&rows, pool)?) {
                vectors[index] = vector;
            }
        }
        Ok(vectors)
    }

    /// One run over rows padded to the longest, which is the last.
    fn run(&self, rows: &[&[i32]], pool: &Arc<ThreadPool>) -> Result<Vec<Arc<[f32]>>> {
        let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let shape = [rows.len(), width];
        let mut ids = vec![0; rows.len() * width];
        let mut mask = vec![0; rows.len() * width];
        for (index, row) in rows.iter().enumerate() {
            ids[index * width..][..row.len()].copy_from_slice(row);
            mask[index * width..][..row.len()].fill(1);
        }
        let tensor = |values: Vec<i32>| NdTensor::<i32, 2>::from_data(shape, values);
        let [ids_in, mask_in, types_in] = self.inputs;
        let types = NdTensor::<i32, 2>::zeros(shape);
        let inputs =
            vec![(ids_in, tensor(ids).into()), (mask_in, tensor(mask).into()), (types_in, types.into())];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let [states] = self
            .model
            .run_n(inputs, [self.output], Some(options))
            .map_err(|e| failed().caused_by(e.to_string()))?;
        let states: NdTensor<f32, 3> =
            states.try_into().map_err(|_| failed().caused_by("the model gave an unexpected shape"))?;
        if states.shape() != [rows.len(), width, DIMENSIONS] {
            return Err(failed().caused_by("the model gave vectors of an unexpected length"));
        }
        let states = states.into_data();
        let texts = states.chunks_exact(width * DIMENSIONS);
        texts.zip(rows).map(|(states, row)| pooled(&states[..row.len() * DIMENSIONS])).collect()
    }
}

/// How many of the next texts, shortest first, one run takes.
fn batch_len(shortest_first: &[usize], tokens: impl Fn(usize) -> usize) -> usize {
    let fitting = shortest_first
        .iter()
        .take(BATCH_TEXTS_MAX)
        .enumerate()
        .take_while(|&(before, &index)| (before + 1) * tokens(index) <= BATCH_TOKENS_MAX)
        .count();
    fitting.max(1)
}

/// The mean over the tokens of a text, padding left out, scaled to unit length.
fn pooled(states: &[f32]) -> Result<Arc<[f32]>> {
    let mut mean = vec![0.0_f32; DIMENSIONS];
    for token in states.chunks_exact(DIMENSIONS) {
        for (sum, value) in mean.iter_mut().zip(token) {
            *sum += value;
        }
    }
    // The mean's divisor cancels out when the length becomes one.
    let length = mean.iter().map(|value| value * value).sum::<f32>().sqrt();
    if !length.is_normal() {
        return Err(failed().caused_by("the model gave a vector without a direction"));
    }
    Ok(mean.iter().map(|value| value / length).collect())
}

fn read_pinned(path: &Path, sha256: &str) -> Result<Vec<u8>> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|e| {
        let message = format!("cannot read {name}; `scripts/fetch-model` puts it there");
        Error::unavailable(EMBEDDER_UNAVAILABLE, message).caused_by(e)
    })?;
    if hex::encode(Sha256::digest(&bytes)) != sha256 {
        let message = format!("{name} is not the file that was measured; delete it and fetch it again");
        return Err(Error::unavailable(EMBEDDER_UNAVAILABLE, message));
    }
    Ok(bytes)
}

fn broken(file: &str) -> Error {
    Error::unavailable(EMBEDDER_UNAVAILABLE, format!("the embedding model cannot use its `{file}`"))
}

fn failed() -> Error {
    Error::unavailable(EMBEDDER_UNAVAILABLE, "the embedding model failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_bounded_by_texts_and_by_padded_tokens_and_takes_at_least_one() {
        let order: Vec<usize> = (0..100).collect();
        assert_eq!(batch_len(&order, |_| 10), BATCH_TEXTS_MAX);
        assert_eq!(batch_len(&order, |_| 256), 4);
        assert_eq!(batch_len(&order, |index| if index < 3 { 10 } else { 256 }), 4);
        assert_eq!(batch_len(&order, |_| BATCH_TOKENS_MAX + 1), 1);
        assert_eq!(batch_len(&order[..2], |_| 10), 2);
    }

    #[test]
    fn a_missing_file_names_the_command_that_fetches_it() {
        let dir = tempfile::tempdir().unwrap();
        let error = Encoder::load(dir.path()).err().unwrap();
        assert_eq!(error.code, EMBEDDER_UNAVAILABLE);
        assert!(error.message.contains("scripts/fetch-model"), "{error}");
    }

    #[test]
    fn another_file_than_the_pinned_one_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("tokenizer.json"), "{}").unwrap();
        let error = Encoder::load(dir.path()).err().unwrap();
        assert!(error.message.contains("not the file that was measured"), "{error}");
    }
}
