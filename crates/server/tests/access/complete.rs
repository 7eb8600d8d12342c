//! The table and the server are compared: no endpoint without a line, no line without an endpoint, and no way in but those.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use utoipa::openapi::path::PathItem;

use crate::calls::said;
use crate::common::on_both;
use crate::common::staff::STAFF;
use crate::public::OUTSIDE;
use crate::scene::{ADMINISTRATORS, SEES};
use crate::table::TABLE;

/// Method and path of every endpoint that the API describes.
pub(crate) fn described() -> BTreeSet<(String, String)> {
    let (_, description) = yizhi_server::router::api();
    let paths = description.paths.paths;
    paths.iter().flat_map(|(path, item)| methods(item).into_iter().map(move |m| (m.to_owned(), path.clone()))).collect()
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("DELETE", &item.delete),
        ("PATCH", &item.patch),
        ("HEAD", &item.head),
        ("OPTIONS", &item.options),
        ("TRACE", &item.trace),
    ]
    .into_iter()
    .filter(|(_, operation)| operation.is_some())
    .map(|(method, _)| method)
    .collect()
}

#[test]
fn every_endpoint_has_a_line() {
    let lines: Vec<_> = TABLE.iter().map(|line| (line.method.to_owned(), line.path.to_owned())).collect();
    let known: BTreeSet<_> = lines.iter().cloned().collect();
    assert_eq!(lines.len(), known.len(), "an endpoint has two lines");
    let described = described();
    let missing: Vec<_> = described.difference(&known).collect();
    assert!(missing.is_empty(), "say in table.rs who may call {missing:?}");
    let gone: Vec<_> = known.difference(&described).collect();
    assert!(gone.is_empty(), "table.rs has lines for endpoints that are gone: {gone:?}");
}

#[test]
fn everybody_of_the_staff_is_in_the_table_of_cases() {
    let seen: BTreeSet<&str> = SEES.iter().map(|(account, _)| *account).chain(ADMINISTRATORS.iter().copied()).collect();
    let staff: BTreeSet<&str> = STAFF.iter().map(|(account, ..)| *account).collect();
    let missing: Vec<_> = staff.difference(&seen).filter(|account| **account != "administrator-new").collect();
    assert!(missing.is_empty(), "say in scene.rs what {missing:?} see");
}

/// Routes that are not described are those of `OUTSIDE` and no others; described ones are all in the list of the router.
#[test]
fn no_route_is_added_beside_the_description() {
    let (mut plain, mut listed) = (BTreeSet::new(), 0);
    for (path, text) in sources() {
        let own = text.split("#[cfg(test)]").next().unwrap();
        for way in
            [".nest(", ".nest_service(", ".route_service(", ".fallback_service(", ".method_not_allowed_fallback("]
        {
            assert!(!own.contains(way), "{}: {way} adds routes that this test cannot see", path.display());
        }
        plain.extend(own.split(".route(").skip(1).map(|rest| rest.split('"').nth(1).unwrap().to_owned()));
        listed += own
            .split("routes!(")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap().matches("::").count() / 2)
            .sum::<usize>();
    }
    assert_eq!(plain, OUTSIDE.iter().map(|(path, _)| (*path).to_owned()).collect());
    assert_eq!(listed, described().len(), "routes of router.rs and endpoints of the description");
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut out = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // A witness is a server of its own, without cases or sessions.
            if path.is_dir() && path.file_name().is_some_and(|name| name != "witness") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                out.push((path, text));
            }
        }
    }
    out
}

/// What is not described does nothing, whoever asks.
#[tokio::test]
async fn other_methods_are_refused() {
    on_both(async |h| {
        let described = described();
        let administrator = h.as_role("administrator").await.with("x-forwarded-for", "127.0.0.1");
        for path in TABLE.iter().map(|line| line.path).collect::<BTreeSet<_>>() {
            for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE"] {
                if described.contains(&(method.to_owned(), path.to_owned())) {
                    continue;
                }
                for client in [&h.stranger(), &administrator] {
                    let (status, _) = said(client, method, &path.replace(['{', '}'], ""), "").await;
                    assert!([401, 404, 405].contains(&status), "{method} {path}: {status}");
                }
            }
        }
    })
    .await;
}
