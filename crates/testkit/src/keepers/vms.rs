//! What a video management system answers.

use serde_json::{Value, json};

use super::kept::{Answer, Request, State, decoded};

pub(super) fn answer(state: &mut State, request: &Request) -> Answer {
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    // What its links lead to; they need no token.
    if let ["media", event_id, kind] = segments.as_slice() {
        let kept = state.kept.get(&decoded(event_id));
        let picture = match *kind {
            "clip.mp4" => kept.and_then(|kept| kept.clip.clone()).map(|clip| ("video/mp4", clip)),
            _ => kept.and_then(|kept| kept.still.clone()).map(|still| ("image/jpeg", still)),
        };
        return match picture {
            Some((content_type, picture)) => Answer::picture(content_type, picture, false),
            None => Answer::failure(404, "gone"),
        };
    }
    if state.login.is_some() && request.token != state.token {
        return Answer::failure(401, "unauthorized");
    }
    let has = |id: &str| state.kept.get(id).is_some_and(|kept| kept.clip.is_some() || kept.link.is_some());
    match segments.as_slice() {
        ["api", "v1", "clips", "batch", "check"] if state.serves_batches => {
            let ids: Vec<&str> = request.body["event_ids"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let availability: serde_json::Map<String, Value> =
                ids.into_iter().map(|id| (id.to_owned(), has(id).into())).collect();
            Answer::json(200, &json!({"availability": availability}))
        }
        ["api", "v1", "clips", event_id, what] => {
            let (id, host) = (decoded(event_id), &request.host);
            let Some(kept) = state.kept.get(&id) else { return Answer::failure(404, "Clip not found") };
            let link = |file: &str| format!("http://{host}/media/{event_id}/{file}");
            match *what {
                "url" if has(&id) && request.query.starts_with("expiry_minutes=") => Answer::json(
                    200,
                    &json!({"event_id": id, "expires_in_minutes": kept.minutes.unwrap_or(10),
                        "clip_url": kept.link.clone().unwrap_or_else(|| link("clip.mp4"))}),
                ),
                "thumbnail" if kept.still.is_some() => {
                    let url = kept.link.clone().unwrap_or_else(|| link("still.jpg"));
                    Answer::json(200, &json!({"thumbnail_url": url}))
                }
                _ => Answer::failure(404, "Clip not found"),
            }
        }
        _ => Answer::failure(404, "Not Found"),
    }
}
