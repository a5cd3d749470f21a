//! A kernel's `kernel.json`: the variables of its process. The file is this machine's and no
//! project's, so that it is named by the user, and paths are whole. Jupyter reads plain JSON and
//! replaces `${NAME}` in a value.

use std::path::Path;

use crate::host::stamp;
use crate::inject::jsonc::Manner;
use crate::inject::portable::{self, Frame, Value};
use crate::inject::proposal::{Content, Facts, LeftOut, Part, Proposal, Wish};
use crate::inject::settings::Setting;
use crate::values::fault::Fault;

/// Proposes the variables.
pub(super) fn propose(facts: &Facts, wish: &Wish) -> Result<Proposal, Fault> {
    let Some(file) = &wish.config else {
        let hint =
            "`jupyter kernelspec list` says where they are: `--config DIRECTORY/kernel.json`";
        return Err(Fault::new("name the kernel's `kernel.json`").hint(hint));
    };
    if !stamp::is_file(file) {
        return Err(Fault::new(format!("`{}` does not exist", file.display())));
    }
    let root = Path::new("/");
    let literal = |text: &str| Some(text.replace('$', "$$"));
    let frame = Frame {
        base: Some(root),
        name: "/",
        reach: root,
        place: "this machine",
        literal,
    };
    let (variables, left_out) = portable::variables(facts, &frame);
    let mut out = Proposal {
        left_out,
        ..Proposal::default()
    };
    let mut wanted = Vec::new();
    for variable in variables {
        let name = variable.name.as_str();
        let text = match variable.value {
            Value::Text(text) => text,
            Value::List(elements) => elements.join(":"),
            Value::Around { front, back } => {
                let own = format!("${{{name}}}");
                front
                    .into_iter()
                    .chain([own])
                    .chain(back)
                    .collect::<Vec<_>>()
                    .join(":")
            }
            Value::Unset if name.starts_with("PYTHON") => String::new(),
            Value::Default(_) | Value::Unset => {
                out.left_out
                    .push(LeftOut::new(name, "a kernel's description can only set it"));
                continue;
            }
        };
        wanted.push(Setting::new(&["env", name], text));
    }
    let content = Content::Settings {
        wanted,
        manner: Manner::Plain,
        new_file: String::new(),
    };
    out.parts.push(Part::new(file.clone(), content).anywhere());
    Ok(out)
}
