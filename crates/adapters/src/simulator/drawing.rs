//! Draws playable clips for the sample events with ffmpeg: a shape that crosses the picture, in the
//! colour of its label. One clip a camera and label is drawn; events share it by hard links.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use eps_domain::Event;
use tokio::{process::Command, time::timeout};

/// Drawing one clip takes about a second; something is wrong after this.
const DRAWING_MAX: Duration = Duration::from_secs(30);

/// What was drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClipDrawing {
    /// Different clips.
    pub clips: usize,
    /// Events that have one now.
    pub events: usize,
}

/// Draws what is missing below `clips_dir`; `file_name` tells how the keeper of clips names the clip
/// of an event.
///
/// # Errors
/// What the file system says; a missing ffmpeg is `NotFound`.
pub async fn draw_clips(
    clips_dir: &Path,
    events: &[Event],
    file_name: impl Fn(&Event) -> String,
) -> io::Result<ClipDrawing> {
    let originals = clips_dir.join(".originals");
    fs::create_dir_all(&originals)?;
    let mut drawn: BTreeMap<(String, String), PathBuf> = BTreeMap::new();
    let mut drawing = ClipDrawing::default();
    for event in events {
        let target = clips_dir.join(file_name(event));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        let label = event.label.as_deref().unwrap_or("other");
        let key = (event.camera_id.clone(), label.to_owned());
        let original = if let Some(original) = drawn.get(&key) {
            original.clone()
        } else {
            let original = originals.join(format!("{}-{label}.mp4", event.camera_id));
            if !original.exists() {
                draw(&original, label, drawn.len()).await?;
            }
            drawing.clips += 1;
            drawn.insert(key, original.clone());
            original
        };
        match fs::hard_link(&original, &target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) => {
                fs::copy(&original, &target)?;
            }
        }
        drawing.events += 1;
    }
    Ok(drawing)
}

/// Six seconds, 320 × 180, one shape from left to right over a dim background.
async fn draw(target: &Path, label: &str, variant: usize) -> io::Result<()> {
    let (colour, width, height) = match label {
        "vehicle" => ("0x4da3ff", 90, 45),
        "person" => ("0xffb347", 18, 60),
        "animal" => ("0x9be37a", 36, 20),
        _ => ("0xd0d0d0", 48, 40),
    };
    let background = ["0x20262e", "0x2b2620", "0x202b24", "0x29202b"][variant % 4];
    let partial = target.with_extension("part.mp4");
    let filter = "[0][1]overlay=x='-w+t*(W+w)/6':y='H*0.8-h':shortest=1,format=yuv420p";
    let mut command = Command::new("ffmpeg");
    command
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(["-f", "lavfi", "-i", &format!("color=c={background}:s=320x180:r=12:d=6")])
        .args(["-f", "lavfi", "-i", &format!("color=c={colour}:s={width}x{height}:r=12:d=6")])
        .args(["-filter_complex", filter, "-movflags", "+faststart", "-crf", "32"])
        .arg(&partial)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let status = timeout(DRAWING_MAX, command.status())
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "ffmpeg took too long"))??;
    if !status.success() {
        return Err(io::Error::other("ffmpeg failed"));
    }
    fs::rename(partial, target)
}
