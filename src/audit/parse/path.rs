//! What a path says in a source, as far as it is said there: `HERE / "prompts" / name` is
//! `/prompts/*`.

use ruff_python_ast::{self as ast, Expr, Operator};

/// The functions and methods that make one path of their arguments.
const JOINS: [&str; 5] = ["join", "joinpath", "Path", "PurePath", "PosixPath"];

/// Returns whether an expression makes a path, or a text, of others.
pub(super) fn is_composed(expr: &Expr) -> bool {
    match expr {
        Expr::BinOp(both) => matches!(both.op, Operator::Div | Operator::Add | Operator::Mod),
        Expr::Call(call) => {
            joins(call) || is_method(call, "with_suffix") || is_method(call, "format")
        }
        _ => false,
    }
}

/// A path of more parts is not said by anybody.
const MOST_PARTS: usize = 24;

/// Returns what is said of it; what is not known at all is nothing.
pub(super) fn said(expr: &Expr) -> Option<String> {
    within(expr, MOST_PARTS)
}

fn within(expr: &Expr, parts: usize) -> Option<String> {
    let said = |expr: &Expr| within(expr, parts - 1);
    match expr {
        _ if parts == 0 => None,
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        Expr::FString(format) => Some(format.value.iter().map(part).collect()),
        Expr::BinOp(both) => composed(both, said(&both.left), said(&both.right)),
        Expr::Call(call) if joins(call) => {
            let receiver = call
                .func
                .as_attribute_expr()
                .map(|attribute| said(&attribute.value).unwrap_or_default());
            let given = call.arguments.args.iter().enumerate();
            let rest = given.map(|(at, arg)| said(arg).unwrap_or_else(|| unknown(at).to_owned()));
            Some(
                receiver
                    .into_iter()
                    .chain(rest)
                    .collect::<Vec<_>>()
                    .join("/"),
            )
        }
        Expr::Call(call) if is_method(call, "with_suffix") => {
            let base =
                said(&call.func.as_attribute_expr()?.value).unwrap_or_else(|| "*".to_owned());
            let stem = base
                .rsplit_once('.')
                .map_or(base.as_str(), |(stem, _)| stem);
            Some(format!("{stem}{}", said(call.arguments.args.first()?)?))
        }
        Expr::Call(call) if is_method(call, "format") => Some(filled(
            &said(&call.func.as_attribute_expr()?.value)?,
            '{',
            &['}'],
        )),
        _ => None,
    }
}

fn composed(both: &ast::ExprBinOp, left: Option<String>, right: Option<String>) -> Option<String> {
    match both.op {
        Operator::Div => Some(format!(
            "{}/{}",
            left.unwrap_or_default(),
            right.unwrap_or_else(|| "*".to_owned())
        )),
        Operator::Add if left.is_none() && right.is_none() => None,
        Operator::Add => {
            Some(left.unwrap_or_else(|| "*".to_owned()) + &right.unwrap_or_else(|| "*".to_owned()))
        }
        Operator::Mod => Some(filled(&left?, '%', &['s', 'd', 'r'])),
        _ => None,
    }
}

/// What an argument stands for that is not said: the first may be any directory.
fn unknown(at: usize) -> &'static str {
    if at == 0 { "" } else { "*" }
}

/// Returns a text with every place that is to be filled as a `*`.
fn filled(text: &str, start: char, ends: &[char]) -> String {
    let mut pieces = text.split(start);
    let head = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(head, |out, piece| match piece.split_once(ends) {
        Some((_, rest)) => out + "*" + rest,
        None => out + "*",
    })
}

fn joins(call: &ast::ExprCall) -> bool {
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        // `", ".join(words)` makes no path.
        Expr::Attribute(attribute) if attribute.value.is_string_literal_expr() => return false,
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    JOINS.contains(&name)
}

fn is_method(call: &ast::ExprCall, name: &str) -> bool {
    call.func
        .as_attribute_expr()
        .is_some_and(|attribute| attribute.attr.as_str() == name)
}

fn part(part: &ast::FStringPart) -> String {
    let element = |element: &ast::InterpolatedStringElement| match element {
        ast::InterpolatedStringElement::Literal(literal) => literal.value.to_string(),
        ast::InterpolatedStringElement::Interpolation(_) => "*".to_owned(),
    };
    match part {
        ast::FStringPart::Literal(literal) => literal.value.to_string(),
        ast::FStringPart::FString(format) => format.elements.iter().map(element).collect(),
    }
}
