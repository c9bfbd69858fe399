//! A script that Redis runs as a whole, called by its digest. A server that does not know it yet gets
//! it once with the call: `EVAL` goes where the keys are, in a Cluster as well.

use ::redis::{Cmd, ToRedisArgs, cmd};

/// A script and its digest.
pub(super) struct Script {
    source: &'static str,
    digest: String,
}

/// A call of a script.
pub(super) struct Call<'a> {
    script: &'a Script,
    keys: usize,
    arguments: Vec<Vec<u8>>,
}

impl Script {
    /// A script from its source.
    pub(super) fn new(source: &'static str) -> Self {
        Self { source, digest: ::redis::Script::new(source).get_hash().to_owned() }
    }

    /// A call over keys of one slot.
    pub(super) fn over<K: ToRedisArgs>(&self, keys: &[K]) -> Call<'_> {
        let arguments = keys.iter().flat_map(ToRedisArgs::to_redis_args).collect();
        Call { script: self, keys: keys.len(), arguments }
    }
}

impl Call<'_> {
    /// Adds an argument.
    pub(super) fn arg(mut self, value: impl ToRedisArgs) -> Self {
        self.arguments.extend(value.to_redis_args());
        self
    }

    /// By digest.
    pub(super) fn short(&self) -> Cmd {
        self.command("EVALSHA", &self.script.digest)
    }

    /// With its source.
    pub(super) fn whole(&self) -> Cmd {
        self.command("EVAL", self.script.source)
    }

    fn command(&self, name: &'static str, script: &str) -> Cmd {
        let mut command = cmd(name);
        command.arg(script).arg(self.keys).arg(&self.arguments);
        command
    }
}
