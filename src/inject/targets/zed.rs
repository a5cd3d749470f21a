//! Zed's `.zed/settings.json`: the variables of its terminals, and where its Python server looks.
//! Zed replaces nothing in the value of a variable, so that one that holds a path of this machine
//! is left out.

use super::pyright;
use crate::inject::jsonc::Manner;
use crate::inject::portable::{self, Frame, Value, Variable};
use crate::inject::proposal::{Content, Facts, LeftOut, Part, Proposal};
use crate::inject::settings::{Kind, Setting};

/// Proposes the settings.
pub(super) fn propose(facts: &Facts) -> Proposal {
    let literal = |text: &str| Some(text.to_owned());
    let frame = Frame {
        base: None,
        name: "",
        reach: &facts.root,
        place: "a terminal of Zed",
        literal,
    };
    let (variables, left_out) = portable::variables(facts, &frame);
    let mut out = Proposal {
        left_out,
        ..Proposal::default()
    };
    let mut wanted = Vec::new();
    for Variable { name, value } in variables {
        match value {
            Value::Text(text) => wanted.push(Setting::new(&["terminal", "env", &name], text)),
            Value::Unset if name.starts_with("PYTHON") => {
                wanted.push(Setting::new(&["terminal", "env", &name], ""));
            }
            _ => out
                .left_out
                .push(LeftOut::new(&name, "a terminal of Zed can only set it")),
        }
    }
    let path = [
        "lsp",
        "pyright",
        "settings",
        "python.analysis",
        "extraPaths",
    ];
    let element = |element: String| Setting::new(&path, element).of_kind(Kind::Element);
    wanted.extend(pyright::extra_paths(facts).0.into_iter().map(element));
    let content = Content::Settings {
        wanted,
        manner: Manner::Commented,
        new_file: "{\n}\n".to_owned(),
    };
    out.parts
        .push(Part::new(facts.root.join(".zed/settings.json"), content));
    out
}
