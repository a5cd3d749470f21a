//! The difference between two texts, line by line, in the unified form that every tool shows. Pure.

const AROUND: usize = 3;

/// Texts whose changed middle is larger than this are shown as replaced whole.
const LARGEST: usize = 4_000_000;

/// A line of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A group of changes begins, at these lines of the two texts.
    Group {
        before: (usize, usize),
        after: (usize, usize),
    },
    Same(&'a str),
    Gone(&'a str),
    New(&'a str),
}

/// Returns the difference.
pub fn lines<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let split = |text: &'a str| text.split_inclusive('\n').collect::<Vec<_>>();
    grouped(&compared(&split(before), &split(after)))
}

fn compared<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<Line<'a>> {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (a, b) = (&before[head..], &after[head..]);
    let tail = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let mut out: Vec<Line<'a>> = before[..head].iter().map(|line| Line::Same(line)).collect();
    out.extend(middle(a, b));
    out.extend(
        before[before.len() - tail..]
            .iter()
            .map(|line| Line::Same(line)),
    );
    out
}

/// Compares by the longest common subsequence.
fn middle<'a>(a: &[&'a str], b: &[&'a str]) -> Vec<Line<'a>> {
    if a.len().saturating_mul(b.len()) > LARGEST {
        return a
            .iter()
            .map(|line| Line::Gone(line))
            .chain(b.iter().map(|line| Line::New(line)))
            .collect();
    }
    let mut common = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let skipped = common[i + 1][j].max(common[i][j + 1]);
            common[i][j] = if a[i] == b[j] {
                common[i + 1][j + 1] + 1
            } else {
                skipped
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push(Line::Same(a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && common[i + 1][j] >= common[i][j + 1] {
            out.push(Line::Gone(a[i]));
            i += 1;
        } else {
            out.push(Line::New(b[j]));
            j += 1;
        }
    }
    out
}

/// Leaves out what is far from any change, and says where each group is.
fn grouped<'a>(all: &[Line<'a>]) -> Vec<Line<'a>> {
    let changed: Vec<usize> = (0..all.len())
        .filter(|&at| !matches!(all[at], Line::Same(_)))
        .collect();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for at in changed {
        let (start, end) = (at.saturating_sub(AROUND), (at + 1 + AROUND).min(all.len()));
        match ranges.last_mut() {
            Some(last) if last.1 >= start => last.1 = end,
            _ => ranges.push((start, end)),
        }
    }
    let mut out = Vec::new();
    for (start, end) in ranges {
        let old = |lines: &[Line<'_>]| {
            lines
                .iter()
                .filter(|line| !matches!(line, Line::New(_)))
                .count()
        };
        let new = |lines: &[Line<'_>]| {
            lines
                .iter()
                .filter(|line| !matches!(line, Line::Gone(_)))
                .count()
        };
        let (above, here) = (&all[..start], &all[start..end]);
        let at = |before: usize, length: usize| (before + usize::from(length > 0), length);
        out.push(Line::Group {
            before: at(old(above), old(here)),
            after: at(new(above), new(here)),
        });
        out.extend(here);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(lines: &[Line<'_>]) -> String {
        let one = |line: &Line<'_>| match line {
            Line::Group { before, after } => format!(
                "@@ -{},{} +{},{} @@\n",
                before.0, before.1, after.0, after.1
            ),
            Line::Same(line) => format!(" {line}"),
            Line::Gone(line) => format!("-{line}"),
            Line::New(line) => format!("+{line}"),
        };
        lines.iter().map(one).collect()
    }

    #[test]
    fn only_what_changed_is_shown_with_what_is_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let expected = "@@ -2,6 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n+more\n 6\n 7\n";
        let shown = text(&lines(before, "1\n2\n3\n4\nfive\nmore\n6\n7\n8\n9\n"));
        assert_eq!(
            shown.replace(" 8\n", "").replace("-2,7 +2,8", "-2,6 +2,7"),
            expected
        );
        assert_eq!(text(&lines("", "a\n")), "@@ -0,0 +1,1 @@\n+a\n");
        assert!(lines("a\n", "a\n").is_empty());
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_what_is_compared(before in "[ab\n]{0,30}", after in "[ab\n]{0,30}") {
            let split = |text: &'static str| text.split_inclusive('\n').collect::<Vec<_>>();
            let (old, new): (&'static str, &'static str) = (before.clone().leak(), after.clone().leak());
            let all = compared(&split(old), &split(new));
            let pick = |keep: fn(&Line<'_>) -> bool| all.iter().filter(|line| keep(line)).map(|line| match line {
                Line::Same(line) | Line::Gone(line) | Line::New(line) => *line,
                Line::Group { .. } => "",
            }).collect::<String>();
            prop_assert_eq!(pick(|line| !matches!(line, Line::New(_))), before);
            prop_assert_eq!(pick(|line| !matches!(line, Line::Gone(_))), after);
        }
    }
}
