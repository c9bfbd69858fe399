//! Pictures of what is shown: one look-up for all of it together. Must never look up what nobody is shown,
//! nor wait for a keeper of clips longer than is left.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{ClipLink, Evidence};
use crate::{
    Event, Scope,
    clip::{Clip, ClipState},
    clips::{Clips, EXPIRY_DEFAULT},
};

/// Puts pictures to evidence, given the events that it may show; whether their keeper was out of order.
pub(crate) async fn add(
    clips: &Clips,
    scope: &Scope,
    evidence: impl IntoIterator<Item = &mut Evidence>,
    mut events: Vec<Event>,
    left: Duration,
) -> bool {
    let mut shown: Vec<&mut Evidence> = evidence.into_iter().collect();
    let mut wanted: HashSet<&str> = shown.iter().map(|shown| shown.event_id.as_str()).collect();
    // An event may stand behind more than one insight.
    events.retain(|event| wanted.remove(event.event_id.as_str()));
    if events.is_empty() {
        return false;
    }
    let (pictures, is_out_of_order) = clips.pictures_within(scope, &events, EXPIRY_DEFAULT, left).await;
    let known: HashMap<&str, _> = events.iter().map(|event| event.event_id.as_str()).zip(pictures).collect();
    for shown in &mut shown {
        if let Some(pictures) = known.get(shown.event_id.as_str()) {
            shown.clip = Some(pictures.clip.clone());
            shown.thumbnail_url.clone_from(&pictures.thumbnail_url);
        }
    }
    is_out_of_order
}

/// A clip that can be played now.
pub(crate) fn clip_link(event: &Evidence) -> Option<ClipLink> {
    let clip = event.clip.as_ref().filter(|clip: &&Clip| clip.state == ClipState::Ready)?;
    Some(ClipLink {
        event_id: event.event_id.clone(),
        url: clip.url.clone()?,
        timestamp: event.timestamp,
        camera_id: event.camera_id.clone(),
        expires_at: clip.expires_at,
    })
}
