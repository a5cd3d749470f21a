//! What a configuration does to variables.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::Decoder;
use super::scalars::{mismatch, text, value};
use crate::env::list::{self, ListEdit, Unwanted};
use crate::env::operation::PYTHONPATH;
use crate::env::{Action, names};
use crate::project::config::{Sited, Variable};
use crate::project::keys::{self, DEFAULT, LIST, OF_POLICY};
use crate::project::limits;
use crate::python::policy::Policy;
use crate::values::document::{Node, Site, Value};
use crate::values::fault::Fault;
use crate::values::paths::{has_colon, normalised};

/// What is wrong with an element that would be two.
pub const COLON: &str = "an element can't hold a colon";

impl Decoder<'_> {
    pub(super) fn variables(&mut self, node: &Node) -> Result<Vec<Variable>, Fault> {
        let table = node
            .table()
            .ok_or_else(|| mismatch(node, "a table of variables"))?;
        self.variables += table.len();
        limits::check(self.variables, limits::VARIABLES, "variables", &node.site)?;
        let mut out = Vec::new();
        for (name, (site, node)) in table {
            check_variable(name, site)?;
            out.push(Variable {
                name: name.clone(),
                action: self.action(name, node)?,
                site: site.clone(),
            });
        }
        Ok(out)
    }

    pub(super) fn action(&mut self, name: &str, node: &Node) -> Result<Action, Fault> {
        match &node.value {
            Value::Text(text) if name == PYTHONPATH => {
                let base = node.site.source.file.parent().unwrap_or(Path::new("/"));
                let list = absolute_list(value(node, text)?.as_os_str(), base);
                Ok(Action::Set(
                    list.map_err(|path| node.site.fault(COLON).hint(two(&path)))?,
                ))
            }
            Value::Text(text) => Ok(Action::Set(value(node, text)?)),
            Value::Other(number) => Ok(Action::Set(number.into())),
            Value::Bool(false) => Ok(Action::Unset),
            Value::Bool(true) => Err(mismatch(node, "text")
                .hint(format!("write `{name} = \"1\"` or `{name} = \"true\"`"))),
            Value::List(_) => {
                Err(mismatch(node, "text").hint(format!("write `{name} = {{ prepend = [...] }}`")))
            }
            Value::Table(_) => self.list_action(node),
        }
    }

    pub(super) fn list_action(&mut self, node: &Node) -> Result<Action, Fault> {
        let table = self.table(node, "text", &keys::names(DEFAULT.iter().chain(&LIST)))?;
        if let Some((site, default)) = table.get("default") {
            let alone = table.len() == 1;
            let text = text(default)?;
            let fault = || {
                site.fault("`default` stands alone")
                    .hint("a list takes `prepend`, `append` and `remove`")
            };
            return if alone {
                Ok(Action::Default(value(default, text)?))
            } else {
                Err(fault())
            };
        }
        let mut elements = |key: &str| -> Result<Vec<OsString>, Fault> {
            let paths = node
                .get(key)
                .map_or(Ok(Vec::new()), |list| self.elements(list))?;
            Ok(paths.into_iter().map(PathBuf::into_os_string).collect())
        };
        let (prepend, append) = (elements("prepend")?, elements("append")?);
        Ok(Action::Edit(ListEdit {
            prepend,
            append,
            remove: self.unwanted(node)?,
        }))
    }

    /// Returns what is taken out of a list variable.
    pub(super) fn unwanted(&mut self, node: &Node) -> Result<Vec<Unwanted>, Fault> {
        let Some(node) = node.get("remove") else {
            return Ok(Vec::new());
        };
        self.elements(node)?;
        let one = |path: Sited<PathBuf>| {
            let base = path.site.source.file.parent().unwrap_or(Path::new("/"));
            let fault = |reason| {
                path.site.fault(format!(
                    "`{}` is no pattern: {reason}",
                    path.value.display()
                ))
            };
            Unwanted::below(base, &path.value).map_err(fault)
        };
        self.sited_paths(node)?.into_iter().map(one).collect()
    }
}

/// Says how an element would be understood.
pub fn two(path: &Path) -> String {
    format!("`{}` would be two elements", path.display())
}

/// Makes the elements of a list absolute; one that then holds a colon is an error.
pub fn absolute_list(text: &OsStr, base: &Path) -> Result<OsString, PathBuf> {
    let elements = list::split(text)
        .into_iter()
        .filter(|element| !element.is_empty());
    let absolute: Vec<PathBuf> = elements
        .map(|element| normalised(&base.join(element)))
        .collect();
    match absolute.iter().find(|path| has_colon(path)) {
        Some(path) => Err(path.clone()),
        None => Ok(list::join(
            &absolute
                .into_iter()
                .map(PathBuf::into_os_string)
                .collect::<Vec<_>>(),
        )),
    }
}

fn check_variable(name: &str, site: &Site) -> Result<(), Fault> {
    if !names::is_name(name) {
        return Err(site
            .fault(format!("`{name}` is no name for a variable"))
            .hint("letters, digits and `_`"));
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
