//! Single values: text, booleans and words, each with its place where it is another one than was
//! expected.

use std::ffi::OsString;

use crate::project::config::Sited;
use crate::values::document::{Node, Value};
use crate::values::fault::Fault;

pub(super) fn word<T>(
    node: &Node,
    parse: impl Fn(&str) -> Option<T>,
    known: &[&str],
) -> Result<Sited<T>, Fault> {
    let text = text(node)?;
    let unknown = || {
        node.site
            .fault(format!("unknown value `{text}`"))
            .did_you_mean(text, known.iter().copied())
    };
    parse(text)
        .map(|value| Sited {
            value,
            site: node.site.clone(),
        })
        .ok_or_else(unknown)
}

pub(super) fn sited<T>(
    node: Option<&Node>,
    read: impl FnOnce(&Node) -> Result<T, Fault>,
) -> Result<Option<Sited<T>>, Fault> {
    node.map(|node| {
        Ok(Sited {
            value: read(node)?,
            site: node.site.clone(),
        })
    })
    .transpose()
}

pub(super) fn text(node: &Node) -> Result<&str, Fault> {
    node.text().ok_or_else(|| mismatch(node, "text"))
}

pub(super) fn value(node: &Node, text: &str) -> Result<OsString, Fault> {
    if text.contains('\0') {
        Err(node.site.fault("a variable can't hold a NUL"))
    } else {
        Ok(text.into())
    }
}

pub(super) fn boolean(node: &Node) -> Result<bool, Fault> {
    if let Value::Bool(value) = node.value {
        Ok(value)
    } else {
        Err(mismatch(node, "`true` or `false`"))
    }
}

pub(super) fn mismatch(node: &Node, expected: &str) -> Fault {
    let found = match node.value {
        Value::Text(_) => "text",
        Value::Bool(_) => "a boolean",
        Value::Other(_) => "a number or date",
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
    };
    node.site
        .fault(format!("expected {expected}, found {found}"))
}
