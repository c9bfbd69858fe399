//! The binary `eps`.

fn main() {}
