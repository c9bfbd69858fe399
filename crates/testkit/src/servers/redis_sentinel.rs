//! A master, a replica and three Sentinels that elect a new master when the old one is gone.

use std::{process::Command, time::Duration};

use tempfile::TempDir;

use super::{
    Process, START_LIMIT, find, own_port,
    redis::{ADMIN_PASSWORD, PASSWORD, PASSWORD_ENCODED, RedisServer, USER},
    wait_until,
};

/// The name of the group.
pub const GROUP: &str = "main";
/// How long a master may be silent until Sentinels look for another.
pub const DOWN_AFTER: Duration = Duration::from_millis(500);

/// The group. Each Sentinel has the service's account, or none has any.
#[derive(Debug)]
pub struct RedisSentinels {
    /// The first master.
    pub master: RedisServer,
    /// Its replica.
    pub replica: RedisServer,
    ports: Vec<u16>,
    _sentinels: Vec<(Process, TempDir)>,
}

impl RedisSentinels {
    /// Starts all of them and waits until every Sentinel knows the others and the replica.
    ///
    /// # Panics
    /// When one does not start.
    pub fn start(with_accounts: bool) -> Option<Self> {
        let master = RedisServer::start()?;
        let of_master = format!("127.0.0.1 {}", master.port());
        let replica = RedisServer::start_with(&[("replicaof", &of_master)])?;
        wait_until("the replica has everything", START_LIMIT, || {
            replica.cli(&["INFO", "replication"]).contains("master_link_status:up")
        });
        let program = find("redis-server")?;
        let mut ports = Vec::new();
        let mut sentinels = Vec::new();
        for _ in 0..3 {
            let (folder, port) = (TempDir::new().unwrap(), own_port());
            let accounts = format!(
                "requirepass {ADMIN_PASSWORD}\nsentinel sentinel-pass {ADMIN_PASSWORD}\n\
                 user {USER} on >{PASSWORD} ~* &* +@all\n"
            );
            let settings = format!(
                "port {port}\nbind 127.0.0.1\ndir {}\n\
                 sentinel monitor {GROUP} {of_master} 2\n\
                 sentinel auth-pass {GROUP} {ADMIN_PASSWORD}\n\
                 sentinel down-after-milliseconds {GROUP} {}\n\
                 sentinel failover-timeout {GROUP} 5000\n{}",
                folder.path().display(),
                DOWN_AFTER.as_millis(),
                if with_accounts { &accounts } else { "" },
            );
            let file = folder.path().join("sentinel.conf");
            std::fs::write(&file, settings).unwrap();
            sentinels.push((Process::start(Command::new(&program).arg(&file).arg("--sentinel")), folder));
            ports.push(port);
        }
        for port in &ports {
            wait_until("the Sentinels know each other", START_LIMIT, || {
                let known = ask(*port, &["SENTINEL", "MASTER", GROUP]);
                let field = |name: &str| known.lines().skip_while(|line| *line != name).nth(1);
                field("num-other-sentinels") == Some("2") && field("num-slaves") == Some("1")
            });
        }
        Some(Self { master, replica, ports, _sentinels: sentinels })
    }

    /// Their address for the service.
    pub fn url(&self) -> String {
        let hosts: Vec<String> = self.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        format!("redis+sentinel://{USER}:{PASSWORD_ENCODED}@{}/{GROUP}", hosts.join(","))
    }
}

fn ask(port: u16, command: &[&str]) -> String {
    let mut cli = Command::new("redis-cli");
    cli.args(["--no-auth-warning", "-p", &port.to_string()]).args(command);
    let asked = |cli: &mut Command| String::from_utf8_lossy(&cli.output().unwrap().stdout).into_owned();
    let answer = asked(&mut cli);
    if answer.contains("NOAUTH") { asked(cli.env("REDISCLI_AUTH", ADMIN_PASSWORD)) } else { answer }
}
