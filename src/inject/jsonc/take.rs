//! Taking a value out of a JSON text, with the comma and the line that were its own. Comments stay.

use serde_json::Value as Json;

use super::place::{self, is_first_on_line};
use super::{Container, Document, Problem, Splice, Step, spliced};

/// Returns the text without the value at a path; with `element` that value of the list there. What
/// is not there is already taken.
pub fn take(
    document: &Document<'_>,
    path: &[Step],
    element: Option<&Json>,
) -> Result<String, Problem> {
    let text = || document.text.to_owned();
    let Some((last, parents)) = path.split_last() else {
        return Ok(text());
    };
    let (container, index) = if let Some(value) = element {
        let Some(list) = document
            .find(path)?
            .and_then(|found| found.value.as_array().cloned())
        else {
            return Ok(text());
        };
        (
            document.container(path, true)?,
            list.iter().position(|item| item == value),
        )
    } else {
        let Step::Key(key) = last else {
            return Ok(text());
        };
        let object = document
            .find(parents)?
            .and_then(|found| found.value.as_object().cloned());
        let index = object.and_then(|object| object.keys().position(|known| known == key));
        (
            if index.is_some() {
                document.container(parents, false)?
            } else {
                None
            },
            index,
        )
    };
    let (Some(container), Some(index)) = (container, index) else {
        return Ok(text());
    };
    Ok(spliced(document.text, document.without(&container, index)))
}

impl Document<'_> {
    /// Returns what removes an item from its container.
    fn without(&self, container: &Container, index: usize) -> Vec<Splice> {
        let (start, end) = container.items[index];
        let next = container
            .items
            .get(index + 1)
            .map_or(container.end, |&(start, _)| start);
        let own = self.comma_in(end, next);
        let before = index.checked_sub(1).map(|before| container.items[before].1);
        let is_last = index + 1 == container.items.len();
        let other = if is_last && own.is_none() {
            before.and_then(|before| self.comma_in(before, start))
        } else {
            own.filter(|comma| !self.text[end..comma.start].is_empty())
        };
        let end = own
            .filter(|comma| comma.start == end)
            .map_or(end, |comma| comma.end);
        let cut = |start, end| Splice {
            start,
            end,
            text: String::new(),
        };
        let (start, end) = self.with_blanks(container, (start, end), next);
        other
            .map(|comma| cut(comma.start, comma.end))
            .into_iter()
            .chain([cut(start, end)])
            .collect()
    }

    /// Widens a piece by the blanks that go with it: its whole line, or the gap to its neighbour.
    fn with_blanks(
        &self,
        container: &Container,
        (start, end): (usize, usize),
        next: usize,
    ) -> (usize, usize) {
        let text = self.text;
        let rest = text[end..container.end].trim_start_matches([' ', '\t']);
        let ends_line = rest.starts_with('\n') || rest.starts_with("\r\n");
        let blank = |piece: &str| piece.chars().all(char::is_whitespace);
        if blank(&text[container.start..start]) && blank(&text[end..container.end]) {
            return (container.start, container.end);
        }
        if is_first_on_line(text, start) && (ends_line || rest.is_empty()) {
            let line = place::line_start(text, start);
            let above = text[..line]
                .strip_suffix('\n')
                .map(|above| above.strip_suffix('\r').unwrap_or(above).len());
            if let Some(above) = above.filter(|above| *above >= container.start) {
                let end = if ends_line {
                    container.end - rest.len()
                } else {
                    end
                };
                return (above, end);
            }
        }
        if next < container.end {
            let gap = text[end..next].len() - text[end..next].trim_start_matches([' ', '\t']).len();
            return (start, end + gap);
        }
        let gap = text[container.start..start].len()
            - text[container.start..start]
                .trim_end_matches([' ', '\t'])
                .len();
        (start - gap, end)
    }
}
