//! The caller, by what they must be allowed to do: a handler that takes `Authorized<EventsRead>` cannot
//! be reached without a token that grants `events:read`.
//!
//! Fails closed: on a route that the gate does not guard there is no caller, and so no way in.

use std::{marker::PhantomData, ops::Deref, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use eps_domain::{Caller, Permission};

use crate::error::Problem;

/// A permission as a type.
pub(crate) trait Needs: Send + Sync + 'static {
    /// The permission.
    const PERMISSION: Permission;
}

macro_rules! needs {
    ($($name:ident),*) => {$(
        #[doc = concat!("See [`Permission::", stringify!($name), "`].")]
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name;
        impl Needs for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )*};
}

needs!(Ask, EventsRead, EventsWrite, InsightsRead);

/// A caller who has the permission.
#[derive(Debug)]
pub(crate) struct Authorized<P> {
    caller: Arc<Caller>,
    permission: PhantomData<P>,
}

impl<P> Clone for Authorized<P> {
    fn clone(&self) -> Self {
        Self { caller: self.caller.clone(), permission: PhantomData }
    }
}

impl<P> Authorized<P> {
    /// The caller, to be kept by work that outlives the request.
    pub(crate) fn share(&self) -> Arc<Caller> {
        self.caller.clone()
    }
}

impl<P> Deref for Authorized<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Needs, S: Send + Sync> OptionalFromRequestParts<S> for Authorized<P> {
    type Rejection = Problem;

    /// No token is no caller; a token without the permission is refused all the same.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Problem> {
        let Some(caller) = parts.extensions.get::<Arc<Caller>>() else { return Ok(None) };
        caller.require(P::PERMISSION).map_err(|e| Problem::insufficient_scope(P::PERMISSION, e))?;
        Ok(Some(Self { caller: caller.clone(), permission: PhantomData }))
    }
}

impl<P: Needs, S: Send + Sync> FromRequestParts<S> for Authorized<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        caller.ok_or_else(|| Problem::unauthenticated(false))
    }
}
