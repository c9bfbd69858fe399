//! `eps openapi`: the API document, as the server shows it.

use clap::Args;

use super::Context;
use crate::{commands::arguments::Output, failure::Failure};

/// Arguments of `eps openapi`.
#[derive(Debug, Args)]
pub struct OpenapiArgs {
    #[command(flatten)]
    output: Output,
}

/// Prints the document.
///
/// # Errors
/// When it cannot be written.
pub fn run(context: &Context, args: &OpenapiArgs) -> Result<(), Failure> {
    let document = eps_api::document();
    let text = if args.output.json { document.to_json() } else { document.to_pretty_json() };
    let text = text.map_err(|error| Failure::general(error.to_string()))?;
    context.terminal(args.output).line(text)?;
    Ok(())
}
