//! The `environment:` of a service in a Compose file, to be pasted there. `$` is doubled: a single
//! one would be expanded.

use super::{Writer, yaml};

pub(super) struct Compose;

impl Writer for Compose {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        Ok(format!(
            "  {name}: {}\n",
            yaml::quote(&value.replace('$', "$$"))
        ))
    }

    fn whole(&self, lines: &[String]) -> String {
        if lines.is_empty() {
            "environment: {}\n".to_owned()
        } else {
            format!("environment:\n{}", lines.concat())
        }
    }
}
