//! The binary `eps`.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// A turn makes some thousand small things and drops them again; ADR 15 has the figures.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    eps_server::main()
}
