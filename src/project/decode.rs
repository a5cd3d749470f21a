//! Reads the merged tree of configuration files into typed values. An unknown key is an error in a project's file,
//! and a warning in the user's own, so that an older program is not bricked by a newer setting. A relative path is
//! relative to the file that says it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::config::{Alias, Clear, Config, DotenvFile, ProfileTable, PythonPath, Sited, Variable};
use super::keys::{self, CONFIGURATION, DEFAULT, DOTENV, INHERIT, Key, LIST, OF_POLICY, PROFILE, SOURCES, Whose};
use super::limits;
use super::venv::Wish;
use crate::document::{Node, Site, Table, Value};
use crate::env::list::{self, ListEdit, Unwanted};
use crate::env::operation::PYTHONPATH;
use crate::env::{Action, names};
use crate::fault::Fault;
use crate::paths::{has_colon, normalised};
use crate::python::policy::Policy;

/// Decodes the merged tree. `user` is the file whose unknown keys are only warnings.
pub(crate) fn decode(root: &Node, user: Option<&Path>, home: Option<&Path>) -> Result<Config, Fault> {
    let mut decoder = Decoder { user, home, warnings: Vec::new(), paths: 0, variables: 0, dotenv: 0 };
    let mut config = decoder.config(root)?;
    config.warnings = decoder.warnings;
    Ok(config)
}

struct Decoder<'a> {
    user: Option<&'a Path>,
    home: Option<&'a Path>,
    warnings: Vec<Fault>,
    /// How many of each were read so far.
    paths: usize,
    variables: usize,
    dotenv: usize,
}

impl Decoder<'_> {
    fn config(&mut self, root: &Node) -> Result<Config, Fault> {
        let table = self.table(root, "a table", &keys::names(&CONFIGURATION))?;
        for Key { name, .. } in CONFIGURATION.iter().filter(|key| key.whose == Whose::Users) {
            if let Some((site, _)) = table.get(*name).filter(|(site, _)| !self.is_users(site)) {
                return Err(site.fault(format!("`{name}` belongs into your own configuration")));
            }
        }
        Ok(Config {
            default_profile: root.get("default-profile").map(|node| profile_name(node, text(node)?)).transpose()?,
            sources: root.get("sources").map(|node| self.sources(node)).transpose()?,
            venv: root.get("venv").map_or(Ok(Wish::Detect), |node| self.venv(node))?,
            fill: root.get("fill").map(boolean).transpose()?,
            env: root.get("env").map_or(Ok(Vec::new()), |node| self.variables(node))?,
            profiles: root.get("profiles").map_or(Ok(BTreeMap::new()), |node| self.profiles(node))?,
            aliases: root.get("aliases").map_or(Ok(BTreeMap::new()), |node| self.aliases(node))?,
            trusted: root.get("trusted").map_or(Ok(Vec::new()), |node| self.paths(node))?,
            quiet: root.get("quiet").map_or(Ok(false), boolean)?,
            warnings: Vec::new(),
        })
    }

    /// Returns whether a piece stands in the user's own configuration.
    fn is_users(&self, site: &Site) -> bool {
        Some(site.source.file.as_path()) == self.user
    }

    /// Returns a table whose keys are all known.
    fn table<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Result<&'n Table, Fault> {
        let table = node.table().ok_or_else(|| mismatch(node, what))?;
        for (key, (site, _)) in table.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let fault = site.fault(format!("unknown key `{key}`")).did_you_mean(key, known.iter().copied());
            if !self.is_users(site) {
                return Err(fault);
            }
            self.warnings.push(fault);
        }
        Ok(table)
    }

    fn profiles(&mut self, node: &Node) -> Result<BTreeMap<String, ProfileTable>, Fault> {
        let table = node.table().ok_or_else(|| mismatch(node, "a table of profiles"))?;
        limits::check(table.len(), limits::PROFILES, "profiles", &node.site)?;
        let mut out = BTreeMap::new();
        for (name, (site, node)) in table {
            if !names::is_profile(name) {
                return Err(site.fault(format!("`{name}` is no name for a profile")).hint(PROFILE_NAMES));
            }
            out.insert(name.clone(), self.profile(node)?);
        }
        Ok(out)
    }

    fn profile(&mut self, node: &Node) -> Result<ProfileTable, Fault> {
        self.table(node, "a table", &keys::names(&PROFILE))?;
        let policies = || Policy::ALL.map(Policy::word).to_vec();
        let pythonpath = sited(node.get("pythonpath"), |node| self.pythonpath(node))?;
        Ok(ProfileTable {
            extends: node.get("extends").map(|node| profile_name(node, text(node)?)).transpose()?,
            bytecode: node.get("bytecode").map(|node| word(node, Policy::parse, &policies())).transpose()?,
            pythonpath,
            clear: node.get("clear").map(|node| word(node, Clear::parse, &Clear::WORDS)).transpose()?,
            dotenv: node.get("dotenv").map(|node| self.dotenv(node)).transpose()?,
            env: node.get("env").map_or(Ok(Vec::new()), |node| self.variables(node))?,
        })
    }

    fn pythonpath(&mut self, node: &Node) -> Result<PythonPath, Fault> {
        match &node.value {
            Value::Text(text) if text == SOURCES => Ok(PythonPath::Sources),
            Value::Text(text) if text == INHERIT => Ok(PythonPath::Inherit),
            Value::List(_) => Ok(PythonPath::Listed(self.elements(node)?)),
            _ => Err(mismatch(node, "`\"sources\"`, `\"inherit\"` or a list of paths")),
        }
    }

    fn venv(&self, node: &Node) -> Result<Wish, Fault> {
        match &node.value {
            Value::Bool(false) => Ok(Wish::None),
            Value::Text(_) => Ok(Wish::At(self.path(node)?)),
            _ => Err(mismatch(node, "a path, or `false` for none")),
        }
    }

    fn dotenv(&mut self, node: &Node) -> Result<Vec<DotenvFile>, Fault> {
        let one = std::slice::from_ref(node);
        let items = node.list().unwrap_or(one);
        self.dotenv += items.len();
        limits::check(self.dotenv, limits::DOTENV, "dotenv files", &node.site)?;
        items.iter().map(|item| self.dotenv_file(item)).collect()
    }

    fn dotenv_file(&mut self, node: &Node) -> Result<DotenvFile, Fault> {
        let site = node.site.clone();
        if node.text().is_some() {
            return Ok(DotenvFile { path: self.path(node)?, optional: false, site });
        }
        self.table(node, "a path, or a table with `path`", &keys::names(&DOTENV))?;
        let path = node.get("path").ok_or_else(|| node.site.fault("`path` is missing"))?;
        let optional = node.get("optional").map_or(Ok(false), boolean)?;
        Ok(DotenvFile { path: self.path(path)?, optional, site })
    }

    fn variables(&mut self, node: &Node) -> Result<Vec<Variable>, Fault> {
        let table = node.table().ok_or_else(|| mismatch(node, "a table of variables"))?;
        self.variables += table.len();
        limits::check(self.variables, limits::VARIABLES, "variables", &node.site)?;
        let mut out = Vec::new();
        for (name, (site, node)) in table {
            check_variable(name, site)?;
            out.push(Variable { name: name.clone(), action: self.action(name, node)?, site: site.clone() });
        }
        Ok(out)
    }

    fn action(&mut self, name: &str, node: &Node) -> Result<Action, Fault> {
        match &node.value {
            Value::Text(text) if name == PYTHONPATH => {
                let base = node.site.source.file.parent().unwrap_or(Path::new("/"));
                let list = absolute_list(value(node, text)?.as_os_str(), base);
                Ok(Action::Set(list.map_err(|path| node.site.fault(COLON).hint(two(&path)))?))
            }
            Value::Text(text) => Ok(Action::Set(value(node, text)?)),
            Value::Other(number) => Ok(Action::Set(number.into())),
            Value::Bool(false) => Ok(Action::Unset),
            Value::Bool(true) => {
                Err(mismatch(node, "text").hint(format!("write `{name} = \"1\"` or `{name} = \"true\"`")))
            }
            Value::List(_) => Err(mismatch(node, "text").hint(format!("write `{name} = {{ prepend = [...] }}`"))),
            Value::Table(_) => self.list_action(node),
        }
    }

    fn list_action(&mut self, node: &Node) -> Result<Action, Fault> {
        let table = self.table(node, "text", &keys::names(DEFAULT.iter().chain(&LIST)))?;
        if let Some((site, default)) = table.get("default") {
            let alone = table.len() == 1;
            let text = text(default)?;
            let fault = || site.fault("`default` stands alone").hint("a list takes `prepend`, `append` and `remove`");
            return if alone { Ok(Action::Default(value(default, text)?)) } else { Err(fault()) };
        }
        let mut elements = |key: &str| -> Result<Vec<OsString>, Fault> {
            let paths = node.get(key).map_or(Ok(Vec::new()), |list| self.elements(list))?;
            Ok(paths.into_iter().map(PathBuf::into_os_string).collect())
        };
        let (prepend, append) = (elements("prepend")?, elements("append")?);
        Ok(Action::Edit(ListEdit { prepend, append, remove: self.unwanted(node)? }))
    }

    /// Returns what is taken out of a list variable.
    fn unwanted(&mut self, node: &Node) -> Result<Vec<Unwanted>, Fault> {
        let Some(node) = node.get("remove") else { return Ok(Vec::new()) };
        self.elements(node)?;
        let one = |path: Sited<PathBuf>| {
            let base = path.site.source.file.parent().unwrap_or(Path::new("/"));
            let fault = |reason| path.site.fault(format!("`{}` is no pattern: {reason}", path.value.display()));
            Unwanted::below(base, &path.value).map_err(fault)
        };
        self.sited_paths(node)?.into_iter().map(one).collect()
    }

    /// Returns the elements of a list variable, which can't hold a colon.
    fn elements(&mut self, node: &Node) -> Result<Vec<PathBuf>, Fault> {
        let paths = self.sited_paths(node)?;
        match paths.iter().find(|path| has_colon(&path.value)) {
            Some(path) => Err(path.site.fault(COLON).hint(two(&path.value))),
            None => Ok(paths.into_iter().map(|path| path.value).collect()),
        }
    }

    fn aliases(&mut self, node: &Node) -> Result<BTreeMap<String, Alias>, Fault> {
        let table = node.table().ok_or_else(|| mismatch(node, "a table of commands"))?;
        limits::check(table.len(), limits::ALIASES, "aliases", &node.site)?;
        let mut out = BTreeMap::new();
        for (name, (site, node)) in table {
            if !names::is_alias(name) {
                let fault = site.fault(format!("`{name}` is no name for an alias"));
                return Err(fault.hint("letters, digits and `_`, then also `.` and `-`"));
            }
            out.insert(name.clone(), alias(node)?);
        }
        Ok(out)
    }

    fn sources(&mut self, node: &Node) -> Result<Vec<Sited<PathBuf>>, Fault> {
        limits::check(node.list().map_or(0, <[Node]>::len), limits::SOURCES, "sources", &node.site)?;
        self.sited_paths(node)
    }

    fn sited_paths(&mut self, node: &Node) -> Result<Vec<Sited<PathBuf>>, Fault> {
        let items = node.list().ok_or_else(|| mismatch(node, "a list of paths"))?;
        self.paths += items.len();
        limits::check(self.paths, limits::PATHS, "paths in lists", &node.site)?;
        let sited = |item: &Node| Ok(Sited { value: self.path(item)?, site: item.site.clone() });
        items.iter().map(sited).collect()
    }

    fn paths(&mut self, node: &Node) -> Result<Vec<PathBuf>, Fault> {
        Ok(self.sited_paths(node)?.into_iter().map(|path| path.value).collect())
    }

    /// Returns a path, absolute.
    fn path(&self, node: &Node) -> Result<PathBuf, Fault> {
        let path = text(node)?;
        if path.is_empty() || path.contains('\0') {
            return Err(node.site.fault("a path can't be empty or hold a NUL"));
        }
        if let Some(below) = path.strip_prefix('~') {
            let home = self.home.filter(|_| below.is_empty() || below.starts_with('/'));
            let home = home.ok_or_else(|| node.site.fault("cannot tell whose home directory this is"))?;
            return Ok(normalised(&home.join(below.trim_start_matches('/'))));
        }
        let base = node.site.source.file.parent().unwrap_or(Path::new("/"));
        Ok(normalised(&base.join(path)))
    }
}

/// What is wrong with an element that would be two.
pub(crate) const COLON: &str = "an element can't hold a colon";

/// Says how an element would be understood.
pub(crate) fn two(path: &Path) -> String {
    format!("`{}` would be two elements", path.display())
}

/// Makes the elements of a list absolute; one that then holds a colon is an error.
pub(crate) fn absolute_list(text: &OsStr, base: &Path) -> Result<OsString, PathBuf> {
    let elements = list::split(text).into_iter().filter(|element| !element.is_empty());
    let absolute: Vec<PathBuf> = elements.map(|element| normalised(&base.join(element))).collect();
    match absolute.iter().find(|path| has_colon(path)) {
        Some(path) => Err(path.clone()),
        None => Ok(list::join(&absolute.into_iter().map(PathBuf::into_os_string).collect::<Vec<_>>())),
    }
}

const PROFILE_NAMES: &str = "a letter or digit, then up to 47 letters, digits, `.`, `_` and `-`";

fn check_variable(name: &str, site: &Site) -> Result<(), Fault> {
    if !names::is_name(name) {
        return Err(site.fault(format!("`{name}` is no name for a variable")).hint("letters, digits and `_`"));
    }
    if OF_POLICY.contains(&name) {
        let words = Policy::ALL.map(Policy::word).join("`, `");
        return Err(site
            .fault(format!("`{name}` is set by the profile's bytecode policy"))
            .hint(format!("set `bytecode` of the profile: `{words}`")));
    }
    match keys::refusal(name) {
        Some(why) => Err(site.fault(format!("`{name}` {why}")).hint(keys::BEFORE)),
        None => Ok(()),
    }
}

fn profile_name(node: &Node, name: &str) -> Result<Sited<String>, Fault> {
    if !names::is_profile(name) {
        return Err(node.site.fault(format!("`{name}` is no name for a profile")).hint(PROFILE_NAMES));
    }
    Ok(Sited { value: name.to_owned(), site: node.site.clone() })
}

fn alias(node: &Node) -> Result<Alias, Fault> {
    let text = text(node)?;
    let words = shlex::split(text).ok_or_else(|| node.site.fault("a quote is never closed"))?;
    if words.first().is_none_or(String::is_empty) {
        return Err(node.site.fault("an alias needs a command"));
    }
    Ok(Alias { text: text.to_owned(), words })
}

fn word<T>(node: &Node, parse: impl Fn(&str) -> Option<T>, known: &[&str]) -> Result<Sited<T>, Fault> {
    let text = text(node)?;
    let unknown = || node.site.fault(format!("unknown value `{text}`")).did_you_mean(text, known.iter().copied());
    parse(text).map(|value| Sited { value, site: node.site.clone() }).ok_or_else(unknown)
}

fn sited<T>(node: Option<&Node>, read: impl FnOnce(&Node) -> Result<T, Fault>) -> Result<Option<Sited<T>>, Fault> {
    node.map(|node| Ok(Sited { value: read(node)?, site: node.site.clone() })).transpose()
}

fn text(node: &Node) -> Result<&str, Fault> {
    node.text().ok_or_else(|| mismatch(node, "text"))
}

fn value(node: &Node, text: &str) -> Result<OsString, Fault> {
    if text.contains('\0') { Err(node.site.fault("a variable can't hold a NUL")) } else { Ok(text.into()) }
}

fn boolean(node: &Node) -> Result<bool, Fault> {
    if let Value::Bool(value) = node.value { Ok(value) } else { Err(mismatch(node, "`true` or `false`")) }
}

fn mismatch(node: &Node, expected: &str) -> Fault {
    let found = match node.value {
        Value::Text(_) => "text",
        Value::Bool(_) => "a boolean",
        Value::Other(_) => "a number or date",
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
    };
    node.site.fault(format!("expected {expected}, found {found}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::document;

    /// Reads a text as `/p/devenv.toml`.
    pub(crate) fn read(text: &str) -> Result<Config, Fault> {
        let tree = document::parse(Path::new("/p/devenv.toml"), text.to_owned())?;
        decode(&tree, Some(Path::new("/home/me/config.toml")), Some(Path::new("/home/me")))
    }

    #[test]
    fn a_path_is_relative_to_the_file_that_says_it() {
        let config = read("sources = ['src', './a/../b', '/abs/', '~/lib', '~']\nvenv = '../env'\n").unwrap();
        let sources: Vec<PathBuf> = config.sources.into_iter().flatten().map(|sited| sited.value).collect();
        assert_eq!(sources, ["/p/src", "/p/b", "/abs", "/home/me/lib", "/home/me"].map(PathBuf::from));
        assert_eq!(config.venv, Wish::At("/env".into()));
    }

    #[test]
    fn a_path_that_leads_nowhere_for_certain_is_refused() {
        for path in ["''", "\"a\\u0000b\"", "'~somebody/env'", "true", "1"] {
            assert!(read(&format!("venv = {path}")).is_err(), "{path}");
        }
        assert_eq!(read("venv = false").unwrap().venv, Wish::None);
    }

    #[test]
    fn a_variable_is_set_or_unset_or_only_a_default_or_a_list() {
        let text = "[env]\nA = 'x'\nB = 1.50\nC = false\nD = { default = '' }\nPYTHONPATH = 'lib::/x/../y'\n\
                    Z = { prepend = ['bin'], append = ['/end'], remove = ['old'] }\n";
        let actions: Vec<Action> = read(text).unwrap().env.into_iter().map(|variable| variable.action).collect();
        let set = |value: &str| Action::Set(value.into());
        let edit = ListEdit {
            prepend: vec!["/p/bin".into()],
            append: vec!["/end".into()],
            remove: vec![OsString::from("/p/old").into()],
        };
        let expected =
            [set("x"), set("1.50"), Action::Unset, Action::Default("".into()), set("/p/lib:/y"), Action::Edit(edit)];
        assert_eq!(actions, expected);
    }

    #[test]
    fn a_dotenv_file_is_one_path_or_several_and_may_be_optional() {
        let text = "[profiles]\na.dotenv = '.env'\nb.dotenv = ['x', { path = 'y', optional = true }]\n";
        let config = read(text).unwrap();
        let files = |profile: &str| {
            let files = config.profiles[profile].dotenv.iter().flatten();
            files.map(|file| (file.path.to_str().unwrap(), file.optional)).collect::<Vec<_>>()
        };
        assert_eq!(files("a"), [("/p/.env", false)]);
        assert_eq!(files("b"), [("/p/x", false), ("/p/y", true)]);
        assert_eq!(read("profiles.a.dotenv = { optional = true }").unwrap_err().what, "`path` is missing");
    }

    #[test]
    fn an_alias_is_split_as_a_shell_does_it() {
        let config = read("[aliases]\nsay = \"echo 'a b' c\\\\ d\"\n").unwrap();
        assert_eq!(config.aliases["say"].words, ["echo", "a b", "c d"]);
        for empty in ["", "  ", "''", "# all of it"] {
            assert!(read(&format!("aliases.a = \"{empty}\"")).is_err(), "{empty}");
        }
    }

    #[test]
    fn names_begin_as_names_do_and_end_in_time() {
        let long = "a".repeat(48);
        assert!(["a", "9.x_y-z", &long].into_iter().all(names::is_profile));
        assert!(!["", ".a", "-a", "a b", "a/b", "\u{e4}", &format!("{long}a")].into_iter().any(names::is_profile));
        assert!(["A", "_", "a1_B"].into_iter().all(names::is_name));
        assert!(!["", "1A", "A-B", "A=", "\u{c4}"].into_iter().any(names::is_name));
    }
}
