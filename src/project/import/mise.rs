//! The `[env]` of a `mise.toml`: texts, numbers, what is unset, and the directives that only name a
//! path. A template is left, and so is what mise may expand.

use super::{DotenvFile, Taken, Wish};
use crate::project::limits;
use crate::values::document::{Node, Site, Table, Value};
use crate::values::fault::Fault;

/// Keys beside a variable's `value` that change nothing of it.
const HARMLESS: [&str; 3] = ["value", "redact", "tools"];

const EXPANDED: &str = "mise would expand it";

/// Reads a file.
pub(super) fn read(root: &Node, text: &str) -> Result<Taken, Fault> {
    let below = |node: &Node| {
        node.table().map_or(0, Table::len)
            + node.at(["_"]).and_then(Node::table).map_or(0, Table::len)
    };
    let env = root.get("env");
    let tables = env
        .into_iter()
        .chain(env.and_then(Node::list).into_iter().flatten());
    limits::check(
        below(root) + tables.map(below).sum::<usize>(),
        limits::VARIABLES,
        "keys",
        &root.site,
    )?;
    let mut reader = Reader {
        text,
        taken: Taken::default(),
    };
    for (key, site, node) in in_order(root.table()) {
        match (key, &node.value) {
            ("env", Value::Table(table)) => reader.env(table),
            ("env", Value::List(tables)) => tables
                .iter()
                .filter_map(Node::table)
                .for_each(|table| reader.env(table)),
            _ => reader.leave(site, "only `[env]` is read"),
        }
    }
    reader.taken.left.sort_by_key(|left| left.line);
    Ok(reader.taken)
}

/// Yields the entries of a table as they are written.
fn in_order(table: Option<&Table>) -> Vec<(&str, &Site, &Node)> {
    let mut out: Vec<_> = table
        .into_iter()
        .flatten()
        .map(|(key, (site, node))| (key.as_str(), site, node))
        .collect();
    out.sort_by_key(|(_, site, _)| site.offset());
    out
}

struct Reader<'a> {
    text: &'a str,
    taken: Taken,
}

impl Reader<'_> {
    fn leave(&mut self, site: &Site, why: &str) {
        let line = site.place().line;
        self.taken.leave(line, super::line_of(self.text, line), why);
    }

    fn env(&mut self, table: &Table) {
        for (name, site, node) in in_order(Some(table)) {
            if name == "_" {
                in_order(node.table())
                    .into_iter()
                    .for_each(|(key, site, node)| self.directive(key, site, node));
            } else {
                self.variable(name, site, node);
            }
        }
    }

    fn variable(&mut self, name: &str, site: &Site, node: &Node) {
        match wish(node) {
            Ok(wish) => self.taken.put(name, wish, site.place().line, self.text),
            Err(why) => self.leave(site, why),
        }
    }

    fn directive(&mut self, key: &str, site: &Site, node: &Node) {
        let done = match key {
            "path" => self.path(node, site),
            "file" => self.file(node),
            "python" => self.python(node),
            "source" => Err("it is a script, and nothing is executed"),
            _ => Err("devenv has no such thing"),
        };
        if let Err(why) = done {
            self.leave(site, why);
        }
    }

    fn path(&mut self, node: &Node, site: &Site) -> Result<(), &'static str> {
        let paths = texts(node)?.into_iter().map(str::to_owned).collect();
        self.taken
            .put("PATH", Wish::Prepend(paths), site.place().line, self.text);
        Ok(())
    }

    fn file(&mut self, node: &Node) -> Result<(), &'static str> {
        let paths = texts(node.get("path").unwrap_or(node))?;
        let is_other = |path: &&str| {
            [".json", ".yaml", ".yml", ".toml"]
                .iter()
                .any(|end| path.ends_with(end))
        };
        if paths.iter().any(is_other) {
            return Err("only dotenv files are read");
        }
        let file = |path: &str| DotenvFile {
            path: path.to_owned(),
            optional: true,
        };
        self.taken.dotenv.extend(paths.into_iter().map(file));
        Ok(())
    }

    fn python(&mut self, node: &Node) -> Result<(), &'static str> {
        let venv = node.get("venv").ok_or("devenv has no such thing")?;
        let path = venv.get("path").unwrap_or(venv);
        self.taken.venv = Some(literal(path.text().ok_or("it names no path")?)?.to_owned());
        Ok(())
    }
}

fn wish(node: &Node) -> Result<Wish, &'static str> {
    match &node.value {
        Value::Text(text) => Ok(Wish::Set(literal(text)?.to_owned())),
        Value::Other(number) => Ok(Wish::Set(number.clone())),
        Value::Bool(true) => Ok(Wish::Set("true".to_owned())),
        Value::Bool(false) => Ok(Wish::Unset),
        Value::List(_) => Err("a variable is no list"),
        Value::Table(table) => detailed(node, table),
    }
}

/// Reads a variable that is a table: its value, or what it is where it is unset.
fn detailed(node: &Node, table: &Table) -> Result<Wish, &'static str> {
    if let Some(default) = node.get("default") {
        return match wish(default)? {
            Wish::Set(value) => Ok(Wish::Default(value)),
            _ => Err("its default is no text"),
        };
    }
    let value = node.get("value").ok_or("it has no plain value")?;
    let is_plain =
        table.keys().all(|key| HARMLESS.contains(&key.as_str())) && value.table().is_none();
    if is_plain {
        wish(value)
    } else {
        Err("it has no plain value")
    }
}

/// Returns one text, or a list of texts, all literal.
fn texts(node: &Node) -> Result<Vec<&str>, &'static str> {
    let items = node.list().unwrap_or(std::slice::from_ref(node));
    items
        .iter()
        .map(|item| {
            literal(
                item.text()
                    .or_else(|| item.get("path")?.text())
                    .ok_or("it names no path")?,
            )
        })
        .collect()
}

fn literal(text: &str) -> Result<&str, &'static str> {
    let is_template = ["{{", "{%", "{#", "$"]
        .iter()
        .any(|mark| text.contains(mark));
    if is_template { Err(EXPANDED) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn of(text: &str) -> Taken {
        super::super::mise(Path::new("mise.toml"), text).unwrap()
    }

    fn lines(taken: &Taken) -> Vec<usize> {
        taken.left.iter().map(|left| left.line).collect()
    }

    #[test]
    fn plain_values_are_taken_in_their_order() {
        let taken = of(
            "[env]\nB = 'x'\nA = 1\nC = false\nD = true\nE = { value = 'y', redact = true }\nF = { default = 'z' }\n",
        );
        let wishes: Vec<(&str, &Wish)> = taken
            .variables
            .iter()
            .map(|v| (v.name.as_str(), &v.wish))
            .collect();
        let set = |value: &str| Wish::Set(value.into());
        let expected = [
            ("B", &set("x")),
            ("A", &set("1")),
            ("C", &Wish::Unset),
            ("D", &set("true")),
            ("E", &set("y")),
            ("F", &Wish::Default("z".into())),
        ];
        assert_eq!(wishes, expected);
        assert!(taken.left.is_empty());
    }

    #[test]
    fn what_is_expanded_or_run_is_left() {
        let text = "[tools]\npython = '3.12'\n[env]\nA = '{{ cwd }}'\nB = '$HOME/x'\nC = ['x']\nD = { required = true }\n\
                    _.source = 'x.sh'\n_.file = 'x.json'\nOK = 'y'\n";
        let taken = of(text);
        assert_eq!(lines(&taken), [1, 4, 5, 6, 7, 8, 9]);
        assert_eq!(taken.variables.len(), 1);
    }

    #[test]
    fn directives_that_name_a_path_are_taken() {
        let taken = of(
            "[env]\nA = '1'\n_.path = ['bin', './b']\n_.file = ['.env']\n_.python.venv = { path = '.v', create = true }\nB = '2'\n",
        );
        assert_eq!(
            taken.wish("PATH"),
            Some(&Wish::Prepend(vec!["bin".into(), "./b".into()]))
        );
        assert_eq!(
            taken.dotenv,
            [DotenvFile {
                path: ".env".into(),
                optional: true
            }]
        );
        assert_eq!(taken.venv.as_deref(), Some(".v"));
    }

    #[test]
    fn several_tables_are_read_one_after_the_other() {
        assert_eq!(
            of("[[env]]\nA = '1'\n[[env]]\nA = '2'\n").wish("A"),
            Some(&Wish::Set("2".into()))
        );
    }
}
