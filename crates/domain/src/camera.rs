//! Cameras and sites as the operator described them (`cameras.yaml`). A camera that events mention
//! and the file does not is known by its id alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, access::DEFAULT_TENANT, business_hours::BusinessHours};

/// One camera of the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Camera {
    /// What people call it.
    pub name: Option<String>,
    /// Other things people call it.
    pub aliases: Vec<String>,
    /// The zones of its picture.
    pub zones: Vec<String>,
    /// IANA name; else the file's.
    pub timezone: Option<String>,
    /// Latitude and longitude in degrees.
    pub position: Option<[f64; 2]>,
    /// Whether it looks at the open air.
    pub outdoor: Option<bool>,
    /// Cameras one can walk to, with the usual time on the way.
    pub neighbours: BTreeMap<String, SignedDuration>,
    /// When the place is open: `Mon-Fri 06:00-20:00`.
    pub business_hours: Option<String>,
}

/// A group of cameras with a name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// What people call it.
    pub name: Option<String>,
    /// Other things people call it.
    pub aliases: Vec<String>,
    /// The ids of its cameras.
    pub cameras: Vec<String>,
}

/// The file as it is written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CamerasFile {
    /// Default time zone of all cameras.
    pub timezone: Option<String>,
    /// The tenant whose cameras these are; the default tenant when absent.
    pub tenant: Option<String>,
    /// Groups by id.
    pub sites: BTreeMap<String, Site>,
    /// Cameras by id.
    pub cameras: BTreeMap<String, Camera>,
}

/// The cameras and sites of one tenant, checked.
#[derive(Debug, Clone)]
pub struct CameraDirectory {
    tenant: Arc<str>,
    timezone: TimeZone,
    sites: BTreeMap<String, Site>,
    cameras: BTreeMap<String, Camera>,
    timezones: BTreeMap<String, TimeZone>,
    site_of: BTreeMap<String, String>,
    /// Of names that several cameras have, by name: the ids of these cameras.
    namesakes: BTreeMap<String, Vec<String>>,
    /// What to call such a camera beside the others, by id: "Pool house Front door".
    told_apart: BTreeMap<String, String>,
}

impl CameraDirectory {
    /// A directory that knows nothing but the default time zone.
    pub fn empty(timezone: TimeZone) -> Self {
        Self {
            tenant: DEFAULT_TENANT.into(),
            timezone,
            sites: BTreeMap::new(),
            cameras: BTreeMap::new(),
            timezones: BTreeMap::new(),
            site_of: BTreeMap::new(),
            namesakes: BTreeMap::new(),
            told_apart: BTreeMap::new(),
        }
    }

    /// Checks a file; `fallback` is the service's time zone, used when the file names none.
    ///
    /// # Errors
    /// `InvalidInput` that names the entry: an unknown time zone, hours that cannot be read, a position that
    /// is not on Earth, a camera of two sites, a neighbour that does not exist.
    pub fn from_file(file: CamerasFile, fallback: TimeZone) -> Result<Self> {
        let timezone = match &file.timezone {
            Some(name) => zone(name, "timezone")?,
            None => fallback,
        };
        let mut directory =
            Self { tenant: file.tenant.as_deref().unwrap_or(DEFAULT_TENANT).into(), ..Self::empty(timezone) };
        let mut known: BTreeSet<&str> = file.cameras.keys().map(String::as_str).collect();
        known.extend(file.sites.values().flat_map(|site| site.cameras.iter().map(String::as_str)));
        for (id, camera) in &file.cameras {
            if let Some(name) = &camera.timezone {
                let zone = zone(name, &format!("cameras.{id}.timezone"))?;
                directory.timezones.insert(id.clone(), zone);
            }
            if let Some(hours) = &camera.business_hours {
                BusinessHours::parse(hours, &format!("cameras.{id}.business_hours"))?;
            }
            if let Some(position) = camera.position {
                check_position(position, &format!("cameras.{id}.position"))?;
            }
            if let Some(missing) = camera.neighbours.keys().find(|n| !known.contains(n.as_str())) {
                let message = format!("camera `{id}` has a neighbour `{missing}` that is not described");
                return Err(Error::invalid(format!("cameras.{id}.neighbours"), message));
            }
        }
        for (id, site) in &file.sites {
            for camera in &site.cameras {
                if let Some(other) = directory.site_of.insert(camera.clone(), id.clone()) {
                    let message = format!("camera `{camera}` belongs to both `{other}` and `{id}`");
                    return Err(Error::invalid(format!("sites.{id}.cameras"), message));
                }
            }
        }
        directory.cameras = file.cameras;
        for camera in directory.site_of.keys() {
            directory.cameras.entry(camera.clone()).or_default();
        }
        directory.sites = file.sites;
        directory.tell_namesakes_apart();
        Ok(directory)
    }

    /// Cameras of one name are called after their sites as well, as a question can name them; by their ids
    /// where their sites do not tell them apart.
    fn tell_namesakes_apart(&mut self) {
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, camera) in &self.cameras {
            if let Some(name) = &camera.name {
                by_name.entry(name.clone()).or_default().push(id.clone());
            }
        }
        by_name.retain(|_, ids| ids.len() > 1);
        let told = |name: &str, ids: &[String], id: &String| {
            let site = self.site_of(id)?;
            let is_alone = ids.iter().filter(|other| self.site_of(other) == Some(site)).count() == 1;
            let site = self.sites.get(site)?.name.as_deref().filter(|_| is_alone)?;
            Some(format!("{site} {name}"))
        };
        let named = |name: &str, ids: &[String], id: &String| {
            (id.clone(), told(name, ids, id).unwrap_or_else(|| id.clone()))
        };
        let told_apart =
            by_name.iter().flat_map(|(name, ids)| ids.iter().map(|id| named(name, ids, id))).collect();
        (self.namesakes, self.told_apart) = (by_name, told_apart);
    }

    /// The tenant whose cameras these are. Other tenants must not learn of them.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The default time zone of the cameras.
    pub fn timezone(&self) -> &TimeZone {
        &self.timezone
    }

    /// The time zone of a camera.
    pub fn timezone_of(&self, camera_id: &str) -> &TimeZone {
        self.timezones.get(camera_id).unwrap_or(&self.timezone)
    }

    /// The cameras of the file, by id.
    pub fn cameras(&self) -> &BTreeMap<String, Camera> {
        &self.cameras
    }

    /// The sites, by id.
    pub fn sites(&self) -> &BTreeMap<String, Site> {
        &self.sites
    }

    /// The id of the site that a camera belongs to.
    pub fn site_of(&self, camera_id: &str) -> Option<&str> {
        self.site_of.get(camera_id).map(String::as_str)
    }

    /// What to call a camera in a sentence: its name, else its id.
    pub fn camera_name<'a>(&'a self, camera_id: &'a str) -> &'a str {
        self.cameras.get(camera_id).and_then(|c| c.name.as_deref()).unwrap_or(camera_id)
    }

    /// What to call a camera where the others of its name may be seen, too; none where the name is its own.
    pub(crate) fn told_apart(&self, camera_id: &str, may_see: impl Fn(&str) -> bool) -> Option<&str> {
        let told = self.told_apart.get(camera_id)?;
        let name = self.cameras.get(camera_id)?.name.as_ref()?;
        let mut others = self.namesakes.get(name)?.iter().filter(|other| *other != camera_id);
        others.any(|other| may_see(other)).then_some(told.as_str())
    }

    /// The usual time on the way between two cameras, in either direction.
    pub fn travel_time(&self, from: &str, to: &str) -> Option<SignedDuration> {
        let way = |a: &str, b: &str| self.cameras.get(a).and_then(|c| c.neighbours.get(b)).copied();
        way(from, to).or_else(|| way(to, from))
    }
}

fn check_position([latitude, longitude]: [f64; 2], field: &str) -> Result<()> {
    if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
        return Ok(());
    }
    let message = format!("`{field}` must be a latitude from -90 to 90 and a longitude from -180 to 180");
    Err(Error::invalid(field, message))
}

fn zone(name: &str, field: &str) -> Result<TimeZone> {
    TimeZone::get(name)
        .map_err(|e| Error::invalid(field, format!("`{field}`: unknown time zone `{name}`")).caused_by(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_of_one_name_are_told_apart_by_their_sites() {
        let camera = |name: &str| Camera { name: Some(name.to_owned()), ..Camera::default() };
        let site = |name: &str, cameras: &[&str]| Site {
            name: Some(name.to_owned()),
            cameras: cameras.iter().map(|id| (*id).to_owned()).collect(),
            ..Site::default()
        };
        let names =
            [("a", "Door"), ("b", "Door"), ("c", "Gate"), ("d", "Gate"), ("e", "Door"), ("f", "Hall")];
        let file = CamerasFile {
            cameras: names.iter().map(|(id, name)| ((*id).to_owned(), camera(name))).collect(),
            sites: BTreeMap::from([
                ("one".to_owned(), site("School", &["a", "c", "d"])),
                ("two".to_owned(), site("Pool", &["b"])),
            ]),
            ..CamerasFile::default()
        };
        let directory = CameraDirectory::from_file(file, TimeZone::UTC).unwrap();
        let told = |id| directory.told_apart(id, |_| true);
        assert_eq!(
            names.map(|(id, _)| told(id)),
            [Some("School Door"), Some("Pool Door"), Some("c"), Some("d"), Some("e"), None]
        );
        // Who sees no other of the name learns of none.
        assert_eq!(directory.told_apart("a", |id| id == "a"), None);
    }
}
