//! Clips and stills as objects of a bucket, S3 or what speaks like it.
//!
//! With an address for browsers they are fetched by links that are signed for a few minutes; without one
//! they are passed on. A key of ours is never given away, and no object is named by anything but the
//! template of the operator.

mod key;

pub use key::KeyTemplate;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_domain::{
    Clock, Error, Event, Result,
    clip::{ClipSource, ClipState, ClipStatus, Media, MediaKind, MediaRequest},
};
use futures::FutureExt as _;
use jiff::Timestamp;
use reqwest::{Client, StatusCode, Url};
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use secrecy::{ExposeSecret as _, SecretString};

use crate::elsewhere;

/// How errors and logs call it.
const S3: &str = "S3";
/// How long a link works for a client, which follows it at once: long enough for players that come back for
/// more of a long clip.
const LINK_LIFETIME: Duration = Duration::from_mins(15);
/// How long a request of ours may be on its way.
const REQUEST_LIFETIME: Duration = Duration::from_mins(2);

/// Where it is and how its objects are called.
#[derive(Debug, Clone)]
pub struct S3Settings {
    /// `https://s3.example`, as this service reaches it.
    pub endpoint: String,
    /// The same as browsers reach it; without it pictures are passed on.
    pub public_endpoint: Option<String>,
    /// `us-east-1` …
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Whether the bucket stands in the path and not before the host.
    pub path_style: bool,
    /// Who asks. Reading objects and listing the bucket is all it must be allowed.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretString,
    /// Keys of clips.
    pub clip_key: KeyTemplate,
    /// Keys of stills; none without it.
    pub thumbnail_key: Option<KeyTemplate>,
    /// Whose pictures they are, when keys do not tell tenants apart.
    pub tenant: Arc<str>,
    /// After this long clips are removed; `None` when they are kept for good.
    pub retention: Option<Duration>,
}

/// Reads a bucket.
pub struct S3ClipSource {
    client: Client,
    bucket: Bucket,
    public: Option<Bucket>,
    credentials: Credentials,
    clip_key: KeyTemplate,
    thumbnail_key: Option<KeyTemplate>,
    /// The only one, when keys do not tell them apart.
    tenant: Option<Arc<str>>,
    retention: Option<Duration>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for S3ClipSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3ClipSource").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

impl S3ClipSource {
    /// A client; nothing is sent yet. `clock` dates signatures: it must tell the time of the world.
    ///
    /// # Errors
    /// `InvalidInput` that names `S3_ENDPOINT` or `S3_PUBLIC_ENDPOINT`; `Internal` when TLS cannot be set up.
    pub fn new(settings: S3Settings, clock: Arc<dyn Clock>) -> Result<Self> {
        let bucket = |name: &'static str, endpoint: &str| {
            let style = if settings.path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
            let invalid = || Error::invalid(name, format!("`{name}` is no address of the bucket"));
            let url = Url::parse(endpoint).map_err(|e| invalid().caused_by(e))?;
            Bucket::new(url, style, settings.bucket.clone(), settings.region.clone())
                .map_err(|e| invalid().caused_by(e))
        };
        let templates = || [Some(&settings.clip_key), settings.thumbnail_key.as_ref()];
        let tells_apart = templates().into_iter().flatten().all(KeyTemplate::tells_tenants_apart);
        Ok(Self {
            client: elsewhere::client()?,
            bucket: bucket("S3_ENDPOINT", &settings.endpoint)?,
            public: settings
                .public_endpoint
                .as_deref()
                .map(|url| bucket("S3_PUBLIC_ENDPOINT", url))
                .transpose()?,
            credentials: Credentials::new(
                settings.access_key_id.clone(),
                settings.secret_access_key.expose_secret(),
            ),
            tenant: (!tells_apart).then(|| Arc::clone(&settings.tenant)),
            retention: settings.retention,
            clip_key: settings.clip_key,
            thumbnail_key: settings.thumbnail_key,
            clock,
        })
    }

    /// Whether an object that is not empty lies under a key.
    async fn exists(&self, key: Option<String>) -> Result<bool> {
        let Some(key) = key else { return Ok(false) };
        let head = self.bucket.head_object(Some(&self.credentials), &key);
        let url = head.sign_with_time(REQUEST_LIFETIME, &self.clock.now());
        let response = elsewhere::send(S3, self.client.head(url)).await?;
        match response.status() {
            StatusCode::OK => {
                let length = response.headers().get(reqwest::header::CONTENT_LENGTH);
                Ok(length.is_none_or(|length| length != "0"))
            }
            StatusCode::NOT_FOUND => Ok(false),
            StatusCode::FORBIDDEN => Err(elsewhere::out_of_order("S3 refuses the keys of this service")),
            status => Err(elsewhere::unexpected(S3, status)),
        }
    }

    async fn look_up(&self, tenant: &str, event: &Event, now: Timestamp) -> Result<ClipStatus> {
        let still_key = self.thumbnail_key.as_ref().and_then(|template| template.key(tenant, event));
        let (clip, still) =
            futures::join!(self.exists(self.clip_key.key(tenant, event)), self.exists(still_key));
        let missing = ClipStatus::missing(event, now, self.retention);
        let clip = if clip? { ClipState::Ready } else { missing.clip };
        Ok(ClipStatus { clip, has_thumbnail: still? })
    }
}

#[async_trait]
impl ClipSource for S3ClipSource {
    fn holds(&self, tenant: &str) -> bool {
        self.tenant.as_deref().is_none_or(|only| only == tenant)
    }

    async fn status(
        &self,
        tenant: &str,
        events: &[Event],
        deadline: Duration,
        now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        let mut look_ups = Vec::with_capacity(events.len());
        for event in events {
            look_ups.push(self.look_up(tenant, event, now).boxed());
        }
        elsewhere::look_up(S3, look_ups, deadline).await
    }

    async fn open(&self, tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        let (template, usual) = match request.kind {
            MediaKind::Clip => (&self.clip_key, "video/mp4"),
            MediaKind::Thumbnail => match &self.thumbnail_key {
                Some(template) => (template, "image/jpeg"),
                None => return Ok(None),
            },
        };
        let content_type = template.content_type(usual);
        let Some(key) = template.key(tenant, event) else { return Ok(None) };
        let now = self.clock.now();
        if let Some(public) = &self.public {
            if !self.exists(Some(key.clone())).await? {
                return Ok(None);
            }
            let mut get = public.get_object(Some(&self.credentials), &key);
            // Whatever was said when it was put there: nothing that a browser would run.
            get.query_mut().insert("response-content-type", content_type);
            return Ok(Some(Media::Link(get.sign_with_time(LINK_LIFETIME, &now).into())));
        }
        let get = self.bucket.get_object(Some(&self.credentials), &key);
        let url = get.sign_with_time(REQUEST_LIFETIME, &now);
        let asked = elsewhere::ask_for(self.client.get(url.clone()), request);
        let mut response = elsewhere::send(S3, asked).await?;
        if !elsewhere::is_of_the_same(&response, request) {
            let whole = MediaRequest::whole(request.kind);
            response = elsewhere::send(S3, elsewhere::ask_for(self.client.get(url), &whole)).await?;
        }
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::FORBIDDEN => Err(elsewhere::out_of_order("S3 refuses the keys of this service")),
            _ => elsewhere::begun(elsewhere::passed_on(S3, response, request, content_type)?).await,
        }
    }
}
