//! This executable as the bare program that the service is compared with.

use std::path::Path;

use eps_load::bare;
use tokio::{net::TcpListener, runtime::Runtime};

use super::data::SECRET;

/// About what a turn that searches nothing is answered with.
const REPLY_BYTES: usize = 1_024;

/// Serves until the process is ended; says where in the way the service does.
#[expect(clippy::print_stderr, reason = "its log")]
pub(crate) fn run(folder: &Path) {
    Runtime::new().unwrap().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        eprintln!(r#"{{"message":"serving","address":"{}"}}"#, listener.local_addr().unwrap());
        bare::serve(listener, &folder.join("bare.db"), SECRET.as_bytes(), REPLY_BYTES).await.unwrap();
    });
}
