//! What Frigate answers.

use serde_json::{Value, json};

use super::kept::{Answer, Lack, Request, State, decoded};

pub(super) fn answer(state: &mut State, request: &Request) -> Answer {
    if request.path == "/api/login" {
        state.logins += 1;
        return match &state.login {
            None => Answer::failure(404, "Authentication is disabled"),
            Some((user, password))
                if request.body["user"] == **user && request.body["password"] == **password =>
            {
                state.token = format!("token-{}", state.logins);
                let cookie = format!("set-cookie: frigate_token={}; HttpOnly; Path=/", state.token);
                Answer { headers: vec![cookie], ..Answer::picture("text/plain", Vec::new(), false) }
            }
            Some(_) => Answer::failure(401, "Login failed"),
        };
    }
    if state.login.is_some() && request.token != state.token {
        return Answer::failure(401, "unauthorized");
    }
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    let ["api", "events", event_id, rest @ ..] = segments.as_slice() else {
        return Answer::failure(404, "Not Found");
    };
    let event_id = decoded(event_id);
    let Some(kept) = state.kept.get(&event_id) else { return Answer::failure(404, "Event not found") };
    match rest {
        [] => {
            let end = if kept.is_going_on { Value::Null } else { json!(1_778_666_400.5) };
            Answer::json(
                200,
                &json!({"id": event_id, "camera": kept.camera, "label": "person", "start_time": 1_778_666_390.25,
                    "end_time": end, "has_clip": true, "has_snapshot": kept.still.is_some(), "zones": []}),
            )
        }
        // Made while it is sent: no length, no parts.
        ["clip.mp4"] => match &kept.clip {
            Some(clip) => Answer::picture("video/mp4", clip.clone(), true),
            None => match kept.lack {
                Lack::Refused => Answer::failure(400, "No recordings found for the specified time range"),
                Lack::Empty => Answer::picture("video/mp4", Vec::new(), true),
                Lack::Failed => Answer::failure(500, "Could not create clip from recordings"),
            },
        },
        ["snapshot.jpg"] if kept.fails_to_draw => Answer::failure(500, "Unable to get jpg from frame"),
        ["snapshot.jpg" | "thumbnail.jpg"] => match &kept.still {
            Some(still) => Answer::picture("image/jpeg", still.clone(), false),
            None => Answer::failure(404, "Event not found"),
        },
        _ => Answer::failure(404, "Not Found"),
    }
}
