//! The sources as syntax: what no comment, no string and no line break can hide.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, File, Item};

/// A file of the program.
pub struct Code {
    pub path: PathBuf,
    pub text: String,
    /// Without its tests.
    pub syntax: File,
    /// The modules that lead to it, from the crate on.
    pub module: Vec<String>,
}

impl Code {
    /// Returns the name of the file or directory right below `src`.
    pub fn room(&self) -> &str {
        self.module.first().map_or("main", String::as_str)
    }

    /// Returns the path from the top of the repository.
    pub fn shown(&self) -> String {
        self.path.strip_prefix(top()).unwrap().display().to_string()
    }

    /// Returns every path that is written in the code, links of `super` and `self` resolved:
    /// `crate::a::b` as `["crate", "a", "b"]`, each branch of a group by itself.
    pub fn paths(&self) -> Vec<Vec<String>> {
        let mut out = Vec::new();
        for item in &self.syntax.items {
            paths(&trees(item.to_token_stream()), &self.module, &mut out);
        }
        out
    }
}

pub fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the sources of the program.
pub fn sources() -> Vec<Code> {
    let out: Vec<Code> = files("src")
        .into_iter()
        .map(|(path, text)| code(path, text))
        .collect();
    assert!(out.len() > 50);
    out
}

/// Returns the Rust files below a directory of the repository, with what is in them.
pub fn files(directory: &str) -> Vec<(PathBuf, String)> {
    let found = all_files(&top().join(directory)).into_iter();
    let rust = found.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| (path.clone(), fs::read_to_string(&path).unwrap()))
        .collect()
}

pub fn all_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                all_files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn code(path: PathBuf, text: String) -> Code {
    let mut syntax = syn::parse_file(&text).unwrap();
    syntax
        .items
        .retain(|item| !matches!(item, Item::Mod(module) if is_test(&module.attrs)));
    let below = path
        .strip_prefix(top().join("src"))
        .unwrap()
        .with_extension("");
    let mut module: Vec<String> = below
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    if ["mod", "main"].contains(&module.last().unwrap().as_str()) {
        module.pop();
    }
    Code {
        path,
        text,
        syntax,
        module,
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let asks = |attribute: &Attribute| attribute.to_token_stream().to_string().contains("(test)");
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") && asks(attribute))
}

/// Collects the paths of tokens. Macros hide theirs from a tree of syntax, and not from this.
fn paths(tokens: &[TokenTree], module: &[String], out: &mut Vec<Vec<String>>) {
    let mut rest = tokens;
    while let [first, more @ ..] = rest {
        rest = match first {
            TokenTree::Group(group) => {
                paths(&trees(group.stream()), module, out);
                more
            }
            TokenTree::Ident(_) => path(Vec::new(), rest, module, out),
            _ => more,
        };
    }
}

fn trees(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

/// Reads one path that begins here, with what stands before it; returns what follows.
fn path<'a>(
    mut before: Vec<String>,
    tokens: &'a [TokenTree],
    module: &[String],
    out: &mut Vec<Vec<String>>,
) -> &'a [TokenTree] {
    let mut rest = tokens;
    loop {
        match rest {
            [TokenTree::Ident(name), more @ ..] => {
                before.push(name.to_string());
                rest = more;
            }
            [TokenTree::Group(group), more @ ..]
                if group.delimiter() == Delimiter::Brace && !before.is_empty() =>
            {
                for branch in trees(group.stream()).split(|token| is_punctuation(token, ',')) {
                    path(before.clone(), branch, module, out);
                }
                return more;
            }
            _ => break,
        }
        match rest {
            [one, other, more @ ..] if is_punctuation(one, ':') && is_punctuation(other, ':') => {
                rest = more;
            }
            _ => break,
        }
    }
    if before.len() > 1 {
        out.push(resolved(before, module));
    }
    rest
}

fn is_punctuation(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punctuation) if punctuation.as_char() == wanted)
}

fn resolved(path: Vec<String>, module: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let starts = ["super", "self"].contains(&path[0].as_str());
    if !starts {
        return path;
    }
    let above = &module[..module.len().saturating_sub(ups)];
    let below = path
        .iter()
        .skip_while(|name| ["super", "self"].contains(&name.as_str()));
    std::iter::once("crate".to_owned())
        .chain(above.iter().cloned())
        .chain(below.cloned())
        .collect()
}
