//! Brings what an older program wrote up to date.

use eps_domain::{Result, event_store::Order};
use serde_json::json;

use super::{
    graphql::Where,
    objects::{event_of, id_of, terms},
    search::After,
    store::Store,
    transfer,
};

/// Events read at once.
const PAGE: usize = 500;

impl Store {
    /// Writes the terms of all events anew where the analysis makes other ones now. What was done once is not done
    /// again, so that it can be broken off.
    ///
    /// # Errors
    /// What the server says.
    pub(super) async fn write_terms_anew(&self) -> Result<()> {
        for tenant in self.tenants().await? {
            let (mut after, mut read, mut written) = (None, 0, 0);
            loop {
                let order = Order::OldestFirst;
                let everything = Where::Everything;
                let page =
                    self.first_in_time(&tenant, &everything, order, after.take(), PAGE, "body terms").await?;
                let mut changes = Vec::new();
                for object in &page {
                    let terms = terms(&self.analyzer, &event_of(object)?);
                    if object["terms"].as_str() != Some(&terms) {
                        changes.push((id_of(object).to_owned(), json!({"properties": {"terms": terms}})));
                    }
                }
                (read, written) = (read + page.len(), written + changes.len());
                transfer::change_all(self, &self.options.collection, &tenant, changes).await?;
                tracing::info!(read, written, "terms of events are brought up to date");
                match page.last() {
                    Some(last) if page.len() >= PAGE => after = Some(After::of(last)),
                    _ => break,
                }
            }
        }
        Ok(())
    }
}
