//! Where conversations are kept when they are shared by several copies of the service.

use std::sync::Arc;

use eps_adapters::redis::{RedisConversationStore, RedisLink};
use eps_domain::conversation::ConversationStore;

use crate::{config::Config, failure::Failure};

/// Redis, when it is set. It need not be there yet.
///
/// # Errors
/// An address that cannot be used, as a matter of settings.
pub(super) fn redis(config: &Config) -> Result<Option<Arc<dyn ConversationStore>>, Failure> {
    let Some(address) = &config.storage.redis else { return Ok(None) };
    let link = RedisLink::open(address)
        .map_err(|error| Failure::new(Failure::CONFIG, format!("REDIS_URL: {error}")))?;
    Ok(Some(Arc::new(RedisConversationStore::new(link))))
}
