//! The configuration files of a project, each read once: what is hashed for trust is what is
//! parsed. The project's own file lies over the user's, the local one over both.

use std::path::{Path, PathBuf};

use crate::host::{Stamp, files, stamp};
use crate::values::document::{self, Node};
use crate::values::fault::Fault;
use crate::values::manifest::{self, CONFIGURATION, LOCAL, MANIFEST};

/// A file that a plan depends on, with the bytes that count.
#[derive(Clone, Debug)]
pub struct Input {
    pub path: PathBuf,
    /// Nothing where it does not exist.
    pub content: Option<Vec<u8>>,
    pub stamp: Option<Stamp>,
}

impl Input {
    /// Reads a file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let (content, stamp) = files::read_small(path)?.unzip();
        Ok(Self {
            path: path.to_owned(),
            content,
            stamp,
        })
    }

    /// Notes a file of which only the owner and the mode matter.
    pub fn of_stamp(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            content: None,
            stamp: stamp::of(path),
        }
    }
}

/// The files and what they say together.
#[derive(Debug)]
pub struct Files {
    pub tree: Node,
    /// The project's own, as they were read.
    pub inputs: Vec<Input>,
    pub user_file: Option<PathBuf>,
    pub warnings: Vec<Fault>,
}

/// Returns the user's own configuration file.
pub fn user_file(config_dir: Option<&Path>) -> Option<PathBuf> {
    config_dir.map(|directory| directory.join("config.toml"))
}

/// Reads the user's configuration, and that of a project where there is one.
pub fn load(project: Option<&Path>, config_dir: Option<&Path>) -> anyhow::Result<Files> {
    let user_file = user_file(config_dir);
    let empty = Path::new("/");
    let mut tree = document::parse(user_file.as_deref().unwrap_or(empty), String::new())?;
    if let Some(node) = user_file.as_deref().map(read_tree).transpose()?.flatten() {
        tree.overlay(node.1);
    }
    let mut out = Files {
        tree,
        inputs: Vec::new(),
        user_file,
        warnings: Vec::new(),
    };
    if let Some(project) = project {
        out.add_project(project)?;
    }
    Ok(out)
}

fn read_tree(path: &Path) -> anyhow::Result<Option<(Input, Node)>> {
    let input = Input::read(path)?;
    let Some(bytes) = &input.content else {
        return Ok(None);
    };
    let node = document::parse(path, utf8(path, bytes)?)?;
    Ok(Some((input, node)))
}

fn utf8(path: &Path, bytes: &[u8]) -> Result<String, Fault> {
    let text = String::from_utf8(bytes.to_vec());
    text.map_err(|_| {
        Fault::new(format!("`{}` is not UTF-8", path.display())).hint("TOML files are UTF-8")
    })
}

impl Files {
    fn add_project(&mut self, project: &Path) -> anyhow::Result<()> {
        let own = read_tree(&project.join(CONFIGURATION))?;
        let manifest = read_table(&project.join(MANIFEST), own.is_some())?;
        if let (Some((_, _)), Some((input, node))) = (&own, &manifest) {
            let ignored = format!("`[tool.devenv]` in `{}` is ignored", input.path.display());
            self.warnings.push(
                node.site
                    .fault(ignored)
                    .hint(format!("`{CONFIGURATION}` beside it wins")),
            );
        }
        let local = read_tree(&project.join(LOCAL))?;
        for (input, node) in own.or(manifest).into_iter().chain(local) {
            self.tree.overlay(node);
            self.inputs.push(input);
        }
        Ok(())
    }
}

/// Reads our table of a manifest. What counts of the file is the table alone: adding a dependency
/// changes nothing. Where another file wins, a manifest that can't be parsed is somebody else's to
/// complain about.
fn read_table(path: &Path, is_beaten: bool) -> anyhow::Result<Option<(Input, Node)>> {
    let mut input = Input::read(path)?;
    let text = String::from_utf8_lossy(input.content.as_deref().unwrap_or_default()).into_owned();
    let table = match manifest::own_table(path, &text) {
        Err(_) if is_beaten => None,
        other => other?,
    };
    let Some(table) = table else { return Ok(None) };
    input.content = Some(table.canonical().into_bytes());
    Ok(Some((input, table)))
}
