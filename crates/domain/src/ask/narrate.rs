//! Findings → text: the model's, cleaned while it arrives and checked when it is whole, or the
//! extractive writer's. One call to the model before the answer; whatever it does, there is an answer
//! or an honest error.

use std::time::Instant;

use futures::{StreamExt, stream::BoxStream};

use super::{
    AskEvent, Asker, Intent,
    asking::Asking,
    check::{self, Guard, Record},
    draft::Draft,
    findings::Understood,
    listener::Listener,
    memory::Memory,
    place::Place,
    prompt::{self, PROMPT_TOKENS_MAX, PromptParts},
    write,
};
use crate::{
    Error, Result,
    chat_model::{ChatChunk, ChatModel, ChatRequest, FinishReason, Usage},
    conversation::MessageStatus,
};

/// The longest text that is taken from a model, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// A model that writes more than so many times what it was allowed is stopped.
const TOKENS_FACTOR_MAX: usize = 2;
/// Bytes of a token, for that bound; generous, so that no honest answer is cut.
const TOKEN_BYTES_MAX: usize = 6;

/// Writes the answer.
pub(crate) async fn write(
    asker: &Asker,
    asking: &Asking<'_>,
    memory: &Memory,
    place: &Place<'_>,
    understood: &Understood,
    listener: &Listener,
) -> Draft {
    let is_worth_a_model = understood.ready_text.is_none()
        && understood.interpretation.intent != Intent::ListCameras
        && !understood.findings.evidence.is_empty();
    let model = asker.parts.model.as_deref().filter(|_| is_worth_a_model);
    let Some(model) = model else {
        let text = extractive(understood, place);
        listener.tell(|| AskEvent::Delta(text.clone())).await;
        return Draft::extractive(text);
    };
    let started = Instant::now();
    let mut writing = Writing::new(understood.findings.evidence.len() as u32, asker, listener);
    let parts = PromptParts {
        question: &asking.question,
        user_context: &asking.request.user_context,
        interpretation: &understood.interpretation,
        findings: &understood.findings,
        preface: understood.preface.as_deref(),
        memory,
        place,
        canary: &asker.canary,
    };
    let end = tokio::select! {
        biased;
        () = listener.gone() => End::ListenerGone,
        end = writing.listen_to(model, &parts, asker) => end,
    };
    let mut draft = writing.conclude(end, asking, understood, place).await;
    draft.llm_time_ms = started.elapsed().as_secs_f64() * 1_000.0;
    draft
}

/// The text of the extractive writer.
pub(crate) fn extractive(understood: &Understood, place: &Place<'_>) -> String {
    if let Some(ready) = &understood.ready_text {
        return ready.clone();
    }
    let text = write::extractive(&understood.findings, &understood.interpretation, place);
    match &understood.preface {
        Some(preface) => format!("{preface}\n{text}"),
        None => text,
    }
}

/// How the model ended.
enum End {
    /// It said that it was done.
    Finished(FinishReason),
    /// It wrote more than it may.
    TooLong,
    /// It gave its instructions away.
    Leaked,
    /// It failed before it began.
    NeverBegan(Error),
    /// It broke off.
    Cut,
    /// Nobody listens any more.
    ListenerGone,
}

/// A text of a model in the making.
struct Writing<'a> {
    guard: Guard,
    listener: &'a Listener,
    canary: &'a str,
    bytes_max: usize,
    /// What came in, for the bound and for the canary.
    raw: String,
    /// What went out.
    told: String,
    usage: Option<Usage>,
    model: String,
}

impl<'a> Writing<'a> {
    fn new(references: u32, asker: &'a Asker, listener: &'a Listener) -> Self {
        let tokens_max = asker.parts.settings.answer_tokens_max as usize;
        Self {
            guard: Guard::new(references),
            listener,
            canary: &asker.canary,
            bytes_max: (tokens_max * TOKENS_FACTOR_MAX * TOKEN_BYTES_MAX).min(ANSWER_BYTES_MAX),
            raw: String::new(),
            told: String::new(),
            usage: None,
            model: String::new(),
        }
    }

    async fn listen_to(&mut self, model: &dyn ChatModel, parts: &PromptParts<'_>, asker: &Asker) -> End {
        model.model().clone_into(&mut self.model);
        let mut stream = match begin(model, parts, asker).await {
            Ok(stream) => stream,
            Err(error) => return End::NeverBegan(error),
        };
        while let Some(chunk) = stream.next().await {
            match chunk {
                Ok(ChatChunk::Text(piece)) => {
                    if let Some(end) = self.take(&piece).await {
                        return end;
                    }
                }
                Ok(ChatChunk::Usage(usage)) => self.usage = Some(usage),
                Ok(ChatChunk::Finished(reason)) => {
                    // What it cost may follow the end; nothing else does.
                    while let Some(Ok(after)) = stream.next().await {
                        if let ChatChunk::Usage(usage) = after {
                            self.usage = Some(usage);
                        }
                    }
                    return End::Finished(reason);
                }
                Err(error) => {
                    tracing::warn!(code = error.code, "the language model broke off");
                    return End::Cut;
                }
            }
        }
        End::Cut
    }

    /// Takes a piece; `Some` when it was the last that is taken.
    async fn take(&mut self, piece: &str) -> Option<End> {
        let room = self.bytes_max.saturating_sub(self.raw.len());
        let cut = piece.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room).last();
        let taken =
            if piece.len() <= room { piece } else { piece.get(..cut.unwrap_or(0)).unwrap_or_default() };
        let seen = self.raw.len().saturating_sub(self.canary.len());
        self.raw.push_str(taken);
        let from = (0..=seen).rev().find(|at| self.raw.is_char_boundary(*at)).unwrap_or(0);
        if self.raw.get(from..).is_some_and(|tail| tail.contains(self.canary)) {
            return Some(End::Leaked);
        }
        let delta = self.guard.push(taken);
        self.tell(delta).await;
        (taken.len() < piece.len()).then_some(End::TooLong)
    }

    async fn tell(&mut self, delta: String) {
        if delta.is_empty() {
            return;
        }
        self.told.push_str(&delta);
        self.listener.tell(|| AskEvent::Delta(delta)).await;
    }

    /// Turns what was heard into a draft.
    async fn conclude(
        mut self,
        end: End,
        asking: &Asking<'_>,
        understood: &Understood,
        place: &Place<'_>,
    ) -> Draft {
        let has_told = self.listener.is_present() && !self.told.is_empty();
        let mut warnings = Vec::new();
        match end {
            End::ListenerGone => return self.broken(MessageStatus::Interrupted),
            End::Cut if self.listener.is_gone() => return self.broken(MessageStatus::Interrupted),
            End::Cut if has_told => return self.broken(MessageStatus::Incomplete),
            End::Cut => return self.give_up(understood, place, "the language model broke off").await,
            End::NeverBegan(error) => {
                tracing::warn!(code = error.code, "answered without the language model");
                return self.give_up(understood, place, "the language model did not answer").await;
            }
            End::Leaked => {
                let reason = "the language model repeated its instructions; its text was blocked";
                return self.replace(understood, place, reason).await;
            }
            End::Finished(FinishReason::ContentFilter) => {
                return self
                    .replace(understood, place, "the language model's provider refused to answer")
                    .await;
            }
            End::TooLong => warnings.push("the language model wrote too much and was stopped".to_owned()),
            End::Finished(FinishReason::Length) => {
                warnings.push("the language model's text ended at its limit".to_owned());
            }
            End::Finished(FinishReason::Stop) => {}
        }
        let rest = self.guard.finish();
        self.tell(rest).await;
        self.check(asking, understood, place, warnings).await
    }

    /// Compares the whole text with the record and settles what is shown.
    async fn check(
        self,
        asking: &Asking<'_>,
        understood: &Understood,
        place: &Place<'_>,
        mut warnings: Vec<String>,
    ) -> Draft {
        let (interpretation, findings) = (&understood.interpretation, &understood.findings);
        let record = Record::new(&asking.question, interpretation, findings, place);
        let lead = write::lead(findings, interpretation, place);
        let (mut checked, corrected) = check::check(&self.told, &record, &lead);
        if checked.held == 0 {
            let reason = "nothing that the language model wrote could be checked; its text was replaced";
            return self.replace(understood, place, reason).await;
        }
        if matches!(interpretation.intent, Intent::Count) && !checked.states_total {
            checked.text = format!("{lead} {}", checked.text);
        }
        warnings.append(&mut checked.warnings);
        let verified = self.guard.verified;
        let removed = self.guard.removed;
        let references_share = f64::from(verified.max(1)) / f64::from(verified.max(1) + removed);
        if checked.text != self.told {
            self.listener.tell(|| AskEvent::Replaced(checked.text.clone())).await;
        }
        Draft {
            verified_share: checked.share(corrected) * references_share,
            text: checked.text,
            model: Some(self.model),
            usage: self.usage,
            removed,
            warnings,
            ..Draft::default()
        }
    }

    /// The extractive text in place of everything that the model wrote.
    async fn replace(self, understood: &Understood, place: &Place<'_>, reason: &str) -> Draft {
        let text = extractive(understood, place);
        let is_first = self.told.is_empty();
        self.listener
            .tell(|| if is_first { AskEvent::Delta(text.clone()) } else { AskEvent::Replaced(text.clone()) })
            .await;
        let mut draft = Draft::extractive(text);
        draft.warnings.push(reason.to_owned());
        draft.removed = self.guard.removed;
        draft.usage = self.usage;
        draft
    }

    /// The same, because the model did not work at all.
    async fn give_up(self, understood: &Understood, place: &Place<'_>, reason: &str) -> Draft {
        let mut draft = self.replace(understood, place, reason).await;
        draft.lacks_model = true;
        draft
    }

    /// What was said before it broke off.
    fn broken(self, status: MessageStatus) -> Draft {
        Draft { text: self.told, model: Some(self.model), usage: self.usage, status, ..Draft::default() }
    }
}

/// Starts the call; a prompt that is too long for the model is shortened once.
async fn begin(
    model: &dyn ChatModel,
    parts: &PromptParts<'_>,
    asker: &Asker,
) -> Result<BoxStream<'static, Result<ChatChunk>>> {
    let settings = &asker.parts.settings;
    let mut request = ChatRequest {
        messages: prompt::messages(parts, PROMPT_TOKENS_MAX),
        tokens_max: settings.answer_tokens_max,
        temperature: settings.temperature,
    };
    match model.stream(&request).await {
        Err(error) if error.code == "CONTEXT_TOO_LARGE" => {
            request.messages = prompt::messages(parts, prompt::tokens(&request.messages) / 2);
            model.stream(&request).await
        }
        begun => begun,
    }
}
