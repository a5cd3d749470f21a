//! The Feature that a project's development container can have: it installs devenv and its hook
//! when the image is built. Two files of ours beside the configuration, and what names them there.

use std::path::{Path, PathBuf};

use crate::host::files;
use crate::inject::jsonc::{Document, Manner, Step};
use crate::inject::proposal::{Content, Part};
use crate::inject::settings::Setting;
use crate::inject::text::Text;
use crate::values::fault::Fault;

/// What the container runs at each start: the bytecode that an image brought is made harmless, what
/// is missing is made.
pub(super) const COMMAND: &str = "devenv cache arm && devenv cache warm --mode checked --packages";

const NAME: &str = "devenv";
const DESCRIPTION: &str = include_str!("../../../feature/devcontainer-feature.json");
const SCRIPT: &str = include_str!("../../../feature/install.sh");

/// Returns the files of the Feature.
pub(super) fn files(directory: &Path) -> Vec<Part> {
    let whole = |text: &str, executable| Content::Whole {
        bytes: text.into(),
        instead_of: None,
        executable,
    };
    let file = |name: &str| directory.join(NAME).join(name);
    let description = Part::new(file("devcontainer-feature.json"), whole(DESCRIPTION, false));
    vec![
        description,
        Part::new(file("install.sh"), whole(SCRIPT, true)),
    ]
}

/// Returns what a configuration must say to have the Feature.
pub(super) fn settings(config: &Path, workspace: &Path) -> Result<Vec<Setting>, Fault> {
    let name = reference(config, workspace).ok_or_else(|| {
        let what = format!(
            "`{}` can't name a Feature in `.devcontainer`",
            config.display()
        );
        Fault::new(what).hint("a configuration with a Feature of its own lies in the workspace")
    })?;
    Ok(vec![Setting::new(
        &["features", &name],
        serde_json::json!({}),
    )])
}

/// Returns whether a configuration names the Feature already.
pub(super) fn is_named_in(config: &Path, workspace: &Path) -> bool {
    let named = || {
        let bytes = files::read(config).ok()??;
        let text = Text::of(&bytes, config).ok()?;
        let document = Document::parse(text.body, Manner::Commented).ok()?;
        let path = [
            Step::key("features"),
            Step::Key(reference(config, workspace)?),
        ];
        document.find(&path).ok()?
    };
    named().is_some()
}

/// Returns the Feature's directory relative to the configuration's, as a reader needs it.
fn reference(config: &Path, workspace: &Path) -> Option<String> {
    let above = config.parent()?.strip_prefix(workspace).ok()?;
    let directories: Vec<PathBuf> = above
        .components()
        .map(|part| PathBuf::from(part.as_os_str()))
        .collect();
    match directories.as_slice() {
        [] => Some(format!("./.devcontainer/{NAME}")),
        [one] if one == Path::new(".devcontainer") => Some(format!("./{NAME}")),
        [one, below @ ..] if one == Path::new(".devcontainer") => {
            Some("../".repeat(below.len()) + NAME)
        }
        _ => None,
    }
}
