//! Where and when a question is asked: what its caller may see, what things are called there, what time
//! it is. Nothing in it reaches beyond the caller's scope.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{CameraDirectory, Scope, event_store::Vocabulary};

/// What everything after `interpret` needs to know of the asker's surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// What may be seen.
    pub scope: &'a Scope,
    /// What the operator calls things.
    pub directory: &'a CameraDirectory,
    /// What the events in scope call things.
    pub vocabulary: &'a Vocabulary,
    /// Now.
    pub now: Timestamp,
    /// The zone in which words are read and times are written.
    pub timezone: &'a TimeZone,
}

impl<'a> Place<'a> {
    /// Whether the directory describes the caller's tenant; another's names must not be used.
    fn is_described(&self) -> bool {
        self.directory.tenant() == &*self.scope.tenant
    }

    /// What to call a camera; with its site where the caller sees another of its name.
    pub(crate) fn camera_name<'b>(&'b self, camera_id: &'b str) -> &'b str {
        if !self.is_described() {
            return camera_id;
        }
        let told = self.directory.told_apart(camera_id, |other| self.scope.allows(other));
        told.unwrap_or_else(|| self.directory.camera_name(camera_id))
    }

    /// What to call a site.
    pub(crate) fn site_name<'b>(&'b self, site_id: &'b str) -> &'b str {
        if !self.is_described() {
            return site_id;
        }
        self.directory.sites().get(site_id).and_then(|site| site.name.as_deref()).unwrap_or(site_id)
    }

    /// The site of a camera.
    pub(crate) fn site_of(&self, camera_id: &str) -> Option<&'a str> {
        if self.is_described() { self.directory.site_of(camera_id) } else { None }
    }

    /// The usual time on the way between two cameras; none when they are no neighbours.
    pub(crate) fn travel_time(&self, from: &str, to: &str) -> Option<SignedDuration> {
        if self.is_described() { self.directory.travel_time(from, to) } else { None }
    }

    /// Whether anything is known of the ways from a camera.
    pub(crate) fn has_neighbours(&self, camera_id: &str) -> bool {
        let cameras = self.directory.cameras();
        let has = |camera: &crate::camera::Camera| camera.neighbours.contains_key(camera_id);
        self.is_described()
            && (cameras.get(camera_id).is_some_and(|camera| !camera.neighbours.is_empty())
                || cameras.values().any(has))
    }

    /// The operator's description of the cameras, as far as it is about this caller's tenant.
    pub(crate) fn described(&self) -> Option<&'a CameraDirectory> {
        self.is_described().then_some(self.directory)
    }

    /// Ids of the cameras of a site that the caller may see.
    pub(crate) fn cameras_of_site(&self, site_id: &str) -> Vec<String> {
        if !self.is_described() {
            return Vec::new();
        }
        let site = self.directory.sites().get(site_id);
        site.map(|site| site.cameras.iter().filter(|id| self.scope.allows(id)).cloned().collect())
            .unwrap_or_default()
    }

    /// Ids of every camera that the caller may see: described, or heard of through events; sorted.
    pub(crate) fn cameras(&self) -> Vec<&'a str> {
        let mut ids: Vec<&str> = self.vocabulary.cameras.iter().map(|camera| &*camera.camera_id).collect();
        if self.is_described() {
            let described = self.directory.cameras().keys().map(String::as_str);
            ids.extend(described.filter(|id| self.scope.allows(id)));
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// When the earliest event of these cameras began; of all cameras when the list is empty.
    pub(crate) fn first_event(&self, cameras: &[String]) -> Option<Timestamp> {
        let known = self.vocabulary.cameras.iter();
        known
            .filter(|camera| cameras.is_empty() || cameras.iter().any(|id| **id == *camera.camera_id))
            .map(|camera| camera.first_event)
            .min()
    }
}
