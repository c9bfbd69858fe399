//! Handlers of `/api/v1`, one file a resource: extractors → one service call → reply.

pub(crate) mod ask;
pub(crate) mod cameras;
pub(crate) mod clips;
pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod insights;
pub(crate) mod search;
