//! How a diagnosis is judged: the old code runs by a plain command, `devenv why` names the cause
//! and the paths, what it says of `devenv run` is true, its first remedy is pasted into a shell,
//! and then the new code runs and nothing is left to find.

use serde_json::Value;

use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::uv::with_uv;

/// An answer of `devenv why --json`.
#[derive(Debug)]
pub struct Answer {
    pub json: Value,
    pub said: Said,
}

impl Answer {
    #[track_caller]
    fn of(said: Said) -> Self {
        let json: Value =
            serde_json::from_str(&said.out).unwrap_or_else(|why| panic!("{why}: {said:#?}"));
        let sound =
            json["schema"] == 1 && json["verdict"].is_string() && json["takes_effect"].is_boolean();
        assert!(sound && json["findings"].is_array(), "{json:#}");
        let clean = json["findings"].as_array().unwrap().is_empty();
        assert!(
            said.code == Some(i32::from(!clean)),
            "{}: {json:#}",
            said.code.unwrap_or(-1)
        );
        Self { json, said }
    }

    pub fn codes(&self) -> Vec<&str> {
        self.json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["code"].as_str().unwrap())
            .collect()
    }

    /// Returns the finding of this code.
    #[track_caller]
    pub fn finding(&self, code: &str) -> &Value {
        let all = self.json["findings"].as_array().unwrap();
        all.iter()
            .find(|finding| finding["code"] == code)
            .unwrap_or_else(|| panic!("no {code}: {:#}", self.json))
    }

    /// Names these paths or words in the fact or the evidence of a finding.
    #[track_caller]
    pub fn shows(&self, code: &str, words: &[&str]) -> &Self {
        let finding = self.finding(code);
        let text = format!("{} {}", finding["fact"], finding["evidence"]);
        words
            .iter()
            .for_each(|word| assert!(text.contains(word), "`{word}` is not shown: {finding:#}"));
        assert!(finding["evidence"].is_array(), "{finding:#}");
        self
    }

    /// Returns the command of a finding's first remedy.
    #[track_caller]
    pub fn remedy(&self, code: &str) -> &str {
        let command = self.finding(code)["remedies"][0]["command"].as_str();
        command.unwrap_or_else(|| panic!("no remedy: {:#}", self.json))
    }

    /// Says that the edit takes effect, and finds nothing.
    #[track_caller]
    pub fn healthy(&self) -> &Self {
        assert!(
            self.codes().is_empty() && self.json["takes_effect"] == true,
            "{:#}",
            self.json
        );
        self
    }

    /// Says that this file runs.
    #[track_caller]
    pub fn runs(&self, kind: &str, path: &str) -> &Self {
        let (said, runs) = (
            self.json["runs"]["path"].as_str().unwrap_or_default(),
            &self.json["runs"],
        );
        assert!(
            runs["kind"] == kind && said.ends_with(path),
            "not {kind} {path}: {:#}",
            self.json
        );
        self
    }
}

/// Asks `devenv why`, in the project.
#[track_caller]
pub fn why(sandbox: &Sandbox, target: &[&str]) -> Answer {
    Answer::of(sandbox.devenv(&[&["why", "--json"], target].concat()))
}

/// A sandbox with uv, and a cache for pip.
pub fn with_installers() -> Sandbox {
    let mut sandbox = with_uv();
    let cache = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/pip-cache");
    sandbox
        .set("PIP_CACHE_DIR", cache)
        .set("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    sandbox
}

/// A case of old code that runs.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The command, in the shell's words, that prints `old`, and `new` once the cause is gone.
    /// Where the cause makes it fail, it says so itself: `… || echo old`.
    pub command: &'a str,
    /// What is asked for.
    pub target: &'a [&'a str],
    pub code: &'a str,
    /// What the finding must name.
    pub evidence: &'a [&'a str],
}

impl Case<'_> {
    /// Judges one case, which is made anew to see what `devenv run` does with it.
    #[track_caller]
    pub fn judge(&self, prepare: impl Fn() -> Sandbox) {
        let sandbox = prepare();
        self.is_old(&sandbox);
        let claim = self.diagnosed(&sandbox).finding(self.code)["cured_by_run"] == true;
        self.is_cured(&sandbox);
        let sandbox = prepare();
        self.is_old(&sandbox);
        self.claim_holds(&sandbox, claim);
    }

    /// Judges a case in which `devenv run` changes nothing that lasts.
    #[track_caller]
    pub fn judge_once(&self, sandbox: &Sandbox) {
        self.is_old(sandbox);
        let claim = self.diagnosed(sandbox).finding(self.code)["cured_by_run"] == true;
        self.claim_holds(sandbox, claim);
        self.is_cured(sandbox);
    }

    #[track_caller]
    pub fn is_old(&self, sandbox: &Sandbox) {
        let said = sandbox.plain(&["sh", "-c", self.command]);
        assert_eq!(
            last(&said.out),
            "old",
            "the plain command is not stale here: {said:#?}"
        );
    }

    /// Has the cause and the paths named, in both forms.
    #[track_caller]
    pub fn diagnosed(&self, sandbox: &Sandbox) -> Answer {
        let answer = why(sandbox, self.target);
        answer.shows(self.code, self.evidence);
        assert!(answer.json["takes_effect"] == false, "{:#}", answer.json);
        let text = sandbox.devenv(&[&["why"], self.target].concat());
        assert!(
            text.out.contains(answer.json["verdict"].as_str().unwrap()),
            "{text:#?}"
        );
        text.fails(1);
        let command = answer.remedy(self.code);
        assert!(
            text.out.contains(command),
            "`{command}` is not shown: {text:#?}"
        );
        answer
    }

    /// Sees whether what is said of `devenv run` is true.
    #[track_caller]
    pub fn claim_holds(&self, sandbox: &Sandbox, claim: bool) {
        let said = sandbox.through(&["sh", "-c", self.command]);
        assert_eq!(
            last(&said.out) == "new",
            claim,
            "cured_by_run is {claim}, but: {said:#?}"
        );
        sandbox.settle();
    }

    /// Pastes the first remedy into a shell. Where it is another way to run the command, that one
    /// runs the new code; otherwise the same command does, in that shell, and the same question
    /// finds nothing.
    #[track_caller]
    pub fn is_cured(&self, sandbox: &Sandbox) {
        let answer = why(sandbox, self.target);
        let remedy = answer.remedy(self.code);
        assert!(
            !remedy.is_empty(),
            "nothing to paste: {:#}",
            answer.finding(self.code)
        );
        let after = pasted(sandbox, remedy, self.command, self.target);
        if last(&after.said) == "new" {
            // Of two commands the second is the way to run it.
            let run = remedy.split(" && ").last().unwrap();
            let again = sandbox.plain(&["sh", "-c", &format!("{DEVENV} why --json -- {run}")]);
            Answer::of(again).healthy();
        } else {
            assert_eq!(last(&after.printed), "new", "after `{remedy}`: {after:#?}");
            after.answer.healthy();
        }
    }
}

/// What a remedy led to.
#[derive(Debug)]
pub struct After {
    /// What the remedy itself printed.
    pub said: String,
    pub printed: String,
    pub answer: Answer,
}

/// Pastes a remedy into a shell, and then in the same shell runs a command and asks again.
#[track_caller]
pub fn pasted(sandbox: &Sandbox, remedy: &str, command: &str, target: &[&str]) -> After {
    let script = format!(
        "{{ {remedy}\n}} >../remedy.said || exit 99\n{command}\necho ---\nexec {DEVENV} why --json \"$@\""
    );
    let said = sandbox.plain(&[&["sh", "-c", &script, "sh"], target].concat());
    assert!(said.code != Some(99), "`{remedy}`: {said:#?}");
    let (printed, json) = said
        .out
        .split_once("---\n")
        .unwrap_or_else(|| panic!("`{remedy}`: {said:#?}"));
    let (printed, json) = (printed.to_owned(), json.to_owned());
    After {
        said: sandbox.read("remedy.said"),
        printed,
        answer: Answer::of(Said { out: json, ..said }),
    }
}

pub fn last(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or_default()
}
