//! How heavy a function and how long a file may be. Lines say little: they can be filled. Tokens
//! can't.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Ident, ImplItemFn, ItemFn, TraitItemFn};

use super::code::{files, sources};

/// What half of all functions and what all but one in a hundred may have.
const MEDIAN: usize = 80;
const MOST: usize = 430;
const HEAVIEST: usize = 750;

const LONGEST_FILE: usize = 430;

/// Tests are lists of cases.
const LONGEST_TEST: usize = 650;

#[derive(Default)]
struct Functions(Vec<(usize, String)>);

impl Functions {
    fn add(&mut self, name: &Ident, block: &Block) {
        self.0
            .push((tokens(block.to_token_stream()), name.to_string()));
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_fn(&mut self, function: &'a ItemFn) {
        self.add(&function.sig.ident, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'a ImplItemFn) {
        self.add(&function.sig.ident, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'a TraitItemFn) {
        function
            .default
            .iter()
            .for_each(|block| self.add(&function.sig.ident, block));
        visit::visit_trait_item_fn(self, function);
    }
}

fn tokens(stream: TokenStream) -> usize {
    let of = |token: TokenTree| match token {
        TokenTree::Group(group) => 2 + tokens(group.stream()),
        _ => 1,
    };
    stream.into_iter().map(of).sum()
}

#[test]
fn functions_are_light() {
    let mut all = Vec::new();
    for code in sources()
        .iter()
        .filter(|code| !code.shown().ends_with("_tests.rs"))
    {
        let mut found = Functions::default();
        found.visit_file(&code.syntax);
        all.extend(
            found
                .0
                .into_iter()
                .map(|(tokens, name)| (tokens, format!("{name} in {}", code.shown()))),
        );
    }
    all.sort();
    let at = |hundredth: usize| all[all.len() * hundredth / 100].0;
    let heaviest = &all[all.len() * 99 / 100..];
    assert!(
        at(50) <= MEDIAN,
        "half of the functions have more than {} tokens",
        at(50)
    );
    assert!(at(99) <= MOST, "{heaviest:#?}");
    assert!(
        heaviest.iter().all(|(tokens, _)| *tokens <= HEAVIEST),
        "{heaviest:#?}"
    );
}

#[test]
fn files_are_short() {
    for (directory, most) in [("src", LONGEST_FILE), ("tests", LONGEST_TEST)] {
        for (path, text) in files(directory) {
            let lines = text.split("\n#[cfg(test)]").next().unwrap().lines().count();
            let most = if path.ends_with("engine_tests.rs") {
                LONGEST_TEST
            } else {
                most
            };
            assert!(lines <= most, "{} has {lines} lines", path.display());
        }
    }
}
