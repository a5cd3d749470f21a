//! Visual Studio Code's `.vscode/settings.json`: the variables of its terminals on each system, the
//! dotenv file that its Python extension reads, and the directories that its language server looks
//! into. With `--launch` also the variables of the debugger's Python configurations. The virtual
//! environment is left to the extension, which activates it.

use std::path::Path;

use serde_json::Value as Json;

use super::pyright;
use crate::host::files;
use crate::inject::jsonc::{Document, Manner, Step};
use crate::inject::portable::{self, Frame, Value, Variable};
use crate::inject::proposal::{Content, Facts, LeftOut, Part, Proposal, Wish};
use crate::inject::settings::{Kind, Setting};
use crate::inject::text::Text;
use crate::values::fault::Fault;

const FOLDER: &str = "${workspaceFolder}";

/// The systems, and what stands between the elements of a list there.
const SYSTEMS: [(&str, &str); 3] = [("linux", ":"), ("osx", ":"), ("windows", ";")];

/// The words for a debugger of Python.
const DEBUGGERS: [&str; 2] = ["debugpy", "python"];

/// Proposes the settings.
pub(super) fn propose(facts: &Facts, wish: &Wish) -> Result<Proposal, Fault> {
    let literal = |text: &str| (!text.contains("${")).then(|| text.to_owned());
    let frame = Frame {
        base: Some(&facts.root),
        name: FOLDER,
        reach: facts.bounds(),
        place: "the editor",
        literal,
    };
    let (variables, left_out) = portable::variables(facts, &frame);
    let mut out = Proposal {
        left_out,
        ..Proposal::default()
    };
    let settable: Vec<&Variable> = variables
        .iter()
        .filter(|variable| can_say(variable, &mut out.left_out))
        .collect();
    let mut wanted = Vec::new();
    for (system, separator) in SYSTEMS {
        let table = format!("terminal.integrated.env.{system}");
        let one = |variable: &&Variable| {
            Setting::new(&[&table, &variable.name], said(variable, separator))
        };
        wanted.extend(settable.iter().map(one));
    }
    wanted.extend(env_file(facts, &mut out.left_out));
    let element =
        |path: String| Setting::new(&["python.analysis.extraPaths"], path).of_kind(Kind::Element);
    wanted.extend(pyright::extra_paths(facts).0.into_iter().map(element));
    out.parts
        .push(settings(facts, ".vscode/settings.json", wanted));
    if wish.launch || wish.removing {
        add_launch(facts, wish, &settable, &mut out)?;
    }
    Ok(out)
}

fn settings(facts: &Facts, file: &str, wanted: Vec<Setting>) -> Part {
    let content = Content::Settings {
        wanted,
        manner: Manner::Commented,
        new_file: "{\n}\n".to_owned(),
    };
    Part::new(facts.root.join(file), content)
}

fn can_say(variable: &Variable, left_out: &mut Vec<LeftOut>) -> bool {
    let is_default = matches!(variable.value, Value::Default(_));
    if is_default {
        left_out.push(LeftOut::new(
            &variable.name,
            "the editor can't set it only where it is unset",
        ));
    }
    !is_default
}

fn said(variable: &Variable, separator: &str) -> Json {
    match &variable.value {
        Value::Text(text) | Value::Default(text) => text.clone().into(),
        Value::List(elements) => elements.join(separator).into(),
        Value::Around { front, back } => {
            let own = format!("${{env:{}}}", variable.name);
            let all = front.iter().chain([&own]).chain(back);
            all.map(String::as_str)
                .collect::<Vec<_>>()
                .join(separator)
                .into()
        }
        Value::Unset => Json::Null,
    }
}

/// Names the dotenv file, where there is one: the extension reads no second.
fn env_file(facts: &Facts, left_out: &mut Vec<LeftOut>) -> Option<Setting> {
    const KEY: &str = "python.envFile";
    let [file] = facts.dotenv.as_slice() else {
        if facts.dotenv.len() > 1 {
            left_out.push(LeftOut::new(
                KEY,
                "the editor reads one dotenv file, and the profile several",
            ));
        }
        return None;
    };
    let Ok(below) = file.strip_prefix(&facts.root) else {
        left_out.push(LeftOut::new(
            KEY,
            format!("`{}` lies outside of the project", file.display()),
        ));
        return None;
    };
    Some(Setting::new(
        &[KEY],
        format!("{FOLDER}/{}", below.to_str()?),
    ))
}

fn add_launch(
    facts: &Facts,
    wish: &Wish,
    variables: &[&Variable],
    out: &mut Proposal,
) -> Result<(), Fault> {
    const FILE: &str = ".vscode/launch.json";
    let indices = debuggers(&facts.root.join(FILE))?;
    if indices.is_empty() && !wish.removing {
        out.notes.push(format!(
            "`{FILE}` has no configuration of a Python debugger"
        ));
    }
    let mut wanted = Vec::new();
    for (index, variable) in indices
        .iter()
        .flat_map(|index| variables.iter().map(move |variable| (*index, variable)))
    {
        let path = vec![
            Step::key("configurations"),
            Step::Index(index),
            Step::key("env"),
            Step::key(&variable.name),
        ];
        wanted.push(Setting {
            path,
            value: said(variable, ":"),
            kind: Kind::Value,
        });
    }
    if !wanted.is_empty() {
        out.parts.push(settings(facts, FILE, wanted));
    }
    Ok(())
}

/// Returns which configurations of a file are a Python debugger's.
fn debuggers(file: &Path) -> Result<Vec<usize>, Fault> {
    let Some(bytes) = files::read(file).ok().flatten() else {
        return Ok(Vec::new());
    };
    let text = Text::of(&bytes, file)?;
    let document = Document::parse(text.body, Manner::Commented)
        .map_err(|problem| problem.fault(file, text.body))?;
    let value = document.value();
    let all = value
        .get("configurations")
        .and_then(Json::as_array)
        .cloned()
        .unwrap_or_default();
    let is_python = |one: &Json| {
        one.get("type")
            .and_then(Json::as_str)
            .is_some_and(|word| DEBUGGERS.contains(&word))
    };
    Ok((0..all.len())
        .filter(|&index| is_python(&all[index]))
        .collect())
}
