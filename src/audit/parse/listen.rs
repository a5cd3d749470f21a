//! What a piece of code mentions: names, texts, and which variables it sets and asks about. Listens to all of it, nested
//! functions too, without regard to the order.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Expr, Stmt};

use crate::audit::facts::Says;

/// Names of more parts are not followed.
const MOST_PARTS: usize = 12;

/// Listens to statements.
pub(super) fn listen(body: &[Stmt]) -> Says {
    let mut ear = Ear::default();
    body.iter().for_each(|statement| ear.visit_stmt(statement));
    let globals = ear.globals;
    ear.says.sets = ear.assigned.into_iter().filter(|name| globals.contains(name)).collect();
    ear.says
}

/// Listens to a function: its body, and the values that its parameters have by themselves.
pub(super) fn listen_to_function(function: &ast::StmtFunctionDef) -> Says {
    let mut says = listen(&function.body);
    let mut ear = Ear::default();
    function.parameters.iter_non_variadic_params().filter_map(|one| one.default.as_deref()).for_each(|default| {
        ear.visit_expr(default);
    });
    says.absorb(ear.says);
    says
}

/// Listens to what is handed to a call.
pub(super) fn listen_to_arguments(arguments: &ast::Arguments) -> Says {
    let mut ear = Ear::default();
    ear.visit_arguments(arguments);
    ear.says
}

/// Returns a dotted name; one with more parts than anybody gives is none.
pub(super) fn chain(expr: &Expr) -> Option<String> {
    let (mut parts, mut expr) = (Vec::new(), expr);
    while let Expr::Attribute(attribute) = expr
        && parts.len() < MOST_PARTS
    {
        parts.push(attribute.attr.as_str());
        expr = &attribute.value;
    }
    parts.push(expr.as_name_expr()?.id.as_str());
    parts.reverse();
    Some(parts.join("."))
}

/// Goes one level deeper, on more stack where little is left.
fn deeper(go: impl FnOnce()) {
    stacker::maybe_grow(64 * 1_024, 1_024 * 1_024, go);
}

#[derive(Default)]
struct Ear {
    says: Says,
    globals: Vec<String>,
    assigned: Vec<String>,
}

impl Ear {
    fn assign(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => self.assigned.push(name.id.to_string()),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|target| self.assign(target)),
            Expr::Subscript(item) => self.says.fills.extend(chain(&item.value)),
            _ => {}
        }
    }

    /// Hears what a decision is made on.
    fn test(&mut self, test: &Expr) {
        match test {
            Expr::UnaryOp(not) => self.test(&not.operand),
            Expr::BoolOp(both) => both.values.iter().for_each(|value| self.test(value)),
            Expr::Compare(compare) => {
                self.test(&compare.left);
                compare.comparators.iter().for_each(|value| self.test(value));
            }
            Expr::Named(named) => self.test(&named.value),
            // `_cache.get(key)`
            Expr::Call(call) => {
                if let Expr::Attribute(attribute) = &*call.func {
                    self.test(&attribute.value);
                }
            }
            other => self.says.tests.extend(chain(other)),
        }
    }

    fn text(&mut self, text: String) {
        self.says.texts.insert(text);
    }
}

impl<'a> Visitor<'a> for Ear {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Global(global) => self.globals.extend(global.names.iter().map(ToString::to_string)),
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.assign(target)),
            Stmt::AnnAssign(assign) => self.assign(&assign.target),
            Stmt::If(choice) => self.test(&choice.test),
            // `try: return _cache[key]`
            Stmt::Try(attempt) => attempt.body.iter().filter_map(returned).for_each(|value| self.test(value)),
            _ => {}
        }
        deeper(|| walk_stmt(self, statement));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(_) => self.says.uses.extend(chain(expr)),
            Expr::Attribute(attribute) => {
                if let Some(chain) = chain(expr) {
                    self.says.uses.insert(chain);
                    return;
                }
                self.says.uses.insert(format!(".{}", attribute.attr));
            }
            Expr::StringLiteral(literal) => self.text(literal.value.to_str().to_owned()),
            Expr::FString(format) => {
                let text = format.value.iter().map(part).collect();
                self.text(text);
            }
            Expr::If(choice) => self.test(&choice.test),
            Expr::Call(call) => self.says.calls.extend(called(&call.func)),
            _ => {}
        }
        deeper(|| walk_expr(self, expr));
    }
}

/// Returns the name by which something is called.
fn called(func: &Expr) -> Option<String> {
    chain(func).or_else(|| Some(format!(".{}", func.as_attribute_expr()?.attr)))
}

/// Returns what a statement gives back an item of.
fn returned(statement: &Stmt) -> Option<&Expr> {
    let Stmt::Return(back) = statement else { return None };
    match &**back.value.as_ref()? {
        Expr::Subscript(item) => Some(&item.value),
        _ => None,
    }
}

fn part(part: &ast::FStringPart) -> String {
    match part {
        ast::FStringPart::Literal(literal) => literal.value.to_string(),
        ast::FStringPart::FString(format) => format
            .elements
            .iter()
            .map(|element| match element {
                ast::InterpolatedStringElement::Literal(literal) => literal.value.to_string(),
                ast::InterpolatedStringElement::Interpolation(_) => "*".to_owned(),
            })
            .collect(),
    }
}
