//! Which versions of Python a manifest asks for, as far as a version of two numbers can tell: PEP
//! 440's comparisons without what comes before a release or after it.

/// The versions that are proposed, the first that fits.
const PROPOSED: [u32; 7] = [12, 13, 14, 11, 10, 9, 8];

/// Returns the first two numbers of a version of the third Python.
pub fn minor(version: &str) -> Option<String> {
    let (major, minor) = numbers(version)?;
    Some(format!("{major}.{}", minor?)).filter(|_| major == 3)
}

/// Returns a version that a specifier allows, where one of those that are proposed is allowed.
pub fn allowed(specifier: &str) -> Option<String> {
    let clauses: Vec<&str> = specifier
        .split(',')
        .map(str::trim)
        .filter(|clause| !clause.is_empty())
        .collect();
    let fits = |minor: &u32| clauses.iter().all(|clause| allows(clause, *minor));
    PROPOSED
        .iter()
        .find(|minor| fits(minor))
        .map(|minor| format!("3.{minor}"))
}

/// Returns whether a clause allows some release of `3.minor`. What can't be read allows everything.
fn allows(clause: &str, minor: u32) -> bool {
    let end = clause
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(clause.len());
    let (operator, version) = clause.split_at(end);
    let version = version.trim();
    let Some((major, asked)) = numbers(version) else {
        return true;
    };
    let asked = (major, asked.unwrap_or(0));
    let (own, is_exact) = (
        (3, minor),
        version.split('.').count() > 2 && !version.ends_with(".*"),
    );
    match operator.trim() {
        // Of 3.N, some patch release is beyond any other.
        ">=" | ">" => own >= asked,
        "<" => own < asked || own == asked && is_exact,
        "<=" => own <= asked,
        "==" | "===" if version.split('.').filter(|part| *part != "*").count() == 1 => major == 3,
        // Poetry's word for the same release is `~`; its `^` is about the first number.
        "==" | "===" | "~" => own == asked,
        "~=" if is_exact => own == asked,
        "~=" | "^" => own >= asked && major == 3,
        "!=" => is_exact || own != asked,
        _ => true,
    }
}

fn numbers(version: &str) -> Option<(u32, Option<u32>)> {
    let mut parts = version.trim().split('.');
    let major = parts.next()?.parse().ok()?;
    let digits = parts.next().map(|part| {
        part.chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
    });
    Some((major, digits.and_then(|digits| digits.parse().ok())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_proposed_that_is_allowed() {
        for (specifier, version) in [
            ("", Some("3.12")),
            (">=3.9", Some("3.12")),
            (">=3.13", Some("3.13")),
            (">=3.9,<3.12", Some("3.11")),
            (">=3.9, <3.12", Some("3.11")),
            ("==3.10.*", Some("3.10")),
            ("==3.10.4", Some("3.10")),
            ("~=3.9", Some("3.12")),
            ("~=3.9.2", Some("3.9")),
            ("<=3.11", Some("3.11")),
            ("<3.11.4", Some("3.11")),
            (">=3.12,!=3.12.*", Some("3.13")),
            (">=3.12,!=3.12.1", Some("3.12")),
            (">3.12.1", Some("3.12")),
            ("==3.*", Some("3.12")),
            ("^3.13", Some("3.13")),
            ("~3.11", Some("3.11")),
            (">=3", Some("3.12")),
            ("<4", Some("3.12")),
            (">=3.99", None),
            ("<3", None),
            ("nonsense", Some("3.12")),
        ] {
            assert_eq!(allowed(specifier).as_deref(), version, "{specifier}");
        }
    }

    #[test]
    fn a_version_is_cut_to_what_an_image_is_named_by() {
        let cases = [
            ("3.11.7", Some("3.11")),
            ("3.14.0a1", Some("3.14")),
            ("3.13.0.final.0", Some("3.13")),
        ];
        for (version, cut) in
            cases
                .into_iter()
                .chain([("3", None), ("2.7.18", None), ("x", None), ("3.x", None)])
        {
            assert_eq!(minor(version).as_deref(), cut, "{version}");
        }
    }
}
