//! Reads a source: the one place that knows the parser. What can't be parsed is left out, and the
//! rest of the file is read all the same, so that a file that somebody is writing says what it can.

mod imports;
mod listen;
mod path;

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use super::facts::{Block, Decorator, Says, Source, first};
use listen::{chain, listen, listen_to_arguments, listen_to_function};

/// A byte of a source nests by one level at most, and a level takes no more of the stack than this.
const STACK_OF_BYTE: usize = 256;

/// What the stack holds besides.
const STACK: usize = 256 * 1_024;

/// Reads a source whose dotted name is known. Nobody wrote for us how deeply it may nest.
pub(super) fn read(name: &str, is_package: bool, text: &str) -> Source {
    let need = STACK + text.len() * STACK_OF_BYTE;
    stacker::maybe_grow(need, need, || read_here(name, is_package, text))
}

fn read_here(name: &str, is_package: bool, text: &str) -> Source {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module)).into_syntax();
    let lines = Lines::of(text);
    let package = if is_package {
        Some(name)
    } else {
        name.rsplit_once('.').map(|(package, _)| package)
    };
    let source = Source {
        name: name.to_owned(),
        ..Source::default()
    };
    let mut reader = Reader {
        lines,
        package: package.unwrap_or_default(),
        source,
        only_as_main: false,
    };
    if let ast::Mod::Module(module) = parsed {
        reader.body(&module.body, "");
        reader.source.imported = imports::of(&module.body, package.unwrap_or_default());
    }
    reader.source
}

struct Reader<'t> {
    lines: Lines,
    package: &'t str,
    source: Source,
    only_as_main: bool,
}

impl Reader<'_> {
    /// Reads the statements of a module or a class.
    fn body(&mut self, body: &[Stmt], class: &str) {
        for statement in body {
            match statement {
                Stmt::FunctionDef(function) => self.function(function, class),
                Stmt::ClassDef(inner) => self.class(inner, class),
                Stmt::Import(import) => self.import(import),
                Stmt::ImportFrom(import) => self.import_from(import),
                Stmt::If(choice) => {
                    let before = self.only_as_main;
                    self.only_as_main |= asks_for_main(&choice.test);
                    self.body(&choice.body, class);
                    self.only_as_main = before;
                    choice
                        .elif_else_clauses
                        .iter()
                        .for_each(|clause| self.body(&clause.body, class));
                }
                Stmt::Try(attempt) => {
                    self.body(&attempt.body, class);
                    let handlers = attempt
                        .handlers
                        .iter()
                        .filter_map(ast::ExceptHandler::as_except_handler);
                    handlers.for_each(|handler| self.body(&handler.body, class));
                    self.body(&attempt.orelse, class);
                    self.body(&attempt.finalbody, class);
                }
                other => self.statement(other, class),
            }
        }
    }

    /// Reads a class: who calls it runs its `__init__`, and what the classes above it do.
    fn class(&mut self, class: &ast::StmtClassDef, outer: &str) {
        let name = joined(outer, &class.name);
        self.body(&class.body, &name);
        let is_own =
            |statement: &&Stmt| !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
        let mut says = Says::default();
        let nested = class
            .body
            .iter()
            .filter_map(Stmt::as_class_def_stmt)
            .flat_map(|nested| &nested.body);
        let own = class.body.iter().chain(nested).filter(is_own);
        own.for_each(|statement| says.absorb(listen(std::slice::from_ref(statement))));
        let above = class
            .arguments
            .iter()
            .flat_map(|arguments| &arguments.args)
            .filter_map(chain);
        says.calls.extend(above.chain([format!("{name}.__init__")]));
        says.uses.extend(says.calls.iter().cloned());
        let line = self.lines.of_offset(class.start().to_usize());
        self.push(Block {
            name,
            line,
            is_function: true,
            says,
            ..Block::default()
        });
    }

    fn function(&mut self, function: &ast::StmtFunctionDef, class: &str) {
        let name = joined(class, &function.name);
        let start = function
            .decorator_list
            .first()
            .map_or(function.start(), Ranged::start);
        let range = TextRange::new(start, function.end());
        let block = Block {
            line: self.lines.of_offset(range.start().to_usize()),
            range: range.into(),
            is_function: true,
            decorators: function
                .decorator_list
                .iter()
                .filter_map(decorator)
                .collect(),
            says: listen_to_function(function),
            name,
            ..Block::default()
        };
        self.push(block);
    }

    fn push(&mut self, block: Block) {
        if block.is_function {
            self.source
                .functions
                .entry(block.name.clone())
                .or_insert(self.source.blocks.len());
        }
        self.source.blocks.push(Block {
            only_as_main: self.only_as_main,
            ..block
        });
    }

    /// Reads what runs at import.
    fn statement(&mut self, statement: &Stmt, class: &str) {
        let said = listen(std::slice::from_ref(statement));
        let line = self.lines.of_offset(statement.start().to_usize());
        let mut sets: Vec<String> = said
            .sets
            .keys()
            .map(|name| joined(class, first(name)))
            .collect();
        for name in &sets {
            self.source
                .variables
                .entry(name.clone())
                .or_default()
                .absorb(said.clone());
        }
        sets.extend(called(statement));
        if sets.is_empty() {
            sets.push(String::new());
        }
        sets.into_iter().for_each(|name| {
            self.push(Block {
                name,
                line,
                says: said.clone(),
                ..Block::default()
            });
        });
    }

    fn import(&mut self, import: &ast::StmtImport) {
        for alias in &import.names {
            let whole = alias.name.to_string();
            let top = || whole.split('.').next().unwrap_or_default().to_owned();
            let (local, stands_for) = alias.asname.as_ref().map_or_else(
                || (top(), top()),
                |other| (other.to_string(), whole.clone()),
            );
            self.source.imports.entry(local).or_insert(stands_for);
        }
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) {
        let module = import
            .module
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let base = match import.level {
            0 => module,
            level => joined(imports::above(self.package, level), &module),
        };
        for alias in &import.names {
            let local = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
            // What is tried first is what is meant.
            self.source
                .imports
                .entry(local)
                .or_insert_with(|| joined(&base, &alias.name));
        }
    }
}

fn joined(before: &str, name: &str) -> String {
    match (before, name) {
        ("", name) => name.to_owned(),
        (before, "") => before.to_owned(),
        (before, name) => format!("{before}.{name}"),
    }
}

fn decorator(decorator: &ast::Decorator) -> Option<Decorator> {
    let (called, arguments) = match &decorator.expression {
        Expr::Call(call) => (&*call.func, Some(&call.arguments)),
        plain => (plain, None),
    };
    let keywords = arguments.iter().flat_map(|arguments| &arguments.keywords);
    let keywords = keywords
        .filter_map(|keyword| Some(keyword.arg.as_ref()?.to_string()))
        .collect();
    let uses = arguments
        .map(|arguments| listen_to_arguments(arguments).uses)
        .unwrap_or_default();
    Some(Decorator {
        name: chain(called)?,
        keywords,
        uses,
    })
}

/// Returns what a statement calls and does nothing else: `parser.read(…)` changes `parser`.
fn called(statement: &Stmt) -> Option<String> {
    let Stmt::Expr(alone) = statement else {
        return None;
    };
    let name = chain(&alone.value.as_call_expr()?.func)?;
    Some(
        name.rsplit_once('.')
            .map_or(name.clone(), |(object, _)| object.to_owned()),
    )
}

/// Returns whether a test is that for the source which was started.
fn asks_for_main(test: &Expr) -> bool {
    test.as_compare_expr()
        .is_some_and(|compare| chain(&compare.left).as_deref() == Some("__name__"))
}

/// Where the lines of a text start.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(
            std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect(),
        )
    }

    /// Returns the number of the line that a byte lies in.
    fn of_offset(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}
