//! What a fill is asked to do, and how that reaches the detached process: a small file in the
//! user's cache. Decides nothing about what is missing.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::bytecode::rewriter::Rewriter;
use crate::bytecode::survey::Target;
use crate::host::tree::Id;
use crate::host::{Memory, Tree};
use crate::python::pytest::Tests;
use crate::tree::scope::Scope;
use crate::values::digest;
use crate::values::fields;

const FORMAT: &str = "pydevenv fill 3";
/// Where requests are left.
pub const KIND: &str = "fills";

/// What to fill, with which interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub python: PathBuf,
    pub target: Target,
    pub prefix: Option<PathBuf>,
    /// Whether the prefix is our own, to be seeded with the packages' bytecode.
    pub seeds: bool,
    pub scope: Scope,
    /// Sources whose bytecode was removed, to be filled although nothing else asks for it.
    pub sources: Vec<PathBuf>,
    /// Directories of third-party packages, and the standard library.
    pub packages: Vec<PathBuf>,
    /// The pytest whose files are filled too.
    pub rewriter: Option<Rewriter>,
}

/// Returns the key of everything that is remembered about a project's bytecode in one place.
pub fn key(project: &Path, prefix: Option<&Path>) -> String {
    digest::key([bytes(project), bytes(prefix.unwrap_or(Path::new("")))])
}

impl Request {
    /// Leaves the request for the detached process.
    pub fn leave(&self, memory: &Memory, key: &str) {
        memory.keep(KIND, key, &self.encode());
    }

    /// Takes the request that was left, so that another can be left meanwhile; nothing where there
    /// is none.
    pub fn take(memory: &Memory, key: &str) -> Option<Self> {
        let taken = format!("{key}.taken");
        memory.rename(KIND, key, &taken)?;
        Self::decode(&memory.recall(KIND, &taken)?)
    }

    /// Shows that the request that was taken was carried out.
    pub fn finish(memory: &Memory, key: &str) {
        memory.forget(KIND, &format!("{key}.taken"));
    }

    /// Returns the path of the lock that a running fill holds.
    pub fn lock(memory: &Memory, key: &str) -> Option<PathBuf> {
        memory.path(KIND, &format!("{key}.lock"))
    }

    fn encode(&self) -> Vec<u8> {
        let magic = digest::hex(&self.target.magic);
        let optimize = self.target.optimize.to_string();
        let prefix = self.prefix.as_deref().unwrap_or(Path::new(""));
        let rewriter = self.rewriter.as_ref();
        let patterns: Vec<PathBuf> = rewriter
            .iter()
            .flat_map(|r| r.tests.patterns().map(PathBuf::from))
            .collect();
        let site_packages = rewriter
            .map(|rewriter| rewriter.site_packages.clone())
            .unwrap_or_default();
        let version = rewriter.map_or("", |rewriter| &rewriter.version);
        let Self {
            scope,
            sources,
            packages,
            ..
        } = self;
        let looked = scope.all_looked_at();
        let ids = looked.iter().map(|tree| {
            tree.id
                .map_or(String::new(), |(dev, ino)| format!("{dev}:{ino}"))
        });
        let ids: Vec<PathBuf> = ids.map(PathBuf::from).collect();
        let lists = [
            &scope.trees,
            &ids,
            &scope.filled,
            sources,
            packages,
            &patterns,
            &site_packages,
        ];
        let lengths = lists.map(|list| list.len().to_string());
        let mut parts: Vec<&[u8]> = vec![
            bytes(&self.python),
            self.target.tag.as_bytes(),
            magic.as_bytes(),
        ];
        let seeds: &[u8] = if self.seeds { b"seeds" } else { b"" };
        parts.extend([
            optimize.as_bytes(),
            bytes(prefix),
            seeds,
            version.as_bytes(),
        ]);
        for (list, length) in lists.iter().zip(&lengths) {
            parts.push(length.as_bytes());
            parts.extend(list.iter().map(|path| bytes(path)));
        }
        fields::join(FORMAT, parts)
    }

    fn decode(file: &[u8]) -> Option<Self> {
        let mut rest = fields::split(FORMAT, file)?.into_iter();
        let python = path(rest.next()?);
        let tag = std::str::from_utf8(rest.next()?).ok()?.to_owned();
        let magic = u32::from_str_radix(std::str::from_utf8(rest.next()?).ok()?, 16)
            .ok()?
            .to_be_bytes();
        let optimize = std::str::from_utf8(rest.next()?).ok()?.parse().ok()?;
        let prefix = rest.next().filter(|prefix| !prefix.is_empty()).map(path);
        let seeds = !rest.next()?.is_empty();
        let version = std::str::from_utf8(rest.next()?).ok()?.to_owned();
        let mut list = || {
            let length: usize = std::str::from_utf8(rest.next()?).ok()?.parse().ok()?;
            (0..length)
                .map(|_| rest.next().map(path))
                .collect::<Option<Vec<_>>>()
        };
        let (trees, ids) = (list()?, list()?);
        let trees = trees
            .into_iter()
            .zip(ids)
            .map(|(path, id)| Tree {
                path,
                id: id_of(&id),
            })
            .collect();
        let scope = Scope::of_looked(trees, list()?);
        let (sources, packages) = (list()?, list()?);
        let (patterns, site_packages) = (list()?, list()?);
        let tests = Tests::new(patterns.iter().filter_map(|pattern| pattern.to_str()));
        let rewriter = (!version.is_empty()).then_some(Rewriter {
            version,
            tests,
            site_packages,
        });
        Some(Self {
            python,
            target: Target {
                tag,
                magic,
                optimize,
            },
            prefix,
            seeds,
            scope,
            sources,
            packages,
            rewriter,
        })
    }
}

/// Reads what a tree was when it was looked at.
fn id_of(text: &Path) -> Option<Id> {
    let (dev, ino) = text.to_str()?.split_once(':')?;
    Some((dev.parse().ok()?, ino.parse().ok()?))
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_is_the_inverse_of_encoding() {
        let path = |text: &str| PathBuf::from(text);
        let request = Request {
            python: path("/usr/bin/python3"),
            target: Target {
                tag: "cpython-311".into(),
                magic: [0xa7, 0x0d, 0x0d, 0x0a],
                optimize: 2,
            },
            prefix: Some(path("/p")),
            seeds: true,
            scope: Scope::of_trees(vec![path("/"), path("/b\n")], vec![path("/a/src")]),
            sources: vec![path("/a/x.py")],
            packages: Vec::new(),
            rewriter: Some(Rewriter {
                version: "9.2.0".into(),
                tests: Tests::new(["test_*.py"].into_iter()),
                site_packages: vec![path("/s")],
            }),
        };
        let file = request.encode();
        assert_eq!(Request::decode(&file), Some(request));
        assert_eq!(Request::decode(&file[..file.len() - 4]), None);
    }
}
