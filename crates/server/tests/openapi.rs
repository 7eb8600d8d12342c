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

/// What is misspelt is told, not dropped: a wish for confidentiality with a letter missing would be a case that all may see.
#[test]
fn no_body_takes_what_it_does_not_know() {
    let (_, description) = yizhi_server::router::api();
    let whole = serde_json::to_value(&description).unwrap();
    let named = |of: &serde_json::Value| of["$ref"].as_str().and_then(|name| Some(name.rsplit_once('/')?.1.to_owned()));
    let bodies = description.paths.paths.keys().flat_map(|path| {
        let operations = whole["paths"][path].as_object().unwrap();
        operations.values().filter_map(|one| named(&one["requestBody"]["content"]["application/json"]["schema"]))
    });
    let mut seen = BTreeSet::new();
    let mut left: Vec<String> = bodies.collect();
    while let Some(name) = left.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let schema = &whole["components"]["schemas"][&name];
        assert_eq!(schema["additionalProperties"], false, "{name}");
        let text = schema.to_string();
        left.extend(text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    assert!(seen.len() > 20, "{seen:?}");
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
