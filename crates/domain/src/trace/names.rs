//! The names under which spans tell what happened: those of the semantic conventions of OpenTelemetry where
//! there are some. Nothing here may name what a user said, an answer, or who anybody is.

/// `GET`, `POST` …
pub const HTTP_METHOD: &str = "http.request.method";
/// The template of the route.
pub const HTTP_ROUTE: &str = "http.route";
/// The status that the caller got.
pub const HTTP_STATUS: &str = "http.response.status_code";
/// Why a span failed: one of few words. A span that has it counts as failed.
pub const ERROR_TYPE: &str = "error.type";
/// `chat`.
pub const GEN_AI_OPERATION: &str = "gen_ai.operation.name";
/// Whose protocol it is.
pub const GEN_AI_PROVIDER: &str = "gen_ai.provider.name";
/// The model that was asked for.
pub const GEN_AI_REQUEST_MODEL: &str = "gen_ai.request.model";
/// The most tokens that it may write.
pub const GEN_AI_MAX_TOKENS: &str = "gen_ai.request.max_tokens";
/// From 0 to 2.
pub const GEN_AI_TEMPERATURE: &str = "gen_ai.request.temperature";
/// Why it stopped.
pub const GEN_AI_FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
/// Tokens read.
pub const GEN_AI_INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
/// Tokens written.
pub const GEN_AI_OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
/// The host that was asked.
pub const SERVER_ADDRESS: &str = "server.address";
/// Which dependency was called, as metrics name it.
pub const DEPENDENCY: &str = "eps.dependency";
/// What it was called for, as metrics name it.
pub const OPERATION: &str = "eps.operation";
