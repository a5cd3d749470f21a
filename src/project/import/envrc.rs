//! The `.envrc` of direnv, which is a script of bash: its literal exports, and the functions of
//! direnv that only name a path. What stands in a condition, a loop or a function is left, whatever
//! it says.

use std::collections::BTreeMap;
use std::path::Path;

use super::words::{self, Statement};
use super::{DotenvFile, Taken, Wish};
use crate::env::names;
use crate::project::limits;
use crate::values::fault::{Fault, Place};

const OPENS: [&str; 6] = ["if", "for", "while", "until", "case", "select"];
const CLOSES: [&str; 3] = ["fi", "done", "esac"];

/// Words that only part what stands between others.
const PARTS: [&str; 8] = ["then", "else", "do", "fi", "done", "esac", "}", ")"];

/// So many words are read: a variable is looked up among all others.
const MOST_WORDS: usize = 5_000;

/// Reads a script.
pub(super) fn read(file: &Path, text: &str) -> Result<Taken, Fault> {
    let statements = words::statements(text);
    require_few(file, &statements)?;
    let mut reader = Reader {
        text,
        taken: Taken::default(),
        depth: 0,
        groups: 0,
        ended: false,
        own: BTreeMap::new(),
    };
    statements
        .iter()
        .for_each(|statement| reader.statement(statement));
    let own = std::mem::take(&mut reader.own);
    own.into_values()
        .for_each(|(_, line)| reader.leave(line, "the variable is not exported"));
    reader.taken.left.sort_by_key(|left| left.line);
    Ok(reader.taken)
}

fn require_few(file: &Path, statements: &[Statement]) -> Result<(), Fault> {
    let words = |statement: &Statement| {
        statement
            .words
            .as_ref()
            .map_or(1, |words| words.len().max(1))
    };
    let mut sum = 0;
    let beyond = statements.iter().find(|statement| {
        sum += words(statement);
        sum > MOST_WORDS
    });
    let Some(statement) = beyond else {
        return Ok(());
    };
    let place = Place {
        file: file.to_owned(),
        line: statement.line,
        column: 1,
    };
    Err(Fault::new(limits::beyond(MOST_WORDS, "words in a script")).at(place, None))
}

struct Reader<'a> {
    text: &'a str,
    taken: Taken,
    depth: i32,
    groups: i32,
    /// Whether the script ends before what follows.
    ended: bool,
    /// Variables that are set and not exported yet, with their lines.
    own: BTreeMap<String, (String, usize)>,
}

impl Reader<'_> {
    fn leave(&mut self, line: usize, why: &str) {
        self.taken.leave(line, super::line_of(self.text, line), why);
    }

    fn statement(&mut self, statement: &Statement) {
        let first = statement.text.split_whitespace().next().unwrap_or_default();
        if first.starts_with('#') {
            return;
        }
        let was_inside = self.depth > 0 || self.groups > 0;
        self.nest(first, statement);
        if was_inside || self.depth > 0 || self.groups > 0 || first == "}" {
            if !PARTS.contains(&statement.text.as_str()) {
                self.taken.leave(
                    statement.line,
                    &statement.text,
                    "it stands in a condition, a loop or a function",
                );
            }
        } else if self.ended {
            self.taken
                .leave(statement.line, &statement.text, "the script ends before it");
        } else {
            match &statement.words {
                Ok(words) => self.command(words, statement.line),
                Err(why) => self.taken.leave(statement.line, &statement.text, why),
            }
        }
    }

    /// Follows what a statement opens and closes.
    fn nest(&mut self, first: &str, statement: &Statement) {
        let last = statement.text.split_whitespace().last().unwrap_or_default();
        self.depth += i32::from(OPENS.contains(&first))
            + i32::from(last == "{" || statement.text.contains("() {"));
        self.depth -= i32::from(CLOSES.contains(&first)) + i32::from(first == "}");
        self.depth = self.depth.max(0);
        // The patterns of a `case` close what nothing opened.
        if self.depth == 0 || self.groups > 0 {
            self.groups = (self.groups + statement.groups).max(0);
        }
    }

    fn command(&mut self, words: &[String], line: usize) {
        let Some((command, rest)) = words.split_first() else {
            return;
        };
        match (command.as_str(), rest) {
            ("export", rest) => self.exports(rest, line),
            ("declare" | "typeset", [flag, rest @ ..]) if flag == "-x" => self.exports(rest, line),
            ("unset", rest) => rest.iter().for_each(|name| self.unset(name, line)),
            ("PATH_add", paths) if !paths.is_empty() => self.prepend("PATH", paths, line),
            ("path_add", [name, paths @ ..]) if !paths.is_empty() => {
                self.prepend(name, paths, line);
            }
            ("dotenv", [] | [_]) => self.dotenv(rest.first(), false),
            ("dotenv_if_exists", [] | [_]) => self.dotenv(rest.first(), true),
            ("exit" | "return", _) => self.ended = true,
            ("layout" | "layout_python" | "layout_python3", _) => {
                self.leave(line, "devenv finds the environment itself");
            }
            ("watch_file", _) => self.leave(line, "devenv watches what it reads"),
            _ if words.iter().all(|word| assignment(word).is_some()) => self.assign(words, line),
            _ => self.leave(line, "it is a command, and nothing is executed"),
        }
    }

    fn exports(&mut self, words: &[String], line: usize) {
        for word in words {
            match assignment(word) {
                Some((name, value)) => self.set(name, value, line),
                None => match self.own.remove(word) {
                    Some((value, _)) => self.set(word, &value, line),
                    None if self.taken.wish(word).is_some() => {}
                    None => self.leave(line, "what it exports is not set to a plain text here"),
                },
            }
        }
    }

    fn set(&mut self, name: &str, value: &str, line: usize) {
        self.own.remove(name);
        self.taken
            .put(name, Wish::Set(value.to_owned()), line, self.text);
    }

    /// A variable that is exported stays so.
    fn assign(&mut self, words: &[String], line: usize) {
        for (name, value) in words.iter().filter_map(|word| assignment(word)) {
            if self.taken.wish(name).is_some() {
                self.set(name, value, line);
            } else {
                self.own.insert(name.to_owned(), (value.to_owned(), line));
            }
        }
    }

    fn unset(&mut self, name: &str, line: usize) {
        if name != "-v" {
            self.own.remove(name);
            self.taken.put(name, Wish::Unset, line, self.text);
        }
    }

    fn prepend(&mut self, name: &str, paths: &[String], line: usize) {
        self.taken
            .put(name, Wish::Prepend(paths.to_vec()), line, self.text);
    }

    fn dotenv(&mut self, path: Option<&String>, optional: bool) {
        let path = path.map_or_else(|| ".env".to_owned(), Clone::clone);
        self.taken.dotenv.push(DotenvFile { path, optional });
    }
}

fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    names::is_name(name).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what was taken of variables, and the lines that were left.
    fn of(text: &str) -> (Vec<(String, Wish)>, Vec<usize>) {
        let taken = read(Path::new(".envrc"), text).unwrap();
        let variables = taken
            .variables
            .into_iter()
            .map(|variable| (variable.name, variable.wish))
            .collect();
        (variables, taken.left.iter().map(|left| left.line).collect())
    }

    fn set(name: &str, value: &str) -> (String, Wish) {
        (name.to_owned(), Wish::Set(value.to_owned()))
    }

    #[test]
    fn literal_exports_are_taken_and_the_last_one_counts() {
        let text =
            "# c\nexport A=1 B='x y'\nC=3\nexport C; export A=\"2\"\ndeclare -x D=4\nunset B\n";
        let expected = vec![
            set("C", "3"),
            set("A", "2"),
            set("D", "4"),
            ("B".to_owned(), Wish::Unset),
        ];
        assert_eq!(of(text), (expected, vec![]));
    }

    #[test]
    fn what_must_be_executed_is_left_with_its_line() {
        let text = "use nix\nexport A=$(b)\nexport P=\"$PWD/x\"\nB=1\nexport Z\nlayout python\nexport OK=1\n";
        assert_eq!(of(text), (vec![set("OK", "1")], vec![1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn what_may_not_be_reached_is_left() {
        for text in [
            "if true; then\nexport A=1\nfi",
            "if true; then export A=1; fi",
            "for x in a b; do\nexport A=1\ndone",
            "case $x in\na) export A=1;;\nesac",
            "f() {\nexport A=1\n}",
            "f() { export A=1; }",
            "function f {\nexport A=1\n}",
            "test -f x && {\nexport A=1\n}",
            "(\nexport A=1\n)",
            "test -f x && export A=1",
            "test -f x &&\n  export A=1",
            "exit\nexport A=1",
            "cat <<X\nexport A=1\nX",
        ] {
            let (taken, left) = of(&format!("{text}\n"));
            assert!(
                taken.is_empty() && !left.is_empty(),
                "{text}: {taken:?} {left:?}"
            );
            if !text.starts_with("exit") {
                let (taken, _) = of(&format!("{text}\nexport B=2\n"));
                assert_eq!(taken, [set("B", "2")], "{text}");
            }
        }
    }

    #[test]
    fn functions_that_name_a_path_are_taken() {
        let taken = read(
            Path::new(""),
            "export A=1\ndotenv\ndotenv_if_exists .env.local\nexport B=2\nPATH_add bin\nPATH_add a b\n",
        )
        .unwrap();
        let files: Vec<(&str, bool)> = taken
            .dotenv
            .iter()
            .map(|file| (file.path.as_str(), file.optional))
            .collect();
        assert_eq!(files, [(".env", false), (".env.local", true)]);
        let over: Vec<bool> = taken
            .variables
            .iter()
            .map(|variable| variable.is_over_dotenv)
            .collect();
        assert_eq!(over, [false, true, true]);
        assert_eq!(
            taken.wish("PATH"),
            Some(&Wish::Prepend(vec!["a".into(), "b".into(), "bin".into()]))
        );
    }

    proptest::proptest! {
        #[test]
        fn no_script_makes_the_reader_panic(script in "[ab=;'\"${}()&|\n ]{0,30}(if|fi|export|case|esac)?[ab=;\n ]{0,9}") {
            let _ = read(Path::new(".envrc"), &script);
        }
    }
}
