//! The names of bytecode files: `NAME.TAG[.opt-X].pyc`, and pytest's `NAME.TAG-pytest-VERSION.pyc`.
//! Names only; what is in the file is `pyc`'s.

/// The directory that holds bytecode beside its sources.
pub const PYCACHE: &str = "__pycache__";

/// Who wrote a file with such a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// An interpreter whose format has flags, or an import hook that goes through its machinery.
    Import,
    /// pytest's assertion rewriter.
    Pytest,
    /// An interpreter of another format, or a tool that we do not know.
    Other,
}

/// The parts of a bytecode file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheName<'a> {
    pub module: &'a [u8],
    pub tag: &'a [u8],
    /// `1`, `2`, or an import hook's own word.
    pub optimization: Option<&'a [u8]>,
    pub writer: Writer,
}

/// Returns whether a module or package can have this name in an import statement.
pub fn is_identifier(name: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    name.first().is_some_and(|first| !first.is_ascii_digit()) && name.iter().all(is_letter)
}

/// Splits a name; one that is not of that form is nothing.
pub fn parse(name: &[u8]) -> Option<CacheName<'_>> {
    of_pytest(name).or_else(|| of_import(name.strip_suffix(b".pyc")?))
}

/// Splits the name of a file that pytest wrote, under `python -O` with another ending. A module may
/// be called so too.
fn of_pytest(name: &[u8]) -> Option<CacheName<'_>> {
    let stem = name
        .strip_suffix(b".pyc")
        .or_else(|| name.strip_suffix(b".pyo"))?;
    let (module, tag) = split_last(&stem[..find_last(stem, b"-pytest-")?])?;
    let valid = !module.is_empty() && is_tag(tag);
    valid.then_some(CacheName {
        module,
        tag,
        optimization: None,
        writer: Writer::Pytest,
    })
}

fn of_import(stem: &[u8]) -> Option<CacheName<'_>> {
    of_module(stem).or_else(|| of_script(stem))
}

/// Splits what Python makes of a source whose name has no dot: the tag follows at once.
fn of_script(stem: &[u8]) -> Option<CacheName<'_>> {
    let (rest, optimization) = match split_last(stem) {
        Some((rest, last)) if last.starts_with(b"opt-") && last.len() > 4 => {
            (rest, Some(&last[4..]))
        }
        Some(_) => return None,
        None => (stem, None),
    };
    let at = find_last(rest, b"cpython-").or_else(|| find_last(rest, b"pypy"))?;
    let (module, tag) = rest.split_at(at);
    let has_flags = has_flags(tag);
    (!module.is_empty() && !module.contains(&b'.') && has_flags).then_some(CacheName {
        module,
        tag,
        optimization,
        writer: Writer::Import,
    })
}

fn of_module(stem: &[u8]) -> Option<CacheName<'_>> {
    let (rest, last) = split_last(stem)?;
    let (module, tag, optimization) = match last.strip_prefix(b"opt-") {
        Some(word) if !word.is_empty() => {
            let (module, tag) = split_last(rest)?;
            (module, tag, Some(word))
        }
        _ => (rest, last, None),
    };
    let writer = if has_flags(tag) {
        Writer::Import
    } else {
        Writer::Other
    };
    let valid = !module.is_empty() && is_tag(tag);
    valid.then_some(CacheName {
        module,
        tag,
        optimization,
        writer,
    })
}

/// Returns the name of a module's bytecode.
pub fn cache_name(module: &[u8], tag: &str, optimize: u8) -> Vec<u8> {
    let optimization = if optimize == 0 {
        String::new()
    } else {
        format!(".opt-{optimize}")
    };
    [
        module,
        b".",
        tag.as_bytes(),
        optimization.as_bytes(),
        b".pyc",
    ]
    .concat()
}

/// Returns the name of what a version of pytest makes of a module.
pub fn pytest_name(module: &[u8], tag: &str, version: &str) -> Vec<u8> {
    [module, format!(".{tag}-pytest-{version}.pyc").as_bytes()].concat()
}

/// Returns whether interpreters of this tag write flags into the header (PEP 552: 3.7 and later).
fn has_flags(tag: &[u8]) -> bool {
    let Some(version) = tag
        .strip_prefix(b"cpython-3")
        .or_else(|| tag.strip_prefix(b"pypy3"))
    else {
        return false;
    };
    let minor = std::str::from_utf8(version)
        .ok()
        .and_then(|digits| digits.parse::<u32>().ok());
    minor.is_some_and(|minor| minor >= 7)
}

/// Returns whether a word looks like an interpreter's tag: `cpython-311`, `pypy39`,
/// `graalpy242-311`.
fn is_tag(tag: &[u8]) -> bool {
    let known = [
        b"cpython".as_slice(),
        b"pypy",
        b"graalpy",
        b"jython",
        b"ironpython",
        b"rustpython",
    ];
    known.iter().any(|word| tag.starts_with(word)) && tag.iter().any(u8::is_ascii_digit)
}

fn split_last(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = name.iter().rposition(|&b| b == b'.')?;
    Some((&name[..dot], &name[dot + 1..]))
}

fn find_last(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .rposition(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(name: &str) -> Option<(String, String, Option<String>, Writer)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        parse(name.as_bytes()).map(|n| {
            (
                text(n.module),
                text(n.tag),
                n.optimization.map(text),
                n.writer,
            )
        })
    }

    #[test]
    fn names_split_into_module_tag_and_optimization() {
        let import = |m: &str, t: &str, o: Option<&str>| {
            Some((
                m.to_owned(),
                t.to_owned(),
                o.map(str::to_owned),
                Writer::Import,
            ))
        };
        assert_eq!(parts("m.cpython-311.pyc"), import("m", "cpython-311", None));
        assert_eq!(
            parts("m.cpython-311.opt-1.pyc"),
            import("m", "cpython-311", Some("1"))
        );
        assert_eq!(
            parts("m.cpython-311.opt-beartype0v23v1.pyc"),
            import("m", "cpython-311", Some("beartype0v23v1"))
        );
        assert_eq!(
            parts("my.script.pypy39.pyc"),
            import("my.script", "pypy39", None)
        );
        assert_eq!(
            parts("toolcpython-313.pyc"),
            import("tool", "cpython-313", None)
        );
        assert_eq!(
            parts("toolcpython-313.opt-1.pyc"),
            import("tool", "cpython-313", Some("1"))
        );
        let pytest = Some((
            "test_a".to_owned(),
            "cpython-311".to_owned(),
            None,
            Writer::Pytest,
        ));
        assert_eq!(parts("test_a.cpython-311-pytest-8.4.1.pyc"), pytest);
        assert_eq!(parts("test_a.cpython-311-pytest-8.4.1.pyo"), pytest);
    }

    #[test]
    fn formats_without_flags_are_somebody_elses() {
        assert_eq!(parts("m.cpython-36.pyc").unwrap().3, Writer::Other);
        assert_eq!(parts("m.graalpy242-311.pyc").unwrap().3, Writer::Other);
    }

    #[test]
    fn what_is_no_bytecode_name_is_nothing() {
        for name in [
            "m.pyc",
            "data.v2.pyc",
            "m.cpython-311.nbi",
            "m.cpython-311.pyo",
            "m.cpython-311.pyc.1402",
            ".cpython-311.pyc",
        ] {
            assert_eq!(parts(name), None, "{name}");
        }
    }

    #[test]
    fn a_built_name_is_parsed_back() {
        let name = cache_name(b"m", "cpython-312", 2);
        assert_eq!(name, b"m.cpython-312.opt-2.pyc");
        assert_eq!(parse(&name).unwrap().optimization, Some(b"2".as_slice()));
    }

    #[test]
    fn a_module_may_be_named_after_pytest() {
        let import = |module: &str| {
            Some((
                module.to_owned(),
                "cpython-311".to_owned(),
                None,
                Writer::Import,
            ))
        };
        assert_eq!(
            parts("my-pytest-plugin.cpython-311.pyc"),
            import("my-pytest-plugin")
        );
        assert_eq!(
            parts("a.b-pytest-c.cpython-311.pyc"),
            import("a.b-pytest-c")
        );
        let pytest = Some((
            "a-pytest-b".to_owned(),
            "cpython-311".to_owned(),
            None,
            Writer::Pytest,
        ));
        assert_eq!(parts("a-pytest-b.cpython-311-pytest-8.4.1.pyc"), pytest);
    }

    proptest! {
        #[test]
        fn whatever_a_module_is_called_its_bytecode_is_known_as_its_own(module in "[^/\0]{1,20}", level in 0u8..3) {
            let name = cache_name(module.as_bytes(), "cpython-313", level);
            let parsed = parse(&name).unwrap();
            let optimization = (level > 0).then(|| level.to_string().into_bytes());
            prop_assert_eq!((parsed.module, parsed.tag), (module.as_bytes(), b"cpython-313".as_slice()));
            prop_assert_eq!(parsed.optimization, optimization.as_deref());
            prop_assert_eq!(parsed.writer, Writer::Import);
        }

        #[test]
        fn no_name_makes_the_parser_panic(name in "[a-z.-]{0,8}(-pytest-)?[a-z.-]{0,8}(cpython-31)?[.]pyc") {
            let parsed = parse(name.as_bytes());
            prop_assert!(parsed.is_none_or(|parsed| !parsed.module.is_empty() && is_tag(parsed.tag)));
        }
    }
}
