//! Links that must open, and all the others.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use async_trait::async_trait;

use super::*;
use crate::{
    CameraScope, EventDraft, Owner,
    clip::MediaFile,
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStoreHealth, SearchPage, SearchRequest,
        Unembedded, Upserted, Vocabulary,
    },
};

const CLIP: MediaRequest = MediaRequest { kind: MediaKind::Clip, range: None, if_range: None };
const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";

/// Events of tenant `acme`, a keeper that has a clip of each, and a clock: all in one.
#[derive(Default)]
struct World {
    events: Vec<Event>,
    look_ups: AtomicUsize,
    keeper_is_down: AtomicBool,
    is_elsewhere: AtomicBool,
    now: AtomicI64,
}

#[async_trait]
impl EventStore for World {
    async fn get(&self, scope: &Scope, event_ids: &[String]) -> Result<Vec<Event>> {
        self.look_ups.fetch_add(1, Ordering::Relaxed);
        let visible = |id: &String| {
            let event = self.events.iter().find(|event| event.event_id == *id)?;
            (&*scope.tenant == "acme" && scope.allows(&event.camera_id)).then(|| event.clone())
        };
        Ok(event_ids.iter().filter_map(visible).collect())
    }
    async fn upsert(&self, _: &str, _: Vec<Event>) -> Result<Vec<Upserted>> {
        unreachable!()
    }
    async fn search(&self, _: &Scope, _: &SearchRequest) -> Result<SearchPage> {
        unreachable!()
    }
    async fn count(&self, _: &Scope, _: &CountRequest) -> Result<Count> {
        unreachable!()
    }
    async fn exists(&self, _: &Scope, _: &EventFilter, _: Option<&str>) -> Result<bool> {
        unreachable!()
    }
    async fn vocabulary(&self, _: &Scope) -> Result<Arc<Vocabulary>> {
        unreachable!()
    }
    async fn unembedded(&self, _: usize) -> Result<Vec<Unembedded>> {
        unreachable!()
    }
    async fn store_vectors(&self, _: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        unreachable!()
    }
    async fn health(&self) -> Result<EventStoreHealth> {
        unreachable!()
    }
}

#[async_trait]
impl ClipSource for World {
    fn holds(&self, tenant: &str) -> bool {
        tenant == "acme" && !self.is_elsewhere.load(Ordering::Relaxed)
    }
    async fn status(
        &self,
        _: &str,
        events: &[Event],
        _: Duration,
        _: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        if self.keeper_is_down.load(Ordering::Relaxed) {
            return Err(Error::unavailable("CLIPS_UNAVAILABLE", "down"));
        }
        let state = |event: &Event| match event.media {
            _ if event.camera_id == "lost" => None,
            None => Some(ClipStatus { clip: ClipState::Ready, has_thumbnail: true }),
            Some(_) => Some(ClipStatus::NONE),
        };
        Ok(events.iter().map(state).collect())
    }
    async fn open(&self, _: &str, _: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        let content_type = if request.kind == MediaKind::Clip { "video/mp4" } else { "image/jpeg" };
        let file = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
        let modified = Timestamp::UNIX_EPOCH;
        Ok(Some(Media::File(MediaFile { file, bytes: 1, content_type, modified })))
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now.load(Ordering::Relaxed)).unwrap()
    }
}

fn event(event_id: &str, camera_id: &str) -> Event {
    let draft = EventDraft {
        event_id: Some(event_id.into()),
        camera_id: Some(camera_id.into()),
        timestamp: Some("2026-06-01T12:00:00Z".into()),
        event_type: Some("person".into()),
        ..EventDraft::default()
    };
    draft.validate(|_| jiff::tz::TimeZone::UTC).unwrap()
}

/// A clip on the dock, one at the gate, and one that the source keeps elsewhere.
fn world() -> (Arc<World>, Clips) {
    let mut elsewhere = event("evt:elsewhere", "dock-1");
    let url = |name: &str| Some(format!("https://vms.example/{name}"));
    elsewhere.media = Some(crate::Media { clip_url: url("clip"), thumbnail_url: url("still") });
    let events = vec![event("evt:1/a b", "dock-1"), event("evt:2", "gate"), elsewhere];
    let world = Arc::new(World { events, now: 1_780_000_000.into(), ..World::default() });
    let clips =
        Clips::new(world.clone(), world.clone(), world.clone(), KEY.into(), "https://us.example/".into());
    (world, clips)
}

fn caller(cameras: &[&str]) -> Caller {
    let tenant: Arc<str> = "acme".into();
    Caller {
        owner: Owner { tenant: tenant.clone(), subject: "alice".into() },
        permissions: Permission::ALL.into(),
        scope: Scope { tenant, cameras: CameraScope::matching(cameras).unwrap() },
        timezone: None,
        expires_at: Timestamp::MAX,
    }
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// The signature of a link, as a server reads it.
fn parse(url: &str) -> LinkSignature {
    let query = url.split_once('?').unwrap().1;
    let value = |name: &str| {
        let part = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        part.unwrap().to_owned()
    };
    LinkSignature { exp: value("exp").parse().unwrap(), t: value("t"), sig: value("sig") }
}

async fn refusal(clips: &Clips, link: LinkSignature, event_id: &str, kind: MediaKind) -> &'static str {
    clips.open(MediaAccess::Link(link), event_id, &MediaRequest::whole(kind)).await.unwrap_err().code
}

#[tokio::test]
async fn a_link_opens_its_picture_until_it_ends_and_nothing_else() {
    let (world, clips) = world();
    let (links, _) = clips.links(&caller(&["*"]), &ids(&["evt:1/a b"]), Some(10)).await.unwrap();
    let (url, still) = (links[0].url.as_ref().unwrap(), links[0].thumbnail_url.as_ref().unwrap());
    assert!(url.starts_with("https://us.example/api/v1/clips/evt%3A1%2Fa%20b?exp=1780000600&t=acme&sig="));
    assert!(still.starts_with("https://us.example/api/v1/clips/evt%3A1%2Fa%20b/thumbnail?"));
    let link = parse(url);
    let open = async |link: LinkSignature, kind| {
        let request = MediaRequest::whole(kind);
        match clips.open(MediaAccess::Link(link), "evt:1/a b", &request).await? {
            Media::File(file) => Ok::<_, Error>(file.content_type),
            other => unreachable!("{other:?}"),
        }
    };
    assert_eq!(open(link.clone(), MediaKind::Clip).await.unwrap(), "video/mp4");
    assert_eq!(open(parse(still), MediaKind::Thumbnail).await.unwrap(), "image/jpeg");

    // The other picture, another event, another end, another tenant.
    let invalid = "CLIP_SIGNATURE_INVALID";
    let looked_up = world.look_ups.load(Ordering::Relaxed);
    assert_eq!(refusal(&clips, link.clone(), "evt:1/a b", MediaKind::Thumbnail).await, invalid);
    assert_eq!(refusal(&clips, link.clone(), "evt:2", MediaKind::Clip).await, invalid);
    assert_eq!(refusal(&clips, link.clone(), "evt:nowhere", MediaKind::Clip).await, invalid);
    let later = LinkSignature { exp: link.exp + 1, ..link.clone() };
    assert_eq!(refusal(&clips, later, "evt:1/a b", MediaKind::Clip).await, invalid);
    let elsewhere = LinkSignature { t: "acme2".into(), ..link.clone() };
    assert_eq!(refusal(&clips, elsewhere, "evt:1/a b", MediaKind::Clip).await, invalid);
    assert_eq!(world.look_ups.load(Ordering::Relaxed), looked_up, "a forged link costs no look-up");
    for position in 0..link.sig.len() {
        let mut sig = link.sig.clone().into_bytes();
        sig[position] = if sig[position] == b'A' { b'B' } else { b'A' };
        let forged = LinkSignature { sig: String::from_utf8(sig).unwrap(), ..link.clone() };
        assert_eq!(refusal(&clips, forged, "evt:1/a b", MediaKind::Clip).await, invalid, "{position}");
    }
    for sig in ["", "AAAA", &link.sig[1..], &format!("{}A", link.sig), &format!("{}=", link.sig), "🎩"] {
        let forged = LinkSignature { sig: sig.to_owned(), ..link.clone() };
        assert_eq!(refusal(&clips, forged, "evt:1/a b", MediaKind::Clip).await, invalid, "{sig}");
    }
    world.now.store(link.exp - 1, Ordering::Relaxed);
    assert!(open(link.clone(), MediaKind::Clip).await.is_ok());
    world.now.store(link.exp, Ordering::Relaxed);
    assert_eq!(refusal(&clips, link, "evt:1/a b", MediaKind::Clip).await, "CLIP_URL_EXPIRED");
}

#[tokio::test]
async fn a_link_ends_with_its_event_and_with_the_camera_of_its_event() {
    let (_, clips) = world();
    let (links, _) = clips.links(&caller(&["*"]), &ids(&["evt:2"]), None).await.unwrap();
    let link = parse(links[0].url.as_ref().unwrap());
    let with = |events| {
        let world = Arc::new(World { events, now: 1_780_000_000.into(), ..World::default() });
        Clips::new(world.clone(), world.clone(), world, KEY.into(), String::new())
    };
    assert_eq!(refusal(&with(Vec::new()), link.clone(), "evt:2", MediaKind::Clip).await, "CLIP_NOT_FOUND");
    let moved = with(vec![event("evt:2", "vault")]);
    assert_eq!(refusal(&moved, link, "evt:2", MediaKind::Clip).await, "CLIP_SIGNATURE_INVALID");
}

#[tokio::test]
async fn out_of_scope_reads_like_missing() {
    let (_, clips) = world();
    let alice = caller(&["dock-*"]);
    let (links, _) =
        clips.links(&alice, &ids(&["evt:2", "evt:1/a b", "evt:nowhere", "evt:1/a b"]), None).await.unwrap();
    let states: Vec<ClipState> = links.iter().map(|link| link.state).collect();
    let (ready, none) = (ClipState::Ready, ClipState::Unavailable);
    assert_eq!(states, [none, ready, none, ready]);
    assert_eq!(EventLink { event_id: "evt:nowhere".into(), ..links[0].clone() }, links[2]);
    assert!(links[0].url.is_none() && links[0].thumbnail_url.is_none());
    for id in ["evt:2", "evt:nowhere"] {
        let refused = clips.open(MediaAccess::Caller(&alice), id, &CLIP).await.unwrap_err();
        assert_eq!((refused.kind, refused.code), (ErrorKind::NotFound, "CLIP_NOT_FOUND"));
    }
    assert!(clips.open(MediaAccess::Caller(&alice), "evt:1/a b", &CLIP).await.is_ok());
    // Should someone pass on an event out of scope, it still gets no link.
    let (pictures, _) = clips.pictures(&alice.scope, &[event("evt:2", "gate")], EXPIRY_DEFAULT).await;
    assert_eq!(pictures, [Pictures::unavailable()]);
    let powerless = Caller { permissions: [Permission::Ask].into(), ..alice };
    assert_eq!(clips.links(&powerless, &[], None).await.unwrap_err().kind, ErrorKind::Forbidden);
}

#[tokio::test]
async fn no_link_works_longer_than_a_day() {
    let (world, clips) = world();
    let now = world.now.load(Ordering::Relaxed);
    for (minutes, seconds) in [(1, 60), (1_440, 86_400), (99_999, 86_400), (u64::MAX, 86_400)] {
        let (links, _) = clips.links(&caller(&["*"]), &ids(&["evt:2"]), Some(minutes)).await.unwrap();
        assert_eq!(parse(links[0].url.as_ref().unwrap()).exp, now + seconds);
        assert_eq!(links[0].expires_at.unwrap().as_second(), now + seconds);
    }
    let refused = clips.links(&caller(&["*"]), &ids(&["evt:2"]), Some(0)).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("expiry_minutes"));
    let refused = clips.links(&caller(&["*"]), &vec!["evt:2".to_owned(); 101], None).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("event_ids"));
}

#[tokio::test]
async fn links_of_the_source_pass_only_to_named_hosts() {
    let (world, clips) = world();
    let wanted = ids(&["evt:elsewhere"]);
    let (links, _) = clips.links(&caller(&["*"]), &wanted, None).await.unwrap();
    assert_eq!(
        (links[0].state, &links[0].url, &links[0].thumbnail_url),
        (ClipState::Unavailable, &None, &None)
    );
    let clips = clips.with_allowed_hosts(vec!["vms.example".into()]);
    let (links, _) = clips.links(&caller(&["*"]), &wanted, None).await.unwrap();
    let passes = |links: &[EventLink]| {
        assert_eq!(links[0].url.as_deref(), Some("https://vms.example/clip"));
        assert_eq!(links[0].thumbnail_url.as_deref(), Some("https://vms.example/still"));
    };
    passes(&links);
    // Whether a keeper knows nothing of the event, cannot say, or holds what belongs to others.
    for (is_down, is_elsewhere) in [(true, false), (false, true)] {
        world.keeper_is_down.store(is_down, Ordering::Relaxed);
        world.is_elsewhere.store(is_elsewhere, Ordering::Relaxed);
        let (links, is_out_of_order) = clips.links(&caller(&["*"]), &wanted, None).await.unwrap();
        passes(&links);
        assert_eq!(is_out_of_order, is_down);
        let (links, _) = clips.links(&caller(&["gate"]), &wanted, None).await.unwrap();
        assert_eq!((&links[0].url, &links[0].thumbnail_url), (&None, &None));
    }
}

#[tokio::test]
async fn while_the_keeper_is_down_there_is_no_link_at_all() {
    let (world, clips) = world();
    world.keeper_is_down.store(true, Ordering::Relaxed);
    let (pictures, is_down) = clips.pictures(&Scope::tenant("acme"), &world.events, EXPIRY_DEFAULT).await;
    assert!(is_down);
    let (_, is_told) = clips.links(&caller(&["*"]), &ids(&["evt:2"]), None).await.unwrap();
    assert!(is_told);
    assert_eq!(pictures, vec![Pictures::unavailable(); 3]);
    // Nothing is known of one of them: the others keep their links.
    world.keeper_is_down.store(false, Ordering::Relaxed);
    let events = [event("evt:2", "gate"), event("evt:3", "lost")];
    let (pictures, is_down) = clips.pictures(&Scope::tenant("acme"), &events, EXPIRY_DEFAULT).await;
    assert!(is_down && pictures[0].clip.url.is_some());
    assert_eq!(pictures[1], Pictures::unavailable());
}

#[tokio::test]
async fn the_same_id_in_another_tenant_opens_nothing() {
    let (world, clips) = world();
    let alice = caller(&["*"]);
    let (links, _) = clips.links(&alice, &ids(&["evt:2"]), None).await.unwrap();
    let link = parse(links[0].url.as_ref().unwrap());
    // From now on the keeper holds what belongs to others.
    world.is_elsewhere.store(true, Ordering::Relaxed);
    let (pictures, is_down) = clips.pictures(&alice.scope, &world.events, EXPIRY_DEFAULT).await;
    assert_eq!((pictures, is_down), (vec![Pictures::unavailable(); 3], false));
    let refused = clips.open(MediaAccess::Caller(&alice), "evt:2", &CLIP).await.unwrap_err();
    assert_eq!(refused.code, "CLIP_NOT_FOUND");
    assert_eq!(refusal(&clips, link, "evt:2", MediaKind::Clip).await, "CLIP_NOT_FOUND");
}
