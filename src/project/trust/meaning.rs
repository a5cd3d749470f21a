//! What a configuration means, line by line, for a person who is asked to trust it. The lines of
//! two contents can be compared. A value from a dotenv file may be a secret: it is shown by a piece
//! of its hash, with this machine's salt.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::env::{Action, Operation, Origin, names};
use crate::project::config::{Clear, Config};
use crate::project::elsewhere::Elsewhere;
use crate::project::files::Input;
use crate::project::plan::{self, DotenvFiles};
use crate::project::profile;
use crate::project::sources::Root;
use crate::project::venv::Venv;
use crate::values::digest;

/// What is put into words.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub root: &'a Path,
    pub config: &'a Config,
    pub roots: &'a [Root],
    /// What becomes one where it is installed as editable.
    pub outside: &'a [Root],
    pub venv: Option<&'a Venv>,
    pub dotenv: &'a DotenvFiles,
    pub elsewhere: &'a [Elsewhere],
    /// What must be consented to of an environment.
    pub brought: &'a [Input],
    pub salt: &'a [u8],
}

/// Returns the lines. What the program decides by itself is left out: nobody can change it.
pub fn lines(subject: &Subject<'_>) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(sited) = &subject.config.default_profile {
        out.push(format!("the default profile is `{}`", sited.value));
    }
    if let Some(fill) = subject.config.fill {
        out.push(format!(
            "the background fill is {}",
            if fill { "on" } else { "off" }
        ));
    }
    out.extend(subject.venv.map(|venv| subject.environment(&venv.path)));
    out.extend(
        subject
            .roots
            .iter()
            .map(|root| format!("source root {}", subject.short(&root.path))),
    );
    let outside = subject.outside.iter().map(|root| subject.short(&root.path));
    out.extend(
        outside.map(|path| format!("source root {path}, where it is installed as editable")),
    );
    let led = subject
        .elsewhere
        .iter()
        .filter(|found| found.spelled != found.resolved);
    out.extend(led.map(|found| {
        format!(
            "{} leads to {}",
            subject.short(&found.spelled),
            found.resolved.display()
        )
    }));
    for name in profile::names(subject.config) {
        out.extend(subject.profile(name));
    }
    for (name, alias) in &subject.config.aliases {
        out.push(format!("alias {name}: {}", alias.text));
    }
    out
}

impl Subject<'_> {
    fn short(&self, path: &Path) -> String {
        let shown = path.strip_prefix(self.root).unwrap_or(path);
        if shown.as_os_str().is_empty() {
            ".".to_owned()
        } else {
            shown.display().to_string()
        }
    }

    /// An environment that came with the checkout is told from its next version by a piece of a
    /// hash: nobody reads it all.
    fn environment(&self, path: &Path) -> String {
        let path = self.short(path);
        if self.brought.is_empty() {
            return format!("virtual environment {path}");
        }
        let content = self
            .brought
            .iter()
            .map(|input| input.content.as_deref().unwrap_or_default());
        let digest = &digest::of(content)[..12];
        format!(
            "virtual environment {path}, which came with the checkout: its programs will be run (content {digest}…)"
        )
    }

    fn profile(&self, name: &str) -> Vec<String> {
        let Ok(profile) = profile::resolve(name, self.config) else {
            return Vec::new();
        };
        let found = plan::Found {
            roots: self.roots,
            venv: None,
            dotenv: self.dotenv,
            own_prefix: None,
        };
        let Ok(plan) = plan::plan(&profile, &found) else {
            return Vec::new();
        };
        let mut out = vec![format!("profile {name}: bytecode {}", plan.policy.word())];
        if plan.clear != Clear::Never {
            out.push(format!(
                "profile {name}: clears {} bytecode before each run",
                plan.clear.word()
            ));
        }
        let is_ours =
            |o: &&Operation| matches!(o.origin, Origin::Rule(_)) && o.name != "PYTHONPATH";
        let written = plan
            .operations
            .iter()
            .filter(|operation| !is_ours(operation));
        out.extend(
            written
                .flat_map(|operation| self.operation(operation))
                .map(|line| format!("profile {name}: {line}")),
        );
        out
    }

    fn operation(&self, operation: &Operation) -> Vec<String> {
        let runs = operation.action != Action::Unset && names::runs_code(&operation.name);
        let lines = self.deeds(operation).into_iter();
        lines
            .map(|line| {
                if runs {
                    format!("{line}, which makes programs run code")
                } else {
                    line
                }
            })
            .collect()
    }

    /// Says what an operation does to its variable.
    fn deeds(&self, operation: &Operation) -> Vec<String> {
        let name = &operation.name;
        match &operation.action {
            Action::Set(value) if operation.is_secret() => {
                let from = self.file(&operation.origin);
                if self.salt.is_empty() {
                    return vec![format!("sets {name} from {from}")];
                }
                let digest = &digest::of([self.salt, name.as_bytes(), value.as_bytes()])[..6];
                vec![format!("sets {name} from {from} (value {digest}…)")]
            }
            Action::Set(value) => vec![format!("sets {name}={}", value.to_string_lossy())],
            Action::Default(value) => vec![format!(
                "sets {name}={} where it is unset",
                value.to_string_lossy()
            )],
            Action::Unset => vec![format!("unsets {name}")],
            Action::Edit(edit) => {
                let line = |verb: &str, element: &OsString| {
                    format!("{verb} {name} {}", self.short(Path::new(element)))
                };
                let prepend = edit
                    .prepend
                    .iter()
                    .map(|element| line("adds to the front of", element));
                let append = edit
                    .append
                    .iter()
                    .map(|element| line("adds to the end of", element));
                prepend
                    .chain(append)
                    .chain(
                        edit.remove
                            .iter()
                            .map(|one| line("removes from", &one.text)),
                    )
                    .collect()
            }
        }
    }

    fn file(&self, origin: &Origin) -> String {
        match origin {
            Origin::Place(place) | Origin::Dotenv(place) => self.short(&place.file),
            Origin::Rule(words) => words.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::decode::tests::read;

    fn lines_of(config: &str, dotenv: Option<&str>, salt: &[u8]) -> Vec<String> {
        let config = read(config).unwrap();
        let dotenv = DotenvFiles::from([(
            "/p/.env".into(),
            dotenv.map(|text| text.as_bytes().to_vec()),
        )]);
        let roots = [
            Root::listed("/p".into(), String::new()),
            Root::listed("/lib".into(), String::new()),
        ];
        lines(&Subject {
            root: Path::new("/p"),
            config: &config,
            roots: &roots,
            outside: &[],
            venv: None,
            dotenv: &dotenv,
            elsewhere: &[],
            brought: &[],
            salt,
        })
    }

    #[test]
    fn everything_that_a_configuration_does_has_a_line() {
        let text = "default-profile = 'prod'\nfill = false\n\
                    [profiles.prod]\nclear = 'stale'\nenv = { A = 'x', B = false, C = { default = 'd' } }\n\
                    [profiles.dev.env]\nPATH = { prepend = ['bin'], append = ['/opt'], remove = ['.'] }\n\
                    [aliases]\nt = \"sh -c 'rm x'\"\n";
        let expected = [
            "the default profile is `prod`",
            "the background fill is off",
            "source root .",
            "source root /lib",
            "profile dev: bytecode verified",
            "profile dev: adds to the front of PYTHONPATH .",
            "profile dev: adds to the front of PYTHONPATH /lib",
            "profile dev: adds to the front of PATH bin",
            "profile dev: adds to the end of PATH /opt",
            "profile dev: removes from PATH .",
            "profile prod: bytecode cached",
            "profile prod: clears stale bytecode before each run",
            "profile prod: sets A=x",
            "profile prod: unsets B",
            "profile prod: sets C=d where it is unset",
            "alias t: sh -c 'rm x'",
        ];
        assert_eq!(lines_of(text, None, b"s"), expected);
    }

    #[test]
    fn a_secret_is_not_shown_and_a_change_of_it_is() {
        let with = |value: &str, salt: &[u8]| {
            lines_of(
                "profiles.dev.dotenv = '.env'",
                Some(&format!("TOKEN={value}")),
                salt,
            )
            .join("\n")
        };
        let said = |value: &str| with(value, b"salt");
        assert!(
            said("s3cret").contains("profile dev: sets TOKEN from .env (value "),
            "{}",
            said("s3cret")
        );
        assert!(!said("s3cret").contains("s3cret"));
        assert_ne!(said("s3cret"), said("s3cre7"));
        assert_ne!(
            said("s3cret"),
            with("s3cret", b"another"),
            "nobody else can try guesses"
        );
        assert!(!with("s3cret", b"").contains("value"));
    }

    #[test]
    fn what_runs_code_is_named() {
        let text = "[env]\nLD_PRELOAD = './x.so'\nBASH_ENV = { default = 'x' }\nGIT_SSH = false\nA = '1'\n\
                    LD_LIBRARY_PATH = { prepend = ['lib'] }\n[profiles.prod]\ndotenv = '.env'\n";
        let lines = lines_of(text, Some("NODE_OPTIONS=--require=./x"), b"s");
        let named = |name: &str| {
            lines
                .iter()
                .filter(|line| line.contains(name))
                .all(|line| line.ends_with("run code"))
        };
        let known = ["LD_PRELOAD", "BASH_ENV", "LD_LIBRARY_PATH", "NODE_OPTIONS"];
        assert!(known.into_iter().all(named), "{lines:#?}");
        let others = lines
            .iter()
            .filter(|line| !known.iter().any(|name| line.contains(name)));
        assert!(
            others.clone().count() > 4 && others.into_iter().all(|line| !line.contains("run code")),
            "{lines:#?}"
        );
    }
}
