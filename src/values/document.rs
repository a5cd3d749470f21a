//! TOML as a tree whose every key and value knows its place in its file. Merging two trees keeps
//! the places, so that a message about a value names the file and line it really stands in. Knows
//! nothing of what the keys mean.

mod size;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::values::fault::{Excerpt, Fault, Place};

/// The text of one file.
#[derive(Debug)]
pub struct Source {
    pub file: std::path::PathBuf,
    text: String,
}

/// A piece of a file.
#[derive(Clone, Debug)]
pub struct Site {
    pub source: Arc<Source>,
    span: Range<usize>,
}

impl Site {
    /// Returns the place where the piece begins.
    pub fn place(&self) -> Place {
        let (line, column) = self.line_and_column();
        Place {
            file: self.source.file.clone(),
            line,
            column,
        }
    }

    /// Returns how far into its file the piece begins.
    pub fn offset(&self) -> usize {
        self.span.start
    }

    fn line_and_column(&self) -> (usize, usize) {
        let start = self.span.start.min(self.source.text.len());
        let before = &self.source.text.as_bytes()[..start];
        let line_start = before
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[line_start..])
            .chars()
            .count()
            + 1;
        (before.iter().filter(|&&b| b == b'\n').count() + 1, column)
    }

    /// Returns a fault about this piece, with its line and a caret.
    pub fn fault(&self, what: impl Into<String>) -> Fault {
        let place = self.place();
        let line = self
            .source
            .text
            .lines()
            .nth(place.line - 1)
            .unwrap_or_default();
        let piece = self.source.text.get(self.span.clone()).unwrap_or_default();
        let width = piece
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            .max(1);
        Fault::new(what).at(place, Excerpt::of(line, width))
    }
}

/// A value with the piece of text it was read from.
#[derive(Clone, Debug)]
pub struct Node {
    pub value: Value,
    pub site: Site,
}

/// A TOML value.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Bool(bool),
    /// A number or a date, as written.
    Other(String),
    List(Vec<Node>),
    Table(Table),
}

/// A table: for each key its own site, and its value.
pub type Table = BTreeMap<String, (Site, Node)>;

/// Parses a file's text.
pub fn parse(file: &Path, text: String) -> Result<Node, Fault> {
    let source = Arc::new(Source {
        file: file.to_owned(),
        text,
    });
    if let Some(at) = size::beyond(&source.text) {
        let what = format!("more than {} tables, keys and values", size::MOST);
        return Err(Site {
            source,
            span: at..at + 1,
        }
        .fault(what));
    }
    let table = DeTable::parse(&source.text).map_err(|error| {
        let at = error.span().unwrap_or(0..0);
        Site {
            source: Arc::clone(&source),
            span: at,
        }
        .fault(error.message().trim().replace('\n', ", "))
    })?;
    let span = table.span();
    let value = Value::Table(convert_table(&source, table.into_inner()));
    Ok(Node {
        value,
        site: Site {
            source,
            span: span.start..span.start,
        },
    })
}

fn convert_table(source: &Arc<Source>, table: DeTable<'_>) -> Table {
    let entry = |(key, value): (Spanned<std::borrow::Cow<'_, str>>, Spanned<DeValue<'_>>)| {
        let site = Site {
            source: Arc::clone(source),
            span: key.span(),
        };
        (
            key.into_inner().into_owned(),
            (site, convert(source, value)),
        )
    };
    table.into_iter().map(entry).collect()
}

fn convert(source: &Arc<Source>, value: Spanned<DeValue<'_>>) -> Node {
    let site = Site {
        source: Arc::clone(source),
        span: value.span(),
    };
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Integer(number) => Value::Other(number.to_string()),
        DeValue::Float(number) => Value::Other(number.as_str().to_owned()),
        DeValue::Datetime(date) => Value::Other(date.to_string()),
        DeValue::Array(items) => Value::List(
            items
                .into_iter()
                .map(|item| convert(source, item))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(convert_table(source, table)),
    };
    Node { value, site }
}

impl Node {
    /// Returns the value under a key, where this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.table()?.get(key).map(|(_, node)| node)
    }

    /// Returns the value at a path of keys.
    pub fn at<const N: usize>(&self, keys: [&str; N]) -> Option<&Node> {
        keys.into_iter().try_fold(self, |node, key| node.get(key))
    }

    /// Returns the text, where this is one.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value {
            Some(text)
        } else {
            None
        }
    }

    /// Returns the items, where this is a list.
    pub fn list(&self) -> Option<&[Node]> {
        if let Value::List(items) = &self.value {
            Some(items)
        } else {
            None
        }
    }

    /// Returns the table, where this is one.
    pub fn table(&self) -> Option<&Table> {
        if let Value::Table(table) = &self.value {
            Some(table)
        } else {
            None
        }
    }

    /// Returns the texts of a list; anything else in it is passed over.
    pub fn texts(&self) -> Vec<&str> {
        self.list()
            .unwrap_or_default()
            .iter()
            .filter_map(Node::text)
            .collect()
    }

    /// Lays another tree over this one: tables merge, everything else is replaced.
    pub fn overlay(&mut self, over: Self) {
        let Node { value, site } = over;
        match (&mut self.value, value) {
            (Value::Table(under), Value::Table(over)) => {
                over.into_iter().for_each(|entry| overlay(under, entry));
            }
            (_, value) => *self = Self { value, site },
        }
    }

    /// Returns the value in a form that depends on its content alone, not on layout or comments.
    pub fn canonical(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("{text:?}"),
            Value::Bool(value) => value.to_string(),
            Value::Other(text) => text.clone(),
            Value::List(items) => format!(
                "[{}]",
                items
                    .iter()
                    .map(Self::canonical)
                    .collect::<Vec<_>>()
                    .join(",")
            ),
            Value::Table(table) => {
                let entry = |(key, (_, node)): (&String, &(Site, Self))| {
                    format!("{key:?}={}", node.canonical())
                };
                format!(
                    "{{{}}}",
                    table.iter().map(entry).collect::<Vec<_>>().join(",")
                )
            }
        }
    }
}

fn overlay(under: &mut Table, (key, (site, node)): (String, (Site, Node))) {
    match under.get_mut(&key) {
        // Whoever spoke last said the key too: it decides what such a key may be.
        Some((key_site, below)) => {
            *key_site = site;
            below.overlay(node);
        }
        None => drop(under.insert(key, (site, node))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Node {
        parse(Path::new("x.toml"), text.to_owned()).unwrap()
    }

    #[test]
    fn values_know_their_place() {
        let node = tree("a = 1\n[b]\n  c = \"ä\"\nd = \"x\" # c\n");
        let place = node.at(["b", "c"]).unwrap().site.place();
        assert_eq!((place.line, place.column), (3, 7));
        let fault = node.at(["b", "c"]).unwrap().site.fault("wrong");
        assert_eq!(
            fault.spot.unwrap().excerpt.unwrap(),
            Excerpt {
                text: "  c = \"ä\"".into(),
                width: 3
            }
        );
    }

    #[test]
    fn a_syntax_error_has_a_place() {
        let fault = parse(Path::new("x.toml"), "a = 1\nb = [1,\n".into()).unwrap_err();
        assert_eq!(fault.spot.map(|spot| spot.place.line), Some(2));
    }

    #[test]
    fn tables_merge_and_lists_replace() {
        let mut under = tree("a = [1, 2]\nb.x = 1\nb.y = 2");
        under.overlay(tree("a = [3]\nb.y = 4"));
        assert_eq!(under.canonical(), r#"{"a"=[3],"b"={"x"=1,"y"=4}}"#);
    }

    #[test]
    fn a_key_belongs_to_the_file_that_said_it_last() {
        let mut under = tree("a = 1\nb.x = 1");
        under.overlay(parse(Path::new("over.toml"), "a = 2\nb.y = 1".to_owned()).unwrap());
        for key in ["a", "b"] {
            assert_eq!(
                under.table().unwrap()[key].0.source.file,
                Path::new("over.toml")
            );
        }
    }

    #[test]
    fn the_canonical_form_ignores_layout() {
        assert_eq!(
            tree("b=1 # x\na='q'").canonical(),
            tree("a = \"q\"\n\nb = 1").canonical()
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "[\\[\\]{}=\"'a-c#.,\\n \u{e4}]{0,40}") {
            if let Err(fault) = parse(Path::new("x.toml"), text) {
                proptest::prop_assert!(fault.spot.is_some());
            }
        }
    }
}
