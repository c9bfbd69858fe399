//! This executable as the bare program that the service is compared with.

use std::path::Path;

use eps_load::{bare, process::say_serving};
use tokio::{net::TcpListener, runtime::Runtime};

use super::data::SECRET;

/// About what a turn that searches nothing is answered with.
const REPLY_BYTES: usize = 1_024;

/// Serves until the process is ended; says where in the way the service does.
pub(crate) fn run(folder: &Path) {
    Runtime::new().unwrap().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        say_serving(listener.local_addr().unwrap());
        bare::serve(listener, &folder.join("bare.db"), SECRET.as_bytes(), REPLY_BYTES).await.unwrap();
    });
}
