//! Reads the merged tree of configuration files into typed values. An unknown key is an error in a
//! project's file, and a warning in the user's own, so that an older program is not bricked by a
//! newer setting. A relative path is relative to the file that says it.

mod paths;
mod scalars;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scalars::{boolean, mismatch, sited, text, word};
pub use variables::{COLON, absolute_list, two};

use super::config::{Alias, Clear, Config, DotenvFile, ProfileTable, PythonPath, Sited};
use super::keys::{self, CONFIGURATION, DOTENV, INHERIT, Key, PROFILE, SOURCES, Whose};
use super::limits;
use super::venv::Wish;
use crate::env::names;
use crate::python::policy::Policy;
use crate::values::document::{Node, Site, Table, Value};
use crate::values::fault::Fault;

const PROFILE_NAMES: &str = "a letter or digit, then up to 47 letters, digits, `.`, `_` and `-`";

/// Decodes the merged tree. `user` is the file whose unknown keys are only warnings.
pub fn decode(root: &Node, user: Option<&Path>, home: Option<&Path>) -> Result<Config, Fault> {
    let mut decoder = Decoder {
        user,
        home,
        warnings: Vec::new(),
        paths: 0,
        variables: 0,
        dotenv: 0,
    };
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
            default_profile: root
                .get("default-profile")
                .map(|node| profile_name(node, text(node)?))
                .transpose()?,
            sources: root
                .get("sources")
                .map(|node| self.sources(node))
                .transpose()?,
            venv: root
                .get("venv")
                .map_or(Ok(Wish::Detect), |node| self.venv(node))?,
            fill: root.get("fill").map(boolean).transpose()?,
            env: root
                .get("env")
                .map_or(Ok(Vec::new()), |node| self.variables(node))?,
            profiles: root
                .get("profiles")
                .map_or(Ok(BTreeMap::new()), |node| self.profiles(node))?,
            aliases: root
                .get("aliases")
                .map_or(Ok(BTreeMap::new()), |node| self.aliases(node))?,
            trusted: root
                .get("trusted")
                .map_or(Ok(Vec::new()), |node| self.paths(node))?,
            quiet: root.get("quiet").map_or(Ok(false), boolean)?,
            warnings: Vec::new(),
        })
    }

    /// Returns whether a piece stands in the user's own configuration.
    fn is_users(&self, site: &Site) -> bool {
        Some(site.source.file.as_path()) == self.user
    }

    /// Returns a table whose keys are all known.
    pub(super) fn table<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&str],
    ) -> Result<&'n Table, Fault> {
        let table = node.table().ok_or_else(|| mismatch(node, what))?;
        for (key, (site, _)) in table
            .iter()
            .filter(|(key, _)| !known.contains(&key.as_str()))
        {
            let fault = site
                .fault(format!("unknown key `{key}`"))
                .did_you_mean(key, known.iter().copied());
            if !self.is_users(site) {
                return Err(fault);
            }
            self.warnings.push(fault);
        }
        Ok(table)
    }

    fn profiles(&mut self, node: &Node) -> Result<BTreeMap<String, ProfileTable>, Fault> {
        let table = node
            .table()
            .ok_or_else(|| mismatch(node, "a table of profiles"))?;
        limits::check(table.len(), limits::PROFILES, "profiles", &node.site)?;
        let mut out = BTreeMap::new();
        for (name, (site, node)) in table {
            if !names::is_profile(name) {
                return Err(site
                    .fault(format!("`{name}` is no name for a profile"))
                    .hint(PROFILE_NAMES));
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
            extends: node
                .get("extends")
                .map(|node| profile_name(node, text(node)?))
                .transpose()?,
            bytecode: node
                .get("bytecode")
                .map(|node| word(node, Policy::parse, &policies()))
                .transpose()?,
            pythonpath,
            clear: node
                .get("clear")
                .map(|node| word(node, Clear::parse, &Clear::WORDS))
                .transpose()?,
            dotenv: node
                .get("dotenv")
                .map(|node| self.dotenv(node))
                .transpose()?,
            env: node
                .get("env")
                .map_or(Ok(Vec::new()), |node| self.variables(node))?,
        })
    }

    fn pythonpath(&mut self, node: &Node) -> Result<PythonPath, Fault> {
        match &node.value {
            Value::Text(text) if text == SOURCES => Ok(PythonPath::Sources),
            Value::Text(text) if text == INHERIT => Ok(PythonPath::Inherit),
            Value::List(_) => Ok(PythonPath::Listed(self.elements(node)?)),
            _ => Err(mismatch(
                node,
                "`\"sources\"`, `\"inherit\"` or a list of paths",
            )),
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
            return Ok(DotenvFile {
                path: self.path(node)?,
                optional: false,
                site,
            });
        }
        self.table(
            node,
            "a path, or a table with `path`",
            &keys::names(&DOTENV),
        )?;
        let path = node
            .get("path")
            .ok_or_else(|| node.site.fault("`path` is missing"))?;
        let optional = node.get("optional").map_or(Ok(false), boolean)?;
        Ok(DotenvFile {
            path: self.path(path)?,
            optional,
            site,
        })
    }

    fn aliases(&mut self, node: &Node) -> Result<BTreeMap<String, Alias>, Fault> {
        let table = node
            .table()
            .ok_or_else(|| mismatch(node, "a table of commands"))?;
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
        limits::check(
            node.list().map_or(0, <[Node]>::len),
            limits::SOURCES,
            "sources",
            &node.site,
        )?;
        self.sited_paths(node)
    }
}

fn profile_name(node: &Node, name: &str) -> Result<Sited<String>, Fault> {
    if !names::is_profile(name) {
        return Err(node
            .site
            .fault(format!("`{name}` is no name for a profile"))
            .hint(PROFILE_NAMES));
    }
    Ok(Sited {
        value: name.to_owned(),
        site: node.site.clone(),
    })
}

fn alias(node: &Node) -> Result<Alias, Fault> {
    let text = text(node)?;
    let words = shlex::split(text).ok_or_else(|| node.site.fault("a quote is never closed"))?;
    if words.first().is_none_or(String::is_empty) {
        return Err(node.site.fault("an alias needs a command"));
    }
    Ok(Alias {
        text: text.to_owned(),
        words,
    })
}

#[cfg(test)]
pub mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::env::Action;
    use crate::env::list::ListEdit;
    use crate::values::document;

    /// Reads a text as `/p/devenv.toml`.
    pub fn read(text: &str) -> Result<Config, Fault> {
        let tree = document::parse(Path::new("/p/devenv.toml"), text.to_owned())?;
        decode(
            &tree,
            Some(Path::new("/home/me/config.toml")),
            Some(Path::new("/home/me")),
        )
    }

    #[test]
    fn a_path_is_relative_to_the_file_that_says_it() {
        let config =
            read("sources = ['src', './a/../b', '/abs/', '~/lib', '~']\nvenv = '../env'\n")
                .unwrap();
        let sources: Vec<PathBuf> = config
            .sources
            .into_iter()
            .flatten()
            .map(|sited| sited.value)
            .collect();
        assert_eq!(
            sources,
            ["/p/src", "/p/b", "/abs", "/home/me/lib", "/home/me"].map(PathBuf::from)
        );
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
        let actions: Vec<Action> = read(text)
            .unwrap()
            .env
            .into_iter()
            .map(|variable| variable.action)
            .collect();
        let set = |value: &str| Action::Set(value.into());
        let edit = ListEdit {
            prepend: vec!["/p/bin".into()],
            append: vec!["/end".into()],
            remove: vec![OsString::from("/p/old").into()],
        };
        let expected = [
            set("x"),
            set("1.50"),
            Action::Unset,
            Action::Default("".into()),
            set("/p/lib:/y"),
            Action::Edit(edit),
        ];
        assert_eq!(actions, expected);
    }

    #[test]
    fn a_dotenv_file_is_one_path_or_several_and_may_be_optional() {
        let text =
            "[profiles]\na.dotenv = '.env'\nb.dotenv = ['x', { path = 'y', optional = true }]\n";
        let config = read(text).unwrap();
        let files = |profile: &str| {
            let files = config.profiles[profile].dotenv.iter().flatten();
            files
                .map(|file| (file.path.to_str().unwrap(), file.optional))
                .collect::<Vec<_>>()
        };
        assert_eq!(files("a"), [("/p/.env", false)]);
        assert_eq!(files("b"), [("/p/x", false), ("/p/y", true)]);
        assert_eq!(
            read("profiles.a.dotenv = { optional = true }")
                .unwrap_err()
                .what,
            "`path` is missing"
        );
    }

    #[test]
    fn an_alias_is_split_as_a_shell_does_it() {
        let config = read("[aliases]\nsay = \"echo 'a b' c\\\\ d\"\n").unwrap();
        assert_eq!(config.aliases["say"].words, ["echo", "a b", "c d"]);
        for empty in ["", "  ", "''", "# all of it"] {
            assert!(
                read(&format!("aliases.a = \"{empty}\"")).is_err(),
                "{empty}"
            );
        }
    }

    #[test]
    fn names_begin_as_names_do_and_end_in_time() {
        let long = "a".repeat(48);
        assert!(["a", "9.x_y-z", &long].into_iter().all(names::is_profile));
        assert!(
            !["", ".a", "-a", "a b", "a/b", "\u{e4}", &format!("{long}a")]
                .into_iter()
                .any(names::is_profile)
        );
        assert!(["A", "_", "a1_B"].into_iter().all(names::is_name));
        assert!(
            !["", "1A", "A-B", "A=", "\u{c4}"]
                .into_iter()
                .any(names::is_name)
        );
    }
}
