//! JSON: one object, a name to a text, or to `null` where the variable is unset.

use serde_json::{Value, json};

use super::Writer;

pub(super) struct Json;

impl Writer for Json {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        Ok(member(name, &json!(value)))
    }

    fn unset(&self, name: &str) -> Option<String> {
        Some(member(name, &Value::Null))
    }

    fn whole(&self, lines: &[String]) -> String {
        if lines.is_empty() {
            "{}\n".to_owned()
        } else {
            format!("{{\n{}\n}}\n", lines.join(",\n"))
        }
    }
}

fn member(name: &str, value: &Value) -> String {
    format!("  {}: {value}", json!(name))
}
