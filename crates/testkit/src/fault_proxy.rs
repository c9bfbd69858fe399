//! A TCP proxy that spoils what passes through it, as told, until it is mended. It also counts round
//! trips.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinSet,
};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Every connection is reset, those that are open and those that come.
    Reset,
    /// Nothing passes and nothing is closed.
    Hang,
    /// Each piece arrives later, in both directions.
    Latency(Duration),
    /// So many bytes a second, in both directions.
    Bandwidth(u64),
    /// Everything arrives in pieces of so many bytes.
    Slice(usize),
    /// The next answer is thrown away and its connection reset; then nothing goes wrong any more.
    LoseAnswer,
}

#[derive(Debug)]
struct Shared {
    target: SocketAddr,
    fault: watch::Sender<Fault>,
    round_trips: AtomicU64,
}

/// The proxy; it ends when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    port: u16,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl FaultProxy {
    /// A proxy before a port of loopback.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (fault, _) = watch::channel(Fault::None);
        let target = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let shared = Arc::new(Shared { target, fault, round_trips: AtomicU64::new(0) });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&shared)));
        Self { port: own, shared, _tasks: tasks }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Lets something go wrong from now on.
    pub fn set(&self, fault: Fault) {
        self.shared.fault.send_replace(fault);
    }

    /// Lets nothing go wrong any more.
    pub fn mend(&self) {
        self.set(Fault::None);
    }

    /// How often a client said something after it had been answered (or at first).
    pub fn round_trips(&self) -> u64 {
        self.shared.round_trips.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.spawn(serve(client, Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, from its beginning to its end.
async fn serve(client: TcpStream, shared: Arc<Shared>) {
    let mut fault = shared.fault.subscribe();
    // A reset tells the client at once; a close in good order might look like the end of an answer.
    let _ = client.set_zero_linger();
    let _ = client.set_nodelay(true);
    if *fault.borrow_and_update() == Fault::Reset {
        return;
    }
    let Ok(server) = TcpStream::connect(shared.target).await else { return };
    let _ = server.set_nodelay(true);
    let (client_in, client_out) = client.into_split();
    let (server_in, server_out) = server.into_split();
    let answered = AtomicU64::new(1);
    let there = pass(client_in, server_out, &shared, || {
        if answered.swap(0, Ordering::Relaxed) == 1 {
            shared.round_trips.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    let back = pass(server_in, client_out, &shared, || {
        answered.store(1, Ordering::Relaxed);
        let lost = shared.fault.send_if_modified(|fault| {
            let loses = *fault == Fault::LoseAnswer;
            if loses {
                *fault = Fault::None;
            }
            loses
        });
        if lost { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    });
    let reset = fault.wait_for(|fault| *fault == Fault::Reset);
    // Whichever ends first ends all: both halves are dropped here.
    tokio::select! {
        _ = there => {}
        _ = back => {}
        _ = reset => {}
    }
}

/// One direction. `on_piece` sees that something passes and may end it.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    on_piece: impl Fn() -> io::Result<()> + Send,
) -> io::Result<()> {
    let mut fault = shared.fault.subscribe();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        on_piece()?;
        let Ok(now) = fault.wait_for(|fault| *fault != Fault::Hang).await.map(|fault| *fault) else {
            return Ok(());
        };
        let piece = match now {
            Fault::Slice(bytes) => bytes.max(1),
            Fault::Bandwidth(bytes) => usize::try_from(bytes / 20).unwrap_or(usize::MAX).max(1),
            _ => count,
        };
        for part in buffer[..count].chunks(piece) {
            match now {
                Fault::Latency(by) => tokio::time::sleep(by).await,
                Fault::Bandwidth(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                // Pieces must not be joined again on their way.
                Fault::Slice(_) => tokio::task::yield_now().await,
                Fault::None | Fault::Reset | Fault::Hang | Fault::LoseAnswer => {}
            }
            to.write_all(part).await?;
        }
    }
}
