//! A thread that runs the network, and the queue before it. Questions and the backlog have a lane each,
//! so that a question never waits behind the backlog; both are bounded.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::JoinHandle,
};

use eps_domain::{Error, Result};
use rten::ThreadPool;
use tokio::sync::{mpsc, oneshot};

use super::encoder::{EMBEDDER_UNAVAILABLE, Encoder};

type Vectors = Vec<Arc<[f32]>>;

struct Job {
    texts: Vec<String>,
    reply: oneshot::Sender<Result<Vectors>>,
}

impl Job {
    fn is_awaited(&self) -> bool {
        !self.reply.is_closed()
    }
}

/// What to do when the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenFull {
    /// Fail at once: someone waits for an answer and can do without.
    Refuse,
    /// Wait: the work can be done at any time.
    Wait,
}

/// One thread and its queue.
pub(super) struct Lane {
    jobs: Option<mpsc::Sender<Job>>,
    when_full: WhenFull,
    thread: Option<JoinHandle<()>>,
}

impl Lane {
    /// Starts the thread. Jobs that wait together are run together up to `merged_texts_max` texts.
    pub(super) fn start(
        name: &str,
        encoder: Arc<Encoder>,
        queue_max: usize,
        merged_texts_max: usize,
        when_full: WhenFull,
    ) -> Result<Self> {
        let (jobs, queue) = mpsc::channel(queue_max);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(&encoder, queue, merged_texts_max))
            .map_err(|e| unavailable("the embedding thread cannot be started").caused_by(e))?;
        Ok(Self { jobs: Some(jobs), when_full, thread: Some(thread) })
    }

    /// Queues texts and waits for their vectors. Dropping the future takes them out again.
    pub(super) async fn embed(&self, texts: Vec<String>) -> Result<Vectors> {
        let stopped = || unavailable("the embedding thread has ended");
        let (reply, vectors) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        let job = Job { texts, reply };
        match self.when_full {
            WhenFull::Wait => jobs.send(job).await.map_err(|_| stopped())?,
            WhenFull::Refuse => jobs.try_send(job).map_err(|e| match e {
                mpsc::error::TrySendError::Full(_) => unavailable("too many texts wait to be embedded"),
                mpsc::error::TrySendError::Closed(_) => stopped(),
            })?,
        }
        vectors.await.map_err(|_| stopped())?
    }
}

impl Drop for Lane {
    /// Ends the thread; waits for the run in progress, a fraction of a second.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported where it happened.
            let _ = thread.join();
        }
    }
}

fn unavailable(message: &str) -> Error {
    Error::unavailable(EMBEDDER_UNAVAILABLE, message)
}

fn work(encoder: &Encoder, mut queue: mpsc::Receiver<Job>, merged_texts_max: usize) {
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    while let Some(job) = queue.blocking_recv() {
        let mut count = job.texts.len();
        let mut jobs = vec![job];
        while count < merged_texts_max
            && let Ok(job) = queue.try_recv()
        {
            count += job.texts.len();
            jobs.push(job);
        }
        jobs.retain(Job::is_awaited);
        let texts: Vec<&str> = jobs.iter().flat_map(|job| job.texts.iter().map(String::as_str)).collect();
        let is_awaited = || jobs.iter().any(Job::is_awaited);
        // A defect of the runtime costs these texts, not the thread.
        let outcome = catch_unwind(AssertUnwindSafe(|| encoder.encode(&texts, &pool, is_awaited)))
            .unwrap_or_else(|_| Err(Error::internal("the embedding runtime panicked")));
        drop(texts);
        answer(jobs, outcome);
    }
}

fn answer(jobs: Vec<Job>, outcome: Result<Vectors>) {
    match outcome {
        Ok(vectors) => {
            let mut vectors = vectors.into_iter();
            for job in jobs {
                let own = vectors.by_ref().take(job.texts.len()).collect();
                // Whoever asked may have left.
                let _ = job.reply.send(Ok(own));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for job in jobs {
                let shared = unavailable(&error.message).caused_by(Arc::clone(&error));
                let _ = job.reply.send(Err(shared));
            }
        }
    }
}
