//! A compose file: the variables of a service, as a block of ours in its `environment`. The file is
//! not parsed as YAML, only as the lines that people write; whatever is written another way is
//! refused with its place. Where the project lies in the container is not said for sure, so that
//! paths are left out.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::host::stamp;
use crate::inject::jsonc::Problem;
use crate::inject::portable::{self, Frame, Value};
use crate::inject::proposal::{Content, Facts, LeftOut, Part, Placed, Placing, Proposal, Wish};
use crate::inject::settings::Kept;
use crate::values::fault::Fault;

/// In the order in which compose looks for them.
const FILES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

const BY_HAND: &str = "add the variables by hand; `--json --dry-run` of another target lists them";

/// Proposes the variables of a service.
pub(super) fn propose(facts: &Facts, wish: &Wish) -> Result<Proposal, Fault> {
    let known = || {
        FILES
            .iter()
            .map(|name| facts.root.join(name))
            .find(|path| stamp::is_file(path))
    };
    let file: PathBuf = wish
        .config
        .clone()
        .or_else(known)
        .filter(|file| stamp::is_file(file))
        .ok_or_else(|| {
            Fault::new("there is no compose file here").hint("`--config PATH` names one")
        })?;
    let literal = |text: &str| Some(text.replace('$', "$$"));
    let frame = Frame {
        base: None,
        name: "",
        reach: &facts.root,
        place: "the container",
        literal,
    };
    let (all, left_out) = portable::variables(facts, &frame);
    let mut out = Proposal {
        left_out,
        ..Proposal::default()
    };
    let mut variables = Vec::new();
    for variable in all {
        match variable.value {
            Value::Text(text) => variables.push((variable.name, text)),
            Value::Unset if variable.name.starts_with("PYTHON") => {
                variables.push((variable.name, String::new()));
            }
            Value::Unset => out
                .left_out
                .push(LeftOut::new(&variable.name, "compose can't unset it")),
            _ => out
                .left_out
                .push(LeftOut::new(&variable.name, "compose can only set it")),
        }
    }
    let placing = Placing::InService {
        service: wish.service.clone(),
        variables,
    };
    out.parts.push(Part::new(file, Content::Block(placing)));
    Ok(out)
}

/// Which service is meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Service<'a> {
    Only,
    Named(&'a str),
    /// The one that an offset lies in.
    Around(usize),
}

/// A line that says something.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    start: usize,
    end: usize,
    indent: usize,
    words: &'t str,
}

impl Line<'_> {
    /// Returns the key that a line gives a value to.
    fn key(&self) -> Option<String> {
        let (key, rest) = self.words.split_once(':')?;
        (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| bare(key))
    }

    /// Returns what stands behind the key, without a comment.
    fn value(&self) -> &str {
        let rest = self
            .words
            .split_once(':')
            .map_or("", |(_, rest)| rest)
            .trim();
        if rest.starts_with('#') {
            ""
        } else {
            rest.split(" #").next().unwrap_or_default().trim()
        }
    }

    fn is_item(&self) -> bool {
        self.words == "-" || self.words.starts_with("- ")
    }
}

/// The lines of a file.
struct Lines<'t> {
    file: &'t Path,
    text: &'t str,
    all: Vec<Line<'t>>,
}

/// Returns the block of a service's variables, and where it goes.
pub(super) fn place(
    text: &str,
    file: &Path,
    service: Service<'_>,
    variables: &[(String, String)],
) -> Result<Placed, Fault> {
    let lines = Lines::of(text, file)?;
    let (header, body) = lines.service(service)?;
    let Some(first) = body.first() else {
        return Err(lines.fault(&header, "this service says nothing"));
    };
    let unit = first.indent - header.indent;
    let mut found = body.iter().enumerate().filter(|(_, line)| {
        line.indent == first.indent && line.key().is_some_and(|key| key == "environment")
    });
    let Some((at, own)) = found.next() else {
        let (indent, deeper) = (" ".repeat(first.indent), " ".repeat(unit));
        let entries = variables
            .iter()
            .map(|(name, value)| format!("{deeper}{}", entry(name, value, false)));
        let mut lines: Vec<String> = std::iter::once("environment:".to_owned())
            .chain(entries)
            .collect();
        if variables.is_empty() {
            lines.clear();
        }
        return Ok(Placed {
            offset: header.end,
            indent,
            lines,
            kept: Vec::new(),
        });
    };
    if let Some((_, twin)) = found.next() {
        return Err(lines.fault(twin, "`environment` stands here twice"));
    }
    if !own.value().is_empty() {
        return Err(lines.fault(own, "`environment` is not written line by line"));
    }
    Ok(lines.inside(own, &body[at + 1..], unit, variables))
}

fn entry(name: &str, value: &str, is_list: bool) -> String {
    if is_list {
        format!("- {}", Json::from(format!("{name}={value}")))
    } else {
        format!("{name}: {}", Json::from(value))
    }
}

fn bare(text: &str) -> String {
    text.trim().trim_matches(['"', '\'']).to_owned()
}

impl<'t> Lines<'t> {
    fn of(text: &'t str, file: &'t Path) -> Result<Self, Fault> {
        let (mut all, mut at) = (Vec::new(), 0);
        for whole in text.split_inclusive('\n') {
            let trimmed = whole.trim_start_matches(' ');
            let line = Line {
                start: at,
                end: at + whole.len(),
                indent: whole.len() - trimmed.len(),
                words: trimmed.trim_end(),
            };
            at = line.end;
            if line.words.is_empty() || line.words.starts_with('#') {
                continue;
            }
            let lines = Self {
                file,
                text,
                all: Vec::new(),
            };
            if line.words.starts_with('\t') {
                return Err(lines.fault(&line, "a tab indents this line"));
            }
            if line.indent == 0 && line.words.starts_with("---") && !all.is_empty() {
                return Err(lines.fault(&line, "a second document begins here"));
            }
            if !line.words.starts_with("---") {
                all.push(line);
            }
        }
        Ok(Self { file, text, all })
    }

    fn fault(&self, line: &Line<'_>, what: &str) -> Fault {
        let start = line.start + line.indent;
        Problem::new(start, start + line.words.len(), what)
            .fault(self.file, self.text)
            .hint(BY_HAND)
    }

    /// Returns the lines below one, deeper than it.
    fn below(&self, parent: &Line<'t>) -> Vec<Line<'t>> {
        let after = self.all.iter().filter(|line| line.start > parent.start);
        after
            .take_while(|line| line.indent > parent.indent)
            .copied()
            .collect()
    }

    /// Returns the line that begins a service, and the lines of it.
    fn service(&self, wanted: Service<'_>) -> Result<(Line<'t>, Vec<Line<'t>>), Fault> {
        let is_services =
            |line: &&Line<'t>| line.indent == 0 && line.key().is_some_and(|key| key == "services");
        let start = Line {
            start: 0,
            end: 0,
            indent: 0,
            words: "",
        };
        let services = self.all.iter().find(is_services).copied();
        let services = services.ok_or_else(|| {
            self.fault(
                self.all.first().unwrap_or(&start),
                "there are no `services` here",
            )
        })?;
        let below = self.below(&services);
        let indent = below.first().map_or(0, |line| line.indent);
        let headers: Vec<&Line<'t>> = below.iter().filter(|line| line.indent == indent).collect();
        let names: Vec<String> = headers.iter().filter_map(|line| line.key()).collect();
        let header = match (wanted, headers.as_slice()) {
            (Service::Only | Service::Around(_), [one]) => **one,
            (Service::Only, _) => {
                let what = format!("there are {} services: {}", names.len(), names.join(", "));
                return Err(Fault::new(what).hint("`--service NAME` means one of them"));
            }
            (Service::Around(offset), _) => {
                let found = headers.iter().rev().find(|line| line.end <= offset);
                **found.ok_or_else(|| self.fault(&services, "the block is in no service"))?
            }
            (Service::Named(wanted), _) => {
                let found = headers
                    .iter()
                    .find(|line| line.key().is_some_and(|key| key == wanted));
                let unknown = || Fault::new(format!("unknown service `{wanted}`"));
                **found.ok_or_else(|| {
                    unknown().did_you_mean(wanted, names.iter().map(String::as_str))
                })?
            }
        };
        let value = header.value();
        let is_anchor = value.starts_with('&') && !value.contains(' ');
        if !value.is_empty() && !is_anchor {
            return Err(self.fault(&header, "this service is not written line by line"));
        }
        Ok((header, self.below(&header)))
    }

    /// Returns the block inside an `environment` that is there.
    fn inside(
        &self,
        own: &Line<'t>,
        after: &[Line<'t>],
        unit: usize,
        variables: &[(String, String)],
    ) -> Placed {
        let is_list = after
            .first()
            .is_some_and(|line| line.is_item() && line.indent >= own.indent);
        let inner = after
            .first()
            .filter(|line| is_list || line.indent > own.indent);
        let indent = inner.map_or(own.indent + unit, |line| line.indent);
        let entries = after
            .iter()
            .take_while(|line| line.indent > own.indent || (is_list && line.is_item()));
        let entries: Vec<&Line<'t>> = entries.filter(|line| line.indent == indent).collect();
        let mut placed = Placed {
            offset: own.end,
            indent: " ".repeat(indent),
            ..Placed::default()
        };
        for (name, value) in variables {
            let known = entries
                .iter()
                .find_map(|line| Some((*line, given(line, name, is_list)?)));
            match known {
                None => placed.lines.push(entry(name, value, is_list)),
                Some((_, found)) if found == *value => {}
                Some((line, found)) => placed.kept.push(self.kept(line, name, found, value)),
            }
        }
        placed
    }

    fn kept(&self, line: &Line<'_>, name: &str, found: String, wanted: &str) -> Kept {
        Kept {
            what: name.to_owned(),
            found,
            wanted: wanted.to_owned(),
            line: self.text[..line.start].matches('\n').count() + 1,
            column: line.indent + 1,
            yields: false,
        }
    }
}

/// Returns the value that a line gives to a variable.
fn given(line: &Line<'_>, name: &str, is_list: bool) -> Option<String> {
    if !is_list {
        return line
            .key()
            .filter(|key| key == name)
            .map(|_| bare(line.value()));
    }
    let item = bare(line.words.strip_prefix('-')?);
    let (key, value) = item.split_once('=').unwrap_or((item.as_str(), ""));
    (key == name).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inject::block;

    fn with(text: &str, service: Option<&str>) -> Result<String, String> {
        let service = service.map_or(Service::Only, Service::Named);
        let variables = [
            ("A".to_owned(), "1".to_owned()),
            ("B".to_owned(), "x \"y\"".to_owned()),
        ];
        let placed = place(text, Path::new("compose.yaml"), service, &variables)
            .map_err(|fault| fault.what)?;
        Ok(block::insert(
            text,
            placed.offset,
            &placed.indent,
            &placed.lines,
        ))
    }

    #[test]
    fn variables_are_put_as_the_service_is_written() {
        let own = |indent: &str, a: &str, b: &str| {
            format!(
                "{indent}# >>> devenv >>>\n{indent}{a}\n{indent}{b}\n{indent}# <<< devenv <<<\n"
            )
        };
        let map = own("      ", "A: \"1\"", "B: \"x \\\"y\\\"\"");
        let head = "services:\n  web:\n    image: x\n    environment:\n";
        assert_eq!(
            with(&format!("{head}      C: 2\n"), None).unwrap(),
            format!("{head}{map}      C: 2\n")
        );
        let list = own("    ", "- \"A=1\"", "- \"B=x \\\"y\\\"\"");
        assert_eq!(
            with(&format!("{head}    - C=2\n"), None).unwrap(),
            format!("{head}{list}    - C=2\n")
        );
        assert_eq!(
            with(head, None).unwrap(),
            format!("{head}{map}"),
            "an empty one"
        );
        let bare = with("services:\n  web:\n    image: x\n", None).unwrap();
        assert!(
            bare.contains("  web:\n    # >>> devenv >>>\n    environment:\n      A: \"1\"\n"),
            "{bare}"
        );
    }

    #[test]
    fn a_variable_that_is_there_is_not_said_twice() {
        let text = "services:\n  web:\n    environment:\n      A: '1' # c\n      B: other\n";
        let variables = [
            ("A".to_owned(), "1".to_owned()),
            ("B".to_owned(), "2".to_owned()),
        ];
        let placed = place(text, Path::new("x"), Service::Only, &variables).unwrap();
        assert!(placed.lines.is_empty(), "{placed:?}");
        assert_eq!(
            (
                placed.kept[0].what.as_str(),
                placed.kept[0].line,
                placed.kept[0].yields
            ),
            ("B", 5, false)
        );
    }

    #[test]
    fn what_is_written_another_way_is_refused() {
        for text in [
            "services:\n\tweb:\n",
            "services:\n  web: {image: x}\n",
            "services:\n  web:\n    environment: {A: 1}\n    image: x\n",
            "services:\n  web:\n    environment: *shared\n",
            "services:\n  web:\n    image: x\n---\nservices: {}\n",
            "services:\n  a:\n    image: x\n  b:\n    image: y\n",
            "services:\n  web:\n",
            "version: '3'\n",
            "",
        ] {
            assert!(with(text, None).is_err(), "{text}");
        }
        let two = "services:\n  a:\n    image: x\n  b:\n    image: y\n";
        assert!(
            with(two, Some("b"))
                .unwrap()
                .contains("  b:\n    # >>> devenv")
        );
        let at = |offset| {
            place(two, Path::new("x"), Service::Around(offset), &[])
                .unwrap()
                .offset
        };
        assert_eq!((at(15), at(28), at(33)), (15, 15, 33));
        assert!(
            with(two, Some("c"))
                .unwrap_err()
                .contains("unknown service `c`")
        );
    }
}
