//! JSON with comments, read strictly, with the place of every piece. A change is a list of splices:
//! whatever they do not name stays byte for byte as it was. What is wrong with a file is said with
//! its line; nothing is repaired, and which values are wanted is not known here.

mod place;
mod put;
mod strict;
mod take;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::tokens::Token;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, parse_to_ast};
use serde_json::Value as Json;

pub use place::{Problem, Step, line_end, shown};
pub use put::put;
pub use take::take;

/// What a file of some tool may hold beside values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Comments and trailing commas.
    Commented,
    /// Neither.
    Plain,
}

/// A parsed text, without the mark that some editors put first.
#[derive(Debug)]
pub struct Document<'t> {
    text: &'t str,
    /// Nothing where there are only comments and blanks.
    root: Option<Value<'t>>,
    marks: Vec<Mark>,
}

/// A comma or a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    start: usize,
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Comma,
    LineComment,
    BlockComment,
}

/// A piece of text to put in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Splice {
    start: usize,
    end: usize,
    text: String,
}

/// An object or a list: where its brackets stand, and what is between them.
#[derive(Clone, Debug)]
struct Container {
    /// After the opening bracket.
    start: usize,
    /// Before the closing one.
    end: usize,
    items: Vec<(usize, usize)>,
}

impl<'t> Document<'t> {
    /// Parses a text.
    pub fn parse(text: &'t str, manner: Manner) -> Result<Self, Problem> {
        let collect = CollectOptions {
            comments: CommentCollectionStrategy::AsTokens,
            tokens: true,
        };
        let parsed = parse_to_ast(text, &collect, &strict::options(manner)).map_err(|error| {
            let (range, what) = (error.range(), error.kind().to_string());
            let lower = what
                .chars()
                .next()
                .map(|first| first.to_lowercase().to_string() + &what[first.len_utf8()..]);
            Problem::new(range.start, range.end, lower.unwrap_or(what))
        })?;
        let tokens = parsed.tokens.unwrap_or_default();
        strict::check_tokens(text, &tokens)?;
        let marks = tokens
            .iter()
            .filter_map(|token| mark(text, &token.token, token.start(), token.end()))
            .collect();
        let document = Self {
            text,
            root: parsed.value,
            marks,
        };
        // The parser takes comments for tokens where they are asked for.
        let comment = document
            .marks
            .iter()
            .find(|mark| manner == Manner::Plain && mark.kind != Kind::Comma);
        if let Some(mark) = comment {
            return Err(Problem::new(
                mark.start,
                mark.end,
                "comments are not allowed",
            ));
        }
        document.root.as_ref().map_or(Ok(()), strict::check_keys)?;
        Ok(document)
    }

    /// Returns whether the text holds a value.
    pub fn has_value(&self) -> bool {
        self.root.is_some()
    }

    /// Returns the whole value in a form that can be compared.
    pub fn value(&self) -> Json {
        self.root.as_ref().map_or(Json::Null, plain)
    }

    /// Returns the value at a path, and where it stands; nothing where a step leads nowhere. A step
    /// into what is neither an object nor a list is a problem.
    pub fn find(&self, path: &[Step]) -> Result<Option<Found>, Problem> {
        let found = self.descend(path)?;
        Ok(found.map(|value| Found {
            start: value.start(),
            end: value.end(),
            value: plain(value),
        }))
    }

    /// Returns the text of a piece.
    pub fn slice(&self, found: &Found) -> &'t str {
        &self.text[found.start..found.end]
    }

    fn descend(&self, path: &[Step]) -> Result<Option<&Value<'t>>, Problem> {
        let mut here = self.root.as_ref();
        for (depth, step) in path.iter().enumerate() {
            let Some(value) = here else { return Ok(None) };
            here = match (step, value) {
                (Step::Key(key), Value::Object(object)) => {
                    object.get(key).map(|property| &property.value)
                }
                (Step::Index(index), Value::Array(array)) => array.elements.get(*index),
                _ => return Err(self.mismatch(value, &path[..depth], step)),
            };
        }
        Ok(here)
    }

    fn mismatch(&self, value: &Value<'t>, path: &[Step], step: &Step) -> Problem {
        let wanted = if matches!(step, Step::Key(_)) {
            "an object"
        } else {
            "a list"
        };
        let whose = if path.is_empty() {
            "the file".to_owned()
        } else {
            format!("`{}`", shown(path))
        };
        Problem::new(
            value.start(),
            value.end(),
            format!("{whose} is not {wanted}"),
        )
    }

    /// Returns the object or list at a path; `path` must lead to one.
    fn container(&self, path: &[Step], list: bool) -> Result<Option<Container>, Problem> {
        let Some(value) = self.descend(path)? else {
            return Ok(None);
        };
        let items = match value {
            Value::Object(object) if !list => object.properties.iter().map(span).collect(),
            Value::Array(array) if list => array.elements.iter().map(span).collect(),
            _ => {
                return Err(self.mismatch(
                    value,
                    path,
                    &if list { Step::Index(0) } else { Step::key("") },
                ));
            }
        };
        Ok(Some(Container {
            start: value.start() + 1,
            end: value.end() - 1,
            items,
        }))
    }

    /// Yields the marks inside a piece.
    fn marks_in(&self, start: usize, end: usize) -> impl Iterator<Item = Mark> {
        self.marks
            .iter()
            .copied()
            .filter(move |mark| mark.start >= start && mark.end <= end)
    }

    fn comma_in(&self, start: usize, end: usize) -> Option<Mark> {
        self.marks_in(start, end)
            .find(|mark| mark.kind == Kind::Comma)
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub start: usize,
    pub end: usize,
    pub value: Json,
}

fn span(piece: &impl Ranged) -> (usize, usize) {
    (piece.start(), piece.end())
}

fn mark(text: &str, token: &Token<'_>, start: usize, end: usize) -> Option<Mark> {
    let (kind, end) = match token {
        Token::Comma => (Kind::Comma, end),
        // The end of the line is not part of the comment, whichever it is.
        Token::CommentLine(_) => (
            Kind::LineComment,
            start + text[start..end].trim_end_matches(['\r', '\n']).len(),
        ),
        Token::CommentBlock(_) => (Kind::BlockComment, end),
        _ => return None,
    };
    Some(Mark { start, end, kind })
}

/// Returns a value without its layout. A number is what is written: no two ways to write one are
/// the same here.
fn plain(value: &Value<'_>) -> Json {
    match value {
        Value::StringLit(text) => Json::String(text.value.to_string()),
        Value::NumberLit(number) => serde_json::json!({ "\0number": number.value }),
        Value::BooleanLit(truth) => Json::Bool(truth.value),
        Value::NullKeyword(_) => Json::Null,
        Value::Array(array) => Json::Array(array.elements.iter().map(plain).collect()),
        Value::Object(object) => {
            let entry = |property: &jsonc_parser::ast::ObjectProp<'_>| {
                (property.name.as_str().to_owned(), plain(&property.value))
            };
            Json::Object(object.properties.iter().map(entry).collect())
        }
    }
}

/// Returns a text with its splices carried out. Those at one place stay in their order.
fn spliced(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| splice.start);
    let (mut out, mut at) = (String::with_capacity(text.len() + 64), 0);
    for splice in splices {
        out.push_str(&text[at..splice.start.max(at)]);
        out.push_str(&splice.text);
        at = splice.end.max(at);
    }
    out + &text[at..]
}

#[cfg(test)]
pub mod tests {
    use std::path::Path;

    use super::*;

    /// Returns the comments of a text, in their order.
    pub fn comments(text: &str) -> Vec<String> {
        let document = Document::parse(text, Manner::Commented).unwrap();
        let comments = document
            .marks
            .iter()
            .filter(|mark| mark.kind != Kind::Comma);
        comments
            .map(|mark| text[mark.start..mark.end].to_owned())
            .collect()
    }

    fn refused(text: &str) -> (usize, usize, String) {
        let problem = Document::parse(text, Manner::Commented).unwrap_err();
        let fault = problem.fault(Path::new("x"), text);
        let place = fault.spot.unwrap().place;
        (place.line, place.column, fault.what)
    }

    fn put_at(text: &str, path: &[&str], value: &str) -> String {
        let document = Document::parse(text, Manner::Commented).unwrap();
        let path: Vec<Step> = path.iter().map(|key| Step::key(key)).collect();
        put(&document, &path, &Json::from(value), false).unwrap()
    }

    fn take_from(text: &str, path: &[&str]) -> String {
        let document = Document::parse(text, Manner::Commented).unwrap();
        let path: Vec<Step> = path.iter().map(|key| Step::key(key)).collect();
        take(&document, &path, None).unwrap()
    }

    #[test]
    fn what_is_no_json_with_comments_is_refused_with_its_place() {
        assert_eq!(refused("{\n  \"a\": 1\n  \"b\": 2\n}").0, 2);
        assert_eq!(
            refused("{ \"a\": 1, \"\\u0061\": 2 }"),
            (1, 11, "the key `a` stands here twice".to_owned())
        );
        assert_eq!(refused("{\n \"a\tb\": 1 }").0, 2);
        for text in [
            "{ \"a\": 01 }",
            "{ \"a\": -00 }",
            "{\u{a0}}",
            "{\u{b}}",
            "{ \"\\x41\": 1 }",
            "{ \"a\": 1. }",
            "{ \"a\": tru }",
            "{,}",
            "{ \"a\": 1,, }",
            "{ \"\\u00g0\": 1 }",
            "{ \"a\": 1e }",
            "{ /* }",
            "{ # c\n }",
            "{ \"a\": undefined }",
        ] {
            assert_eq!(refused(text).0, 1, "{text}");
        }
        for text in [
            "{ a: 1 }",
            "{ 'a': 1 }",
            "{ \"a\": 0x1 }",
            "{ \"a\": +1 }",
            "{ \"a\": .5 }",
            "{ \"a\": NaN }",
        ] {
            assert_eq!(refused(text).0, 1, "{text}");
        }
        assert_eq!(refused("{} {}").0, 1);
        assert!(Document::parse("{ \"a\": 1, }", Manner::Plain).is_err());
        assert!(Document::parse("{ \"a\": 1 /* c */ }", Manner::Plain).is_err());
    }

    #[test]
    fn a_value_is_put_in_the_style_that_is_there() {
        for (text, expected) in [
            ("{}", "{\n  \"k\": \"v\"\n}"),
            ("{ \"a\": 1 }", "{ \"a\": 1, \"k\": \"v\" }"),
            (
                "{\n\t\"a\": 1 // c\n}",
                "{\n\t\"a\": 1, // c\n\t\"k\": \"v\"\n}",
            ),
            (
                "{\r\n    \"a\": 1,\r\n}",
                "{\r\n    \"a\": 1,\r\n    \"k\": \"v\",\r\n}",
            ),
            ("{ // c\n}", "{ // c\n  \"k\": \"v\"\n}"),
            (
                "{\n  \"a\": 1\n  // \"b\": 2\n}",
                "{\n  \"a\": 1,\n  \"k\": \"v\"\n  // \"b\": 2\n}",
            ),
            ("{ \"k\": null /* c */ }", "{ \"k\": \"v\" /* c */ }"),
        ] {
            assert_eq!(put_at(text, &["k"], "v"), expected, "{text}");
        }
        assert_eq!(
            put_at("{ \"o\": {} }", &["o", "k"], "v"),
            "{ \"o\": { \"k\": \"v\" } }"
        );
        let nested = "{\n  \"a\": 1,\n  \"o\": {\n    \"k\": \"v\"\n  }\n}";
        assert_eq!(put_at("{\n  \"a\": 1\n}", &["o", "k"], "v"), nested);
        assert_eq!(
            put_at("{\n  \"a\": 1,\n  \"o\": {}\n}", &["o", "k"], "v"),
            nested
        );
    }

    #[test]
    fn a_value_is_taken_with_its_comma_and_its_line() {
        for (text, expected) in [
            ("{ \"a\": 1, \"k\": 2 }", "{ \"a\": 1 }"),
            ("{ \"k\": 2, \"a\": 1 }", "{ \"a\": 1 }"),
            ("{\n  \"k\": 2\n}", "{}"),
            (
                "{\n  \"a\": 1, // c\n  \"k\": 2\n}",
                "{\n  \"a\": 1 // c\n}",
            ),
            ("{\n  \"a\": 1,\n  \"k\": 2,\n}", "{\n  \"a\": 1,\n}"),
            (
                "{\n  \"k\": 2, // mine\n  \"a\": 1\n}",
                "{\n  // mine\n  \"a\": 1\n}",
            ),
            ("{\n  \"a\": 1\n  , \"k\": 2\n}", "{\n  \"a\": 1\n  \n}"),
        ] {
            assert_eq!(take_from(text, &["k"]), expected, "{text}");
        }
        assert_eq!(take_from("{ \"o\": 1 }", &["k"]), "{ \"o\": 1 }");
    }
}
