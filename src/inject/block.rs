//! A block of lines of ours in a file that is not: between two marker lines, so that it can be
//! found, replaced and taken out by anybody. A block that was put after a line without an end says
//! so, and gives that back. Pure.

use std::path::Path;

use super::jsonc::{Problem, line_end};
use crate::values::fault::Fault;

const BEGIN: &str = "# >>> devenv >>>";
const END: &str = "# <<< devenv <<<";

/// Marks a block before which the last line was ended.
const ENDED: &str = " (ended the line above)";

/// A block in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// From the end that was given to the line above, if it was, to the end of the last marker.
    start: usize,
    end: usize,
    pub lines: Vec<String>,
}

/// Finds the block of a text. More than one, or half of one, is a fault: nobody knows what is ours.
pub fn find(text: &str, file: &Path) -> Result<Option<Block>, Fault> {
    let (mut open, mut found, mut at): (Option<Block>, Option<Block>, usize) = (None, None, 0);
    for line in text.split_inclusive('\n') {
        let (words, end) = (line.trim(), at + line.len());
        let odd =
            |what: &str| Err(Problem::new(at, at + line.trim_end().len(), what).fault(file, text));
        if words.starts_with(BEGIN) {
            if open.is_some() || found.is_some() {
                return odd("a second block of devenv begins here");
            }
            let start = if words.ends_with(ENDED) {
                at - ended(&text[..at])
            } else {
                at
            };
            open = Some(Block {
                start,
                end,
                lines: Vec::new(),
            });
        } else if words == END {
            let Some(block) = open.take() else {
                return odd("a block of devenv ends here that never began");
            };
            found = Some(Block { end, ..block });
        } else if let Some(block) = &mut open {
            block.lines.push(words.to_owned());
        }
        at = end;
    }
    match open {
        Some(block) => Err(
            Problem::new(block.start, block.end, "this block of devenv never ends")
                .fault(file, text),
        ),
        None => Ok(found),
    }
}

/// Returns how long the end is that was given to the last line of a text: the same as that of the
/// lines above it.
fn ended(text: &str) -> usize {
    let above = text
        .trim_end_matches('\n')
        .rfind('\n')
        .map_or("", |at| &text[..=at]);
    line_end(above).len().min(text.len())
}

impl Block {
    /// Returns the text without the block, and where it stood in that.
    pub fn removed(&self, text: &str) -> (String, usize) {
        (
            [&text[..self.start], &text[self.end..]].concat(),
            self.start,
        )
    }
}

/// Returns the text with a block at an offset, which must be the beginning of a line or the end of
/// the text.
pub fn insert(text: &str, offset: usize, indent: &str, lines: &[String]) -> String {
    let (newline, before) = (line_end(text), &text[..offset]);
    let is_open = !before.is_empty() && !before.ends_with('\n');
    let begin = if is_open {
        format!("{BEGIN}{ENDED}")
    } else {
        BEGIN.to_owned()
    };
    let own = std::iter::once(&begin)
        .chain(lines)
        .map(String::as_str)
        .chain([END]);
    let own: String = own.map(|line| format!("{indent}{line}{newline}")).collect();
    [
        before,
        if is_open { newline } else { "" },
        &own,
        &text[offset..],
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Result<Option<Block>, String> {
        find(text, Path::new("x")).map_err(|fault| fault.what)
    }

    #[test]
    fn a_block_is_put_in_the_style_of_the_file_and_found_again() {
        let lines = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(
            insert("x\r\n", 3, "", &lines),
            "x\r\n# >>> devenv >>>\r\na\r\nb\r\n# <<< devenv <<<\r\n"
        );
        let open = insert("x", 1, "", &lines);
        assert_eq!(
            open,
            "x\n# >>> devenv >>> (ended the line above)\na\nb\n# <<< devenv <<<\n"
        );
        assert_eq!(found(&open).unwrap().unwrap().lines, lines);
    }

    #[test]
    fn half_a_block_and_two_are_faults() {
        assert!(
            found("# >>> devenv >>>\na\n")
                .unwrap_err()
                .contains("never ends")
        );
        assert!(
            found("# <<< devenv <<<\n")
                .unwrap_err()
                .contains("never began")
        );
        let one = insert("", 0, "", &[]);
        assert!(
            found(&format!("{one}{one}"))
                .unwrap_err()
                .contains("second")
        );
    }

    proptest! {
        #[test]
        fn a_block_that_is_taken_out_leaves_every_byte_as_it_was(
            text in "[a# \r\n]{0,20}", lines in proptest::collection::vec("[a-c/*]{0,6}", 0..4),
        ) {
            let ends = text.match_indices('\n').map(|(at, _)| at + 1).chain([0, text.len()]);
            for offset in ends.collect::<std::collections::BTreeSet<_>>() {
                let with = insert(&text, offset, "", &lines);
                let block = find(&with, Path::new("x")).unwrap().unwrap();
                prop_assert_eq!(&block.lines, &lines);
                prop_assert_eq!(block.removed(&with), (text.clone(), offset));
            }
        }
    }
}
