//! What a bucket answers that cuts parts out of whatever version it has.

use super::kept::{Answer, Request, State, decoded};

pub(super) fn answer(state: &mut State, request: &Request) -> Answer {
    let key = decoded(request.path.trim_start_matches('/'));
    let Some(object) = state.kept.get(&key).and_then(|kept| kept.clip.clone()) else {
        return Answer::failure(404, "NoSuchKey");
    };
    let etag = format!("etag: \"{}\"", object.len());
    let part = request.range.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let part =
        part.and_then(|(first, last)| Some((first.parse::<usize>().ok()?, last.parse::<usize>().ok()?)));
    let Some((first, last)) = part else {
        return Answer { headers: vec![etag], ..Answer::picture("video/mp4", object, false) };
    };
    let Some(cut) = object.get(first..=last) else { return Answer::failure(416, "InvalidRange") };
    let range = format!("content-range: bytes {first}-{last}/{}", object.len());
    Answer { status: 206, headers: vec![etag, range], ..Answer::picture("video/mp4", cut.to_vec(), false) }
}
