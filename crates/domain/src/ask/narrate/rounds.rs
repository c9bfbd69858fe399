//! The calls to a model: one, or one more for each round of tools that it uses, all under one deadline
//! that the caller of this holds. Must never show a text that a call of a tool follows.

use std::{sync::Arc, time::Instant};

use futures::{StreamExt, stream::BoxStream};

use super::{end::End, writing::Writing};
use crate::{
    Result,
    ask::{
        AskEvent, Asker,
        prompt::{self, PromptParts},
        tools::{ROUNDS_MAX, Toolbox},
    },
    chat_model::{
        CONTEXT_TOO_LARGE, ChatChunk, ChatModel, ChatRequest, FinishReason, LLM_REFUSED, PromptMessage,
        ToolCall,
    },
};

/// How one call ended.
enum Heard {
    /// The model has answered, or never will.
    End(End),
    /// It wants tools to be used.
    Calls(Vec<ToolCall>),
}

/// Asks the model until it has answered. An answer that has not begun by `begin_by` is of no use.
pub(super) async fn run(
    writing: &mut Writing<'_>,
    toolbox: &mut Toolbox<'_>,
    model: &dyn ChatModel,
    parts: &PromptParts<'_>,
    asker: &Asker,
    begin_by: Instant,
) -> End {
    let settings = &asker.parts.settings;
    let (tools, tools_tokens) = if settings.offers_tools {
        (Arc::clone(&asker.tools), asker.tools_tokens)
    } else {
        (Arc::new([]) as Arc<[_]>, 0)
    };
    let mut request = ChatRequest {
        messages: Vec::new(),
        may_call: !tools.is_empty(),
        tools,
        tokens_max: settings.answer_tokens_max,
        temperature: settings.temperature,
        begin_by: Some(begin_by),
        lost: writing.bill.lost(),
    };
    let cost_max = settings.prompt_tokens_max as u64 + u64::from(settings.answer_tokens_max);
    let mut used: Vec<PromptMessage> = Vec::new();
    for round in 0..=ROUNDS_MAX {
        request.may_call &= round < ROUNDS_MAX;
        request.messages = prompt::messages(parts, settings.prompt_tokens_max, tools_tokens);
        let given = request.messages.len();
        request.messages.extend_from_slice(&used);
        model.model().clone_into(&mut writing.model);
        writing.bill.begin(cost_max);
        let stream = match begin(model, &mut request, parts, given).await {
            Ok(stream) => stream,
            Err(error) => {
                writing.bill.failed();
                return End::NeverBegan(error);
            }
        };
        // Thousands of streams are held for long; what began them is made again where a tool is used.
        request.messages = Vec::new();
        writing.begin_round(toolbox.references(), &toolbox.record);
        match listen(writing, stream).await {
            Heard::End(end) => return end,
            // It was told that it may not: what it said beside the calls is its answer.
            Heard::Calls(_) if !request.may_call => return End::Finished(FinishReason::Stop),
            Heard::Calls(calls) => {
                writing.drop_round();
                let before = toolbox.references();
                // Boxed: most answers use no tool.
                let results = Box::pin(toolbox.answer(&calls)).await;
                if toolbox.references() > before {
                    let shown = toolbox.evidence();
                    writing.listener.tell(|| AskEvent::Found(shown)).await;
                }
                let found: Vec<_> = calls
                    .iter()
                    .zip(results)
                    .map(|(call, result)| PromptMessage::found(call, result))
                    .collect();
                used.push(PromptMessage::calling(calls));
                used.extend(found);
            }
        }
    }
    End::Finished(FinishReason::Stop)
}

/// Starts a call; a prompt that is too long for the model is shortened once: by what tools found, of which the
/// first `given` messages know nothing, else by half.
async fn begin(
    model: &dyn ChatModel,
    request: &mut ChatRequest,
    parts: &PromptParts<'_>,
    given: usize,
) -> Result<BoxStream<'static, Result<ChatChunk>>> {
    match model.stream(request).await {
        Err(error) if error.code == CONTEXT_TOO_LARGE => {
            if request.messages.len() > given {
                request.messages.truncate(given);
            } else {
                request.messages = prompt::messages(parts, prompt::tokens(&request.messages) / 2, 0);
                request.tools = Arc::new([]);
            }
            request.may_call = false;
            model.stream(request).await
        }
        begun => begun,
    }
}

/// Hears one answer.
async fn listen(writing: &mut Writing<'_>, mut stream: BoxStream<'static, Result<ChatChunk>>) -> Heard {
    let mut calls = Vec::new();
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(ChatChunk::Text(piece)) => {
                if let Some(end) = writing.take(&piece).await {
                    return Heard::End(end);
                }
            }
            Ok(ChatChunk::Author(model)) => writing.model = model,
            Ok(ChatChunk::Call(call)) => calls.push(call),
            Ok(ChatChunk::Usage(usage)) => writing.bill.tell(usage),
            Ok(ChatChunk::Finished(reason)) => {
                // What it cost may follow the end; nothing else does.
                while let Some(Ok(after)) = stream.next().await {
                    if let ChatChunk::Usage(usage) = after {
                        writing.bill.tell(usage);
                    }
                }
                return if calls.is_empty() {
                    Heard::End(End::Finished(reason))
                } else {
                    Heard::Calls(calls)
                };
            }
            Err(error) => {
                tracing::warn!(code = error.code, %error, "the language model broke off");
                let is_refused = error.code == LLM_REFUSED;
                return Heard::End(if is_refused {
                    End::Finished(FinishReason::ContentFilter)
                } else {
                    End::Cut
                });
            }
        }
    }
    Heard::End(End::Cut)
}
