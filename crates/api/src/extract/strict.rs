//! JSON as it should be: no duplicate keys and no deep nests, which parsers of different makers read
//! differently and attackers use for that.
//!
//! Must never decide what a field means; it only tells malformed from well formed.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// How deep a body may nest.
pub(crate) const DEPTH_MAX: usize = 32;

/// What is wrong with a document that is JSON by its grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    TooDeep,
    DuplicateKey,
}

impl Fault {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::TooDeep => "the JSON nests deeper than 32 levels",
            Self::DuplicateKey => "the JSON names a key twice in one object",
        }
    }
}

/// Reads a whole document.
///
/// # Errors
/// A sentence that says why it is malformed.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, Cow<'static, str>> {
    let fault = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0, fault: &fault }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|e| grammar(&e))?;
    match fault.get() {
        Some(fault) => Err(fault.message().into()),
        None => Ok(value),
    }
}

/// Where the grammar is broken, without quoting the document.
pub(crate) fn grammar(error: &serde_json::Error) -> Cow<'static, str> {
    format!("the body is not JSON (line {}, column {})", error.line(), error.column()).into()
}

/// Turns a document into a type.
///
/// # Errors
/// The path of the field that does not fit (empty for the document itself) and why.
pub(crate) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, (String, String)> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let mut path = if path == "." { String::new() } else { path };
        let why = error.inner().to_string();
        // The path ends at the object that lacks the field.
        if let Some(missing) = why.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(missing);
        }
        (path, why)
    })
}

/// Reads each item of an array by itself, so that a faulty one does not lose the others.
///
/// # Errors
/// When the body is not a JSON array by its grammar.
pub(crate) fn parse_items(bytes: &[u8]) -> Result<Vec<Result<Value, Fault>>, Cow<'static, str>> {
    struct Items;
    impl<'de> Visitor<'de> for Items {
        type Value = Vec<Result<Value, Fault>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let mut out = Vec::new();
            let fault = Cell::new(None);
            while let Some(value) = items.next_element_seed(Strict { depth: 1, fault: &fault })? {
                out.push(fault.take().map_or(Ok(value), Err));
            }
            Ok(out)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let items = deserializer.deserialize_seq(Items).map_err(|e| grammar(&e))?;
    deserializer.end().map_err(|e| grammar(&e))?;
    Ok(items)
}

/// Builds a value and notes the first fault; it goes on to the end, so that what follows in the same
/// document can still be read.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    fault: &'a Cell<Option<Fault>>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Strict<'_> {
    fn note(self, fault: Fault) {
        if self.fault.get().is_none() {
            self.fault.set(Some(fault));
        }
    }

    fn inner(self) -> Self {
        if self.depth >= DEPTH_MAX {
            self.note(Fault::TooDeep);
        }
        Self { depth: self.depth + 1, ..self }
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner();
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.inner();
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(inner)?;
            if map.insert(key, value).is_some() {
                self.note(Fault::DuplicateKey);
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[test]
    fn duplicate_keys_and_deep_nests_are_malformed() {
        assert_eq!(parse(br#"{"a":{"b":1,"b":2}}"#).unwrap_err(), Fault::DuplicateKey.message());
        assert_eq!(parse(br#"{"b":1,"\u0062":2}"#).unwrap_err(), Fault::DuplicateKey.message());
        let nest = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
        assert!(parse(&nest(32)).is_ok());
        assert_eq!(parse(&nest(33)).unwrap_err(), Fault::TooDeep.message());
        for bad in [&b"{"[..], b"{} {}", b"NaN", b"\"\xff\"", b"", br#"{"a":1e999}"#] {
            assert!(parse(bad).unwrap_err().starts_with("the body is not JSON"), "{bad:?}");
        }
        assert!(parse(&nest(1_000)).is_err());
    }

    #[test]
    fn the_field_that_does_not_fit_is_named_by_its_path() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Inner {
            #[expect(dead_code, reason = "only its type matters")]
            n: u8,
        }
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Outer {
            #[expect(dead_code, reason = "only its type matters")]
            inner: Vec<Inner>,
        }
        let path = |value| typed::<Outer>(value).unwrap_err().0;
        assert_eq!(path(json!({"inner": [{"n": 1}, {"n": "x"}]})), "inner[1].n");
        assert_eq!(path(json!({"inner": [], "user_id": 1})), "user_id");
        assert_eq!(path(json!({})), "inner");
        assert_eq!(path(json!({"inner": [{}]})), "inner[0].n");
        assert_eq!(path(json!([])), "");
    }

    #[test]
    fn one_faulty_item_does_not_lose_the_others() {
        let items = parse_items(br#"[{"a":1},{"a":1,"a":2},{"b":2}]"#).unwrap();
        assert_eq!(items, [Ok(json!({"a": 1})), Err(Fault::DuplicateKey), Ok(json!({"b": 2}))]);
        assert!(parse_items(b"[{}, NaN]").is_err());
    }

    proptest! {
        #[test]
        fn what_is_sound_is_read_as_serde_reads_it(text in ".{0,20}", n in -1e300..1e300, i in any::<i64>()) {
            let json = serde_json::to_vec(&json!({"text": text, "list": [i, null, true], "n": {"n": n}})).unwrap();
            prop_assert_eq!(parse(&json).unwrap(), serde_json::from_slice::<Value>(&json).unwrap());
        }
    }
}
