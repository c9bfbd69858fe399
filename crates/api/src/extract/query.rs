//! The query of a request: known names only, each at most once, every mistake named by its field.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};

use crate::error::{Problem, Result};

/// The parameters of a query, in their order.
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        if parts.uri.query().is_none_or(str::is_empty) {
            return Ok(Self(Vec::new()));
        }
        let Query(pairs) =
            Query::<Vec<(String, String)>>::from_request_parts(parts, state).await.map_err(|_| {
                Problem::new(axum::http::StatusCode::BAD_REQUEST, "MALFORMED_QUERY", "the query is malformed")
            })?;
        Ok(Self(pairs))
    }
}

impl Params {
    /// Refuses unknown and repeated names.
    ///
    /// # Errors
    /// 422 naming the parameter.
    pub(crate) fn only(self, names: &[&str]) -> Result<Self> {
        for (at, (name, _)) in self.0.iter().enumerate() {
            if !names.contains(&name.as_str()) {
                return Err(Problem::invalid(name.as_str(), "unknown parameter"));
            }
            if self.0[..at].iter().any(|(other, _)| other == name) {
                return Err(Problem::invalid(name.as_str(), format!("`{name}` is given twice")));
            }
        }
        Ok(self)
    }

    /// The value of a parameter; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A whole number.
    ///
    /// # Errors
    /// 422 naming the parameter.
    pub(crate) fn number(&self, name: &str) -> Result<Option<usize>> {
        let number = |text: &str| {
            text.parse().map_err(|_| Problem::invalid(name, format!("`{name}` must be a whole number")))
        };
        self.text(name).map(number).transpose()
    }

    /// `true` or `false`, also `1` or `0`.
    ///
    /// # Errors
    /// 422 naming the parameter.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>> {
        match self.text(name) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Problem::invalid(name, format!("`{name}` must be true or false"))),
        }
    }
}
