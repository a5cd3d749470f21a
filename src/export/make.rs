//! Lines for a makefile of GNU make, for its recipes and `$(NAME)` alike. `$()`, which expands to
//! nothing, keeps what make would take off the ends of a line.

use super::{Writer, refuse};

/// A variable that holds a line break, which no line can.
const NEWLINE: &str = "__pydevenv_newline";

/// Names that mean something to make itself. `SHELL` of the environment, for one, is never that of
/// recipes.
const OWN: [&str; 27] = [
    "CURDIR",
    "GNUMAKEFLAGS",
    "MAKE",
    "MAKECMDGOALS",
    "MAKEFILES",
    "MAKEFILE_LIST",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MAKEOVERRIDES",
    "MAKE_RESTARTS",
    "MFLAGS",
    "SHELL",
    "SUFFIXES",
    "VPATH",
    "define",
    "else",
    "endef",
    "endif",
    "export",
    "ifdef",
    "ifeq",
    "ifndef",
    "ifneq",
    "include",
    "override",
    "private",
    "undefine",
];

pub(super) struct Make;

impl Writer for Make {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        let is_own =
            OWN.contains(&name) || ["sinclude", "unexport", "vpath", NEWLINE].contains(&name);
        refuse(is_own, "it means something to make itself")?;
        Ok(format!("export {name} := {}\n", escaped(value)))
    }

    fn unset(&self, name: &str) -> Option<String> {
        Some(format!("undefine {name}\nunexport {name}\n"))
    }

    fn whole(&self, lines: &[String]) -> String {
        let text = lines.concat();
        let is_needed = text.contains(&format!("$({NEWLINE})"));
        let newline = if is_needed {
            format!("define {NEWLINE}\n\n\nendef\n")
        } else {
            String::new()
        };
        newline + &text
    }
}

fn escaped(value: &str) -> String {
    let is_cut = |c: char| c.is_whitespace() || c == '\\';
    let mut out = String::from(if value.starts_with(char::is_whitespace) {
        "$()"
    } else {
        ""
    });
    for c in value.chars() {
        match c {
            '$' => out.push_str("$$"),
            // Backslashes before it would be halved.
            '#' if out.ends_with('\\') => out.push_str("$()\\#"),
            '#' => out.push_str("\\#"),
            '\n' => out.push_str(&format!("$({NEWLINE})")),
            c => out.push(c),
        }
    }
    out + if value.ends_with(is_cut) { "$()" } else { "" }
}
