//! The binary `eps`.

use std::process::ExitCode;

fn main() -> ExitCode {
    eps_server::main()
}
