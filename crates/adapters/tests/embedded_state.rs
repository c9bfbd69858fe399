//! The contracts of conversations, idempotency records and limits, over the embedded adapters.

use eps_adapters::embedded::{
    DataDir, EmbeddedConversationStore, InProcessRateLimiter, InProcessTokenLedger,
};
use eps_testkit::contract;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded_conversations_keep_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedConversationStore::open(&DataDir::open(folder.path()).unwrap()).unwrap();
    contract::conversation_store::run(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded_idempotency_records_keep_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedConversationStore::open(&DataDir::open(folder.path()).unwrap()).unwrap();
    contract::idempotency_store::run(&store.idempotency()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn responses_in_the_file_go_with_their_conversation() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedConversationStore::open(&DataDir::open(folder.path()).unwrap()).unwrap();
    let responses = store.idempotency();
    contract::idempotency_store::responses_go_with_their_conversation(&store, &responses).await;
}

#[tokio::test]
async fn the_limiter_in_process_keeps_the_contract() {
    contract::rate_limiter::run(&InProcessRateLimiter::new(100)).await;
}

#[tokio::test]
async fn the_ledger_of_tokens_in_process_keeps_the_contract() {
    contract::token_ledger::run(&InProcessTokenLedger::default()).await;
}
