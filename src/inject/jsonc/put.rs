//! Putting a value into a JSON text: in the place of another, or as the last of an object or a
//! list, in the style that is there: its indentation, its line ends, its trailing comma, or all on
//! one line.

use serde_json::Value as Json;

use super::place::{self, line_end};
use super::{Container, Document, Kind, Problem, Splice, Step, spliced};

/// Returns the text with a value at a path; objects on the way that are missing are made. With
/// `element` the value is one more of the list there.
pub fn put(
    document: &Document<'_>,
    path: &[Step],
    value: &Json,
    element: bool,
) -> Result<String, Problem> {
    if element {
        return document.put_element(path, value);
    }
    match document.find(path)? {
        Some(found) => {
            let indent = place::indentation(document.text, found.start);
            let text = document
                .style(indent, is_multiline(document.slice(&found)))
                .render(value);
            Ok(spliced(
                document.text,
                vec![Splice {
                    start: found.start,
                    end: found.end,
                    text,
                }],
            ))
        }
        None => document.put_new(path, value),
    }
}

fn is_multiline(text: &str) -> bool {
    text.contains('\n')
}

/// How a value is written.
struct Style<'a> {
    /// What its own line begins with.
    indent: String,
    unit: &'a str,
    newline: &'static str,
    multiline: bool,
}

impl Style<'_> {
    fn render(&self, value: &Json) -> String {
        match value {
            Json::Object(map) if !map.is_empty() => {
                let items = map
                    .iter()
                    .map(|(key, value)| self.property(key, value))
                    .collect();
                self.bracketed('{', items, '}')
            }
            Json::Array(list) if !list.is_empty() => {
                let deeper = self.deeper();
                self.bracketed(
                    '[',
                    list.iter().map(|item| deeper.render(item)).collect(),
                    ']',
                )
            }
            scalar => scalar.to_string(),
        }
    }

    fn property(&self, key: &str, value: &Json) -> String {
        format!("{}: {}", Json::from(key), self.deeper().render(value))
    }

    fn deeper(&self) -> Self {
        Self {
            indent: format!("{}{}", self.indent, self.unit),
            ..*self
        }
    }

    fn bracketed(&self, open: char, items: Vec<String>, close: char) -> String {
        if !self.multiline {
            let (gap, items) = (if open == '{' { " " } else { "" }, items.join(", "));
            return format!("{open}{gap}{items}{gap}{close}");
        }
        let (newline, inner) = (self.newline, self.deeper().indent);
        let items: Vec<String> = items
            .into_iter()
            .map(|item| format!("{newline}{inner}{item}"))
            .collect();
        format!("{open}{}{newline}{}{close}", items.join(","), self.indent)
    }
}

impl Document<'_> {
    fn style(&self, indent: &str, multiline: bool) -> Style<'_> {
        Style {
            indent: indent.to_owned(),
            unit: self.unit(),
            newline: line_end(self.text),
            multiline,
        }
    }

    /// Returns what one level of indentation is: that of the first thing in the root which has a
    /// line of its own.
    fn unit(&self) -> &str {
        let root = self.container(&[], false).ok().flatten();
        let first = root
            .and_then(|root| root.items.first().copied())
            .map(|(start, _)| start);
        let unit = first.filter(|start| place::is_first_on_line(self.text, *start));
        let unit = unit
            .map(|start| place::indentation(self.text, start))
            .unwrap_or_default();
        if unit.is_empty() { "  " } else { unit }
    }

    fn put_new(&self, path: &[Step], value: &Json) -> Result<String, Problem> {
        for depth in (0..path.len()).rev() {
            let Some(container) = self.container(&path[..depth], false)? else {
                continue;
            };
            let Step::Key(key) = &path[depth] else { break };
            let nested =
                path[depth + 1..]
                    .iter()
                    .rev()
                    .fold(value.clone(), |inner, step| match step {
                        Step::Key(key) => {
                            Json::Object([(key.clone(), inner)].into_iter().collect())
                        }
                        Step::Index(_) => Json::Array(vec![inner]),
                    });
            let is_inline = !container.items.is_empty() && !self.is_spread(&container);
            let indent = self.inner_indentation(&container);
            // What is inside an object that stands on one line stays there.
            let multiline = !is_inline && !self.is_one_line();
            let text = format!(
                "{}: {}",
                Json::from(key.as_str()),
                self.style(&indent, multiline).render(&nested)
            );
            return Ok(self.insert(&container, &text));
        }
        Err(Problem::new(0, 0, "the file is not an object"))
    }

    fn put_element(&self, path: &[Step], value: &Json) -> Result<String, Problem> {
        match self.container(path, true)? {
            Some(container) => {
                let style = self.style(&self.inner_indentation(&container), true);
                Ok(self.insert(&container, &style.render(value)))
            }
            None => self.put_new(path, &Json::Array(vec![value.clone()])),
        }
    }

    fn is_one_line(&self) -> bool {
        self.container(&[], false)
            .ok()
            .flatten()
            .is_some_and(|root| {
                !root.items.is_empty() && !is_multiline(&self.text[root.start..root.end])
            })
    }

    /// Returns whether the last thing in a container begins a line.
    fn is_spread(&self, container: &Container) -> bool {
        let Some(&(start, _)) = container.items.last() else {
            return false;
        };
        let before = container
            .items
            .iter()
            .rev()
            .nth(1)
            .map_or(container.start, |&(_, end)| end);
        is_multiline(&self.text[before..start])
    }

    /// Returns what a line inside a container begins with.
    fn inner_indentation(&self, container: &Container) -> String {
        let last = container.items.last().map(|&(start, _)| start);
        match last.filter(|start| place::is_first_on_line(self.text, *start)) {
            Some(start) => place::indentation(self.text, start).to_owned(),
            None => place::indentation(self.text, container.start).to_owned() + self.unit(),
        }
    }

    fn insert(&self, container: &Container, item: &str) -> String {
        let splices = match container.items.last() {
            Some(&(_, end)) => self.after_last(container, end, item),
            None => vec![self.first_of(container, item)],
        };
        spliced(self.text, splices)
    }

    /// Puts an item behind the last one: below the comments on its line.
    fn after_last(&self, container: &Container, last: usize, item: &str) -> Vec<Splice> {
        let comma = self.comma_in(last, container.end);
        let (mut at, mut is_line) = (comma.map_or(last, |comma| comma.end), false);
        for mark in self
            .marks_in(at, container.end)
            .filter(|mark| mark.kind != Kind::Comma)
        {
            if is_line || is_multiline(&self.text[at..mark.start]) {
                break;
            }
            (at, is_line) = (mark.end, mark.kind == Kind::LineComment);
        }
        let newline = || {
            format!(
                "{}{}",
                line_end(self.text),
                self.inner_indentation(container)
            )
        };
        let lead = if is_line || self.is_spread(container) {
            newline()
        } else {
            " ".to_owned()
        };
        let (first, own) = if comma.is_some() {
            ("", ",")
        } else {
            (",", "")
        };
        let insert = |at, text: String| Splice {
            start: at,
            end: at,
            text,
        };
        vec![
            insert(last, first.to_owned()),
            insert(at, format!("{lead}{item}{own}")),
        ]
    }

    /// Puts the first item between brackets, behind the comments there.
    fn first_of(&self, container: &Container, item: &str) -> Splice {
        let last = self.marks_in(container.start, container.end).last();
        let start = last.map_or(container.start, |mark| mark.end);
        let is_line = last.is_some_and(|mark| mark.kind == Kind::LineComment);
        let text = if self.is_one_line() && !is_line {
            let gap = if self.text[..container.start].ends_with('{') || last.is_some() {
                " "
            } else {
                ""
            };
            format!(
                "{gap}{item}{}",
                if self.text[container.end..].starts_with('}') {
                    " "
                } else {
                    ""
                }
            )
        } else {
            let (newline, outer) = (
                line_end(self.text),
                place::indentation(self.text, container.start),
            );
            format!(
                "{newline}{}{item}{newline}{outer}",
                self.inner_indentation(container)
            )
        };
        Splice {
            start,
            end: container.end,
            text,
        }
    }
}
