//! Each threat of docs/SECURITY.md names a test, and the test is there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::expect_none;
use crate::sources::{read, root, sources};

/// Where a path of the table may begin.
const BELOW: [&str; 3] = ["crates/server/tests", "crates", ""];

#[test]
fn each_threat_names_a_test_that_is_there() {
    let tests = sources(&["rs", "ts", "py", "sh"]);
    let functions: BTreeSet<&str> = tests.iter().flat_map(|source| functions(&source.text)).collect();
    let root = root();
    let is_there = |name: &str| functions.contains(name) || BELOW.iter().any(|below| leads(&root.join(below), name));
    let page = read("docs/SECURITY.md");
    let complaints = unproven(&page, &is_there);
    assert!(rows(&page).count() > 60, "the tables of threats are not found");
    expect_none(&complaints);
}

fn leads(below: &Path, name: &str) -> bool {
    name.contains('/') && below.join(name).exists()
}

/// Names of functions of a Rust source.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    text.split("fn ").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
}

/// The threat and the tests of each row of a table whose last column is headed “test”.
fn rows(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut of_threats = false;
    page.lines().filter_map(move |line| {
        let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let (first, last) = (*cells.first()?, *cells.last()?);
        let head = line.contains("---");
        if matches!(first, "threat" | "who" | "role" | "copy" | "item" | "article" | "look" | "") {
            of_threats = first == "threat" && last == "test";
            return None;
        }
        (of_threats && !head).then_some((first, last))
    })
}

fn unproven(page: &str, is_there: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut complaints = Vec::new();
    for (threat, tests) in rows(page) {
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if names.is_empty() {
            complaints.push(format!("docs/SECURITY.md: no test for “{threat}”"));
        }
        let missing = names.iter().filter(|name| !is_there(name));
        complaints.extend(missing.map(|name| format!("docs/SECURITY.md: {name}, for “{threat}”, is not there")));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::{functions, unproven};

    #[test]
    fn a_threat_without_a_test_is_named() {
        let page = "| threat | control | test |\n|---|---|---|\n| theft | a lock | by hand |\n\n| item | test |\n|---|---|\n| a | b |";
        assert_eq!(unproven(page, &|_| true), ["docs/SECURITY.md: no test for “theft”"]);
    }

    #[test]
    fn a_test_that_is_gone_is_named() {
        let page = "| threat | control | test |\n|---|---|---|\n| theft | a lock | `locked`, `guarded` |";
        let there = |name: &str| functions("async fn locked() {}").any(|function| function == name);
        assert_eq!(unproven(page, &there), ["docs/SECURITY.md: guarded, for “theft”, is not there"]);
    }
}
