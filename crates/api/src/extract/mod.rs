//! What handlers take from a request, each piece checked before they see it: the caller and what they
//! may do, the query, the body.
//!
//! Extractors run in the order of a handler's arguments: the caller comes first, so that nobody's body
//! is read before it is known that they may send one.

pub(crate) mod batch;
mod body;
mod caller;
mod query;
pub(crate) mod strict;

pub(crate) use body::IdempotentBody;
pub(crate) use caller::{Ask, Authorized, EventsRead, EventsWrite, InsightsRead};
pub(crate) use query::Params;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use crate::error::Problem;

/// One segment of the path, percent-decoded.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| {
            Problem::new(axum::http::StatusCode::BAD_REQUEST, "MALFORMED_PATH", "the path is not UTF-8")
        })?;
        Ok(Self(id))
    }
}
