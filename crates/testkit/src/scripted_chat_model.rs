//! A language model that plays a script: what it says, in which pieces, and how it ends. It records
//! every prompt, and it can misbehave in all the ways that a provider or a hostile text can bring
//! about. Must never say what no test told it to say.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use async_trait::async_trait;
use eps_domain::{
    Error, ErrorKind, Result,
    chat_model::{ChatChunk, ChatModel, ChatRequest, FinishReason, ToolCall, Usage},
};
use futures::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};

/// What every call costs.
const USAGE: Usage = Usage { prompt_tokens: 100, completion_tokens: 20 };

/// One answer of the model.
#[derive(Debug, Clone)]
pub enum Play {
    /// Says these pieces and ends as it should. Invented references, wrong counts, forged roles,
    /// markup: whatever the pieces say.
    Say(Vec<String>),
    /// Says these pieces and ends for this reason.
    End(Vec<String>, FinishReason),
    /// Says these pieces and then calls tools: name and arguments each.
    Call(Vec<String>, Vec<(String, String)>),
    /// Repeats every message of its prompt.
    Echo,
    /// Thinks every message of its prompt aloud, then says this.
    Think(String),
    /// Says this as another model, which stands in for it.
    As(&'static str, String),
    /// Says nothing, and fails after the provider told what that cost.
    Waste(ErrorKind, &'static str),
    /// Says the first text one character a piece.
    Spell(String),
    /// Fails before the first piece.
    Fail(ErrorKind, &'static str),
    /// Says these pieces and then the stream ends without an end.
    Cut(Vec<String>),
    /// Says these pieces and then breaks with an error.
    Break(Vec<String>),
    /// Says this piece for ever.
    Endless(String),
    /// Says these pieces and then nothing more, for ever.
    Hang(Vec<String>),
}

impl Play {
    /// Says one text and ends as it should.
    pub fn say(text: impl Into<String>) -> Self {
        Self::Say(vec![text.into()])
    }

    /// Calls one tool.
    pub fn call(name: &str, arguments: impl Into<String>) -> Self {
        Self::Call(Vec::new(), vec![(name.to_owned(), arguments.into())])
    }
}

/// A [`ChatModel`] that plays a script.
pub struct ScriptedChatModel {
    plays: Mutex<VecDeque<Play>>,
    prompts: Mutex<Vec<ChatRequest>>,
    open: Arc<AtomicUsize>,
}

impl ScriptedChatModel {
    /// Plays these in order, one a call; the last one again and again.
    pub fn new(plays: impl IntoIterator<Item = Play>) -> Self {
        Self {
            plays: Mutex::new(plays.into_iter().collect()),
            prompts: Mutex::new(Vec::new()),
            open: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// Every prompt so far.
    pub fn prompts(&self) -> Vec<ChatRequest> {
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// How many of its answers someone is still listening to.
    pub fn open_streams(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    fn next(&self) -> Play {
        let mut plays = self.plays.lock().unwrap_or_else(PoisonError::into_inner);
        match plays.len() {
            0 => Play::Fail(ErrorKind::Unavailable, "LLM_UNAVAILABLE"),
            1 => plays[0].clone(),
            _ => plays.pop_front().unwrap_or(Play::Echo),
        }
    }
}

fn pieces(texts: Vec<String>) -> impl Stream<Item = Result<ChatChunk>> + Send + 'static {
    stream::iter(texts.into_iter().map(|text| Ok(ChatChunk::Text(text))))
}

fn finished(reason: FinishReason) -> impl Stream<Item = Result<ChatChunk>> + Send + 'static {
    stream::iter([Ok(ChatChunk::Usage(USAGE)), Ok(ChatChunk::Finished(reason))])
}

#[async_trait]
impl ChatModel for ScriptedChatModel {
    fn model(&self) -> &'static str {
        "scripted"
    }

    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let told: BoxStream<'static, Result<ChatChunk>> = match self.next() {
            Play::Say(texts) => pieces(texts).chain(finished(FinishReason::Stop)).boxed(),
            Play::End(texts, reason) => pieces(texts).chain(finished(reason)).boxed(),
            Play::Call(texts, calls) => {
                let call = |(at, (name, arguments))| {
                    Ok(ChatChunk::Call(ToolCall { id: format!("call_{at}"), name, arguments, opaque: None }))
                };
                let calls = stream::iter(calls.into_iter().enumerate().map(call));
                pieces(texts).chain(calls).chain(finished(FinishReason::Stop)).boxed()
            }
            Play::Echo => {
                let all = request.messages.iter().map(|message| message.content.clone()).collect();
                pieces(all).chain(finished(FinishReason::Stop)).boxed()
            }
            Play::Think(text) => {
                let all: Vec<_> = request.messages.iter().map(|message| message.content.as_str()).collect();
                let said = format!("<think>{}</think>{text}", all.join("\n"));
                pieces(vec![said]).chain(finished(FinishReason::Stop)).boxed()
            }
            Play::As(author, text) => {
                let author = stream::iter([Ok(ChatChunk::Author(author.to_owned()))]);
                author.chain(pieces(vec![text])).chain(finished(FinishReason::Stop)).boxed()
            }
            Play::Waste(kind, code) => {
                request.lost.add(USAGE);
                return Err(Error::new(kind, code, "the script says so"));
            }
            Play::Spell(text) => {
                let letters = text.chars().map(String::from).collect();
                pieces(letters).chain(finished(FinishReason::Stop)).boxed()
            }
            Play::Fail(kind, code) => return Err(Error::new(kind, code, "the script says so")),
            Play::Cut(texts) => pieces(texts).boxed(),
            Play::Break(texts) => {
                let error = Error::unavailable("LLM_UNAVAILABLE", "the script says so");
                pieces(texts).chain(stream::iter([Err(error)])).boxed()
            }
            Play::Endless(text) => stream::repeat_with(move || Ok(ChatChunk::Text(text.clone()))).boxed(),
            Play::Hang(texts) => pieces(texts).chain(stream::pending()).boxed(),
        };
        self.open.fetch_add(1, Ordering::SeqCst);
        Ok(Counted { told, open: Arc::clone(&self.open) }.boxed())
    }
}

/// Counts a stream as open until it is dropped.
struct Counted {
    told: BoxStream<'static, Result<ChatChunk>>,
    open: Arc<AtomicUsize>,
}

impl Stream for Counted {
    type Item = Result<ChatChunk>;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.told.poll_next_unpin(context)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}
