//! A Cluster of three masters, each with a third of the slots.

use super::{
    START_LIMIT, own_port,
    redis::{ADMIN_PASSWORD, PASSWORD_ENCODED, RedisServer, USER},
    wait_until,
};

/// The Cluster.
#[derive(Debug)]
pub struct RedisCluster {
    /// Its servers.
    pub masters: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts the servers, joins them and waits until each knows all slots.
    ///
    /// # Panics
    /// When one does not start.
    pub fn start() -> Option<Self> {
        let mut masters = Vec::new();
        for _ in 0..3 {
            let bus = own_port().to_string();
            let settings =
                [("cluster-enabled", "yes"), ("cluster-port", &bus), ("cluster-node-timeout", "2000")];
            masters.push(RedisServer::start_with(&settings)?);
        }
        let output = std::process::Command::new("redis-cli")
            .args(["--no-auth-warning", "--cluster-yes", "--cluster", "create"])
            .args(masters.iter().map(|master| format!("127.0.0.1:{}", master.port())))
            .env("REDISCLI_AUTH", ADMIN_PASSWORD)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let cluster = Self { masters };
        cluster.wait_until_whole();
        Some(cluster)
    }

    /// Waits until every server says that all slots are served.
    ///
    /// # Panics
    /// When they do not within their time.
    pub fn wait_until_whole(&self) {
        for master in &self.masters {
            wait_until("the Cluster is whole", START_LIMIT, || {
                let info = master.cli(&["CLUSTER", "INFO"]);
                info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384")
            });
        }
    }

    /// Its address for the service: two of the servers lead to the third.
    pub fn url(&self) -> String {
        let hosts: Vec<String> =
            self.masters.iter().take(2).map(|master| format!("127.0.0.1:{}", master.port())).collect();
        format!("redis+cluster://{USER}:{PASSWORD_ENCODED}@{}", hosts.join(","))
    }
}
