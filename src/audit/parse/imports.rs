//! Which modules a source imports, anywhere in it, by whole names. What it names in a text and
//! looks like a module may be one: frameworks are told so what to import.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

/// Returns them; a name that is imported from a module may be a module, too.
pub(super) fn of(body: &[Stmt], package: &str) -> BTreeSet<String> {
    let mut eye = Eye {
        package,
        seen: BTreeSet::new(),
    };
    body.iter().for_each(|statement| eye.visit_stmt(statement));
    eye.seen
}

/// Returns what an import with so many dots starts from.
pub(super) fn above(package: &str, dots: u32) -> &str {
    (1..dots).fold(package, |package, _| {
        package.rsplit_once('.').map_or("", |(above, _)| above)
    })
}

struct Eye<'p> {
    package: &'p str,
    seen: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Eye<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => self
                .seen
                .extend(import.names.iter().map(|alias| alias.name.to_string())),
            Stmt::ImportFrom(import) => {
                let module = import
                    .module
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let start = if import.level == 0 {
                    ""
                } else {
                    above(self.package, import.level)
                };
                let base = [start, &module]
                    .iter()
                    .filter(|part| !part.is_empty())
                    .copied()
                    .collect::<Vec<_>>()
                    .join(".");
                let inner = |name: &str| {
                    if base.is_empty() {
                        name.to_owned()
                    } else {
                        format!("{base}.{name}")
                    }
                };
                self.seen
                    .extend(import.names.iter().map(|alias| inner(&alias.name)));
                self.seen.insert(base.clone());
            }
            _ => super::listen::deeper(|| walk_stmt(self, statement)),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::StringLiteral(literal) = expr {
            let text = literal.value.to_str();
            let is_name = text.contains('.')
                && !text.contains(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
            self.seen.extend(is_name.then(|| text.to_owned()));
        }
        super::listen::deeper(|| walk_expr(self, expr));
    }
}
