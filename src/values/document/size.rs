//! How much a TOML text says, told before it is read as a tree: a key of a few letters makes a
//! table of its own, which takes a thousand times the room of its letters. Knows strings and
//! comments, and nothing else of the language.

use memchr::memmem;

/// Far more than anybody writes, and few enough that their tree is small.
pub(super) const MOST: usize = 30_000;

/// Returns where a text says too much: each table, key and value comes with one of these signs.
pub(super) fn beyond(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut seen) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'#' => at + memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at),
            b'"' | b'\'' => after_string(bytes, at),
            b'[' | b'{' | b',' | b'.' | b'=' => {
                seen += 1;
                if seen > MOST {
                    return Some(at);
                }
                at + 1
            }
            _ => at + 1,
        };
    }
    None
}

/// Returns where a string ends: of several lines at three quotes, of one at the end of its line at
/// the latest.
fn after_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let three = [quote; 3];
    if bytes[start..].starts_with(&three) {
        return after_long(bytes, start + 3, three);
    }
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\n' => break,
            b'\\' if quote == b'"' => at += 1,
            _ if byte == quote => break,
            _ => {}
        }
    }
    at
}

fn after_long(bytes: &[u8], start: usize, three: [u8; 3]) -> usize {
    let mut at = start;
    while let Some(found) = bytes.get(at..).and_then(|rest| memmem::find(rest, &three)) {
        let end = at + found;
        let escapes = bytes[start..end]
            .iter()
            .rev()
            .take_while(|&&byte| byte == b'\\')
            .count();
        if three[0] == b'\'' || escapes % 2 == 0 {
            // Up to two quotes before the end are the string's.
            return end
                + 3
                + bytes[end + 3..]
                    .iter()
                    .take(2)
                    .take_while(|&&byte| byte == three[0])
                    .count();
        }
        at = end + 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_beyond(text: &str) -> bool {
        beyond(text).is_some()
    }

    #[test]
    fn signs_outside_strings_and_comments_count() {
        let many = ",.=[{".repeat(MOST);
        assert!(!is_beyond(&".".repeat(MOST)) && is_beyond(&".".repeat(MOST + 1)));
        for (open, close) in [
            ("a = \"", "\""),
            ("a = '", "'"),
            ("# ' ", "\n"),
            ("\"\"\"\n\\\"\"\"", "\"\"\"\"\""),
        ] {
            assert!(!is_beyond(&format!("{open}{many}{close}\n")), "{open}");
            assert!(is_beyond(&format!("{open}{close}\n{many}")), "{open}");
        }
        assert!(
            is_beyond(&format!("a = 'x\n{many}")),
            "a string of one line ends with it"
        );
    }
}
