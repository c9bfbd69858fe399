//! The calls to a model: one, or one more for each round of tools that it uses, all under one deadline
//! that the caller of this holds. Must never show a text that a call of a tool follows.

use std::sync::Arc;

use futures::{StreamExt, stream::BoxStream};

use super::{end::End, writing::Writing};
use crate::{
    Result,
    ask::{
        AskEvent, Asker,
        prompt::{self, PromptParts},
        tools::{ROUNDS_MAX, Toolbox},
    },
    chat_model::{ChatChunk, ChatModel, ChatRequest, FinishReason, PromptMessage, ToolCall},
};

/// How one call ended.
enum Heard {
    /// The model has answered, or never will.
    End(End),
    /// It wants tools to be used.
    Calls(Vec<ToolCall>),
}

/// Asks the model until it has answered.
pub(super) async fn run(
    writing: &mut Writing<'_>,
    toolbox: &mut Toolbox<'_>,
    model: &dyn ChatModel,
    parts: &PromptParts<'_>,
    asker: &Asker,
) -> End {
    model.model().clone_into(&mut writing.model);
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
    };
    let mut used: Vec<PromptMessage> = Vec::new();
    for round in 0..=ROUNDS_MAX {
        request.may_call &= round < ROUNDS_MAX;
        request.messages = prompt::messages(parts, settings.prompt_tokens_max, tools_tokens);
        request.messages.extend_from_slice(&used);
        let begun =
            if round == 0 { begin(model, &mut request, parts).await } else { model.stream(&request).await };
        let stream = match begun {
            Ok(stream) => stream,
            Err(error) => return End::NeverBegan(error),
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

/// Starts the first call; a prompt that is too long for the model is shortened once.
async fn begin(
    model: &dyn ChatModel,
    request: &mut ChatRequest,
    parts: &PromptParts<'_>,
) -> Result<BoxStream<'static, Result<ChatChunk>>> {
    match model.stream(request).await {
        Err(error) if error.code == "CONTEXT_TOO_LARGE" => {
            request.messages = prompt::messages(parts, prompt::tokens(&request.messages) / 2, 0);
            (request.tools, request.may_call) = (Arc::new([]), false);
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
            Ok(ChatChunk::Call(call)) => calls.push(call),
            Ok(ChatChunk::Usage(usage)) => writing.cost(usage),
            Ok(ChatChunk::Finished(reason)) => {
                // What it cost may follow the end; nothing else does.
                while let Some(Ok(after)) = stream.next().await {
                    if let ChatChunk::Usage(usage) = after {
                        writing.cost(usage);
                    }
                }
                return if calls.is_empty() {
                    Heard::End(End::Finished(reason))
                } else {
                    Heard::Calls(calls)
                };
            }
            Err(error) => {
                tracing::warn!(code = error.code, "the language model broke off");
                return Heard::End(End::Cut);
            }
        }
    }
    Heard::End(End::Cut)
}
