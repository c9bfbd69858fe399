//! `eps demo`: a simulated site to try things out. Loads two weeks of events when the folder is empty,
//! adds what has happened since, serves, and says what to try. With `--write` it only writes those two
//! weeks to files, the same ones for the same instant.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use eps_adapters::{
    files::file_path,
    simulator::{INCIDENTS, Incident, Simulation, cameras_file, draw_clips},
};
use eps_domain::{
    CameraDirectory, EventDraft, Permission,
    events::{Events, INGEST_EVENTS_MAX},
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Context, healthcheck::local_url, serve};
use crate::{
    commands::arguments::{Output, instant},
    config::{Config, Purpose},
    failure::Failure,
    run::{Shutdown, serve_site},
    signals,
    telemetry::{Metrics, install_logs},
    terminal::Terminal,
    wiring::{self, Clocks, Site, TokenRequest},
};

/// Where the demo keeps its data when `DATA_DIR` does not say.
const DATA_DIR: &str = "data/demo";
/// The same dice for everyone, so that what is written about the demo is true.
const SEED: u64 = 7;
/// How long the printed token works.
const TOKEN_TTL: Duration = Duration::from_hours(24);
/// How often the simulated life goes on.
const LIVE_EVERY: Duration = Duration::from_secs(20);
/// Events of so long before now get a clip, and the planted ones.
const CLIPS_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(48);
/// What to ask first.
const QUESTIONS: [&str; 3] = [
    "How many people came through the loading dock yesterday?",
    "Who climbed the fence last night?",
    "Anything unusual in the last 7 days?",
];

/// Arguments of `eps demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Port instead of PORT; 0 lets the system choose.
    #[arg(long, conflicts_with = "write")]
    port: Option<u16>,
    /// Write events.ndjson and cameras.yaml into this folder instead of serving.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
    /// With --write: the instant (RFC 3339) at which the two weeks end.
    #[arg(long, value_parser = instant, requires = "write")]
    now: Option<Timestamp>,
    #[command(flatten)]
    output: Output,
}

impl DemoArgs {
    /// Whether it serves, rather than write events for others.
    pub fn serves(&self) -> bool {
        self.write.is_none()
    }
}

/// What the demo keeps beside its data, so that a later start goes on with the same site.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Memory {
    /// Signs tokens and links of this demo alone.
    secret: String,
    /// The day of the first start.
    anchor: Date,
    /// Everything that was over by then is loaded.
    loaded_until: Timestamp,
}

/// Loads and serves the simulated site.
///
/// # Errors
/// Wrong settings, an address in use, a folder that cannot be written.
pub async fn run(context: &Context, args: &DemoArgs) -> Result<(), Failure> {
    let terminal = context.terminal(args.output);
    let clocks = Clocks::new(args.now);
    if let Some(folder) = &args.write {
        return write(context, folder, clocks.site.now(), terminal);
    }
    let (config, mut memory) = settings(context, args, clocks.wall.now())?;
    let site = wiring::open_site_of(&config, clocks, Arc::new(directory(&config)?)).await?;
    let listeners = serve::bind(&config).await?;
    let life = Life { simulation: simulation(&config, &memory), events: Arc::clone(&site.events) };
    if memory.loaded_until < site.clocks.site.now() {
        terminal.note("Loading the simulated warehouse …");
    }
    let loaded = life.load(&site, &mut memory).await?;
    memory.save(&config.storage.data_dir)?;
    let log = install_logs(tracing::Level::WARN);
    let address = listeners.http.local_addr()?;
    greet(terminal, &config, address.port(), loaded.accepted)?;
    let shutdown = Shutdown::default();
    let _signals = signals::listen(&shutdown)?;
    let metrics = Metrics::install()?.with_log(&log);
    let living = async {
        let mut ids = incident_ids();
        ids.extend(loaded.recent);
        if let Err(failure) = draw(&site, &config, &ids).await {
            terminal.note(format!("No clips were drawn: {failure}"));
        }
        life.go_on(&site, &config, memory).await
    };
    tokio::select! {
        served = serve_site(config.clone(), site.clone(), listeners, metrics, shutdown) => served,
        ended = living => ended,
    }
}

/// Writes the two weeks that end at an instant, for imports that have to be the same every time.
fn write(context: &Context, folder: &Path, now: Timestamp, terminal: Terminal) -> Result<(), Failure> {
    let config = Config::load(&context.sources(), &super::environment, Purpose::Local)?;
    let timezone = config.service.timezone.clone();
    let anchor = now.to_zoned(timezone.clone()).date();
    let simulation = Simulation { seed: SEED, anchor, timezone };
    std::fs::create_dir_all(folder)?;
    let cameras = cameras_file(config.service.timezone.iana_name().unwrap_or("UTC"));
    // JSON is YAML.
    let cameras = serde_json::to_string_pretty(&cameras).map_err(io::Error::other)?;
    std::fs::write(folder.join("cameras.yaml"), cameras + "\n")?;
    let mut file = io::BufWriter::new(std::fs::File::create(folder.join("events.ndjson"))?);
    let mut written = 0_usize;
    for day in simulation.first_day().series(1.day()).take_while(|day| *day <= anchor) {
        for draft in simulation.day(day, now) {
            serde_json::to_writer(&mut file, &draft).map_err(io::Error::other)?;
            file.write_all(b"\n")?;
            written += 1;
        }
    }
    file.flush()?;
    if terminal.is_json {
        terminal.json(&json!({"events": written, "folder": folder}))?;
    } else {
        terminal.line(format!("{written} events were written to {}", folder.display()))?;
    }
    Ok(())
}

/// The configured settings with what a demo needs: a folder of its own, loopback, a secret.
fn settings(context: &Context, args: &DemoArgs, now: Timestamp) -> Result<(Config, Memory), Failure> {
    let mut sources = context.sources();
    let data_dir = super::environment("DATA_DIR").unwrap_or_else(|| DATA_DIR.to_owned());
    let local = Config::load(&sources, &super::environment, Purpose::Local)?;
    let today = now.to_zoned(local.service.timezone).date();
    let memory = Memory::load_or_begin(Path::new(&data_dir), today)?;
    if super::environment("HOST").is_none() {
        sources.overrides.push(("service.host", "127.0.0.1".to_owned()));
    }
    sources.overrides.extend(args.port.map(|port| ("service.port", port.to_string())));
    if super::environment("CLIPS_DIR").is_none() {
        let clips = Path::new(&data_dir).join("clips");
        std::fs::create_dir_all(&clips)?;
        sources.overrides.push(("storage.clips_dir", clips.display().to_string()));
    }
    sources.overrides.push(("storage.data_dir", data_dir));
    let is_secret_set = local.security.jwt_secret.is_some();
    if !is_secret_set {
        sources.overrides.push(("security.jwt_secret_key", memory.secret.clone()));
    }
    Ok((Config::load(&sources, &super::environment, Purpose::Serve)?, memory))
}

/// The simulated cameras, in the configured time zone.
fn directory(config: &Config) -> Result<CameraDirectory, Failure> {
    let zone = config.service.timezone.iana_name().unwrap_or("UTC");
    Ok(CameraDirectory::from_file(cameras_file(zone), config.service.timezone.clone())?)
}

fn simulation(config: &Config, memory: &Memory) -> Simulation {
    Simulation { seed: SEED, anchor: memory.anchor, timezone: config.service.timezone.clone() }
}

fn greet(terminal: Terminal, config: &Config, port: u16, loaded: u64) -> Result<(), Failure> {
    let token = wiring::mint(
        config,
        TokenRequest {
            subject: "demo".to_owned(),
            tenant: None,
            permissions: Permission::ALL.to_vec(),
            cameras: None,
            timezone: None,
            lifetime: TOKEN_TTL,
        },
        &*Clocks::new(None).wall,
    )?;
    let address = local_url(&config.service, port);
    if terminal.is_json {
        terminal.json(&json!({"address": address, "token": token, "questions": QUESTIONS}))?;
        return Ok(());
    }
    let docs = if config.service.enable_docs { format!("  ({address}/docs)") } else { String::new() };
    terminal.line(format!(
        "A simulated warehouse is served at {address}{docs}; {loaded} events were added.\n\n\
         Token for a day:\n\n  export EPS_TOKEN={token}\n\nTry:\n"
    ))?;
    for question in QUESTIONS {
        terminal.line(format!("  eps ask --server {address} \"{question}\""))?;
    }
    let body = json!({ "query": QUESTIONS[0] });
    terminal.line(format!(
        "\n  curl -s {address}/api/v1/conversation -H \"Authorization: Bearer $EPS_TOKEN\" \\\n    \
         -H 'Content-Type: application/json' -d '{body}'\n\nCtrl-C stops it."
    ))?;
    Ok(())
}

impl Memory {
    fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("demo.json")
    }

    fn load_or_begin(data_dir: &Path, today: Date) -> Result<Self, Failure> {
        let path = Self::path(data_dir);
        let damaged =
            |error: serde_json::Error| Failure::new(Failure::DAMAGED, format!("{}: {error}", path.display()));
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(damaged),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self {
                secret: wiring::random_secret()?,
                anchor: today,
                loaded_until: Timestamp::UNIX_EPOCH,
            }),
            Err(error) => Err(Failure::general(format!("{}: {error}", path.display()))),
        }
    }

    /// Only the owner may read the secret.
    fn save(&self, data_dir: &Path) -> Result<(), Failure> {
        let path = Self::path(data_dir);
        let scratch = path.with_extension("tmp");
        let text = serde_json::to_vec(self).map_err(io::Error::other)?;
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&scratch)?.write_all(&text)?;
        std::fs::rename(&scratch, &path)?;
        Ok(())
    }
}

/// The ids of everything that was planted.
fn incident_ids() -> Vec<String> {
    let ids = |incident: &Incident| {
        (1..=incident.events).map(|number| format!("{}{number}", incident.id_prefix)).collect::<Vec<_>>()
    };
    INCIDENTS.iter().flat_map(ids).collect()
}

/// Draws clips for these events, so that their evidence can be played.
async fn draw(site: &Site, config: &Config, ids: &[String]) -> Result<(), Failure> {
    let Some(clips_dir) = config.clips.files.as_deref() else { return Ok(()) };
    let scope = wiring::local_caller(&site.directory, None).scope;
    let events = site.store.get(&scope, ids).await?;
    let by_camera = config.clips.by_camera;
    draw_clips(clips_dir, &events, |event| format!("{}.mp4", file_path(event, by_camera))).await?;
    Ok(())
}

/// What a load brought.
#[derive(Default)]
struct Loaded {
    accepted: u64,
    /// Ids of the events of the last days.
    recent: Vec<String>,
}

/// The simulated site as time goes on.
struct Life {
    simulation: Simulation,
    events: Arc<Events>,
}

impl Life {
    /// Loads what was over between the last time and now; how many events were new.
    async fn load(&self, site: &Site, memory: &mut Memory) -> Result<Loaded, Failure> {
        let caller = wiring::local_caller(&site.directory, None);
        let now = site.clocks.site.now();
        let timezone = self.simulation.timezone.clone();
        let local = |instant: Timestamp| instant.to_zoned(timezone.clone()).date();
        let mut date = local(memory.loaded_until).max(self.simulation.first_day());
        let mut loaded = Loaded::default();
        let recent = now.saturating_sub(CLIPS_FOR).unwrap_or(now);
        while date <= local(now) {
            let drafts = self.simulation.day(date, now).into_iter();
            // Days do not depend on each other and ids repeat, so that loading twice does no harm.
            let drafts: Vec<_> =
                drafts.filter(|draft| is_over_after(draft, memory.loaded_until)).map(Ok).collect();
            for draft in drafts.iter().flatten().filter(|draft| is_over_after(draft, recent)) {
                loaded.recent.extend(draft.event_id.clone());
            }
            for batch in drafts.chunks(INGEST_EVENTS_MAX) {
                loaded.accepted += self.events.ingest(&caller, batch.to_vec()).await?.accepted;
            }
            date = date.tomorrow().map_err(|error| Failure::general(error.to_string()))?;
        }
        memory.loaded_until = now;
        Ok(loaded)
    }

    /// Adds what happens while the demo runs. Ends only with an error.
    async fn go_on(self, site: &Site, config: &Config, mut memory: Memory) -> Result<(), Failure> {
        loop {
            tokio::time::sleep(LIVE_EVERY).await;
            let loaded = self.load(site, &mut memory).await?;
            memory.save(&config.storage.data_dir)?;
            // A demo without clips is still a demo; the start said why there are none.
            let _ = draw(site, config, &loaded.recent).await;
        }
    }
}

/// Whether an event ended after what is loaded; one without a readable end is loaded again.
fn is_over_after(draft: &EventDraft, loaded_until: Timestamp) -> bool {
    let end = draft.end_time.as_deref().and_then(|end| end.parse::<Timestamp>().ok());
    end.is_none_or(|end| end > loaded_until)
}
