//! What pytest does with tests before it imports them: it rewrites their assertions, and keeps the
//! result in bytecode of its own. Which version an environment has, which files of a project it
//! rewrites, and whether what it keeps can be made ahead. Read as data; a setting that can't be
//! understood is taken for one that forbids it.

use std::path::{Path, PathBuf};

use glob::Pattern;

use crate::env::Env;
use crate::host::files;

/// The first version that checks its files by content.
const CHECKS_CONTENT: (u32, u32) = (9, 2);

/// Where pytest looks for its settings, in a project, above it, and where tests lie.
const SETTINGS: [&str; 7] = [
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
];

/// A setting under which tests are rewritten in another way.
const OTHER_WAY: &str = "enable_assertion_pass_hook";

/// The setting that says which files are tests.
const FILES: &str = "python_files";

/// The version of a pytest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

impl Version {
    /// Returns whether Python's own rule for bytecode that is checked by content holds for what
    /// this version keeps.
    pub fn checks_content(&self) -> bool {
        let mut numbers = self
            .0
            .split('.')
            .map(|part| part.parse::<u32>().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= CHECKS_CONTENT
    }
}

/// Returns the version of the pytest in directories of packages.
pub fn version(site_packages: &[PathBuf]) -> Option<Version> {
    site_packages
        .iter()
        .find_map(|site| stated(&files::text(&site.join("_pytest/_version.py"))?))
}

/// What a project and its environment tell pytest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which files it rewrites.
    pub tests: Tests,
    /// Whether tests are rewritten in another way than usual.
    pub otherwise: bool,
}

impl Settings {
    /// Reads them.
    pub fn read(project: &Path, env: &Env) -> Self {
        let places = project
            .ancestors()
            .map(Path::to_owned)
            .chain(["tests", "test"].map(|name| project.join(name)));
        let files = places.flat_map(|place| SETTINGS.map(|name| place.join(name)));
        let options = env
            .get("PYTEST_ADDOPTS")
            .map(|value| value.to_string_lossy().into_owned());
        let settings: Vec<String> = files
            .filter_map(|file| files::text(&file))
            .chain(options)
            .collect();
        let listed: Vec<String> = settings
            .iter()
            .flat_map(|text| values(text, FILES))
            .collect();
        let patterns = if listed.is_empty() {
            ["test_*.py", "*_test.py"].map(str::to_owned).to_vec()
        } else {
            listed
        };
        Self {
            tests: Tests::new(patterns.iter().map(String::as_str)),
            otherwise: settings.iter().any(|text| text.contains(OTHER_WAY)),
        }
    }
}

/// The names of tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tests(Vec<Pattern>);

impl Tests {
    /// Reads patterns; what is none is left out.
    pub fn new<'a>(patterns: impl Iterator<Item = &'a str>) -> Self {
        Self(
            patterns
                .filter_map(|text| Pattern::new(text).ok())
                .collect(),
        )
    }

    /// Yields the patterns.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Pattern::as_str)
    }

    /// Returns whether pytest rewrites a file: it is one with tests, or with what tests share.
    pub fn has(&self, directory: &Path, name: &str) -> bool {
        let below = |pattern: &Pattern| Pattern::new(&format!("**/{}", pattern.as_str()));
        let matches = |pattern: &Pattern| {
            let is_path = pattern.as_str().contains('/');
            pattern.matches(name)
                || (is_path && below(pattern).is_ok_and(|p| p.matches_path(&directory.join(name))))
        };
        name == "conftest.py" || self.0.iter().any(matches)
    }
}

fn stated(text: &str) -> Option<Version> {
    let line = text
        .lines()
        .find(|line| line.contains("version = ") && line.contains(['\'', '"']))?;
    let version = line.split(['\'', '"']).nth(1)?;
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| Version(version.to_owned()))
}

/// Returns the words of a setting, in TOML or in the form of `.ini`: both list them in brackets,
/// quotes or lines. A word too many only has a file made ahead that is never read.
fn values(text: &str, key: &str) -> Vec<String> {
    let Some(at) = text
        .lines()
        .position(|line| line.trim_start().starts_with(key))
    else {
        return Vec::new();
    };
    let mut lines = text.lines().skip(at);
    let first = lines
        .next()
        .and_then(|line| line.split_once('='))
        .map_or("", |(_, rest)| rest);
    let more = lines.take_while(|line| line.starts_with([' ', '\t', ']']) && !line.contains('='));
    let all = std::iter::once(first).chain(more);
    let all = all.map(|line| line.split('#').next().unwrap_or_default());
    let words =
        all.flat_map(|line| line.split(|c: char| c.is_whitespace() || "[],\"'".contains(c)));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_listed_in_either_form() {
        let toml = "[tool.pytest.ini_options]\npython_files = [\n  'check_*.py', # ours\n  \"test_*.py\",\n]\nx = 1\n";
        assert_eq!(values(toml, FILES), ["check_*.py", "test_*.py"]);
        let ini = "[pytest]\npython_files =\n    check_*.py\n    test_*.py\ntestpaths = a\n";
        assert_eq!(values(ini, FILES), ["check_*.py", "test_*.py"]);
        assert_eq!(
            values("[pytest]\npython_files = a.py b.py\n", FILES),
            ["a.py", "b.py"]
        );
        assert!(values("[pytest]\n", FILES).is_empty());
    }

    #[test]
    fn a_file_is_rewritten_by_its_name_or_its_path() {
        let own = Tests::new(["test_*.py", "checks/*.py"].into_iter());
        let has = |directory: &str, name: &str| own.has(Path::new(directory), name);
        assert!(
            has("/p/tests", "test_a.py")
                && has("/p/tests", "conftest.py")
                && has("/p/checks", "a.py")
        );
        assert!(!has("/p/tests", "a.py") && !has("/p", "checks.py"));
    }

    #[test]
    fn a_version_is_read_where_setuptools_scm_writes_it() {
        let text = "TYPE_CHECKING = False\n__version__: str\n__version__ = version = '9.2.0'\n";
        assert_eq!(stated(text), Some(Version("9.2.0".into())));
        let is_new = |version: &str| Version(version.into()).checks_content();
        assert!(is_new("9.2.0") && is_new("10.0") && !is_new("9.1.1") && !is_new("8.4.2"));
    }
}
