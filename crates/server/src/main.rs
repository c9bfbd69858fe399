//! The binary `eps`.

use std::process::ExitCode;

/// A turn makes thousands of small, short-lived values on threads that hand them on to each other: the system's
/// allocator took a seventh of a turn's CPU time and kept what thousands of streams had needed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    eps_server::main()
}
