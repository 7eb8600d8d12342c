//! The description of the API is checked in: whoever changes a route or a shape sees it in the diff, and the web client is made from it.

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_snapshot_is_current() {
    let (_, description) = yizhi_server::router::api();
    let mut current = description.to_pretty_json().unwrap();
    current.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("YIZHI_BLESS").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == current,
        "docs/openapi.json is out of date: run `YIZHI_BLESS=1 cargo test -p yizhi-server --test openapi`, then `npm run api` in web/"
    );
}

#[test]
fn every_path_is_versioned_and_described() {
    let (_, description) = yizhi_server::router::api();
    for (path, item) in &description.paths.paths {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for operation in [&item.get, &item.post, &item.put, &item.delete].into_iter().flatten() {
            let said = operation.summary.as_deref().or(operation.description.as_deref());
            assert!(said.is_some_and(|s| !s.is_empty()), "{path} has no description");
        }
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let (_, description) = yizhi_server::router::api();
    let mut named = BTreeSet::new();
    for (path, item) in &description.paths.paths {
        for operation in [&item.get, &item.post, &item.put, &item.delete].into_iter().flatten() {
            let name = operation.operation_id.clone().unwrap_or_default();
            assert!(!name.is_empty() && named.insert(name.clone()), "{path}: {name:?} names another operation too");
        }
    }
}
