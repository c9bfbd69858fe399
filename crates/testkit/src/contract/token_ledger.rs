//! What every ledger of tokens must do: count for each tenant and day apart, and never lose what was spent at
//! the same time.
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract fails by panicking")]

use eps_domain::token_ledger::TokenLedger;
use futures::future::join_all;
use jiff::civil::date;

/// Runs the whole contract over an empty ledger.
pub async fn run(ledger: &dyn TokenLedger) {
    let (today, tomorrow) = (date(2026, 5, 13), date(2026, 5, 14));
    let spend = async |tenant: &str, day, tokens| ledger.spend(tenant, day, tokens).await.unwrap();
    assert_eq!(spend("a", today, 0).await, 0);
    assert_eq!(spend("a", today, 7).await, 7);
    assert_eq!(spend("a", today, 0).await, 7, "asking spends nothing");
    assert_eq!(spend("b", today, 0).await, 0, "another's");
    assert_eq!(spend("a", tomorrow, 5).await, 5, "another day");
    // A call that began before midnight is counted where it began.
    assert_eq!(spend("a", today, 1).await, 8);

    join_all((0..50).map(|_| spend("c", today, 3))).await;
    assert_eq!(spend("c", today, 0).await, 150);

    for _ in 0..3 {
        assert!(spend("d", today, u64::MAX).await >= 1 << 52, "more than any budget stays so");
    }
}
