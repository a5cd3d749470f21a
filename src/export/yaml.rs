//! A text as a double-quoted scalar, which every version of YAML reads in the same way: what is
//! neither printable ASCII nor a letter or digit is escaped.

/// Quotes a text.
pub(super) fn quote(text: &str) -> String {
    let escaped: String = text.chars().map(escape).collect();
    format!("\"{escaped}\"")
}

fn escape(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        ' '..='~' => c.to_string(),
        c if c.is_alphanumeric() => c.to_string(),
        c if u32::from(c) > 0xffff => format!("\\U{:08X}", u32::from(c)),
        c => format!("\\u{:04X}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_could_take_in_another_way_is_escaped() {
        assert_eq!(
            quote("a: \"b\"\n# \u{e9}\\"),
            "\"a: \\\"b\\\"\\n# \u{e9}\\\\\""
        );
        assert_eq!(
            quote("\u{1}\u{85}\u{2028}\u{feff}\u{1f600}"),
            "\"\\u0001\\u0085\\u2028\\uFEFF\\U0001F600\""
        );
    }
}
