//! Whether a root goes on `PYTHONPATH`, and why. The variable reaches every Python program in the
//! shell, so a root goes there only where its package would otherwise be imported from elsewhere,
//! or not at all.

use std::ffi::OsString;
use std::path::Path;

use super::layout::Layout;
use super::local::LocalProject;
use super::reader::Reader;
use crate::python::installed::{Distribution, Local};
use crate::python::stdlib;
use crate::values::paths::has_colon;

/// What is done with a root, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// The user wants it there.
    Listed,
    /// The environment holds a copy, which would be imported instead.
    Copied,
    /// The environment does not hold it.
    NotInstalled,
    /// The environment imports it from here by itself.
    Editable,
    /// `PYTHONPATH` can't name it.
    HasColon,
    /// It would shadow a module of the standard library.
    HidesStandard(String),
    /// Every Python program in the shell would run this module of it when it starts.
    RunsAtStart(String),
    /// The project's whole directory, which nobody needs there.
    Flat,
}

impl Placement {
    /// Returns whether the root goes on `PYTHONPATH`.
    pub fn is_on_path(&self) -> bool {
        matches!(self, Self::Listed | Self::Copied | Self::NotInstalled)
    }

    /// Returns the reason in a few words.
    pub fn reason(&self) -> String {
        match self {
            Self::Listed => "listed in `sources`".to_owned(),
            Self::Copied => "installed as a copy".to_owned(),
            Self::NotInstalled => "not installed".to_owned(),
            Self::Editable => "installed as editable".to_owned(),
            Self::HasColon => "its path holds a colon".to_owned(),
            Self::HidesStandard(name) => format!("holds `{name}`, a name of the standard library"),
            Self::RunsAtStart(name) => {
                format!("holds `{name}`, which every Python program would run when it starts")
            }
            Self::Flat => "the project's own directory".to_owned(),
        }
    }
}

/// Decides for one root of a project.
pub fn of(
    root: &Path,
    layout: Layout,
    project: &LocalProject,
    installed: &[Distribution],
    reader: &mut Reader,
) -> Placement {
    if has_colon(root) {
        return Placement::HasColon;
    }
    if let Some(name) = standard_name(root, reader) {
        return Placement::HidesStandard(name);
    }
    let placement = match (state(project, installed, reader), layout) {
        (State::Editable, _) => Placement::Editable,
        (State::Copied, _) => Placement::Copied,
        (State::Absent, Layout::Apart) => Placement::NotInstalled,
        (State::Absent, Layout::Flat) => Placement::Flat,
    };
    let mut at_start = || startup_name(&reader.names(root)).map(Placement::RunsAtStart);
    if placement.is_on_path() {
        at_start().unwrap_or(placement)
    } else {
        placement
    }
}

/// The modules that `site` imports, by `execsitecustomize` and `execusercustomize`, before anything
/// else runs.
const AT_START: [&str; 2] = ["sitecustomize", "usercustomize"];

/// Returns the name of a module that runs when Python starts, in whatever form: source, bytecode,
/// extension, package.
fn startup_name(names: &[OsString]) -> Option<String> {
    let mut modules = names
        .iter()
        .filter_map(|name| name.to_str()?.split('.').next());
    modules
        .find(|module| AT_START.contains(module))
        .map(str::to_owned)
}

/// Returns whether the environment imports what lies in a project's directory by itself.
pub fn is_editable(project: &Path, installed: &[Distribution], reader: &mut Reader) -> bool {
    let directory = reader.canonical(project);
    let mut local = installed
        .iter()
        .filter_map(|distribution| distribution.local.as_ref());
    local.any(|local| local.editable && reader.canonical(&local.directory) == directory)
}

/// How the environment holds a project.
enum State {
    Editable,
    Copied,
    Absent,
}

fn state(project: &LocalProject, installed: &[Distribution], reader: &mut Reader) -> State {
    let directory = reader.canonical(&project.directory);
    let mut is_here = |local: &Local| reader.canonical(&local.directory) == directory;
    let from_here = installed
        .iter()
        .filter_map(|d| d.local.as_ref())
        .find(|local| is_here(local));
    let name = project.name();
    let of_the_name = |d: &&Distribution| d.local.is_none() && Some(&d.name) == name.as_ref();
    match from_here {
        Some(local) if local.editable => State::Editable,
        Some(_) => State::Copied,
        None if installed
            .iter()
            .any(|distribution| of_the_name(&distribution)) =>
        {
            State::Copied
        }
        None => State::Absent,
    }
}

/// Returns a module of the root that the standard library has too.
fn standard_name(root: &Path, reader: &mut Reader) -> Option<String> {
    let names = reader.names(root);
    let with_module = names
        .iter()
        .filter_map(|name| name.to_str())
        .map(|name| (name, name.split('.').next()));
    let standard: Vec<(&str, &str)> = with_module
        .filter_map(|(name, module)| {
            module
                .filter(|m| stdlib::has(m))
                .map(|module| (name, module))
        })
        .collect();
    let mut is_module = |name: &str| {
        name.ends_with(".py")
            || name.ends_with(".so")
            || reader.is_file(&root.join(name).join("__init__.py"))
    };
    standard
        .into_iter()
        .find(|(name, _)| is_module(name))
        .map(|(_, module)| module.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::values::document;

    /// Decides for the root `/nowhere/src` of a project named `shop` that lies in `/usr`.
    fn placed(layout: Layout, installed: &[Distribution]) -> Placement {
        let manifest = document::parse(Path::new("/p"), "project.name = 'My_Shop'".to_owned()).ok();
        let project = LocalProject {
            directory: "/usr".into(),
            why: String::new(),
            manifest,
        };
        of(
            Path::new("/nowhere/src"),
            layout,
            &project,
            installed,
            &mut Reader::default(),
        )
    }

    fn distribution(name: &str, local: Option<(&str, bool)>) -> Distribution {
        let local = local.map(|(directory, editable)| Local {
            directory: directory.into(),
            editable,
        });
        Distribution {
            name: name.to_owned(),
            info: PathBuf::new(),
            local,
        }
    }

    #[test]
    fn a_root_goes_on_the_path_where_its_package_would_come_from_elsewhere() {
        for (installed, expected) in [
            (vec![], Placement::NotInstalled),
            (vec![distribution("other", None)], Placement::NotInstalled),
            (vec![distribution("my-shop", None)], Placement::Copied),
            (
                vec![distribution("my-shop", Some(("/", false)))],
                Placement::NotInstalled,
            ),
            (
                vec![distribution("another-name", Some(("/usr/../usr", false)))],
                Placement::Copied,
            ),
            (
                vec![distribution("another-name", Some(("/usr", true)))],
                Placement::Editable,
            ),
            (
                vec![
                    distribution("my-shop", None),
                    distribution("x", Some(("/usr", true))),
                ],
                Placement::Editable,
            ),
        ] {
            assert_eq!(placed(Layout::Apart, &installed), expected, "{installed:?}");
        }
    }

    #[test]
    fn the_whole_directory_of_a_project_goes_there_only_to_hide_a_copy() {
        assert_eq!(placed(Layout::Flat, &[]), Placement::Flat);
        assert_eq!(
            placed(Layout::Flat, &[distribution("my-shop", None)]),
            Placement::Copied
        );
    }

    #[test]
    fn only_reasons_to_be_there_put_a_root_on_the_path() {
        let on = [
            Placement::Listed,
            Placement::Copied,
            Placement::NotInstalled,
        ];
        let off = [
            Placement::Editable,
            Placement::HasColon,
            Placement::HidesStandard("re".into()),
            Placement::Flat,
        ];
        assert!(on.iter().all(Placement::is_on_path) && !off.iter().any(Placement::is_on_path));
        assert!(!Placement::RunsAtStart("sitecustomize".into()).is_on_path());
    }

    #[test]
    fn what_runs_at_start_is_seen_in_every_form() {
        let seen = |name: &str| startup_name(&["a.py".into(), name.into()]).is_some();
        let forms = [
            "sitecustomize.py",
            "sitecustomize",
            "usercustomize.pyc",
            "sitecustomize.cpython-311-x86.so",
        ];
        assert!(forms.into_iter().all(seen));
        assert!(!seen("mysitecustomize.py") && !seen("sitecustomized"));
    }
}
