//! A `ConfigMap` for Kubernetes, for the `envFrom` of a container, where a value is taken as it is:
//! `$(NAME)` is expanded under `env` alone.

use super::{Writer, yaml};

/// What the server takes at most.
const LARGEST: usize = 1024 * 1024;

/// The longest name of an object that can also be a label.
const LONGEST_NAME: usize = 63;

pub(super) struct ConfigMap {
    pub(super) name: String,
}

impl Writer for ConfigMap {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        // A bare `y` or `NULL` would be no text.
        Ok(format!("  {}: {}\n", yaml::quote(name), yaml::quote(value)))
    }

    fn whole(&self, lines: &[String]) -> String {
        let data = if lines.is_empty() {
            "data: {}\n".to_owned()
        } else {
            format!("data:\n{}", lines.concat())
        };
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n{data}",
            yaml::quote(&self.name)
        )
    }

    fn limit(&self) -> usize {
        LARGEST
    }
}

/// Returns the name of an object, made of a title: lower-case letters, digits and `-`.
pub(super) fn name(title: &str) -> String {
    let lower = title.chars().map(|c| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    });
    let name: String = lower.take(LONGEST_NAME).collect();
    let name = name.trim_matches('-');
    if name.is_empty() {
        "devenv".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_the_server_takes() {
        assert_eq!(name("My Shop_2-dev"), "my-shop-2-dev");
        assert_eq!(
            (name("\u{e4}\u{e4}").as_str(), name(&"x".repeat(80)).len()),
            ("devenv", 63)
        );
    }
}
