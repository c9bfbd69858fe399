//! Whether Redis may throw conversations away to make room, which is said aloud.

use ::redis::{Cmd, FromRedisValue as _, Value, cmd};

/// As metrics call it.
const UNSAFE: &str = "eps_store_eviction_policy_unsafe";

/// What is known of the policy.
#[derive(Debug, Default)]
pub(super) struct Policy {
    /// That of a server which evicts, as it was last told.
    unsafe_one: Option<String>,
}

impl Policy {
    /// What to ask.
    pub(super) fn question() -> Cmd {
        let mut command = cmd("INFO");
        command.arg("memory");
        command
    }

    /// Takes in the answer: a text, or in a Cluster one for each of its servers.
    pub(super) fn note(&mut self, answer: Value) {
        let texts: Vec<String> = match answer {
            Value::Map(servers) => {
                servers.into_iter().filter_map(|(_, text)| String::from_redis_value(text).ok()).collect()
            }
            text => String::from_redis_value(text).into_iter().collect(),
        };
        if texts.is_empty() {
            return;
        }
        let found = texts.iter().find_map(|text| evicting(text)).map(str::to_owned);
        metrics::gauge!(UNSAFE).set(f64::from(u8::from(found.is_some())));
        if let Some(policy) = found.as_ref().filter(|_| found != self.unsafe_one) {
            tracing::warn!(
                policy,
                "Redis evicts conversations when it is full: set maxmemory-policy noeviction"
            );
        }
        self.unsafe_one = found;
    }
}

/// The policy of a server that has a limit and makes room by it.
fn evicting(info: &str) -> Option<&str> {
    let field = |name: &str| info.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'));
    let policy = field("maxmemory_policy").filter(|policy| *policy != "noeviction")?;
    (field("maxmemory") != Some("0")).then_some(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_that_evicts_is_enough_and_none_does_without_a_limit() {
        let text = |limit: &str, policy: &str| {
            let told = format!("# Memory\r\nmaxmemory:{limit}\r\nmaxmemory_policy:{policy}\r\n");
            Value::BulkString(told.into_bytes())
        };
        let server = |name: &str, told| (Value::BulkString(name.into()), told);
        let (safe, evicts) = (|| text("100", "noeviction"), || text("100", "allkeys-lru"));
        let cluster = |last| Value::Map(vec![server("a:1", safe()), server("b:1", last)]);
        let mut policy = Policy::default();
        for (told, found) in [
            (safe(), None),
            (evicts(), Some("allkeys-lru")),
            (Value::Nil, Some("allkeys-lru")),
            (text("0", "allkeys-lru"), None),
            (cluster(evicts()), Some("allkeys-lru")),
            (cluster(safe()), None),
        ] {
            policy.note(told);
            assert_eq!(policy.unsafe_one.as_deref(), found);
        }
    }
}
