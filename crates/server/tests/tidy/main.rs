//! The rules of the house as ordinary tests: which crate may know which, what may be linked, how files look, and that links lead somewhere.
//! Each rule is a function from text to complaints, so that it is also tested on a text that breaks it.

mod extractors;
mod files;
mod layering;
mod licences;
mod links;
mod metadata;
mod security;
mod sources;
mod spdx;
mod web_text;

/// Fails with one complaint a line.
#[track_caller]
fn expect_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
