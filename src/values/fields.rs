//! How our own small files are written: byte fields that end in NUL, under a first field that names
//! the format and its version. Paths and variables can't hold a NUL, so nothing needs quoting.

/// Joins fields under a format's name.
pub fn join<'a>(format: &str, fields: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = format.as_bytes().to_vec();
    out.push(0);
    for field in fields {
        debug_assert!(!field.contains(&0), "a field can't hold what ends it");
        out.extend_from_slice(field);
        out.push(0);
    }
    out
}

/// Splits a file that `join` wrote; another format's, or a truncated one, is nothing.
pub fn split<'a>(format: &str, bytes: &'a [u8]) -> Option<Vec<&'a [u8]>> {
    let body = bytes.strip_prefix(format.as_bytes())?.strip_prefix(b"\0")?;
    let mut fields: Vec<&[u8]> = body.split(|&b| b == 0).collect();
    let last = fields.pop()?;
    last.is_empty().then_some(fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn splitting_is_the_inverse_of_joining() {
        let fields: [&[u8]; 3] = [b"a", b"", b"\xff\n"];
        let file = join("x 1", fields);
        assert_eq!(split("x 1", &file), Some(fields.to_vec()));
        assert_eq!(split("x 2", &file), None);
        assert_eq!(split("x 1", &file[..file.len() - 1]), None);
        assert_eq!(split("x 1", &join("x 1", [])), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn any_fields_are_split_as_they_were_joined_and_a_cut_one_is_never_read(
            fields in proptest::collection::vec(proptest::collection::vec(1u8.., 0..5), 0..5),
            cut in 1usize..30,
        ) {
            let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
            let file = join("x 1", fields.iter().copied());
            prop_assert_eq!(split("x 1", &file), Some(fields.clone()));
            let left = split("x 1", &file[..file.len().saturating_sub(cut)]).unwrap_or_default();
            prop_assert!(fields.starts_with(&left), "{:?}", left);
        }
    }
}
