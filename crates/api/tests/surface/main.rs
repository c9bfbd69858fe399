//! The surface from outside: the real router over the embedded adapters, by calls where no socket
//! matters and by sockets where one does.
#![expect(unreachable_pub, reason = "the files of one test binary")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod documents;
mod edges;
mod events;
mod limits;
mod media;
mod probes;
mod repetition;
mod serving;
mod site;
mod streams;
