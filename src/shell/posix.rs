//! What bash and zsh share: how a value is quoted, and a test for what is watched. Decides nothing.

use super::watch::Watch;
pub(super) use super::watch::bytes;

/// Quotes a value: as it is between `'`, or with escapes where a byte could be read in another way
/// than it is meant.
pub(super) fn quote(value: &[u8]) -> Vec<u8> {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'\\' | b'!');
    if value.iter().all(plain) {
        return [b"'", value, b"'"].concat();
    }
    let escaped = value.iter().flat_map(|&byte| match byte {
        b'\'' | b'\\' => vec![b'\\', byte],
        b' '..=b'~' if byte != b'!' => vec![byte],
        byte => format!("\\{byte:03o}").into_bytes(),
    });
    b"$'".iter().copied().chain(escaped).chain(*b"'").collect()
}

/// Returns the test of the working directory and the variables, all in one comparison, true where
/// something changed.
pub(super) fn changed(watch: &Watch) -> Vec<u8> {
    let names: String = watch
        .variables
        .iter()
        .map(|(name, _)| format!("|${{{name}-}}"))
        .collect();
    [
        b"\"$PWD",
        names.as_bytes(),
        b"\" != ",
        &quote(&watch.surroundings()),
    ]
    .concat()
}

/// Returns the tests that nothing appeared.
pub(super) fn appeared(watch: &Watch) -> Vec<Vec<u8>> {
    watch
        .absent
        .iter()
        .map(|path| [b"-e ", quote(bytes(path)).as_slice()].concat())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(quote(b""), b"''");
        assert_eq!(quote(b"a $(b) `c` \"d\""), b"'a $(b) `c` \"d\"'");
        assert_eq!(quote(b"it's\n!\xff"), b"$'it\\'s\\012\\041\\377'");
    }
}
