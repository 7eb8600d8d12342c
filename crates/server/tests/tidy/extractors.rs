//! Routes read requests with our own extractors: axum's answer in English, as plain text, and name no field.

use crate::expect_none;
use crate::sources::sources;

/// What reads requests for the routes, each with the one file that may name it.
const OURS: [(&str, &str); 6] = [
    ("Query", "routes/address.rs"),
    ("Path", "routes/address.rs"),
    ("RawQuery", ""),
    ("Form", ""),
    ("Json", "routes/valid.rs"),
    ("Multipart", "routes/attachments/upload.rs"),
];

#[test]
fn routes_take_no_extractor_that_answers_by_itself() {
    let sources = sources(&["rs"]);
    let routes = sources.iter().filter(|source| source.path.starts_with("crates/server/src/routes/"));
    let bare = routes.flat_map(|source| {
        let others = OURS.iter().filter(|(_, home)| home.is_empty() || !source.path.ends_with(home));
        others.filter(|(name, _)| takes(&source.text, name)).map(|(name, _)| {
            format!(
                "{}: {name} of axum; take Query and Path from routes::address, bodies from routes::valid",
                source.path
            )
        })
    });
    expect_none(&bare.collect::<Vec<_>>());
}

/// Whether a file takes axum's extractor of a name from requests. `Json` is also what handlers answer with, so it counts only as a parameter.
fn takes(text: &str, name: &str) -> bool {
    let imports = text.split("use axum::extract::").skip(1).filter_map(|rest| rest.split(';').next());
    let named = |import: &str| import.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == name);
    let taken = imports.into_iter().any(named) || text.contains(&format!("extract::{name}<"));
    taken || (name == "Json" && text.contains("): Json<"))
}

#[test]
fn what_is_forbidden_is_found() {
    for (text, name, found) in [
        ("use axum::extract::{Query, State};", "Query", true),
        ("use axum::extract::State;", "Query", false),
        ("use axum::extract::Path;", "Path", true),
        ("use axum::extract::{MatchedPath, State};", "Path", false),
        ("async fn f(Json(body): Json<Input>) {}", "Json", true),
        ("async fn f() -> Json<Output> { Json(output) }", "Json", false),
    ] {
        assert_eq!(takes(text, name), found, "{text}");
    }
}
