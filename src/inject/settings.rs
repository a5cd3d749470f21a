//! Wanted values in a JSON file: which are there, which are put in, which somebody else's value
//! keeps out, and how they are taken out again. Pure: text in, text out. After every change the
//! result is read again, and is only good if all that was not ours is as it was.

use std::path::Path;

use serde_json::Value as Json;

use super::jsonc::{self, Document, Manner, Problem, Step, shown};
use crate::values::fault::Fault;

/// A value that a target wants in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub path: Vec<Step>,
    pub value: Json,
    pub kind: Kind,
}

/// How a value is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Under its key.
    Value,
    /// Under its key, and never in the place of another.
    Command,
    /// As one more of a list.
    Element,
    /// Under its key, because a command line asked for it once: later ones need not, and it stays.
    Asked,
}

impl Setting {
    pub fn new(path: &[&str], value: impl Into<Json>) -> Self {
        let path = path.iter().map(|key| Step::key(key)).collect();
        Self {
            path,
            value: value.into(),
            kind: Kind::Value,
        }
    }

    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Returns whether `--force` puts it in the place of another value.
    fn yields(&self) -> bool {
        matches!(self.kind, Kind::Value | Kind::Asked)
    }

    fn element(&self) -> Option<&Json> {
        (self.kind == Kind::Element).then_some(&self.value)
    }

    fn is_at_place_of(&self, other: &Self) -> bool {
        self.path == other.path && self.element() == other.element()
    }
}

/// A value that we put, and what stood there, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    pub setting: Setting,
    pub instead_of: Option<String>,
}

/// A value that is not as wanted, and stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub what: String,
    pub found: String,
    pub wanted: String,
    /// Where it stands, in the text.
    pub line: usize,
    pub column: usize,
    /// Whether `--force` would replace it.
    pub yields: bool,
}

/// What becomes of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    pub text: String,
    pub kept: Vec<Kept>,
    pub puts: Vec<Put>,
}

/// A text and how it may be written.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub file: &'a Path,
    pub text: &'a str,
    pub manner: Manner,
}

impl<'a> Subject<'a> {
    fn parse(&self) -> Result<Document<'a>, Fault> {
        Document::parse(self.text, self.manner).map_err(|problem| self.fault(&problem))
    }

    fn fault(&self, problem: &Problem) -> Fault {
        problem.fault(self.file, self.text)
    }

    fn with<'b>(&'b self, text: &'b str) -> Subject<'b> {
        Subject {
            file: self.file,
            text,
            manner: self.manner,
        }
    }

    /// Returns the text with the wanted values. `ours` is what we put before: it may change without
    /// being asked for.
    pub fn reconcile(
        &self,
        wanted: &[Setting],
        ours: &[Put],
        force: bool,
    ) -> Result<Reconciled, Fault> {
        let is_wanted = |put: &&Put| {
            wanted
                .iter()
                .any(|setting| setting.is_at_place_of(&put.setting))
        };
        let (asked, outdated): (Vec<Put>, Vec<Put>) = ours
            .iter()
            .filter(|put| !is_wanted(put))
            .cloned()
            .partition(|put| put.setting.kind == Kind::Asked);
        let mut out = Reconciled {
            text: self.retract(&outdated, |_| true)?,
            puts: asked,
            ..Reconciled::default()
        };
        for setting in wanted {
            let own = ours.iter().find(|put| put.setting.is_at_place_of(setting));
            let text = std::mem::take(&mut out.text);
            out.text = self.with(&text).settle(setting, own, force, &mut out)?;
        }
        let named = wanted
            .iter()
            .chain(ours.iter().map(|put| &put.setting))
            .collect::<Vec<_>>();
        self.prove(&out.text, &named)?;
        Ok(out)
    }

    /// Puts one value, or notes why not.
    fn settle(
        &self,
        setting: &Setting,
        own: Option<&Put>,
        force: bool,
        out: &mut Reconciled,
    ) -> Result<String, Fault> {
        let document = self.parse()?;
        let at = |problem: Problem| self.fault(&problem);
        let found = document.find(&setting.path).map_err(at)?;
        let is_there = match (&found, setting.element()) {
            (Some(found), Some(element)) => found
                .value
                .as_array()
                .is_some_and(|list| list.contains(element)),
            (Some(found), None) => found.value == setting.value,
            (None, _) => false,
        };
        if is_there {
            out.puts.extend(own.cloned());
            return Ok(self.text.to_owned());
        }
        let mut instead_of = own.and_then(|put| put.instead_of.clone());
        if let Some(found) = found.filter(|_| setting.element().is_none()) {
            let is_ours = own.is_some_and(|put| put.setting.value == found.value);
            let written = document.slice(&found).to_owned();
            let yields = is_ours || force && setting.yields();
            if !yields {
                out.kept.push(self.kept(setting, &written, found.start));
                return Ok(self.text.to_owned());
            }
            instead_of = if is_ours { instead_of } else { Some(written) };
        }
        out.puts.push(Put {
            setting: setting.clone(),
            instead_of,
        });
        let is_element = setting.kind == Kind::Element;
        jsonc::put(&document, &setting.path, &setting.value, is_element).map_err(at)
    }

    fn kept(&self, setting: &Setting, written: &str, start: usize) -> Kept {
        let place = Problem::new(start, start, "")
            .fault(self.file, self.text)
            .spot
            .map(|spot| spot.place);
        Kept {
            what: shown(&setting.path),
            found: written.to_owned(),
            wanted: setting.value.to_string(),
            line: place.as_ref().map_or(1, |place| place.line),
            column: place.as_ref().map_or(1, |place| place.column),
            yields: setting.yields(),
        }
    }

    /// Returns the text without what we put and nobody changed since; what stood there comes back.
    /// An object that is left empty goes too, where `is_ours` says that it came with ours.
    pub fn retract(
        &self,
        puts: &[Put],
        is_ours: impl Fn(&[Step]) -> bool,
    ) -> Result<String, Fault> {
        let mut text = self.text.to_owned();
        for put in puts.iter().rev() {
            text = self.with(&text).take_one(put)?;
            for depth in (1..=put.setting.path.len()).rev() {
                let parent = &put.setting.path[..depth];
                if !is_ours(parent) || !self.with(&text).is_empty_at(parent)? {
                    continue;
                }
                text = self.with(&text).taken(parent, None)?;
            }
        }
        self.prove(
            &text,
            &puts.iter().map(|put| &put.setting).collect::<Vec<_>>(),
        )?;
        Ok(text)
    }

    fn taken(&self, path: &[Step], element: Option<&Json>) -> Result<String, Fault> {
        jsonc::take(&self.parse()?, path, element).map_err(|problem| self.fault(&problem))
    }

    fn take_one(&self, put: &Put) -> Result<String, Fault> {
        let (setting, document) = (&put.setting, self.parse()?);
        // A path that leads through something else by now leads to nothing of ours.
        let Ok(Some(found)) = document.find(&setting.path) else {
            return Ok(self.text.to_owned());
        };
        if setting.element().is_some() {
            return self.taken(&setting.path, setting.element());
        }
        if found.value != setting.value {
            return Ok(self.text.to_owned());
        }
        match &put.instead_of {
            Some(written) => {
                Ok([&self.text[..found.start], written, &self.text[found.end..]].concat())
            }
            None => self.taken(&setting.path, None),
        }
    }

    /// Returns whether an object or list with nothing in it, not even a comment, stands at a path.
    fn is_empty_at(&self, path: &[Step]) -> Result<bool, Fault> {
        let document = self.parse()?;
        let Ok(Some(found)) = document.find(path) else {
            return Ok(false);
        };
        let is_bare = document
            .slice(&found)
            .trim_matches(['{', '}', '[', ']'])
            .trim()
            .is_empty();
        Ok(is_bare && (found.value.is_object() || found.value.is_array()))
    }

    /// Reads the result again: without what is ours it must be the same as before.
    fn prove(&self, after: &str, ours: &[&Setting]) -> Result<(), Fault> {
        let rest = |mut value: Json| {
            ours.iter().for_each(|setting| forget(&mut value, setting));
            value
        };
        if rest(self.parse()?.value()) == rest(self.with(after).parse()?.value()) {
            return Ok(());
        }
        let what = format!(
            "`{}` can't be edited without changing something else in it",
            self.file.display()
        );
        Err(Fault::new(what).hint("make the change by hand"))
    }
}

/// Takes a value out of a tree, and the objects that it leaves empty.
fn forget(value: &mut Json, setting: &Setting) {
    fn go(value: &mut Json, path: &[Step], element: Option<&Json>) {
        let Some((step, rest)) = path.split_first() else {
            if let (Some(list), Some(element)) = (value.as_array_mut(), element) {
                list.retain(|item| item != element);
            }
            return;
        };
        let inner = match step {
            Step::Key(key) => value.get_mut(key),
            Step::Index(index) => value.get_mut(index),
        };
        let Some(inner) = inner else { return };
        let is_leaf = rest.is_empty() && element.is_none();
        if !is_leaf {
            go(inner, rest, element);
        }
        let is_empty = inner.as_object().is_some_and(serde_json::Map::is_empty)
            || inner.as_array().is_some_and(Vec::is_empty);
        if let (true, Step::Key(key), Some(map)) =
            (is_leaf || is_empty, step, value.as_object_mut())
        {
            map.shift_remove(key);
        }
    }
    go(value, &setting.path, setting.element());
}
