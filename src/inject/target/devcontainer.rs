//! Development containers: `containerEnv` for what holds for every process, `remoteEnv` for what depends on what the
//! container has. Values are strings. The virtual environment of this machine is left out: in the container its
//! interpreter is not there, and the container's own tools make and activate theirs.

use std::path::{Path, PathBuf};

use super::{ByHand, Content, Facts, Part, Proposal, Wish, feature};
use crate::fault::Fault;
use crate::host::{files, stamp};
use crate::inject::jsonc::{Document, Manner, Step};
use crate::inject::portable::{self, Frame, LeftOut, Value, Variable};
use crate::inject::settings::{Kind, Setting};
use crate::inject::text::Text;
use crate::python::policy::Policy;

const DIRECTORY: &str = ".devcontainer";
const FILE: &str = "devcontainer.json";
const HIDDEN: &str = ".devcontainer.json";

/// The image of a new configuration.
const IMAGE: &str = "mcr.microsoft.com/devcontainers/python:1-3.12";

/// What the container calls the directory that is opened in it.
const WORKSPACE: &str = "${containerWorkspaceFolder}";

/// What a reader of the file replaces in a value; there is no way to write it as it is.
const REPLACED: [&str; 6] = [
    "${localEnv:",
    "${containerEnv:",
    "${env:",
    "${localWorkspaceFolder",
    "${containerWorkspaceFolder",
    "${devcontainerId}",
];

/// What a policy other than `cached` needs besides variables.
const NOTE: &str = "a variable alone neither cures stale bytecode nor keeps imports fast where devenv is not installed; \
                    `--feature` installs it in the container";

/// Proposes the edits of the configurations that are meant.
pub(super) fn propose(facts: &Facts, wish: &Wish) -> Result<Proposal, Fault> {
    let Place { workspace, configs } = located(facts, wish)?;
    let mut out = Proposal::default();
    let frame = Frame {
        base: Some(&workspace),
        name: WORKSPACE,
        reach: &workspace,
        place: "the container",
        literal: |text| (!REPLACED.iter().any(|word| text.contains(word))).then(|| text.to_owned()),
    };
    let (variables, left_out) = portable::variables(facts, &frame);
    out.left_out = left_out;
    let wanted: Vec<Setting> = variables.iter().filter_map(|variable| setting(variable, &mut out.left_out)).collect();
    let mut has_feature = wish.feature || wish.removing;
    for config in configs {
        has_feature |= feature::is_named_in(&config, &workspace);
        let mut wanted = wanted.clone();
        if has_feature {
            wanted.extend(feature::settings(&config, &workspace)?);
            out.by_hand.extend(command(&config, &mut wanted, wish));
        }
        let new_file = new_file(wish.image.as_deref().unwrap_or(IMAGE));
        let content = Content::Settings { wanted, manner: Manner::Commented, new_file };
        out.parts.push(Part::new(config, content));
    }
    if has_feature {
        out.parts.extend(feature::files(&workspace.join(DIRECTORY)));
    } else if facts.policy != Policy::Cached {
        out.notes.push(NOTE.to_owned());
    }
    Ok(out)
}

fn new_file(image: &str) -> String {
    format!("{{\n  \"image\": {}\n}}\n", serde_json::Value::from(image))
}

/// Says a variable as the file can.
fn setting(variable: &Variable, left_out: &mut Vec<LeftOut>) -> Option<Setting> {
    let name = variable.name.as_str();
    let (table, text) = match &variable.value {
        Value::Text(text) => ("containerEnv", text.clone()),
        Value::List(elements) => ("containerEnv", elements.join(":")),
        // An empty variable of Python's is one that is not set.
        Value::Unset if name.starts_with("PYTHON") => ("containerEnv", String::new()),
        Value::Unset => {
            left_out.push(LeftOut::new(name, "a container's configuration can't unset it"));
            return None;
        }
        Value::Around { front, back } => {
            let own = format!("${{containerEnv:{name}}}");
            let all = front.iter().chain([&own]).chain(back);
            ("remoteEnv", all.map(String::as_str).collect::<Vec<_>>().join(":"))
        }
        Value::Default(text) if text.contains([':', '}']) => {
            left_out.push(LeftOut::new(name, format!("a default can't hold a colon or a brace there: `{text}`")));
            return None;
        }
        Value::Default(text) => ("remoteEnv", format!("${{containerEnv:{name}:{text}}}")),
    };
    Some(Setting::new(&[table, name], text))
}

/// Adds the command that keeps the container's bytecode right, unless another one is there: two would run in no order
/// that anybody chose.
fn command(config: &Path, wanted: &mut Vec<Setting>, wish: &Wish) -> Option<ByHand> {
    const KEY: &str = "postStartCommand";
    let found = read(config).and_then(|text| {
        let text = Text::of(&text, config).ok()?.body.to_owned();
        let document = Document::parse(&text, Manner::Commented).ok()?;
        document.find(&[Step::key(KEY)]).ok()?.map(|found| found.value)
    });
    let is_said = |value: &serde_json::Value| value.to_string().contains(feature::COMMAND);
    match found.filter(|value| value != feature::COMMAND && !wish.removing) {
        None => wanted.push(Setting::new(&[KEY], feature::COMMAND).of_kind(Kind::Command)),
        Some(value) if is_said(&value) => {}
        Some(_) => {
            let why = format!("`{KEY}` is taken, and commands beside each other have no order: add to it");
            return Some(ByHand { why, text: feature::COMMAND.to_owned() });
        }
    }
    None
}

/// The directory that is opened in the container, and its configurations.
struct Place {
    workspace: PathBuf,
    configs: Vec<PathBuf>,
}

fn located(facts: &Facts, wish: &Wish) -> Result<Place, Fault> {
    if let Some(config) = &wish.config {
        return Ok(Place { workspace: workspace_of(config, &facts.root), configs: vec![config.clone()] });
    }
    let above = facts
        .root
        .ancestors()
        .take_while(|above| files::canonical(above).is_some_and(|above| above.starts_with(facts.bounds())));
    for workspace in above {
        let (full, empty): (Vec<PathBuf>, Vec<PathBuf>) =
            known(workspace).into_iter().partition(|file| !is_blank(file));
        if full.is_empty() && empty.is_empty() {
            continue;
        }
        let configs = if full.is_empty() { empty } else { full };
        if configs.len() > 1 && !wish.all {
            return Err(several(&configs));
        }
        return Ok(Place { workspace: workspace.to_owned(), configs });
    }
    Ok(Place { workspace: facts.root.clone(), configs: vec![facts.root.join(DIRECTORY).join(FILE)] })
}

fn several(configs: &[PathBuf]) -> Fault {
    let named: Vec<String> = configs.iter().map(|path| format!("`{}`", path.display())).collect();
    let what = format!("there are {} configurations: {}", configs.len(), named.join(", "));
    Fault::new(what).hint("`--config PATH` means one of them, `--all` every one")
}

/// Returns the configurations of a directory, in the order in which tools look for them.
fn known(workspace: &Path) -> Vec<PathBuf> {
    let inside = workspace.join(DIRECTORY);
    let variants = files::names(&inside).into_iter().map(|name| inside.join(name).join(FILE));
    let all = [inside.join(FILE), workspace.join(HIDDEN)].into_iter().chain(variants);
    all.filter(|path| stamp::is_file(path)).collect()
}

/// Returns the directory that a configuration opens, by where it lies.
fn workspace_of(config: &Path, root: &Path) -> PathBuf {
    let inside = config.ancestors().find(|above| above.file_name().is_some_and(|name| name == DIRECTORY));
    let beside = config.file_name().is_some_and(|name| name == HIDDEN).then_some(config);
    inside.or(beside).and_then(Path::parent).unwrap_or(root).to_owned()
}

/// Returns whether a file says nothing: readers take it for none.
fn is_blank(path: &Path) -> bool {
    read(path).is_none_or(|bytes| bytes.trim_ascii().is_empty())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    files::read(path).ok().flatten()
}
