//! Pyright's `pyrightconfig.json`: the directories that modules are imported from. A project that
//! configures it in `pyproject.toml` is told what to add there.

use crate::env::operation::PYTHONPATH;
use crate::host::{files, stamp};
use crate::inject::jsonc::Manner;
use crate::inject::portable::{self, Frame, Value};
use crate::inject::proposal::{ByHand, Content, Facts, LeftOut, Part, Proposal};
use crate::inject::settings::{Kind, Setting};
use crate::values::document;
use crate::values::manifest::MANIFEST;

const FILE: &str = "pyrightconfig.json";
const KEY: &str = "extraPaths";

/// Proposes the paths.
pub(super) fn propose(facts: &Facts) -> Proposal {
    let (paths, left_out) = extra_paths(facts);
    let mut out = Proposal {
        left_out,
        ..Proposal::default()
    };
    let file = facts.root.join(FILE);
    if paths.is_empty() {
        out.notes.push(
            "no source root needs to be named: each is installed as editable, or lies flat"
                .to_owned(),
        );
    }
    if let Some(known) = table(facts).filter(|_| !stamp::is_file(&file)) {
        let missing: Vec<String> = paths
            .into_iter()
            .filter(|path| !known.contains(path))
            .collect();
        if !missing.is_empty() {
            let why = format!("Pyright is configured in `{MANIFEST}`: add to `[tool.pyright]`");
            out.by_hand.push(ByHand {
                why,
                text: format!("{KEY} = {missing:?}"),
            });
        }
    } else {
        let element = |path: String| Setting::new(&[KEY], path).of_kind(Kind::Element);
        let wanted = paths.into_iter().map(element).collect();
        let new_file = "{\n}\n".to_owned();
        out.parts.push(Part::new(
            file,
            Content::Settings {
                wanted,
                manner: Manner::Commented,
                new_file,
            },
        ));
    }
    out
}

/// Returns the directories of `PYTHONPATH` relative to the project.
pub(super) fn extra_paths(facts: &Facts) -> (Vec<String>, Vec<LeftOut>) {
    let literal = |text: &str| Some(text.to_owned());
    let frame = Frame {
        base: Some(&facts.root),
        name: "",
        reach: facts.bounds(),
        place: "the checkout",
        literal,
    };
    let (variables, left_out) = portable::variables(facts, &frame);
    let paths = variables
        .into_iter()
        .filter(|variable| variable.name == PYTHONPATH);
    let paths = paths.flat_map(|variable| {
        if let Value::List(paths) = variable.value {
            paths
        } else {
            Vec::new()
        }
    });
    (
        paths.collect(),
        left_out
            .into_iter()
            .filter(|left_out| left_out.name == PYTHONPATH)
            .collect(),
    )
}

/// Returns the paths that the table of the manifest names, where there is one.
fn table(facts: &Facts) -> Option<Vec<String>> {
    let file = facts.root.join(MANIFEST);
    let manifest = document::parse(&file, files::text(&file)?).ok()?;
    let table = manifest.at(["tool", "pyright"])?;
    Some(
        table
            .get(KEY)
            .map(|list| list.texts().into_iter().map(str::to_owned).collect())
            .unwrap_or_default(),
    )
}
