//! The laws of the engine, over files that are made up: what is put is there, nothing else changes,
//! twice is once, and what is taken back leaves the bytes that were there.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::env::list::ListEdit;
use crate::env::{Action, Env, Operation, Origin};
use crate::inject::proposal::{Facts, Wish};
use crate::inject::settings::Kind;
use crate::inject::targets::Target;
use crate::python::policy::Policy;
use crate::values::user::User;

const ROOT: &str = "/nowhere/shop";

/// Random numbers that are the same for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Writes JSON with comments as people do, and as nobody does.
struct Writer {
    dice: Dice,
    newline: &'static str,
    unit: &'static str,
    commented: bool,
    keys: Vec<String>,
}

impl Writer {
    fn new(seed: u64, manner: Manner, keys: Vec<String>) -> Self {
        let mut dice = Dice(seed);
        let (newline, unit) = (
            dice.one(&["\n", "\r\n"]),
            dice.one(&["  ", "\t", "    ", " "]),
        );
        let commented = manner == Manner::Commented && dice.below(3) > 0;
        // The two words are chosen from constants.
        let newline = if newline == "\n" { "\n" } else { "\r\n" };
        let unit = ["  ", "\t", "    ", " "]
            .into_iter()
            .find(|one| *one == unit)
            .unwrap();
        Self {
            dice,
            newline,
            unit,
            commented,
            keys,
        }
    }

    fn comment(&mut self) -> String {
        if !self.commented || self.dice.below(4) > 0 {
            return String::new();
        }
        match self.dice.below(3) {
            0 => format!("// , }} \" {}", self.newline),
            1 => "/* { \" */".to_owned(),
            _ => format!("/* a,{} b */", self.newline),
        }
    }

    fn file(&mut self) -> String {
        let mark = if self.dice.below(6) == 0 {
            "\u{feff}"
        } else {
            ""
        };
        let (before, body, after) = (self.comment(), self.object(0), self.comment());
        let end = if self.dice.below(3) == 0 {
            ""
        } else {
            self.newline
        };
        format!("{mark}{before}{body}{after}{end}")
    }

    fn object(&mut self, depth: usize) -> String {
        let (mut seen, count) = (Vec::new(), self.dice.below(5));
        for _ in 0..count {
            let key = self.keys[self.dice.below(self.keys.len())].clone();
            if !seen.contains(&key) {
                seen.push(key);
            }
        }
        let items = seen.into_iter().map(|key| {
            let (a, b, value) = (self.comment(), self.comment(), self.value(depth + 1));
            format!(
                "{}{a}:{}{b}{value}",
                Json::from(key),
                if a.is_empty() { " " } else { "" }
            )
        });
        let items: Vec<String> = items.collect();
        self.bracketed("{", items, "}", depth)
    }

    fn value(&mut self, depth: usize) -> String {
        match self.dice.below(if depth > 3 { 4 } else { 8 }) {
            0 => self
                .dice
                .one(&[
                    "1",
                    "-1.50e3",
                    "true",
                    "null",
                    "123456789012345678901234567890",
                ])
                .to_owned(),
            1 | 2 => self
                .dice
                .one(&[
                    "\"\"",
                    "\"a\\u0041\\/\"",
                    "\"\u{1f600}\"",
                    "\"// {\"",
                    "\"1\"",
                ])
                .to_owned(),
            3 => "\"x y\"".to_owned(),
            4 => {
                let count = self.dice.below(4);
                let items = (0..count).map(|_| self.value(depth + 1)).collect();
                self.bracketed("[", items, "]", depth)
            }
            _ => self.object(depth),
        }
    }

    fn bracketed(&mut self, open: &str, items: Vec<String>, close: &str, depth: usize) -> String {
        let spread = self.dice.below(3) > 0;
        let line =
            |depth: usize, this: &Self| format!("{}{}", this.newline, this.unit.repeat(depth));
        let (inner, outer) = if spread {
            (line(depth + 1, self), line(depth, self))
        } else {
            (" ".into(), " ".into())
        };
        let (mut out, last) = (format!("{open}{}", self.comment()), items.len());
        let trailing = self.commented && self.dice.below(2) == 0;
        for (at, item) in items.into_iter().enumerate() {
            let comma = if at + 1 < last || trailing { "," } else { "" };
            out += &format!("{inner}{item}{}{comma}{}", self.comment(), self.comment());
        }
        let outer = if last == 0 && self.dice.below(2) == 0 {
            String::new()
        } else {
            outer
        };
        out + &outer + close
    }
}

fn facts() -> Facts {
    let operation = |name: &str, action| Operation::new(name, action, Origin::rule("test"));
    let front = |path: &str| {
        Action::Edit(ListEdit {
            prepend: vec![path.into()],
            ..ListEdit::default()
        })
    };
    Facts {
        root: ROOT.into(),
        resolved: ROOT.into(),
        repository: None,
        named_profile: None,
        policy: Policy::Verified,
        operations: vec![
            operation("PYTHONPATH", front("/nowhere/shop/src")),
            operation("PATH", front("/nowhere/shop/bin")),
            operation("LOG_LEVEL", Action::Set("debug \"x\"".into())),
            operation("PYTHONDONTWRITEBYTECODE", Action::Set("1".into())),
        ],
        dotenv: vec!["/nowhere/shop/.env".into()],
        home: Some("/home/me".into()),
        python: Some("3.11".into()),
        env: Env::default(),
        user: User { uid: 0, gid: 0 },
    }
}

/// Returns what the targets with files of JSON want, and the keys that may stand in their way.
fn json_parts() -> Vec<(Part, Manner, Vec<String>)> {
    let mut out = Vec::new();
    for target in [
        Target::Devcontainer,
        Target::Vscode,
        Target::Pyright,
        Target::Zed,
    ] {
        let wish = Wish {
            feature: true,
            ..Wish::default()
        };
        let parts = target.propose(&facts(), &wish).unwrap().parts;
        out.extend(
            parts
                .into_iter()
                .filter(|part| matches!(part.content, Content::Settings { .. })),
        );
    }
    let kernel = vec![
        Setting::new(&["env", "PYTHONPATH"], "/nowhere/shop/src"),
        Setting::new(&["env", "A"], ""),
    ];
    let content = Content::Settings {
        wanted: kernel,
        manner: Manner::Plain,
        new_file: String::new(),
    };
    out.push(Part::new(Path::new(ROOT).join("kernel.json"), content));
    out.into_iter()
        .map(|part| {
            let (manner, keys) = keys(&part);
            (part, manner, keys)
        })
        .collect()
}

fn keys(part: &Part) -> (Manner, Vec<String>) {
    let Content::Settings { wanted, manner, .. } = &part.content else {
        panic!("{part:?}")
    };
    let steps = wanted.iter().flat_map(|setting| &setting.path);
    let own = steps.filter_map(|step| {
        if let Step::Key(key) = step {
            Some(key.clone())
        } else {
            None
        }
    });
    let others = ["a", "b", "image", "name", "c.d", "e f", "\u{e4}"].map(str::to_owned);
    (*manner, others.into_iter().chain(own).collect())
}

fn look<'a>(part: &'a Part, current: &[u8], known: Option<Record>) -> Look<'a> {
    Look {
        part,
        path: part.path.clone(),
        current: Some(current.to_vec()),
        known,
    }
}

fn parsed(bytes: &[u8], manner: Manner) -> Json {
    let text = Text::of(bytes, Path::new("x")).unwrap();
    Document::parse(text.body, manner)
        .unwrap_or_else(|p| panic!("{p:?}\n{}", text.body))
        .value()
}

/// Returns whether one text is left when parts of another are taken out.
fn is_within(small: impl Iterator<Item = u8>, large: impl Iterator<Item = u8>) -> bool {
    let mut large = large;
    small
        .into_iter()
        .all(|byte| large.any(|other| other == byte))
}

fn solid(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
}

fn comments(bytes: &[u8]) -> Vec<String> {
    let text = Text::of(bytes, Path::new("x")).unwrap();
    crate::inject::jsonc::tests::comments(text.body)
}

/// Holds every law for one part and one file.
fn check_json(part: &Part, manner: Manner, before: &[u8], force: bool) {
    let shown = || String::from_utf8_lossy(before).into_owned();
    let done = match look(part, before, None).inject(force) {
        Ok(done) => done,
        // Something that is no object stands where one is needed.
        Err(fault) => {
            return assert!(
                fault.spot.is_some() && fault.what.contains("is not a"),
                "{fault:?}\n{}",
                shown()
            );
        }
    };
    let after = done.edit.after.clone().unwrap();
    let Content::Settings { wanted, .. } = &part.content else {
        panic!("{part:?}")
    };
    assert_eq!(
        done.puts.len() + done.kept.len() + already(wanted, &parsed(before, manner)),
        wanted.len(),
        "{}",
        shown()
    );
    if !force {
        assert_eq!(comments(&after), comments(before), "{}", shown());
        assert!(
            is_within(solid(before), solid(&after)),
            "{}\n{}",
            shown(),
            String::from_utf8_lossy(&after)
        );
    }
    let is_plain = |bytes: &[u8]| {
        let text = Text::of(bytes, Path::new("x")).unwrap();
        Document::parse(text.body, Manner::Plain).is_ok()
    };
    assert!(
        !is_plain(before) || is_plain(&after),
        "no comma at an end that had none"
    );
    let Some(record) = done.record("x", "dev") else {
        panic!("{done:?}")
    };
    let again = look(part, &after, Some(record.clone()))
        .inject(force)
        .unwrap();
    assert_eq!(again.edit.after.as_deref(), Some(&*after), "twice is once");
    let again = look(part, &after, None).inject(force).unwrap();
    assert_eq!(
        again.edit.after.as_deref(),
        Some(&*after),
        "without a record too"
    );
    let back = look(part, &after, Some(record.clone())).retract().unwrap();
    assert_eq!(back.edit.after.as_deref(), Some(before), "byte for byte");
    // Somebody added a line: ours goes by what was put, theirs stays.
    let touched = [&after[..], b"\n"].concat();
    let back = look(part, &touched, Some(record))
        .retract()
        .unwrap()
        .edit
        .after
        .unwrap();
    assert_eq!(
        parsed(&back, manner),
        parsed(before, manner),
        "{}\n{}",
        shown(),
        String::from_utf8_lossy(&after)
    );
    assert_eq!(comments(&back), comments(before));
}

/// Returns how many of the wanted values are there.
fn already(wanted: &[Setting], value: &Json) -> usize {
    let at = |path: &[Step]| {
        path.iter().try_fold(value, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        })
    };
    let is_there = |setting: &&Setting| match at(&setting.path) {
        Some(Json::Array(list)) if setting.kind == Kind::Element => list.contains(&setting.value),
        found => found == Some(&setting.value),
    };
    wanted.iter().filter(is_there).count()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn every_file_of_json_keeps_what_is_not_ours(seed in any::<u64>(), force in any::<bool>()) {
        for (part, manner, keys) in json_parts() {
            let before = Writer::new(seed, manner, keys).file();
            check_json(&part, manner, before.as_bytes(), force);
        }
    }

    #[test]
    fn every_file_with_a_block_keeps_what_is_not_ours(
        lines in proptest::collection::vec("[a-c#!/ ]{0,8}", 0..8), end in 0..3usize, crlf in any::<bool>(),
    ) {
        let newline = if crlf { "\r\n" } else { "\n" };
        let text = lines.join(newline) + if end == 0 { "" } else { newline };
        for part in block_parts() {
            let text = match &part.content {
                Content::Block(Placing::BelowLastStage(_)) => format!("FROM x{newline}{text}"),
                Content::Block(Placing::InService { .. }) => {
                    let head = ["services:", "  web:", "    image: x", ""].join(newline);
                    head + &text.replace('#', "# ").lines().map(|line| format!("    # {line}{newline}")).collect::<String>()
                }
                _ => text.clone(),
            };
            check_block(&part, text.as_bytes());
        }
    }
}

fn block_parts() -> Vec<Part> {
    let lines = || vec!["one".to_owned(), "two \"x\"".to_owned()];
    let variables = vec![
        ("A".to_owned(), "1".to_owned()),
        ("B".to_owned(), String::new()),
    ];
    let placings = [
        Placing::AtEnd(lines()),
        Placing::BelowLastStage(lines()),
        Placing::BelowInterpreter(lines()),
        Placing::InService {
            service: None,
            variables,
        },
    ];
    placings
        .map(|placing| Part::new(PathBuf::from(ROOT).join("x"), Content::Block(placing)))
        .to_vec()
}

fn check_block(part: &Part, before: &[u8]) {
    let done = look(part, before, None).inject(false).unwrap();
    let after = done.edit.after.clone().unwrap();
    let shown = String::from_utf8_lossy(&after);
    assert!(
        is_within(before.iter().copied(), after.iter().copied()),
        "{shown}"
    );
    let record = done.record("x", "dev").unwrap();
    for known in [None, Some(record)] {
        let again = look(part, &after, known.clone()).inject(false).unwrap();
        assert_eq!(
            again.edit.after.as_deref(),
            Some(&*after),
            "twice is once: {shown}"
        );
        let back = look(part, &after, known).retract().unwrap();
        // A file that held nothing else goes, where nobody knows that it was there.
        assert_eq!(
            back.edit.after.unwrap_or_default(),
            before,
            "byte for byte: {shown}"
        );
    }
}

/// What a profile no longer says goes, what it says otherwise changes, and the first bytes are what
/// comes back.
#[test]
fn an_injection_follows_its_profile_and_remembers_what_was_there_first() {
    let before =
        b"{ // c\n  \"image\": \"x\",\n  \"containerEnv\": { \"LOG_LEVEL\": \"mine\" }\n}\n";
    let mut facts = facts();
    let part = |facts: &Facts| {
        Target::Devcontainer
            .propose(facts, &Wish::default())
            .unwrap()
            .parts
            .remove(0)
    };
    let first = part(&facts);
    let done = look(&first, before, None).inject(true).unwrap();
    let known = done.record("devcontainer", "dev").unwrap();
    facts
        .operations
        .retain(|operation| operation.name != "PATH");
    facts.operations[1].action = Action::Set("info".into());
    let second = part(&facts);
    let done = look(&second, &done.edit.after.unwrap(), Some(known))
        .inject(false)
        .unwrap();
    let after = done.edit.after.clone().unwrap();
    let text = String::from_utf8(after.clone()).unwrap();
    assert!(
        text.contains("\"LOG_LEVEL\": \"info\"")
            && !text.contains("remoteEnv")
            && done.kept.is_empty(),
        "{text}"
    );
    let known = done.record("devcontainer", "dev").unwrap();
    assert_eq!(
        look(&second, &after, Some(known.clone()))
            .retract()
            .unwrap()
            .edit
            .after
            .unwrap(),
        before
    );
    let touched = text.replace("// c", "// mine");
    let back = look(&second, touched.as_bytes(), Some(known))
        .retract()
        .unwrap()
        .edit
        .after
        .unwrap();
    assert_eq!(
        String::from_utf8(back).unwrap(),
        String::from_utf8_lossy(before).replace("// c", "// mine")
    );
}
