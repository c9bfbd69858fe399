//! Findings → text: the model's, cleaned and checked, or the extractive writer's.

use super::{
    AskEvent, Asker, draft::Draft, findings::Understood, listener::Listener, memory::Memory, place::Place,
    turn::Asking, write,
};

/// Writes the answer.
pub(crate) async fn write(
    _asker: &Asker,
    _asking: &Asking<'_>,
    _memory: &Memory,
    place: &Place<'_>,
    understood: &Understood,
    listener: &Listener,
) -> Draft {
    let text = extractive(understood, place);
    listener.tell(|| AskEvent::Delta(text.clone())).await;
    Draft::extractive(text)
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
