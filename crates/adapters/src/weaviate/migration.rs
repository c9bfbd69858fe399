//! Brings what an older program wrote up to date.

use eps_domain::{Event, Result, event_store::Order};
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
    /// Writes the terms and the severity of all events anew where they are others now. What was done once is not
    /// done again, so that it can be broken off.
    ///
    /// # Errors
    /// What the server says.
    pub(super) async fn write_terms_anew(&self) -> Result<()> {
        for tenant in self.tenants().await? {
            let (mut after, mut read, mut written) = (None, 0, 0);
            loop {
                let order = Order::OldestFirst;
                let everything = Where::Everything;
                let page = self
                    .first_in_time(&tenant, &everything, order, after.take(), PAGE, "body terms severity")
                    .await?;
                let mut changes = Vec::new();
                for object in &page {
                    let event = event_of(object)?;
                    let (terms, severity) = (terms(&self.analyzer, &event), event.severity_told());
                    if object["terms"].as_str() != Some(&terms)
                        || object["severity"].as_str() != severity.as_deref()
                    {
                        let mut properties = json!({"terms": terms});
                        if let Some(severity) = severity {
                            properties["severity"] = severity.into();
                        }
                        changes.push((id_of(object).to_owned(), json!({"properties": properties})));
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

    /// Lists the words of all events, for a list that was lost. What is there is not written again.
    ///
    /// # Errors
    /// What the server says.
    pub(super) async fn list_terms_anew(&self) -> Result<()> {
        for tenant in self.tenants().await? {
            let (mut after, mut read) = (None, 0);
            loop {
                let (order, everything) = (Order::OldestFirst, Where::Everything);
                let page =
                    self.first_in_time(&tenant, &everything, order, after.take(), PAGE, "body").await?;
                let events: Vec<Event> = page.iter().map(event_of).collect::<Result<_>>()?;
                self.list_terms(&tenant, events.iter()).await?;
                read += page.len();
                tracing::info!(read, "the words of events are listed anew");
                match page.last() {
                    Some(last) if page.len() >= PAGE => after = Some(After::of(last)),
                    _ => break,
                }
            }
        }
        Ok(())
    }
}
