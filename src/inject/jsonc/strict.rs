//! How strictly JSON is read: as strictly as any reader of the file. An edit of what one reader
//! takes and another refuses would mean two things.

use std::collections::BTreeSet;

use jsonc_parser::ParseOptions;
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::tokens::{Token, TokenAndRange};

use super::{Manner, Problem};

/// Returns what the parser lets pass: nothing that is not JSON, but for what the manner says.
pub(super) fn options(manner: Manner) -> ParseOptions {
    ParseOptions {
        allow_comments: manner == Manner::Commented,
        allow_trailing_commas: manner == Manner::Commented,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// Fails where the parser is more patient than what reads the file.
pub(super) fn check_tokens(text: &str, tokens: &[TokenAndRange<'_>]) -> Result<(), Problem> {
    tokens
        .iter()
        .try_for_each(|token| check_token(text, token))?;
    check_gaps(text, tokens)
}

fn check_token(text: &str, token: &TokenAndRange<'_>) -> Result<(), Problem> {
    let (start, end) = (token.start(), token.end());
    let piece = &text[start..end];
    let control = piece
        .bytes()
        .position(|byte| byte < b' ')
        .map(|at| start + at);
    match &token.token {
        Token::String(_) => control.map_or(Ok(()), |at| {
            Err(Problem::new(
                at,
                at,
                "a string holds a control character, or is unterminated",
            ))
        }),
        Token::Number(number) => {
            let digits = number.trim_start_matches('-').as_bytes();
            let is_odd = digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit();
            if is_odd {
                Err(Problem::new(start, end, "a number can't begin with a zero"))
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

/// Fails where something between the tokens is blank in other languages only.
fn check_gaps(text: &str, tokens: &[TokenAndRange<'_>]) -> Result<(), Problem> {
    let starts = tokens.iter().map(Ranged::start).chain([text.len()]);
    let ends = [0].into_iter().chain(tokens.iter().map(Ranged::end));
    for (end, start) in ends.zip(starts) {
        if let Some(at) = text[end..start].find(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n')) {
            return Err(Problem::new(end + at, end + at, "unexpected character"));
        }
    }
    Ok(())
}

/// Fails where an object says a key twice: readers take the last, an edit of the first would do
/// nothing.
pub(super) fn check_keys(value: &Value<'_>) -> Result<(), Problem> {
    match value {
        Value::Object(object) => check_object(object),
        Value::Array(array) => array.elements.iter().try_for_each(check_keys),
        _ => Ok(()),
    }
}

fn check_object(object: &Object<'_>) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    for property in &object.properties {
        let name = property.name.as_str();
        if !seen.insert(name) {
            let (start, end) = (property.name.start(), property.name.end());
            return Err(Problem::new(
                start,
                end,
                format!("the key `{name}` stands here twice"),
            ));
        }
        check_keys(&property.value)?;
    }
    Ok(())
}
