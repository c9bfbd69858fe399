//! Whole turns over the embedded stores: exact figures, scope, memory, and a model that misbehaves.

mod model_path;
mod turns;
mod world;
