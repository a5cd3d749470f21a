//! A shell script as statements of plain words. A word that the shell would have to expand, or a
//! statement that is more than a command with its words, is none, and says why. Nothing is expanded
//! or executed.

/// A statement, with the line it begins in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) line: usize,
    /// As it is written.
    pub(super) text: String,
    pub(super) words: Result<Vec<String>, &'static str>,
    /// How many groups it opens, less those that it closes.
    pub(super) groups: i32,
}

const EXPANDED: &str = "the shell would have to expand it";
const COMPOUND: &str = "it is more than a plain command";
const UNCLOSED: &str = "a quote is never closed";

/// Splits a script.
pub(super) fn statements(script: &str) -> Vec<Statement> {
    let mut reader = Reader {
        chars: script.chars().collect(),
        at: 0,
        line: 1,
        ends: Vec::new(),
    };
    let mut out = Vec::new();
    while reader.at < reader.chars.len() {
        let statement = reader.statement();
        if !statement.text.is_empty() {
            out.push(statement);
        }
    }
    out
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    /// The words that end the texts that follow this line, and whether each may be indented.
    ends: Vec<(String, bool)>,
}

/// What is read of a statement so far.
#[derive(Default)]
struct Draft {
    words: Vec<String>,
    word: Option<String>,
    fault: Option<&'static str>,
    groups: i32,
    /// Whether what was read last joins the next line to this one.
    goes_on: bool,
}

impl Draft {
    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
        self.goes_on = false;
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn blame(&mut self, fault: &'static str) {
        self.fault.get_or_insert(fault);
    }

    /// Returns whether the word so far gives a variable a value.
    fn is_assignment(&self) -> bool {
        self.word.as_ref().is_some_and(|word| word.contains('='))
    }
}

impl Reader {
    fn next(&mut self) -> Option<char> {
        let c = *self.chars.get(self.at)?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn statement(&mut self) -> Statement {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
        let (start, line) = (self.at, self.line);
        let mut draft = Draft::default();
        let mut end = self.at;
        while let Some(c) = self.next() {
            if c == '\n' {
                self.skip_texts();
            }
            if (c == '\n' && !draft.goes_on) || c == ';' {
                break;
            }
            self.read(c, &mut draft);
            end = self.at;
        }
        draft.end_word();
        let text: String = self.chars[start..end].iter().collect();
        let words = draft.fault.map_or(Ok(draft.words), Err);
        Statement {
            line,
            text: text.trim().to_owned(),
            words,
            groups: draft.groups,
        }
    }

    fn read(&mut self, c: char, draft: &mut Draft) {
        match c {
            ' ' | '\t' | '\n' | '\r' => draft.end_word(),
            '#' if draft.word.is_none() => self.skip_comment(),
            '\'' => self.single(draft),
            '"' => self.double(draft),
            '\\' => self.escaped(draft),
            '$' | '`' => self.substitution(c, draft),
            '~' if draft
                .word
                .as_ref()
                .is_none_or(|word| word.ends_with(['=', ':'])) =>
            {
                self.expanded(c, draft);
            }
            '{' if self.peek().is_some_and(|next| !next.is_whitespace()) => self.expanded(c, draft),
            '*' | '?' | '[' if !draft.is_assignment() => self.expanded(c, draft),
            '&' | '|' | '<' | '>' | '(' | ')' => self.operator(c, draft),
            c => draft.push(c),
        }
    }

    fn expanded(&self, c: char, draft: &mut Draft) {
        draft.blame(EXPANDED);
        draft.push(c);
    }

    fn skip_comment(&mut self) {
        while self.peek().is_some_and(|c| c != '\n') {
            self.next();
        }
    }

    fn single(&mut self, draft: &mut Draft) {
        draft.word.get_or_insert_default();
        loop {
            match self.next() {
                None => return draft.blame(UNCLOSED),
                Some('\'') => return,
                Some(c) => draft.push(c),
            }
        }
    }

    fn double(&mut self, draft: &mut Draft) {
        draft.word.get_or_insert_default();
        loop {
            match self.next() {
                None => return draft.blame(UNCLOSED),
                Some('"') => return,
                Some('\\') => match self.next() {
                    Some('\n') => {}
                    Some(c @ ('"' | '\\' | '$' | '`')) => draft.push(c),
                    Some(c) => {
                        draft.push('\\');
                        draft.push(c);
                    }
                    None => return draft.blame(UNCLOSED),
                },
                Some(c @ ('$' | '`')) => self.substitution(c, draft),
                Some(c) => draft.push(c),
            }
        }
    }

    /// Passes over what the shell puts there instead, with the quotes and groups in it.
    fn substitution(&mut self, c: char, draft: &mut Draft) {
        draft.blame(EXPANDED);
        draft.push(c);
        match (c, self.peek()) {
            ('`', _) => self.skip_to('`'),
            ('$', Some('\'')) => {
                self.next();
                self.skip_to('\'');
            }
            ('$', Some('(')) => self.skip_group('(', ')'),
            ('$', Some('{')) => self.skip_group('{', '}'),
            _ => {}
        }
    }

    /// Passes over everything up to an end that no backslash stands before.
    fn skip_to(&mut self, end: char) {
        while let Some(c) = self.next().filter(|c| *c != end) {
            if c == '\\' {
                self.next();
            }
        }
    }

    fn skip_group(&mut self, open: char, close: char) {
        let (mut depth, mut inner) = (0, Draft::default());
        while let Some(c) = self.next() {
            match c {
                '\\' => drop(self.next()),
                '\'' if open == '(' => self.single(&mut inner),
                '"' => self.double(&mut inner),
                c if c == open => depth += 1,
                c if c == close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn escaped(&mut self, draft: &mut Draft) {
        match self.next() {
            Some('\n') | None => {}
            Some(c) => draft.push(c),
        }
    }

    fn operator(&mut self, c: char, draft: &mut Draft) {
        draft.end_word();
        draft.blame(COMPOUND);
        draft.groups += i32::from(c == '(') - i32::from(c == ')');
        draft.goes_on = matches!(c, '&' | '|')
            && (c == '|' || self.chars.get(self.at.wrapping_sub(2)) == Some(&'&'));
        if c == '<' && self.peek() == Some('<') {
            self.next();
            if self.peek() == Some('<') {
                self.next();
            } else {
                self.text_end();
            }
        }
    }

    /// Reads the word that ends a text which begins in the next line.
    fn text_end(&mut self) {
        let is_indented = self.peek() == Some('-');
        while self.peek().is_some_and(|c| matches!(c, '-' | ' ' | '\t')) {
            self.next();
        }
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace() && *c != ';') {
            self.next();
            word.extend(Some(c).filter(|c| !matches!(c, '\'' | '"' | '\\')));
        }
        self.ends.push((word, is_indented));
    }

    fn skip_texts(&mut self) {
        for (end, is_indented) in std::mem::take(&mut self.ends) {
            while self.peek().is_some() {
                let mut line = String::new();
                while let Some(c) = self.next().filter(|c| *c != '\n') {
                    line.push(c);
                }
                if line == end || (is_indented && line.trim_start_matches('\t') == end) {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<Result<Vec<String>, &'static str>> {
        statements(script)
            .into_iter()
            .map(|statement| statement.words)
            .collect()
    }

    fn plain(script: &str, expected: &[&str]) {
        assert_eq!(
            words(script),
            [Ok(expected.iter().map(|word| (*word).to_owned()).collect())],
            "{script}"
        );
    }

    #[test]
    fn words_are_split_as_a_shell_does_it() {
        plain("export A=1 B='x y' # c", &["export", "A=1", "B=x y"]);
        plain("a\\ b \"c\\\"d\\$\\e\" ''", &["a b", "c\"d$\\e", ""]);
        plain("a \\\n  b", &["a", "b"]);
        plain("'two\nlines'", &["two\nlines"]);
        plain(
            "export URL=http://x/?a=[b]*#c",
            &["export", "URL=http://x/?a=[b]*#c"],
        );
        plain("A=a~b {", &["A=a~b", "{"]);
    }

    #[test]
    fn statements_end_at_lines_and_semicolons() {
        let found = statements("a; b\n\n# c\nd 'x\ny'\ne\n");
        let found: Vec<(usize, &str)> = found.iter().map(|s| (s.line, s.text.as_str())).collect();
        assert_eq!(
            found,
            [(1, "a"), (1, "b"), (3, "# c"), (4, "d 'x\ny'"), (6, "e")]
        );
    }

    #[test]
    fn what_is_expanded_is_no_word() {
        for script in [
            "a $B",
            "a \"$B\"",
            "a `b`",
            "a \"`b`\"",
            "a=~/b",
            "a ~",
            "a=b:~/c",
            "a={b,c}",
            "a *.py",
        ] {
            assert_eq!(words(script), [Err(EXPANDED)], "{script}");
        }
        for script in [
            "a $'it\\'s;'",
            "a \"$(b \"; c\" ')')\"",
            "a $(b; c)",
            "a ${b:-\"}\"; c}",
            "a `b\\`; c`",
        ] {
            assert_eq!(words(script), [Err(EXPANDED)], "{script}");
        }
        assert_eq!(words("a 'b"), [Err(UNCLOSED)]);
    }

    #[test]
    fn a_condition_reaches_over_the_end_of_its_line() {
        for script in [
            "a && b",
            "a &&\nb",
            "a ||\n\n b",
            "a | b",
            "(a)",
            "a > b",
            "a=(b c)",
            "a &",
        ] {
            assert_eq!(words(script), [Err(COMPOUND)], "{script}");
        }
        assert_eq!(words("a &\nb"), [Err(COMPOUND), Ok(vec!["b".to_owned()])]);
    }

    #[test]
    fn a_text_in_the_script_is_none_of_it() {
        let script = "cat <<'END' > x\nexport A=1\n\tEND\nEND\nb <<-E\n\tc\n\tE\nd <<< e\nf\n";
        let expected = [
            Err(COMPOUND),
            Err(COMPOUND),
            Err(COMPOUND),
            Ok(vec!["f".to_owned()]),
        ];
        assert_eq!(words(script), expected);
    }

    proptest::proptest! {
        #[test]
        fn no_script_makes_the_reader_panic(script in "[ab=;'\"\\\\$<>&|(){}#~\n-]{0,40}") {
            let lines = script.matches('\n').count() + 1;
            proptest::prop_assert!(statements(&script).iter().all(|statement| statement.line <= lines));
        }

        #[test]
        fn a_quoted_word_is_read_back(word in "[^\0]{0,20}") {
            let quoted = format!("'{}'", word.replace('\'', "'\\''"));
            proptest::prop_assert_eq!(words(&quoted), [Ok(vec![word])]);
        }
    }
}
