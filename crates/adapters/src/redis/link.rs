//! The one connection to Redis that everything shares, and what becomes of it when Redis goes away.
//!
//! A keeper in the background makes it and makes it anew; callers never wait longer than
//! [`RESPONSE_TIMEOUT`] and, once Redis is known to be down, not at all. A command is sent a second
//! time only when that cannot do its work twice.

use std::{sync::Arc, time::Duration};

use ::redis::{
    AsyncConnectionConfig, Cmd, FromRedisValue, Pipeline, RedisError, RedisResult, Value,
    aio::{ConnectionLike as _, MultiplexedConnection},
    cluster_async::ClusterConnection,
};
use eps_domain::{Clock, Error, Result};
use futures::future::try_join_all;
use jiff::Timestamp;
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::{Instant, timeout, timeout_at},
};

use super::{
    CONNECT_TIMEOUT, RESPONSE_TIMEOUT, RedisAddress, SENTINEL_CONNECT_TIMEOUT,
    address::Connector,
    failure::{Verdict, judge, odd_reply, telling, translate, unavailable},
    policy::Policy,
    script::{Call, Script},
    skew::Skew,
};
use crate::clock::SystemClock;

/// The first pause between two attempts to connect.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// The longest: Redis is found again within a second of its return.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// How often Redis is asked whether it may evict: somebody may set it while we are connected.
const POLICY_EVERY: Duration = Duration::from_secs(30);

/// Whether a command may be sent a second time when nobody knows whether the first was executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resend {
    /// Twice is as good as once.
    Safe,
    /// It would count twice.
    Never,
}

#[derive(Clone)]
enum Connection {
    Single(MultiplexedConnection),
    /// Finds the servers of the slots and mends its connections by itself.
    Cluster(ClusterConnection),
}

impl Connection {
    /// Sends a command, and others before it in the same round trip. Gives the reply to the command,
    /// or the first error of all.
    async fn send(&mut self, before: &[Cmd], command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::Single(connection) if before.is_empty() => {
                connection.send_packed_command(command).await?.extract_error()
            }
            Self::Single(connection) => {
                let mut together = Pipeline::with_capacity(before.len() + 1);
                for command in before.iter().chain([command]) {
                    together.add_command(command.clone());
                }
                let replies = connection.send_packed_commands(&together, 0, before.len() + 1).await?;
                let last = |_, reply: Value| reply.extract_error();
                replies.into_iter().try_fold(Value::Nil, last)
            }
            // They may go to several servers.
            Self::Cluster(connection) => {
                let others = before.iter().map(|command| {
                    let mut connection = connection.clone();
                    async move { connection.req_packed_command(command).await?.extract_error() }
                });
                let others = try_join_all(others);
                let mut connection = connection.clone();
                let last = async { connection.req_packed_command(command).await?.extract_error() };
                let (_, reply) = tokio::try_join!(others, last)?;
                Ok(reply)
            }
        }
    }
}

#[derive(Clone)]
enum State {
    /// Being made; whoever comes waits a little.
    Connecting,
    Up(Connection),
    /// The last attempt failed; whoever comes is told so at once.
    Down,
}

/// Which connection it is, and how it is.
#[derive(Clone)]
struct Current {
    number: u64,
    state: State,
}

struct Shared {
    current: watch::Sender<Current>,
    /// The keeper is to make a new connection.
    broken: Notify,
}

/// The connection of this process to Redis.
pub struct RedisLink {
    shared: Arc<Shared>,
    /// What time it is on the server.
    time: Script,
    clock: Arc<dyn Clock>,
    skew: Skew,
    /// Ends with us.
    _keeper: JoinSet<()>,
}

impl std::fmt::Debug for RedisLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisLink").finish_non_exhaustive()
    }
}

impl RedisLink {
    /// Begins to connect and returns at once: whether Redis is there shows in the calls, and it may
    /// come later. To be called within a runtime.
    ///
    /// # Errors
    /// `Internal` for an address that cannot be used.
    pub fn open(address: &RedisAddress) -> Result<Arc<Self>> {
        Self::open_by(address, Arc::new(SystemClock))
    }

    /// The same with another clock in place of the machine's, which is compared with that of Redis.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_by(address: &RedisAddress, clock: Arc<dyn Clock>) -> Result<Arc<Self>> {
        let connector = address.connector().map_err(translate)?;
        let (current, _) = watch::channel(Current { number: 0, state: State::Connecting });
        let shared = Arc::new(Shared { current, broken: Notify::new() });
        let mut keeper = JoinSet::new();
        keeper.spawn(keep(Arc::clone(&shared), connector, address.to_string()));
        let time = Script::new("return redis.call('TIME')");
        Ok(Arc::new(Self { shared, time, clock, skew: Skew::new(), _keeper: keeper }))
    }

    /// Whether Redis answers; notes how far its clock and ours are apart.
    pub(super) async fn ping(&self) -> Result<()> {
        // In a Cluster this asks the server of one key.
        let asked = self.clock.now();
        let (seconds, micros): (i64, i64) = self.call(&self.time.over(&["eps:ping"]), Resend::Safe).await?;
        // It said so somewhere between our question and its answer.
        let ours = asked.as_microsecond().midpoint(self.clock.now().as_microsecond());
        self.skew.note(ours.saturating_sub(seconds.saturating_mul(1_000_000).saturating_add(micros)));
        Ok(())
    }

    /// An instant of our clock by that of Redis, as far as they were apart when it last answered a
    /// [`Self::ping`]. How old something is goes by this: copies share what they remove.
    pub(super) fn by_its_clock(&self, ours: Timestamp) -> Timestamp {
        self.skew.correct(ours)
    }

    /// Runs a command.
    pub(super) async fn run<T: FromRedisValue>(&self, command: &Cmd, resend: Resend) -> Result<T> {
        let deadline = Instant::now() + RESPONSE_TIMEOUT;
        let value = self.send(&[], command, resend, deadline).await?.map_err(translate)?;
        T::from_redis_value(value).map_err(odd_reply)
    }

    /// Runs a script.
    pub(super) async fn call<T: FromRedisValue>(&self, call: &Call<'_>, resend: Resend) -> Result<T> {
        self.call_after(&[], call, resend).await
    }

    /// Runs commands and then a script, in one round trip. An error of one is an error of all.
    pub(super) async fn call_after<T: FromRedisValue>(
        &self,
        before: &[Cmd],
        call: &Call<'_>,
        resend: Resend,
    ) -> Result<T> {
        let deadline = Instant::now() + RESPONSE_TIMEOUT;
        let value = match self.send(before, &call.short(), resend, deadline).await? {
            Err(error) if judge(&error) == Verdict::NoScript => {
                self.send(before, &call.whole(), resend, deadline).await?
            }
            outcome => outcome,
        };
        T::from_redis_value(value.map_err(translate)?).map_err(odd_reply)
    }

    /// Sends a command, and once more over another connection when that helps and does no harm.
    async fn send(
        &self,
        before: &[Cmd],
        command: &Cmd,
        resend: Resend,
        deadline: Instant,
    ) -> Result<RedisResult<Value>> {
        let mut is_first = true;
        loop {
            let (number, mut connection) = self.connection(deadline).await?;
            let can_be_replaced = matches!(connection, Connection::Single(_));
            let Ok(outcome) = timeout_at(deadline, connection.send(before, command)).await else {
                if can_be_replaced {
                    self.shared.replace(number);
                }
                return Err(unavailable("the conversation store does not answer in time"));
            };
            let Err(error) = outcome else { return Ok(outcome) };
            let may_resend = match judge(&error) {
                Verdict::Final | Verdict::NoScript => return Ok(Err(error)),
                Verdict::Broken => resend == Resend::Safe,
                Verdict::Elsewhere => true,
            };
            if can_be_replaced {
                self.shared.replace(number);
            }
            if !is_first || !may_resend {
                return Ok(Err(error));
            }
            is_first = false;
        }
    }

    /// The connection, when there is one by the deadline.
    async fn connection(&self, deadline: Instant) -> Result<(u64, Connection)> {
        let mut current = self.shared.current.subscribe();
        loop {
            {
                let now = current.borrow_and_update();
                match &now.state {
                    State::Up(connection) => return Ok((now.number, connection.clone())),
                    State::Down => return Err(down()),
                    State::Connecting => {}
                }
            }
            match timeout_at(deadline, current.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(down()),
            }
        }
    }
}

fn down() -> Error {
    unavailable("the conversation store cannot be reached")
}

impl Shared {
    /// Gives a connection up, unless it has been already.
    fn replace(&self, number: u64) {
        let given_up = self.current.send_if_modified(|current| {
            let is_it = current.number == number && matches!(current.state, State::Up(_));
            if is_it {
                current.state = State::Connecting;
            }
            is_it
        });
        if given_up {
            self.broken.notify_one();
        }
    }

    fn set(&self, state: State) {
        self.current.send_modify(|current| {
            current.number += 1;
            current.state = state;
        });
    }
}

/// Makes a connection, waits until it is given up, and makes another, for as long as the link lives.
async fn keep(shared: Arc<Shared>, mut connector: Connector, address: String) {
    let mut pause = PAUSE_MIN;
    let mut was_told = false;
    let mut policy = Policy::default();
    loop {
        match connect(&mut connector).await {
            Ok(connection) => {
                tracing::info!(address, "connected to Redis");
                (pause, was_told) = (PAUSE_MIN, false);
                shared.set(State::Up(connection.clone()));
                look_at_policy(connection.clone(), &mut policy).await;
                while timeout(POLICY_EVERY, shared.broken.notified()).await.is_err() {
                    look_at_policy(connection.clone(), &mut policy).await;
                }
                tracing::warn!(address, "the connection to Redis was lost");
            }
            Err(error) => {
                shared.set(State::Down);
                if !was_told {
                    tracing::error!(%error, address, "Redis cannot be reached; trying again until it can");
                    was_told = true;
                }
                tokio::time::sleep(pause.mul_f64(0.75 + fastrand::f64() / 2.0)).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
    }
}

/// An account without the right to ask is no reason to complain.
async fn look_at_policy(mut connection: Connection, policy: &mut Policy) {
    if let Ok(Ok(told)) = timeout(RESPONSE_TIMEOUT, connection.send(&[], &Policy::question())).await {
        policy.note(told);
    }
}

async fn connect(connector: &mut Connector) -> RedisResult<Connection> {
    let limit = match connector {
        Connector::Single(_) => CONNECT_TIMEOUT,
        Connector::Sentinel(_) | Connector::Cluster(_) => SENTINEL_CONNECT_TIMEOUT,
    };
    let settings = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT));
    let connecting = async {
        match connector {
            Connector::Single(client) => {
                let connection = client.get_multiplexed_async_connection_with_config(&settings).await?;
                Ok(Connection::Single(connection))
            }
            Connector::Sentinel(clients) => {
                // Charts give Sentinels the account of the servers; set up by hand they often have none
                // and then refuse every password.
                let [usual, other] = &mut **clients;
                let first = usual.get_async_connection_with_config(&settings).await;
                let connection = match first {
                    Ok(connection) => connection,
                    Err(error) => {
                        let second = other.get_async_connection_with_config(&settings).await;
                        let connection = second.map_err(|second| telling(error, second))?;
                        clients.swap(0, 1);
                        connection
                    }
                };
                Ok(Connection::Single(connection))
            }
            Connector::Cluster(client) => Ok(Connection::Cluster(client.get_async_connection().await?)),
        }
    };
    timeout(limit, connecting).await.unwrap_or_else(|_| {
        Err(RedisError::from(std::io::Error::new(std::io::ErrorKind::TimedOut, "no connection in time")))
    })
}
