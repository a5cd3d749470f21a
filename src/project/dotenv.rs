//! Dotenv files: `KEY=VALUE`, optional `export `, `#` comments, single quotes literal, double
//! quotes with `\n \t \" \\ \$`, several lines inside quotes, UTF-8, no interpolation. There is no
//! common format; this much is read, anything else is an error with its line.

use std::cell::Cell;
use std::path::Path;

use super::keys;
use crate::values::fault::{Fault, Place};

/// So many variables are read.
const MOST_ENTRIES: usize = 2_000;

/// A variable of a dotenv file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub value: String,
    pub line: usize,
    /// Whether other readers would put a variable into the value.
    pub expands: bool,
}

/// Returns what to say of a file in which other readers would put variables in place of a `$`.
pub fn literal(file: &Path, entries: &[Entry]) -> Option<Fault> {
    let expanded: Vec<&Entry> = entries.iter().filter(|entry| entry.expands).collect();
    let place = Place {
        file: file.to_owned(),
        line: expanded.first()?.line,
        column: 1,
    };
    let named: Vec<String> = expanded
        .iter()
        .map(|entry| format!("`{}` in line {}", entry.name, entry.line))
        .collect();
    let what = format!(
        "a `$` stands for itself here, where direnv, Compose and uv expand it: {}",
        named.join(", ")
    );
    Some(
        Fault::new(what)
            .at(place, None)
            .hint("single quotes mean the same to every reader: `NAME='$…'`"),
    )
}

/// Parses a file's bytes.
pub fn parse(file: &Path, bytes: &[u8]) -> Result<Vec<Entry>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()]
            .iter()
            .filter(|&&b| b == b'\n')
            .count()
            + 1;
        let place = Place {
            file: file.to_owned(),
            line,
            column: 1,
        };
        Fault::new("not UTF-8").at(place, None)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser::new(file, text);
    let mut out = Vec::new();
    while parser.skip_blank() {
        parser.require_more(out.len())?;
        out.push(parser.entry()?);
    }
    Ok(out)
}

/// Parses a text line by line: what can be read of it, and what can't.
pub fn parse_lenient(file: &Path, text: &str) -> Result<(Vec<Entry>, Vec<Fault>), Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser::new(file, text);
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    while parser.skip_blank() {
        parser.require_more(entries.len() + faults.len())?;
        let start = parser.at;
        match parser.entry() {
            Ok(entry) => entries.push(entry),
            Err(fault) => {
                faults.push(fault);
                parser.at = start;
                parser.at += parser.line().len();
            }
        }
    }
    Ok((entries, faults))
}

struct Parser<'a> {
    file: &'a Path,
    text: &'a str,
    at: usize,
    /// A place whose line is known, with the number of lines before it.
    counted: Cell<(usize, usize)>,
}

impl<'a> Parser<'a> {
    fn new(file: &'a Path, text: &'a str) -> Self {
        Self {
            file,
            text,
            at: 0,
            counted: Cell::new((0, 0)),
        }
    }

    /// Returns the number of a line, counted from the place that was asked for last: a file has
    /// many.
    fn line_number(&self, at: usize) -> usize {
        let (from, before) = self.counted.get();
        let between = self.text.as_bytes()[from.min(at)..from.max(at)]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count();
        let before = if from <= at {
            before + between
        } else {
            before - between
        };
        self.counted.set((at, before));
        before + 1
    }

    /// Fails where nothing more is read.
    fn require_more(&self, read: usize) -> Result<(), Fault> {
        if read < MOST_ENTRIES {
            return Ok(());
        }
        let what = format!("more than {MOST_ENTRIES} variables");
        Err(self.fault(
            self.at,
            &what,
            "no program could be started with all of them",
        ))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Skips blank lines and comments; whether anything is left.
    fn skip_blank(&mut self) -> bool {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            if !self.rest().starts_with('#') {
                return !self.rest().is_empty();
            }
            self.at += self.line().len();
        }
    }

    fn line(&self) -> &'a str {
        self.rest().split('\n').next().unwrap_or_default()
    }

    fn entry(&mut self) -> Result<Entry, Fault> {
        let line = self.line_number(self.at);
        self.at += self.export();
        let start = self.at;
        let length = self
            .rest()
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(self.rest().len());
        let name = &self.rest()[..length];
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(self.fault(start, "expected a variable's name", "write `NAME=value`"));
        }
        if let Some(why) = keys::refusal(name) {
            return Err(self.fault(start, &format!("`{name}` {why}"), keys::BEFORE));
        }
        self.at += length;
        self.skip_spaces();
        if !self.rest().starts_with('=') {
            return Err(self.fault(
                self.at,
                "expected `=` after a variable's name",
                "write `NAME=value`",
            ));
        }
        self.at += 1;
        self.skip_spaces();
        let written = self.at;
        let value = self.value()?;
        let expands = is_expanded(&self.text[written..self.at]);
        self.end_of_line()?;
        Ok(Entry {
            name: name.to_owned(),
            value,
            line,
            expands,
        })
    }

    /// Returns the length of a leading `export `.
    fn export(&self) -> usize {
        let after = self
            .rest()
            .strip_prefix("export")
            .filter(|rest| rest.starts_with([' ', '\t']));
        after.map_or(0, |rest| {
            self.rest().len() - rest.trim_start_matches([' ', '\t']).len()
        })
    }

    fn skip_spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    fn value(&mut self) -> Result<String, Fault> {
        match self.rest().chars().next() {
            Some('\'') => self.single_quoted(),
            Some('"') => self.double_quoted(),
            _ => self.bare(),
        }
    }

    fn bare(&mut self) -> Result<String, Fault> {
        let line = self.line();
        let comment = line
            .find(" #")
            .or_else(|| line.find("\t#"))
            .or_else(|| line.starts_with('#').then_some(0));
        let value = line[..comment.unwrap_or(line.len())].trim_end();
        if let Some(at) = value.find(['\'', '"', '`', '\\']) {
            return Err(self.fault(
                self.at + at,
                "a bare value can't hold quotes or backslashes",
                "put it in single quotes",
            ));
        }
        self.at += value.len();
        Ok(value.to_owned())
    }

    fn single_quoted(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let Some(length) = self.text[start + 1..].find('\'') else {
            return Err(self.fault(start, "this quote is never closed", "add a `'`"));
        };
        self.at = start + 1 + length + 1;
        Ok(self.text[start + 1..start + 1 + length].to_owned())
    }

    fn double_quoted(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.text[start + 1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + 1 + at + 1;
                    return Ok(out);
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => out.push('\n'),
                    Some((_, 't')) => out.push('\t'),
                    Some((_, c @ ('"' | '\\' | '$'))) => out.push(c),
                    _ => {
                        return Err(self.fault(
                            start + 1 + at,
                            "unknown escape",
                            "known: \\n \\t \\\" \\\\ \\$",
                        ));
                    }
                },
                c => out.push(c),
            }
        }
        Err(self.fault(start, "this quote is never closed", "add a `\"`"))
    }

    fn end_of_line(&mut self) -> Result<(), Fault> {
        self.skip_spaces();
        let line = self.line().trim_end_matches('\r');
        if line.is_empty() || line.starts_with('#') {
            self.at += self.line().len();
            return Ok(());
        }
        Err(self.fault(
            self.at,
            "unexpected text after the value",
            "put the whole value in quotes",
        ))
    }

    /// The line is not shown: all of it may be a secret, as that of a key over several lines that
    /// nobody quoted.
    fn fault(&self, at: usize, what: &str, hint: &str) -> Fault {
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.line_number(at);
        let place = Place {
            file: self.file.to_owned(),
            line,
            column: before[start..].chars().count() + 1,
        };
        Fault::new(what).hint(hint).at(place, None)
    }
}

/// Returns whether other readers would put a variable into a value that is written like this.
fn is_expanded(written: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '(');
    let plain = written.replace("\\\\", "").replace("\\$", "");
    !written.starts_with('\'')
        && plain
            .split('$')
            .skip(1)
            .any(|rest| rest.starts_with(begins))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, (usize, usize, String)> {
        let parsed = parse(Path::new(".env"), text.as_bytes());
        let pairs = |entries: Vec<Entry>| entries.into_iter().map(|e| (e.name, e.value)).collect();
        parsed.map(pairs).map_err(|fault| {
            let place = fault.spot.unwrap().place;
            (place.line, place.column, fault.what)
        })
    }

    fn one(text: &str, value: &str) {
        assert_eq!(
            read(text),
            Ok(vec![("K".to_owned(), value.to_owned())]),
            "{text}"
        );
    }

    #[test]
    fn values_are_read_as_written() {
        one("K=a b", "a b");
        one("export K = a", "a");
        one("\u{feff}# c\n\nK=a # c\r\n", "a");
        one("K=a#b", "a#b");
        one("K=", "");
        one("K=# c", "");
        one("K='a\n$b \\n'", "a\n$b \\n");
        one("K=\"a\\n\\t\\\"\\\\\\$ 'x'\nb\"  # c", "a\n\t\"\\$ 'x'\nb");
        one("K=${X}", "${X}");
        one("exported=1\n".replace("exported", "K").as_str(), "1");
    }

    #[test]
    fn anything_else_is_an_error_with_its_place() {
        let error = |text: &str| read(text).map_err(|(line, column, _)| (line, column));
        assert_eq!(error("A=1\nB C=2"), Err((2, 3)));
        assert_eq!(error("A=1\n  =2"), Err((2, 3)));
        assert_eq!(error("1A=2"), Err((1, 1)));
        assert_eq!(error("A='x"), Err((1, 3)));
        assert_eq!(error("A=\"\\q\""), Err((1, 4)));
        assert_eq!(error("A='x' y"), Err((1, 7)));
        assert_eq!(error("A=x\"y\""), Err((1, 4)));
        assert_eq!(error("A"), Err((1, 2)));
    }

    #[test]
    fn what_we_stand_on_is_an_error_with_its_place() {
        for name in [
            "HOME",
            "XDG_STATE_HOME",
            "PYDEVENV_PROFILE",
            "__pydevenv_record",
        ] {
            let (line, column, what) = read(&format!("A=1\nexport {name}=x")).unwrap_err();
            assert_eq!((line, column), (2, 8));
            assert!(what.starts_with(&format!("`{name}` ")), "{what}");
        }
    }

    #[test]
    fn what_others_would_expand_is_known() {
        let text = "A=$A\nB=\"x${A}\"\nC='$A'\nD=5$\nE=\"\\$A\"\nF=\"\\\\$A\"\nG=$(a)\nH=a # $A\n";
        let entries = parse(Path::new(".env"), text.as_bytes()).unwrap();
        let names = entries
            .iter()
            .filter(|entry| entry.expands)
            .map(|entry| entry.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["A", "B", "F", "G"]);
        let fault = literal(Path::new(".env"), &entries).unwrap();
        assert!(
            fault
                .what
                .ends_with("`A` in line 1, `B` in line 2, `F` in line 6, `G` in line 7"),
            "{}",
            fault.what
        );
        assert!(literal(Path::new(".env"), &entries[2..5]).is_none());
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_an_error() {
        let fault = parse(Path::new(".env"), b"A=1\nB=\xff\n").unwrap_err();
        assert_eq!(fault.spot.unwrap().place.line, 2);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            let _ = parse(Path::new(".env"), &bytes);
        }

        #[test]
        fn a_double_quoted_value_is_read_back(value in "[^\0]{0,30}") {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            proptest::prop_assert_eq!(read(&format!("K=\"{quoted}\"")), Ok(vec![("K".to_owned(), value)]));
        }
    }
}
