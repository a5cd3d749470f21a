//! The JSON schema of a project's configuration, for editors and checkers, made from the keys that
//! `decode` knows. What only the user's own file may say is left out. It can't say all that
//! `decode` asks for: no pattern closes a quote.

use serde_json::{Map, Value, json};

use super::keys::{CONFIGURATION, Key, Names, Shape, Whose};

/// Returns the schema.
pub fn schema() -> Value {
    let head = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "devenv.toml, or [tool.devenv] in pyproject.toml",
    });
    merged(head, table(&CONFIGURATION))
}

fn merged(mut under: Value, over: Value) -> Value {
    if let (Value::Object(under), Value::Object(over)) = (&mut under, over) {
        under.extend(over);
    }
    under
}

fn table(keys: &[Key]) -> Value {
    let mut properties = Map::new();
    for key in keys.iter().filter(|key| key.whose != Whose::Users) {
        properties.insert(
            key.name.to_owned(),
            merged(json!({ "description": key.about }), shape(&key.shape)),
        );
    }
    let table =
        json!({ "type": "object", "additionalProperties": false, "properties": properties });
    let needed: Vec<&str> = keys
        .iter()
        .filter(|key| key.whose == Whose::Needed)
        .map(|key| key.name)
        .collect();
    if needed.is_empty() {
        table
    } else {
        merged(table, json!({ "required": needed }))
    }
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::False => json!({ "const": false }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Command => json!({ "type": "string", "pattern": "\\S" }),
        // `~` is the user's own home directory, never another's.
        Shape::Path => json!({ "type": "string", "minLength": 1, "not": { "pattern": "^~[^/]" } }),
        Shape::Element => {
            json!({ "type": "string", "pattern": "^[^:]+$", "not": { "pattern": "^~[^/]" } })
        }
        Shape::Name(names) => merged(json!({ "type": "string" }), name(names)),
        Shape::Word(words) => json!({ "enum": words() }),
        Shape::List(item) => json!({ "type": "array", "items": shape(item) }),
        Shape::Table(keys) => table(keys),
        Shape::Map(names, value) => {
            json!({ "type": "object", "propertyNames": name(names), "additionalProperties": shape(value) })
        }
        Shape::Open => json!({ "type": "object" }),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(shape).collect::<Vec<_>>() }),
    }
}

fn name(names: &Names) -> Value {
    let reserved = names.reserved.iter().map(|name| format!("^{name}$"));
    let prefixes = names
        .reserved_prefixes
        .iter()
        .map(|prefix| format!("^{prefix}"));
    let reserved: Vec<String> = reserved.chain(prefixes).collect();
    let pattern = json!({ "pattern": names.pattern });
    if reserved.is_empty() {
        pattern
    } else {
        merged(pattern, json!({ "not": { "pattern": reserved.join("|") } }))
    }
}
