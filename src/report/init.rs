//! The words of `devenv init`: what was found, and the file that follows from it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::harmless::spelled;
use super::{Report, trust};
use crate::project::discovery::Discovery;

/// Says what was found, and where.
pub fn say(report: &Report, found: &Discovery) {
    if let Some(venv) = &found.venv {
        report.say(&format!(
            "environment {} ({})",
            report.path(&venv.path),
            venv.why
        ));
    }
    for root in &found.roots {
        let on = if root.placement.is_on_path() {
            "on PYTHONPATH"
        } else {
            "not on PYTHONPATH"
        };
        let (path, reason) = (report.path(&root.path), root.placement.reason());
        report.say(&format!(
            "source root {path} ({}), {on}: {reason}",
            root.why
        ));
    }
    if found.roots.is_empty() {
        report.say(
            "no package layout found: the whole directory counts as the project's own modules",
        );
    }
}

/// Says that the file is written.
pub fn say_written(report: &Report, path: &Path) {
    report.say(&format!("wrote {}", report.path(path)));
}

/// Says that the project is trusted, and what comes next.
pub fn say_trusted(report: &Report) {
    report.say("trusted it; next: `devenv run -- python …`");
}

/// Says that the project is not trusted yet, since it is read from what nobody was asked about, and
/// what that means.
pub fn say_found(report: &Report, root: &Path, found: &[PathBuf], meaning: &[String]) {
    let paths: Vec<String> = found.iter().map(|path| report.path(path)).collect();
    report.say(&format!(
        "not trusted yet: it also takes in {}, which devenv did not write; it means",
        paths.join(", ")
    ));
    report.words(&trust::meaning(report, None, meaning));
    report.hint(&format!("`{}` accepts it", trust::allow(report, root)));
}

/// Says that a denied project is not trusted because we wrote its file.
pub fn say_denied(report: &Report) {
    report.say("the project stays denied; `devenv allow` changes that");
}

/// Returns the file.
pub fn file(root: &Path, found: &Discovery) -> String {
    let mut text = String::from(
        "# How this project runs in development and in production.\n\
         # `devenv status` shows what it means; after an edit: `devenv allow`.\n\n",
    );
    let sources: Vec<String> = found
        .roots
        .iter()
        .map(|source| quoted(&relative(root, &source.path)))
        .collect();
    text += "# Detected; written down, they are fixed:\n";
    let _ = writeln!(text, "# sources = [{}]", sources.join(", "));
    if let Some(venv) = &found.venv {
        let _ = writeln!(text, "# venv = {}", quoted(&relative(root, &venv.path)));
    }
    text += "\n[profiles.dev]            # edits always run\nbytecode = \"verified\"\n\
             # dotenv = [{ path = \".env\", optional = true }]\n\
             # env = { LOG_LEVEL = \"debug\" }\n\n\
             [profiles.prod]           # bytecode stays cached\nbytecode = \"cached\"\n\n\
             # [aliases]               # `devenv run unit`; with the hook: `unit`\n# unit = \"python -m pytest\"\n";
    text
}

/// Returns a path as it is written in a file of the project.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    let mut up = String::new();
    for base in root.ancestors() {
        if let Ok(below) = path.strip_prefix(base) {
            let joined = format!("{up}{}", below.display());
            let trimmed = joined.trim_end_matches('/');
            return if trimmed.is_empty() {
                ".".to_owned()
            } else {
                trimmed.to_owned()
            };
        }
        up += "../";
    }
    path.display().to_string()
}

/// Returns a text as TOML says it.
pub(super) fn quoted(text: &str) -> String {
    let escape = |c: char| match c {
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        c if u32::from(c) > 0xffff => format!("\\U{:08x}", u32::from(c)),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    format!(
        "\"{}\"",
        spelled(&text.replace('\\', "\\\\").replace('"', "\\\""), escape)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_relative_to_the_project() {
        let of = |path: &str| relative(Path::new("/w/p"), Path::new(path));
        assert_eq!(of("/w/p/src"), "src");
        assert_eq!(of("/w/p"), ".");
        assert_eq!(of("/w/adt/src"), "../adt/src");
        assert_eq!(of("/x"), "../../x");
    }

    proptest::proptest! {
        #[test]
        fn a_quoted_text_is_read_back(text in "[^\0]{0,20}") {
            let tree = crate::values::document::parse(Path::new("x.toml"), format!("a = {}", quoted(&text))).unwrap();
            proptest::prop_assert_eq!(tree.get("a").and_then(|node| node.text()), Some(text.as_str()));
        }
    }
}
