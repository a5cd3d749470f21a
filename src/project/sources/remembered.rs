//! The detected roots of a project, remembered for as long as everything that was read for them is
//! as it was.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::placement::Placement;
use super::reader::{self, Reader};
use super::{Root, Search};
use crate::host::Memory;
use crate::python::environment;
use crate::values::fault::Fault;
use crate::values::fields;

const FORMAT: &str = "pydevenv roots 3";
const KIND: &str = "roots";
const ENVIRONMENT: &str = "environments";

/// Returns the roots of a project, from memory where nothing changed.
pub fn detect(search: &Search<'_>, key: &str, memory: &Memory) -> Result<Vec<Root>, Fault> {
    let question = question(search);
    if let Some(roots) = memory
        .recall(KIND, key)
        .and_then(|file| decode(&file, &question))
    {
        return Ok(roots);
    }
    let mut reader = Reader::default();
    let roots = search.run(&mut reader)?;
    if let Some(environment) = search.environment {
        memory.keep(ENVIRONMENT, key, environment.prefix.as_os_str().as_bytes());
    }
    if let Some(file) = encode(&question, &reader, &roots) {
        memory.keep(KIND, key, &file);
    }
    Ok(roots)
}

/// Returns the environment that the project had when its roots were last detected, where that is
/// gone.
pub fn lost_environment(key: &str, memory: &Memory) -> Option<PathBuf> {
    let prefix = PathBuf::from(OsString::from_vec(memory.recall(ENVIRONMENT, key)?));
    (!environment::is_environment(&prefix)).then_some(prefix)
}

/// Returns everything that the answer depends on and that is no file.
fn question(search: &Search<'_>) -> Vec<u8> {
    let sites = search
        .environment
        .map(|environment| environment.site_packages.clone())
        .unwrap_or_default();
    let mut out = search.project.as_os_str().as_bytes().to_vec();
    out.push(b'>');
    sites
        .iter()
        .for_each(|site| out.extend_from_slice(site.as_os_str().as_bytes()));
    out
}

fn encode(question: &[u8], reader: &Reader, roots: &[Root]) -> Option<Vec<u8>> {
    let inputs = reader.inputs()?;
    let mut parts = vec![question.to_vec(), inputs.len().to_string().into_bytes()];
    for (path, state) in inputs {
        parts.extend([path.as_os_str().as_bytes().to_vec(), reader::encode(state)]);
    }
    for root in roots {
        let (kind, name) = encode_placement(&root.placement);
        parts.extend([&root.path, &root.resolved].map(|path| path.as_os_str().as_bytes().to_vec()));
        parts.extend([root.why.as_bytes(), kind, name].map(<[u8]>::to_vec));
    }
    Some(fields::join(FORMAT, parts.iter().map(Vec::as_slice)))
}

fn decode(file: &[u8], question: &[u8]) -> Option<Vec<Root>> {
    let parts = fields::split(FORMAT, file)?;
    let [asked, count, rest @ ..] = parts.as_slice() else {
        return None;
    };
    let count: usize = std::str::from_utf8(count).ok()?.parse().ok()?;
    let inputs = rest.get(..count * 2).filter(|_| *asked == question)?;
    let unchanged = |input: &[&[u8]]| {
        reader::decode(input[1]).is_some_and(|state| reader::is_unchanged(&path(input[0]), &state))
    };
    inputs.chunks_exact(2).all(unchanged).then_some(())?;
    rest[count * 2..].chunks(5).map(decode_root).collect()
}

fn decode_root(parts: &[&[u8]]) -> Option<Root> {
    let [spelled, resolved, why, kind, name] = parts else {
        return None;
    };
    let why = String::from_utf8(why.to_vec()).ok()?;
    Some(Root {
        path: path(spelled),
        resolved: path(resolved),
        why,
        placement: decode_placement(kind, name)?,
    })
}

fn path(bytes: &[u8]) -> PathBuf {
    Path::new(&OsString::from_vec(bytes.to_vec())).to_owned()
}

fn encode_placement(placement: &Placement) -> (&'static [u8], &[u8]) {
    match placement {
        Placement::Listed => (b"listed", b""),
        Placement::Copied => (b"copied", b""),
        Placement::NotInstalled => (b"absent", b""),
        Placement::Editable => (b"editable", b""),
        Placement::Flat => (b"flat", b""),
        Placement::HasColon => (b"colon", b""),
        Placement::HidesStandard(name) => (b"standard", name.as_bytes()),
        Placement::RunsAtStart(name) => (b"start", name.as_bytes()),
    }
}

fn decode_placement(kind: &[u8], name: &[u8]) -> Option<Placement> {
    Some(match kind {
        b"listed" => Placement::Listed,
        b"copied" => Placement::Copied,
        b"absent" => Placement::NotInstalled,
        b"editable" => Placement::Editable,
        b"flat" => Placement::Flat,
        b"colon" => Placement::HasColon,
        b"standard" => Placement::HidesStandard(String::from_utf8(name.to_vec()).ok()?),
        b"start" => Placement::RunsAtStart(String::from_utf8(name.to_vec()).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_remembered_as_they_were() {
        let root = |path: &str, placement| Root {
            path: PathBuf::from(path),
            resolved: PathBuf::from("/r"),
            why: "uv source `x`".to_owned(),
            placement,
        };
        let named = [
            Placement::HidesStandard("types".into()),
            Placement::RunsAtStart("sitecustomize".into()),
        ];
        let roots: Vec<Root> = [Placement::Copied]
            .into_iter()
            .chain(named)
            .map(|placement| root("/a", placement))
            .collect();
        let file = encode(b"q", &Reader::default(), &roots).unwrap();
        assert_eq!(decode(&file, b"q"), Some(roots));
        assert_eq!(decode(&file, b"other"), None);
        assert_eq!(decode(&file[..file.len() - 3], b"q"), None);
    }
}
