//! How a file looks: its length, its head, and words that say it is not finished or works on one machine only.

use crate::expect_none;
use crate::sources::{Source, sources};

const LONGEST: usize = 600;
const GENERATED: &[&str] = &["web/src/api/schema.ts"];

/// Spelt in halves: this file is checked as well.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("unimple", "mented!"),
    concat!("todo", "!("),
];
const SILENCED: &[&str] = &[concat!("#[al", "low("), concat!("#![al", "low("), concat!("#[ign", "ore")];
const LEFT_OUT: &[&str] = &[".skip(", ".only(", ".todo(", ".fixme("];
const ONE_MACHINE: &[&str] = &[concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

#[test]
fn files_are_short() {
    let sources = sources(&["rs", "ts", "vue", "mjs"]);
    expect_none(&sources.iter().filter(|source| !is_generated(source)).filter_map(too_long).collect::<Vec<_>>());
}

#[test]
fn modules_say_why_they_exist() {
    let sources = sources(&["rs"]);
    let modules = sources.iter().filter(|source| source.path.contains("/src/") && !source.path.contains("/entity/"));
    expect_none(&modules.filter_map(headless).collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_unfinished() {
    let sources = sources(&["rs", "ts", "vue", "mjs", "js", "sh", "yaml", "toml"]);
    expect_none(&sources.iter().flat_map(|source| containing(source, UNFINISHED, word)).collect::<Vec<_>>());
}

#[test]
fn lints_are_expected_with_a_reason_and_tests_are_run() {
    let sources = sources(&["rs"]);
    expect_none(&sources.iter().flat_map(|source| containing(source, SILENCED, anywhere)).collect::<Vec<_>>());
}

#[test]
fn no_web_or_browser_test_is_left_out() {
    let sources = sources(&["ts", "mjs"]);
    expect_none(&sources.iter().flat_map(|source| containing(source, LEFT_OUT, of_a_test)).collect::<Vec<_>>());
}

#[test]
fn no_path_belongs_to_one_machine() {
    let sources = sources(&["rs", "ts", "vue", "mjs", "js", "sh", "yaml", "toml", "json", "md", "css", "html"]);
    let complaints = sources.iter().flat_map(|source| containing(source, ONE_MACHINE, starting_a_path));
    expect_none(&complaints.collect::<Vec<_>>());
}

fn is_generated(source: &Source) -> bool {
    GENERATED.contains(&source.path.as_str())
}

fn too_long(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (lines > LONGEST).then(|| format!("{}: {lines} lines, {LONGEST} at most", source.path))
}

fn headless(source: &Source) -> Option<String> {
    (!source.text.starts_with("//!")).then(|| format!("{}: no module head (//!)", source.path))
}

/// One complaint for each line that holds one of the patterns where `counts` says so, given the text before and after it.
fn containing(source: &Source, patterns: &[&str], counts: fn(&str, &str) -> bool) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        for pattern in patterns {
            let mut hits = line.match_indices(pattern);
            if hits.any(|(at, _)| counts(&line[..at], &line[at + pattern.len()..])) {
                complaints.push(format!("{}:{}: {pattern}", source.path, number + 1));
            }
        }
    }
    complaints
}

fn anywhere(_: &str, _: &str) -> bool {
    true
}

fn word(before: &str, after: &str) -> bool {
    !before.ends_with(in_name) && !after.starts_with(in_name)
}

fn of_a_test(before: &str, _: &str) -> bool {
    ["it", "test", "describe"].iter().any(|name| before.ends_with(name))
}

/// Not in the middle of an address or of a longer path.
fn starting_a_path(before: &str, _: &str) -> bool {
    !before.ends_with(|last: char| last.is_alphanumeric() || "._-}".contains(last))
}

fn in_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod when_broken {
    use super::*;

    fn source(text: &str) -> Source {
        Source { path: "a.rs".into(), text: text.into() }
    }

    #[test]
    fn a_long_file_is_named() {
        assert_eq!(too_long(&source(&"\n".repeat(LONGEST))), None);
        assert_eq!(too_long(&source(&"\n".repeat(LONGEST + 1))), Some("a.rs: 601 lines, 600 at most".into()));
    }

    #[test]
    fn a_file_without_a_head_is_named() {
        assert_eq!(headless(&source("//! Why.\n")), None);
        assert_eq!(headless(&source("use std::fs;\n")), Some("a.rs: no module head (//!)".into()));
    }

    #[test]
    fn unfinished_work_is_found_as_a_word() {
        let line = |text: String| containing(&source(&text), UNFINISHED, word);
        assert_eq!(line(format!("ok\n// {} later", UNFINISHED[0])), [format!("a.rs:2: {}", UNFINISHED[0])]);
        assert_eq!(line(format!("const {}S: u8 = 1;", UNFINISHED[0])), [""; 0]);
    }

    #[test]
    fn a_silenced_lint_is_found_and_an_expected_one_is_not() {
        assert_eq!(containing(&source(&format!("{}dead_code)]", SILENCED[0])), SILENCED, anywhere).len(), 1);
        assert_eq!(containing(&source("#[expect(dead_code, reason = \"…\")]"), SILENCED, anywhere), [""; 0]);
    }

    #[test]
    fn a_skipped_test_is_found_and_a_skipped_item_is_not() {
        assert_eq!(containing(&source(concat!("test.sk", "ip('later', () => {})")), LEFT_OUT, of_a_test).len(), 1);
        assert_eq!(containing(&source("items.skip(1)"), LEFT_OUT, of_a_test), [""; 0]);
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_an_address_is_not() {
        let path = format!("read('{}x')", ONE_MACHINE[1]);
        assert_eq!(containing(&source(&path), ONE_MACHINE, starting_a_path).len(), 1);
        let address = format!("https://example.org{}x", ONE_MACHINE[1]);
        assert_eq!(containing(&source(&address), ONE_MACHINE, starting_a_path), [""; 0]);
    }
}
