//! What a piece of code mentions: names, texts, and which variables it sets and asks about. Listens
//! to all of it without regard to the order, but not to what is only made there and runs later:
//! functions and lambdas.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Expr, Stmt};

use super::path;
use crate::audit::facts::{Says, first};

/// Names of more parts are not followed.
const MOST_PARTS: usize = 12;

/// Nobody reads an expression with more names in it, or a function with more variables: a program
/// wrote it, and it is not followed.
const MOST_NAMES: usize = 256;

/// So often is a variable of a function followed to what it was given.
const MOST_STEPS: usize = 3;

/// Listens to statements at the top of a module, where every variable outlasts them.
pub(super) fn listen(body: &[Stmt]) -> Says {
    let mut ear = Ear::default();
    body.iter().for_each(|statement| ear.visit_stmt(statement));
    let locals = ear.locals.clone();
    let stay = locals
        .into_iter()
        .filter(|(name, _)| !ear.passing.contains(name))
        .collect::<Vec<_>>();
    stay.into_iter()
        .for_each(|(name, says)| ear.says.sets.entry(name).or_default().absorb(says));
    ear.end()
}

/// Listens to a function: its body, and the values that its parameters have by themselves.
pub(super) fn listen_to_function(function: &ast::StmtFunctionDef) -> Says {
    let mut ear = Ear::default();
    for parameter in function.parameters.iter_non_variadic_params() {
        let says = parameter.default.as_deref().map(said).unwrap_or_default();
        ear.says.absorb(says.clone());
        ear.locals
            .insert(parameter.parameter.name.to_string(), says);
    }
    function
        .body
        .iter()
        .for_each(|statement| ear.visit_stmt(statement));
    let globals = std::mem::take(&mut ear.globals);
    for name in &globals {
        let says = ear.locals.remove(name);
        ear.says.sets.extend(says.map(|says| (name.clone(), says)));
    }
    // What has the name of a variable of the module and is one of the function ends with it.
    let locals = std::mem::take(&mut ear.locals);
    ear.says
        .sets
        .retain(|name, _| globals.contains(name) || !locals.contains_key(first(name)));
    ear.locals = locals;
    ear.end()
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

/// Adds what is said in another value of a variable; one with so many is of a program that wrote
/// itself.
fn add(known: &mut Says, value: &Says) {
    if known.uses.len() < MOST_NAMES {
        known.absorb(value.clone());
    }
}

fn said(expr: &Expr) -> Says {
    let mut ear = Ear::default();
    ear.visit_expr(expr);
    ear.says
}

/// Goes one level deeper, on more stack where little is left.
pub(super) fn deeper(go: impl FnOnce()) {
    stacker::maybe_grow(64 * 1_024, 1_024 * 1_024, go);
}

#[derive(Default)]
struct Ear {
    says: Says,
    globals: BTreeSet<String>,
    /// Variables, and what is said in what they are given.
    locals: BTreeMap<String, Says>,
    /// Those of them that a loop or a `with` gives something: it is theirs.
    passing: BTreeSet<String>,
    /// Whether the texts were heard already, as parts of a path.
    heard: bool,
    /// Every name in the order in which it was heard: what lies between two moments was said in
    /// between.
    log: Vec<String>,
}

impl Ear {
    fn assign(&mut self, target: &Expr, value: &Says) {
        match target {
            Expr::Name(name) => add(self.locals.entry(name.id.to_string()).or_default(), value),
            Expr::Tuple(tuple) => tuple
                .elts
                .iter()
                .for_each(|target| self.assign(target, value)),
            Expr::List(list) => list
                .elts
                .iter()
                .for_each(|target| self.assign(target, value)),
            Expr::Starred(starred) => self.assign(&starred.value, value),
            Expr::Subscript(item) => self.outlast(chain(&item.value), value),
            Expr::Attribute(_) => self.outlast(chain(target), value),
            _ => {}
        }
    }

    fn pass(&mut self, target: &Expr, value: &Expr) {
        self.passing.extend(chain(target));
        self.assign(target, &said(value));
    }

    fn outlast(&mut self, name: Option<String>, value: &Says) {
        if let Some(name) = name {
            add(self.says.sets.entry(name).or_default(), value);
        }
    }

    fn test(&mut self, test: &Expr) {
        self.says.tests.extend(said(test).uses);
    }

    /// Hears a name.
    fn name(&mut self, name: String) {
        self.log.push(name.clone());
        self.says.uses.insert(name);
    }

    /// Hears a part of an expression, and returns the names in it.
    fn names_in(&mut self, part: &Expr) -> BTreeSet<String> {
        let start = self.log.len();
        deeper(|| self.visit_expr(part));
        self.since(start)
    }

    fn since(&self, start: usize) -> BTreeSet<String> {
        let names = &self.log[start..];
        if names.len() > MOST_NAMES {
            BTreeSet::new()
        } else {
            names.iter().cloned().collect()
        }
    }

    /// Hears a call; one that writes reads nothing.
    fn call<'a>(&mut self, expr: &'a Expr, call: &'a ast::ExprCall) {
        if let Some(target) = written(call) {
            let says = said(target);
            self.says
                .writes
                .extend(says.uses.into_iter().chain(says.texts));
            return;
        }
        let start = self.log.len();
        deeper(|| walk_expr(self, expr));
        if let Some(name) = called(&call.func) {
            let uses = self.since(start);
            self.says.calls.insert(name.clone());
            self.says.asks.entry(name).or_default().extend(uses);
        }
    }

    /// Follows the variables of the function to what they were given.
    fn end(self) -> Says {
        let Self {
            mut says, locals, ..
        } = self;
        if locals.len() > MOST_NAMES {
            return says;
        }
        says.sets
            .values_mut()
            .for_each(|says| says.follow(&locals, MOST_STEPS));
        for uses in says.asks.values_mut() {
            let mut asked = Says {
                uses: std::mem::take(uses),
                ..Says::default()
            };
            asked.follow(&locals, MOST_STEPS);
            *uses = asked.uses;
        }
        says
    }
}

impl<'a> Visitor<'a> for Ear {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Global(global) => self
                .globals
                .extend(global.names.iter().map(ToString::to_string)),
            Stmt::Assign(assign) => {
                let value = said(&assign.value);
                assign
                    .targets
                    .iter()
                    .for_each(|target| self.assign(target, &value));
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, &said(value));
                }
            }
            Stmt::For(each) => self.pass(&each.target, &each.iter),
            Stmt::With(with) => {
                for item in &with.items {
                    item.optional_vars
                        .iter()
                        .for_each(|target| self.pass(target, &item.context_expr));
                }
            }
            Stmt::If(choice) => self.test(&choice.test),
            Stmt::While(choice) => self.test(&choice.test),
            // `try: return _cache[key]`
            Stmt::Try(attempt) => {
                let values: Vec<&Expr> = attempt.body.iter().filter_map(returned).collect();
                values.into_iter().for_each(|value| self.test(value));
            }
            _ => {}
        }
        deeper(|| walk_stmt(self, statement));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let before = self.heard;
        let is_composed = path::is_composed(expr);
        if !self.heard && (is_composed || matches!(expr, Expr::StringLiteral(_) | Expr::FString(_)))
        {
            self.says.texts.extend(path::said(expr));
            self.heard = true;
        } else if expr.is_call_expr() {
            self.heard = is_composed;
        }
        match expr {
            Expr::Lambda(_) => {}
            Expr::Name(_) => chain(expr).into_iter().for_each(|name| self.name(name)),
            Expr::Attribute(attribute) => {
                if let Some(chain) = chain(expr) {
                    self.name(chain);
                } else {
                    self.name(format!(".{}", attribute.attr));
                    deeper(|| walk_expr(self, expr));
                }
            }
            Expr::If(choice) => {
                let names = self.names_in(&choice.test);
                self.says.tests.extend(names);
                deeper(|| self.visit_expr(&choice.body));
                deeper(|| self.visit_expr(&choice.orelse));
            }
            Expr::Named(named) => {
                let uses = self.names_in(&named.value);
                let calls = uses.intersection(&self.says.calls).cloned().collect();
                self.assign(
                    &named.target,
                    &Says {
                        uses,
                        calls,
                        ..Says::default()
                    },
                );
            }
            Expr::Call(call) => self.call(expr, call),
            _ => deeper(|| walk_expr(self, expr)),
        }
        self.heard = before;
    }
}

/// Returns the name by which something is called.
fn called(func: &Expr) -> Option<String> {
    chain(func).or_else(|| Some(format!(".{}", func.as_attribute_expr()?.attr)))
}

/// Returns what a statement gives back an item of.
fn returned(statement: &Stmt) -> Option<&Expr> {
    let Stmt::Return(back) = statement else {
        return None;
    };
    match &**back.value.as_ref()? {
        Expr::Subscript(item) => Some(&item.value),
        _ => None,
    }
}

/// Returns the file that a call writes to, and does not read.
fn written(call: &ast::ExprCall) -> Option<&Expr> {
    let arguments = &call.arguments;
    let mode = |at: usize| {
        let given = arguments
            .args
            .get(at)
            .or_else(|| Some(&arguments.find_keyword("mode")?.value));
        let mode = given
            .and_then(|mode| mode.as_string_literal_expr())?
            .value
            .to_str();
        Some(mode.contains(['w', 'a', 'x']) && !mode.contains('+'))
    };
    match &*call.func {
        Expr::Name(name) if name.id.as_str() == "open" => {
            arguments.args.first().filter(|_| mode(1) == Some(true))
        }
        Expr::Attribute(attribute) => {
            let is_written = match attribute.attr.as_str() {
                "write_text" | "write_bytes" => true,
                "open" => mode(0) == Some(true),
                _ => false,
            };
            is_written.then_some(&*attribute.value)
        }
        _ => None,
    }
}
