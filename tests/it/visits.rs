//! How a visit to `devenv doctor` is judged: both forms say the same, the exit status follows from
//! the severities, and the first remedy, pasted into a shell, cures.

use serde_json::Value;

use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::verdicts::with_installers;

/// The line that a user of bash has.
pub const HOOK: &str = "eval \"$(devenv hook bash)\"\n";

/// An answer of `devenv doctor --json`.
#[derive(Debug)]
pub struct Visit {
    pub json: Value,
    pub said: Said,
}

impl Visit {
    #[track_caller]
    pub fn of(said: Said) -> Self {
        let json: Value =
            serde_json::from_str(&said.out).unwrap_or_else(|why| panic!("{why}: {said:#?}"));
        let visit = Self { json, said };
        let json = &visit.json;
        let is_wrong = |finding: &Value| finding["severity"] != "note";
        let is_ill = visit.findings().iter().any(is_wrong);
        assert!(
            json["schema"] == 1 && json["ok"] == !is_ill && json["fixed"].is_array(),
            "{json:#}"
        );
        assert_eq!(visit.said.code, Some(i32::from(is_ill)), "{json:#}");
        let checks = json["checks"].as_array().unwrap();
        assert!(
            checks
                .iter()
                .all(|check| check["topic"].is_string() && check["about"].is_string()),
            "{json:#}"
        );
        assert_eq!(
            checks.iter().any(|check| check["ok"] == false),
            is_ill,
            "{json:#}"
        );
        for finding in visit.findings() {
            let severity = finding["severity"].as_str().unwrap();
            assert!(
                ["error", "warning", "note"].contains(&severity),
                "{finding:#}"
            );
            let is_sound =
                !finding["fact"].as_str().unwrap().is_empty() && finding["evidence"].is_array();
            assert!(
                is_sound && finding["cured_by_run"].is_boolean(),
                "{finding:#}"
            );
            let said = |remedy: &Value| remedy["command"] != "" || remedy["text"] != "";
            assert!(
                finding["remedies"].as_array().unwrap().iter().all(said),
                "{finding:#}"
            );
        }
        visit
    }

    pub fn findings(&self) -> &Vec<Value> {
        self.json["findings"].as_array().unwrap()
    }

    pub fn codes(&self) -> Vec<&str> {
        self.findings()
            .iter()
            .map(|finding| finding["code"].as_str().unwrap())
            .collect()
    }

    pub fn fixed(&self) -> Vec<&str> {
        self.json["fixed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|code| code.as_str().unwrap())
            .collect()
    }

    #[track_caller]
    pub fn finding(&self, code: &str) -> &Value {
        let found = self
            .findings()
            .iter()
            .find(|finding| finding["code"] == code);
        found.unwrap_or_else(|| panic!("no {code}: {:#}", self.json))
    }

    /// Returns the words of the first remedy, or the command where it is one.
    #[track_caller]
    pub fn remedy(&self, code: &str, field: &str) -> &str {
        self.finding(code)["remedies"][0][field]
            .as_str()
            .unwrap_or_else(|| panic!("{:#}", self.json))
    }

    #[track_caller]
    pub fn healthy(&self) {
        assert!(
            self.codes().is_empty() && self.json["ok"] == true && self.said.err.is_empty(),
            "{self:#?}"
        );
    }
}

/// Visits from the project.
#[track_caller]
pub fn visit(sandbox: &Sandbox) -> Visit {
    Visit::of(sandbox.devenv(&["doctor", "--json"]))
}

/// An illness that is there.
#[derive(Clone, Copy, Debug)]
pub struct Ill<'a> {
    pub code: &'a str,
    pub severity: &'a str,
    /// What the finding must name.
    pub shows: &'a [&'a str],
}

impl Ill<'_> {
    /// Is the one thing that is found, in both forms.
    #[track_caller]
    pub fn is_all(&self, sandbox: &Sandbox) -> Visit {
        let visit = self.is_seen(sandbox);
        assert_eq!(visit.codes(), [self.code], "{:#}", visit.json);
        visit
    }

    /// Is found, among others, in both forms.
    #[track_caller]
    pub fn is_seen(&self, sandbox: &Sandbox) -> Visit {
        let visit = visit(sandbox);
        let finding = visit.finding(self.code);
        assert_eq!(finding["severity"], self.severity, "{finding:#}");
        let text = format!("{} {}", finding["fact"], finding["evidence"]).replace("\\\"", "\"");
        self.shows
            .iter()
            .for_each(|word| assert!(text.contains(word), "`{word}` is not shown: {finding:#}"));
        let said = sandbox.devenv(&["doctor"]);
        assert_eq!(said.code, visit.said.code, "{said:#?}");
        assert!(
            said.out.contains(&format!("\n{}: ", self.code)),
            "{said:#?}"
        );
        for remedy in visit
            .findings()
            .iter()
            .flat_map(|finding| finding["remedies"].as_array().unwrap())
        {
            assert!(
                said.out.contains(remedy["command"].as_str().unwrap()),
                "{remedy} is not shown: {said:#?}"
            );
        }
        // The number is that of what stands above it.
        let (listed, last) = (
            visit.findings().len(),
            said.out.trim_end().lines().last().unwrap_or_default(),
        );
        let number = last
            .split(' ')
            .next()
            .and_then(|word| word.parse().ok())
            .unwrap_or(0_usize);
        assert!(
            number == listed && last.ends_with("all is well") == (visit.json["ok"] == true),
            "{said:#?}"
        );
        visit
    }

    /// Is the one thing that is found, and gone once the first remedy was pasted.
    #[track_caller]
    pub fn is_cured(&self, sandbox: &Sandbox) {
        self.is_all(sandbox);
        self.is_cured_among_others(sandbox).healthy();
    }

    /// Is gone once the first remedy was pasted into a shell, which then asks again.
    #[track_caller]
    pub fn is_cured_among_others(&self, sandbox: &Sandbox) -> Visit {
        let visit = self.is_seen(sandbox);
        let remedy = visit.remedy(self.code, "command");
        assert!(!remedy.is_empty(), "nothing to paste: {:#}", visit.json);
        let after = pasted(sandbox, "project", remedy);
        assert!(
            !after.codes().contains(&self.code),
            "`{remedy}` does not cure: {:#}",
            after.json
        );
        after
    }
}

/// Pastes a remedy into a shell in a directory of the sandbox, and asks again in the same shell.
#[track_caller]
pub fn pasted(sandbox: &Sandbox, directory: &str, remedy: &str) -> Visit {
    let script = format!("{{ {remedy}\n}} >/dev/null || exit 99\nexec {DEVENV} doctor --json");
    let said = sandbox
        .command("sh")
        .args(&["-c", &script])
        .env("PYDEVENV_FILL", "0")
        .within(directory)
        .run();
    assert!(said.code != Some(99), "`{remedy}` fails: {said:#?}");
    let err = String::new();
    Visit::of(Said { err, ..said })
}

/// A project of uv with its environment, which is trusted, a repository that ignores bytecode, and
/// a shell that loads the hook.
pub fn healthy() -> Sandbox {
    let sandbox = bare();
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    sandbox.allow();
    sandbox
}

/// The same without an environment, and not trusted.
pub fn bare() -> Sandbox {
    let mut sandbox = with_installers();
    sandbox.set("SHELL", "/bin/bash");
    sandbox.write("home/.bashrc", HOOK);
    let manifest = "[project]\nname = 'shop'\nversion = '1'\nrequires-python = '>=3.8'\n[tool.uv]\npackage = false\n";
    sandbox.write("project/pyproject.toml", manifest);
    sandbox.write("project/devenv.toml", "");
    sandbox.write("project/app.py", "VALUE = 'old'\n");
    sandbox.write("project/.gitignore", "__pycache__/\n*.py[co]\n.venv/\n");
    sandbox.plain(&["git", "init", "-q"]).ok();
    sandbox
}
