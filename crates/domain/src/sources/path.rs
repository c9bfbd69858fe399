//! Where a value lies in a sender's body: a JSON pointer (`/data/0/label`) or a dotted path
//! (`data.0.label`); `*` stands for every item of an array. Never fails on a body: what is not there
//! is not found.

use serde_json::Value;

/// The longest path, in bytes.
const PATH_BYTES_MAX: usize = 256;
/// The most steps of a path; bodies nest no deeper than 32 levels.
const STEPS_MAX: usize = 32;
/// The most values that one path of an event may find.
const FOUND_MAX: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Every,
}

/// A path, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > PATH_BYTES_MAX {
            return Err(format!("a path is longer than {PATH_BYTES_MAX} bytes"));
        }
        if matches!(text, "" | "/" | ".") {
            return Ok(Self(Vec::new()));
        }
        let step = |step: String| if step == "*" { Step::Every } else { Step::Name(step) };
        let steps: Vec<Step> = match text.strip_prefix('/') {
            // RFC 6901 writes `/` as `~1` and `~` as `~0`.
            Some(pointer) => {
                pointer.split('/').map(|part| step(part.replace("~1", "/").replace("~0", "~"))).collect()
            }
            None => text.split('.').map(|part| step(part.to_owned())).collect(),
        };
        if steps.len() > STEPS_MAX || steps.contains(&Step::Name(String::new())) {
            return Err(format!("`{text}` is not a path such as /data/label or data.label"));
        }
        Ok(Self(steps))
    }

    /// Whether nothing can ever lie there in an event, which is an object: a plain value is neither the whole
    /// of it nor an item of it.
    pub(super) fn is_never_plain(&self) -> bool {
        matches!(self.0.first(), None | Some(Step::Every))
    }

    /// Everything that lies there, without nulls, in the order of the body.
    pub(super) fn find<'v>(&self, body: &'v Value) -> Vec<&'v Value> {
        self.find_up_to(body, FOUND_MAX)
    }

    /// The same with another bound.
    pub(super) fn find_up_to<'v>(&self, body: &'v Value, limit: usize) -> Vec<&'v Value> {
        let mut found = vec![body];
        for step in &self.0 {
            let mut next = Vec::with_capacity(found.len());
            for value in found {
                match (step, value) {
                    (Step::Every, Value::Array(items)) => next.extend(items),
                    (Step::Name(name), Value::Object(fields)) => next.extend(fields.get(name)),
                    (Step::Name(name), Value::Array(items)) => {
                        next.extend(name.parse::<usize>().ok().and_then(|index| items.get(index)));
                    }
                    _ => {}
                }
            }
            next.truncate(limit);
            found = next;
        }
        found.retain(|value| !value.is_null());
        found
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_and_dotted_paths_find_the_same() {
        let body = json!({"data": {"items": [{"label": "a"}, {"label": null}, {"label": "c"}], "x/y": 1}});
        let found =
            |path: &str| Path::parse(path).unwrap().find(&body).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(found("/data/items/0/label"), [json!("a")]);
        assert_eq!(found("data.items.0.label"), [json!("a")]);
        assert_eq!(found("data.items.*.label"), [json!("a"), json!("c")]);
        assert_eq!(found("/data/x~1y"), [json!(1)]);
        assert_eq!(found("/"), std::slice::from_ref(&body));
        assert!(found("/data/items/9/label").is_empty() && found("/data/*").is_empty());
        assert!(Path::parse("/data//x").is_err() && Path::parse(&"a.".repeat(200)).is_err());
    }
}
