//! Development containers: `containerEnv` for what holds for every process, `remoteEnv` for what
//! depends on what the container has. Values are strings. The virtual environment of this machine
//! is left out: in the container its interpreter is not there, and the container's own tools make
//! and activate theirs.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::feature;
use crate::host::{files, stamp};
use crate::inject::jsonc::{Document, Manner, Step};
use crate::inject::portable::{self, Frame, Value, Variable};
use crate::inject::proposal::{ByHand, Content, Facts, LeftOut, Part, Proposal, Wish};
use crate::inject::settings::{Kind, Setting};
use crate::inject::text::Text;
use crate::python::policy::Policy;
use crate::values::fault::Fault;

const DIRECTORY: &str = ".devcontainer";
const FILE: &str = "devcontainer.json";
const HIDDEN: &str = ".devcontainer.json";

/// The image of a new configuration, without the version of Python that it brings.
const IMAGE: &str = "mcr.microsoft.com/devcontainers/python";

/// What stands for an image in a configuration.
const BUILDS: [&str; 3] = ["build", "dockerFile", "dockerComposeFile"];

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
    if wish.image.as_deref() == Some("") {
        return Err(Fault::new("an image has a name")
            .hint("leave `--image` out for the project's own Python"));
    }
    let Place { workspace, configs } = located(facts, wish)?;
    let mut out = Proposal::default();
    let mut has_feature = wish.feature || wish.removing;
    for config in configs {
        let found = Found::of(&config);
        let mut wanted = variables(facts, &workspace, &found, &mut out.left_out);
        out.by_hand.extend(
            wanted
                .iter()
                .filter_map(|setting| found.overrides(setting, &config)),
        );
        has_feature |= feature::is_named_in(&config, &workspace);
        if has_feature {
            wanted.extend(feature::settings(&config, &workspace)?);
            out.by_hand.extend(command(&found, &mut wanted, wish));
        }
        wanted.extend(found.image(wish, &config)?);
        let new_file = new_file(&wish.image.clone().unwrap_or_else(|| image(facts)));
        let content = Content::Settings {
            wanted,
            manner: Manner::Commented,
            new_file,
        };
        out.parts.push(Part::new(config, content));
    }
    if has_feature {
        out.parts.extend(feature::files(&workspace.join(DIRECTORY)));
    } else if facts.policy != Policy::Cached {
        out.notes.push(NOTE.to_owned());
    }
    Ok(out)
}

fn variables(
    facts: &Facts,
    workspace: &Path,
    found: &Found,
    left_out: &mut Vec<LeftOut>,
) -> Vec<Setting> {
    let frame = Frame {
        base: found.names_workspace().then_some(workspace),
        name: WORKSPACE,
        reach: workspace,
        place: "the container",
        literal: |text| (!REPLACED.iter().any(|word| text.contains(word))).then(|| text.to_owned()),
    };
    let (variables, missing) = portable::variables(facts, &frame);
    let mut missing = missing;
    let wanted = variables
        .iter()
        .filter_map(|variable| setting(variable, &mut missing))
        .collect();
    missing.retain(|one| !left_out.contains(one));
    left_out.extend(missing);
    wanted
}

/// What a configuration says already; nothing of one that can't be read, which is refused later.
struct Found(Json);

impl Found {
    fn of(config: &Path) -> Self {
        let value = || {
            let bytes = read(config)?;
            let text = Text::of(&bytes, config).ok()?;
            Some(Document::parse(text.body, Manner::Commented).ok()?.value())
        };
        Self(value().unwrap_or_default())
    }

    /// Returns whether the container's name for the workspace leads to it. With compose it does
    /// only where that is said: else it is the root.
    fn names_workspace(&self) -> bool {
        self.0.get("dockerComposeFile").is_none() || self.0.get("workspaceFolder").is_some()
    }

    /// Returns the image that was asked for. Where none of its own is said, or it is blank, it is
    /// that of a new file; a file that has its container built says nothing by one.
    fn image(&self, wish: &Wish, config: &Path) -> Result<Option<Setting>, Fault> {
        let Some(image) = wish.image.as_deref().filter(|_| self.0.is_object()) else {
            return Ok(None);
        };
        if let Some(key) = BUILDS.iter().find(|key| self.0.get(**key).is_some()) {
            let what = format!(
                "`--image` means nothing for `{}`: `{key}` says what the container is",
                config.display()
            );
            return Err(Fault::new(what).hint("leave `--image` out, or take that out by hand"));
        }
        Ok(Some(Setting::new(&["image"], image).of_kind(Kind::Asked)))
    }

    /// Notes a value of `remoteEnv` that wins over ours wherever somebody works in the container.
    fn overrides(&self, setting: &Setting, config: &Path) -> Option<ByHand> {
        let [Step::Key(table), Step::Key(name)] = setting.path.as_slice() else {
            return None;
        };
        let other = self
            .0
            .get("remoteEnv")?
            .get(name)
            .filter(|other| **other != setting.value)?;
        let why = format!(
            "`remoteEnv.{name}` in `{}` is {other}, and wins: change it by hand",
            config.display()
        );
        (table == "containerEnv").then_some(ByHand {
            why,
            text: String::new(),
        })
    }
}

/// Returns the image with the project's Python; where nothing says which that is, with the newest
/// of the third version.
fn image(facts: &Facts) -> String {
    format!(
        "{IMAGE}:{}",
        facts
            .python
            .as_ref()
            .map_or_else(|| "3".to_owned(), |python| format!("1-{python}"))
    )
}

fn new_file(image: &str) -> String {
    format!("{{\n  \"image\": {}\n}}\n", Json::from(image))
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
            left_out.push(LeftOut::new(
                name,
                "a container's configuration can't unset it",
            ));
            return None;
        }
        Value::Around { front, back } => {
            let own = format!("${{containerEnv:{name}}}");
            let all = front.iter().chain([&own]).chain(back);
            (
                "remoteEnv",
                all.map(String::as_str).collect::<Vec<_>>().join(":"),
            )
        }
        Value::Default(text) if text.contains([':', '}']) => {
            left_out.push(LeftOut::new(
                name,
                format!("a default can't hold a colon or a brace there: `{text}`"),
            ));
            return None;
        }
        Value::Default(text) => ("remoteEnv", format!("${{containerEnv:{name}:{text}}}")),
    };
    Some(Setting::new(&[table, name], text))
}

/// Adds the command that keeps the container's bytecode right, unless another one is there: two
/// would run in no order that anybody chose.
fn command(found: &Found, wanted: &mut Vec<Setting>, wish: &Wish) -> Option<ByHand> {
    const KEY: &str = "postStartCommand";
    let found = found.0.get(KEY);
    let is_said = |value: &Json| value.to_string().contains(feature::COMMAND);
    match found.filter(|value| **value != feature::COMMAND && !wish.removing) {
        None => wanted.push(Setting::new(&[KEY], feature::COMMAND).of_kind(Kind::Command)),
        Some(value) if is_said(value) => {}
        Some(_) => {
            let why = format!(
                "`{KEY}` is taken, and commands beside each other have no order: add to it"
            );
            return Some(ByHand {
                why,
                text: feature::COMMAND.to_owned(),
            });
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
        return Ok(Place {
            workspace: workspace_of(config, &facts.root),
            configs: vec![config.clone()],
        });
    }
    let above = facts.root.ancestors().take_while(|above| {
        files::canonical(above).is_some_and(|above| above.starts_with(facts.bounds()))
    });
    for workspace in above {
        let (full, empty): (Vec<PathBuf>, Vec<PathBuf>) = known(workspace)
            .into_iter()
            .partition(|file| !is_blank(file));
        if full.is_empty() && empty.is_empty() {
            continue;
        }
        let configs = if full.is_empty() { empty } else { full };
        if configs.len() > 1 && !wish.all {
            return Err(several(&configs));
        }
        return Ok(Place {
            workspace: workspace.to_owned(),
            configs,
        });
    }
    Ok(Place {
        workspace: facts.root.clone(),
        configs: vec![facts.root.join(DIRECTORY).join(FILE)],
    })
}

fn several(configs: &[PathBuf]) -> Fault {
    let named: Vec<String> = configs
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    let what = format!(
        "there are {} configurations: {}",
        configs.len(),
        named.join(", ")
    );
    Fault::new(what).hint("`--config PATH` means one of them, `--all` every one")
}

/// Returns the configurations of a directory, in the order in which tools look for them.
fn known(workspace: &Path) -> Vec<PathBuf> {
    let inside = workspace.join(DIRECTORY);
    let variants = files::names(&inside)
        .into_iter()
        .map(|name| inside.join(name).join(FILE));
    let all = [inside.join(FILE), workspace.join(HIDDEN)]
        .into_iter()
        .chain(variants);
    all.filter(|path| stamp::is_file(path)).collect()
}

/// Returns the directory that a configuration opens, by where it lies.
fn workspace_of(config: &Path, root: &Path) -> PathBuf {
    let inside = config
        .ancestors()
        .find(|above| above.file_name().is_some_and(|name| name == DIRECTORY));
    let beside = config
        .file_name()
        .is_some_and(|name| name == HIDDEN)
        .then_some(config);
    inside
        .or(beside)
        .and_then(Path::parent)
        .unwrap_or(root)
        .to_owned()
}

/// Returns whether a file says nothing: readers take it for none.
fn is_blank(path: &Path) -> bool {
    read(path).is_none_or(|bytes| bytes.trim_ascii().is_empty())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    files::read(path).ok().flatten()
}
