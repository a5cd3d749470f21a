//! The page about security names a test for each promise. Each of them must be there.

use std::fs;
use std::path::Path;

#[test]
fn every_test_that_the_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let named: Vec<(&str, &str)> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once("::"))
        .filter(|(file, _)| *file != "FILE")
        .collect();
    assert!(named.len() > 25, "{named:?}");
    for (file, test) in named {
        let text = fs::read_to_string(root.join(format!("tests/it/{file}.rs"))).unwrap_or_default();
        assert!(
            text.contains(&format!("fn {test}(")),
            "{file}::{test} is not there"
        );
    }
}

/// A promise without a test is a wish.
#[test]
fn every_promise_names_a_test() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md")).unwrap();
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| promise"));
    rows.for_each(|row| assert!(row.contains("::"), "{row}"));
}
