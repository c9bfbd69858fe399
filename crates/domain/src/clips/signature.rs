//! Signed links: `/api/v1/clips/{event_id}?exp=&t=&sig=` and the same with `/thumbnail`.
//!
//! A signature is 32 bytes: half an HMAC-SHA256 of method, path, tenant, event and end, which is
//! checked before anything is looked up, and half a second one of the same and the camera, which is
//! checked once the event is known. Half an HMAC is as strong as 128 bits (RFC 2104 section 5). The
//! path tells clip and still apart: neither opens the other. A link is a bearer right until it ends.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::LinkSignature;
use crate::{Error, ErrorKind, Event, Result, clip::MediaKind, text};

/// Changes whenever the signed message does.
const VERSION: &str = "eps-clip-link-1";
const HALF: usize = 16;

/// A link whose first half is good.
#[derive(Debug)]
pub(super) struct Signed {
    rest: Hmac<Sha256>,
    camera: [u8; HALF],
}

impl Signed {
    /// Checks the half that binds the camera, in constant time.
    pub(super) fn check_camera(self, camera_id: &str) -> Result<()> {
        with(self.rest, camera_id).verify_truncated_left(&self.camera).map_err(|_| invalid())
    }
}

/// A link to one picture of an event.
pub(super) fn link(
    key: &[u8],
    base_url: &str,
    kind: MediaKind,
    tenant: &str,
    event: &Event,
    exp: i64,
) -> String {
    let path = path(kind, &event.event_id);
    let mut signature = [0; 2 * HALF];
    // A key of any length will do for HMAC; without one there is no signature that could be right.
    if let Ok(rest) = message(key, &path, tenant, &event.event_id, exp) {
        signature[..HALF].copy_from_slice(&rest.clone().finalize().into_bytes()[..HALF]);
        let camera = with(rest, &event.camera_id).finalize().into_bytes();
        signature[HALF..].copy_from_slice(&camera[..HALF]);
    }
    let (tenant, signature) = (text::percent_encoded(tenant), URL_SAFE_NO_PAD.encode(signature));
    format!("{base_url}{path}?exp={exp}&t={tenant}&sig={signature}")
}

/// Checks the half that needs no look-up, in constant time.
pub(super) fn check(key: &[u8], link: &LinkSignature, kind: MediaKind, event_id: &str) -> Result<Signed> {
    let signature = URL_SAFE_NO_PAD.decode(&link.sig).map_err(|_| invalid())?;
    let (front, camera) = signature.split_at_checked(HALF).ok_or_else(invalid)?;
    let camera = camera.try_into().map_err(|_| invalid())?;
    let rest = message(key, &path(kind, event_id), &link.t, event_id, link.exp)?;
    rest.clone().verify_truncated_left(front).map_err(|_| invalid())?;
    Ok(Signed { rest, camera })
}

fn invalid() -> Error {
    Error::new(ErrorKind::Forbidden, "CLIP_SIGNATURE_INVALID", "the link is not one of ours")
}

/// Where a picture is served; the event's id is one segment whatever is in it.
fn path(kind: MediaKind, event_id: &str) -> String {
    let suffix = match kind {
        MediaKind::Clip => "",
        MediaKind::Thumbnail => "/thumbnail",
    };
    format!("/api/v1/clips/{}{suffix}", text::percent_encoded(event_id))
}

fn message(key: &[u8], path: &str, tenant: &str, event_id: &str, exp: i64) -> Result<Hmac<Sha256>> {
    let mac = Hmac::new_from_slice(key).map_err(|_| Error::internal("no key for links"))?;
    let exp = exp.to_string();
    Ok([VERSION, "GET", path, tenant, event_id, &exp].into_iter().fold(mac, with))
}

/// Adds a field after its length, so that no two lists of fields are the same message.
fn with(mut mac: Hmac<Sha256>, field: &str) -> Hmac<Sha256> {
    mac.update(&(field.len() as u64).to_be_bytes());
    mac.update(field.as_bytes());
    mac
}
