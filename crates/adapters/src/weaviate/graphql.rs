//! Pieces of GraphQL queries: literals, conditions, selections. Everything that comes from outside passes
//! through [`literal`], so that no text can end its own string.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value;

/// Aliases in one query: enough to save round trips, few enough that a query ends well before its deadline.
pub(super) const ALIASES_MAX: usize = 100;
/// Weaviate keeps instants in nanoseconds of 64 bits, which end in 2262.
const LATEST: &str = "2262-01-01T00:00:00Z";

/// Text as a literal. JSON's escapes are a part of those of GraphQL.
pub(super) fn literal(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// A list of texts as a literal.
pub(super) fn literals<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    Value::from(texts.into_iter().collect::<Vec<_>>()).to_string()
}

/// An instant as Weaviate reads it; what lies beyond its calendar is its last instant.
pub(super) fn instant(at: Timestamp) -> String {
    match LATEST.parse::<Timestamp>() {
        Ok(latest) if at > latest => LATEST.to_owned(),
        _ => at.max(Timestamp::UNIX_EPOCH).to_string(),
    }
}

/// A condition on objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Where {
    /// Every object.
    Everything,
    /// None; nothing need be asked.
    Nothing,
    /// A `where` argument.
    Operand(String),
}

impl Where {
    pub(super) fn text(property: &str, operator: &str, value: &str) -> Self {
        Self::operand(property, operator, "valueText", &literal(value))
    }

    /// Any of these values; none at all matches nothing.
    pub(super) fn any_text<'a>(property: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut values: Vec<&str> = values.into_iter().collect();
        values.sort_unstable();
        values.dedup();
        match values.as_slice() {
            [] => Self::Nothing,
            [one] if property != "id" => Self::text(property, "Equal", one),
            many => Self::operand(property, "ContainsAny", "valueText", &literals(many.iter().copied())),
        }
    }

    pub(super) fn date(property: &str, operator: &str, value: Timestamp) -> Self {
        Self::operand(property, operator, "valueDate", &literal(&instant(value)))
    }

    pub(super) fn number(property: &str, operator: &str, value: f32) -> Self {
        Self::operand(property, operator, "valueNumber", &f64::from(value).to_string())
    }

    pub(super) fn int(property: &str, operator: &str, value: i64) -> Self {
        Self::operand(property, operator, "valueInt", &value.to_string())
    }

    pub(super) fn flag(property: &str, value: bool) -> Self {
        Self::operand(property, "Equal", "valueBoolean", &value.to_string())
    }

    fn operand(property: &str, operator: &str, kind: &str, value: &str) -> Self {
        Self::Operand(format!("{{path:[\"{property}\"],operator:{operator},{kind}:{value}}}"))
    }

    /// All of these.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut operands = Vec::new();
        for part in parts {
            match part {
                Self::Everything => {}
                Self::Nothing => return Self::Nothing,
                Self::Operand(operand) => operands.push(operand),
            }
        }
        Self::joined("And", operands).unwrap_or(Self::Everything)
    }

    /// At least one of these.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut operands = Vec::new();
        for part in parts {
            match part {
                Self::Everything => return Self::Everything,
                Self::Nothing => {}
                Self::Operand(operand) => operands.push(operand),
            }
        }
        Self::joined("Or", operands).unwrap_or(Self::Nothing)
    }

    fn joined(operator: &str, mut operands: Vec<String>) -> Option<Self> {
        match operands.len() {
            0 => None,
            1 => operands.pop().map(Self::Operand),
            _ => Some(Self::Operand(format!("{{operator:{operator},operands:[{}]}}", operands.join(",")))),
        }
    }

    pub(super) fn and(&self, other: Self) -> Self {
        Self::all([self.clone(), other])
    }

    /// As an argument, with the comma before it.
    fn argument(&self) -> String {
        match self {
            Self::Everything => String::new(),
            // Asked all the same, it must find nothing: no event has an empty id.
            Self::Nothing => ",where:{path:[\"event_id\"],operator:Equal,valueText:\"\"}".to_owned(),
            Self::Operand(operand) => format!(",where:{operand}"),
        }
    }
}

/// What part of a collection a query looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    /// The collection.
    pub(super) class: &'a str,
    /// The tenant as Weaviate calls it.
    pub(super) tenant: &'a str,
    /// `,consistencyLevel:…`, or nothing when there is one copy.
    pub(super) consistency: &'a str,
}

impl Source<'_> {
    /// A selection of objects under an alias. `more` are further arguments, each after a comma.
    pub(super) fn get(
        &self,
        alias: &str,
        condition: &Where,
        more: &str,
        limit: usize,
        fields: &str,
    ) -> String {
        let Self { class, tenant, consistency } = self;
        format!(
            "{alias}:{class}(tenant:{}{consistency}{}{more},limit:{limit}){{{fields}}}",
            literal(tenant),
            condition.argument()
        )
    }

    /// Figures of objects under an alias.
    pub(super) fn aggregate(&self, alias: &str, condition: &Where, more: &str, fields: &str) -> String {
        let Self { class, tenant, .. } = self;
        format!("{alias}:{class}(tenant:{}{}{more}){{{fields}}}", literal(tenant), condition.argument())
    }
}

/// One query of selections, of figures, or of both.
pub(super) fn query(gets: &[String], aggregates: &[String]) -> String {
    let mut query = String::from("{");
    for (root, parts) in [("Get", gets), ("Aggregate", aggregates)] {
        if !parts.is_empty() {
            let _ = write!(query, "{root}{{{}}}", parts.join(" "));
        }
    }
    query.push('}');
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_keep_their_meaning_when_they_are_joined() {
        let one = Where::text("camera", "Equal", "a\"}b");
        assert_eq!(Where::all([Where::Everything, one.clone()]), one);
        assert_eq!(Where::all([one.clone(), Where::Nothing]), Where::Nothing);
        assert_eq!(Where::any([one.clone(), Where::Everything]), Where::Everything);
        assert_eq!(Where::any([]), Where::Nothing);
        assert_eq!(Where::all([]), Where::Everything);
        assert!(matches!(&one, Where::Operand(text) if text.contains(r#""a\"}b""#)));
        let both = Where::all([one.clone(), Where::int("hour", "LessThan", 3)]);
        assert!(matches!(&both, Where::Operand(text) if text.starts_with("{operator:And,operands:[{path")));
    }

    #[test]
    fn instants_beyond_the_calendar_of_the_server_are_its_last() {
        assert_eq!(instant(Timestamp::MAX), LATEST);
        assert_eq!(instant(Timestamp::MIN), "1970-01-01T00:00:00Z");
    }
}
