//! Which of our crates may know which, and which outside crate stays behind which of ours.

use std::collections::BTreeSet;

use crate::expect_none;
use crate::metadata::{GRAPH, Graph, Package};

/// Crate, and all of ours it may name. A crate that is not listed may not exist.
const ARROWS: &[(&str, &[&str])] = &[
    ("yizhi-grid", &[]),
    ("yizhi-ledger", &[]),
    ("yizhi-uploads", &[]),
    ("yizhi-verify", &["yizhi-ledger"]),
    ("yizhi-domain", &["yizhi-grid"]),
    ("yizhi-store", &["yizhi-domain", "yizhi-ledger"]),
    ("yizhi-lake", &["yizhi-domain", "yizhi-grid"]),
    ("yizhi-media", &["yizhi-domain"]),
    (
        "yizhi-server",
        &["yizhi-grid", "yizhi-ledger", "yizhi-uploads", "yizhi-domain", "yizhi-store", "yizhi-lake", "yizhi-media"],
    ),
];

/// No input or output in these, at whatever distance.
const PURE: &[&str] = &["yizhi-grid", "yizhi-ledger", "yizhi-uploads", "yizhi-domain"];
const IMPURE: &[&str] =
    &["axum", "datafusion", "hyper", "mio", "object_store", "rusqlite", "sea-orm", "socket2", "sqlx-core", "tokio"];

/// Outside crates that only one of ours names.
const KEPT: &[(&str, &[&str])] = &[
    ("yizhi-store", &["rusqlite", "sea-orm", "sea-orm-migration", "sea-query", "sqlx"]),
    ("yizhi-server", &["axum", "hyper", "tower-http", "utoipa", "utoipa-axum"]),
    ("yizhi-lake", &["arrow", "ballista", "datafusion", "deltalake", "deltalake-core", "parquet"]),
];

#[test]
fn our_crates_know_only_those_they_may() {
    expect_none(&forbidden_arrows(&GRAPH));
}

#[test]
fn pure_crates_reach_no_input_or_output() {
    expect_none(&impurities(&GRAPH));
}

#[test]
fn databases_http_and_the_lake_stay_behind_their_crates() {
    expect_none(&strays(&GRAPH));
}

fn forbidden_arrows(graph: &Graph) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in graph.values().filter(|package| package.member) {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            complaints.push(format!("{} has no place in the layering", package.name));
            continue;
        };
        let ours = package.named.iter().filter(|name| name.starts_with("yizhi-") && **name != package.name);
        let wrong = ours.filter(|name| !allowed.contains(&name.as_str()));
        complaints.extend(wrong.map(|name| format!("{} must not know {name}", package.name)));
    }
    complaints
}

fn impurities(graph: &Graph) -> Vec<String> {
    let pure = graph.iter().filter(|(_, package)| package.member && PURE.contains(&package.name.as_str()));
    let reached = pure.flat_map(|(id, package)| linked_with(graph, id).into_iter().map(|name| (&package.name, name)));
    reached
        .filter(|(_, name)| IMPURE.contains(&name.as_str()))
        .map(|(pure, name)| format!("{pure} is pure and must not reach {name}"))
        .collect()
}

fn linked_with(graph: &Graph, id: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        for next in &graph[id].linked {
            if seen.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    seen.iter().map(|id| graph[id].name.clone()).collect()
}

fn strays(graph: &Graph) -> Vec<String> {
    let members = graph.values().filter(|package| package.member);
    members.flat_map(|package| KEPT.iter().flat_map(|(keeper, kept)| taken(package, keeper, kept))).collect()
}

fn taken(package: &Package, keeper: &str, kept: &[&str]) -> Vec<String> {
    if package.name == keeper {
        return Vec::new();
    }
    let taken = kept.iter().filter(|name| package.named.contains(**name));
    taken.map(|name| format!("{} names {name}, which belongs to {keeper}", package.name)).collect()
}

#[cfg(test)]
mod when_broken {
    use super::*;

    fn member(name: &str, named: &[&str]) -> (String, Package) {
        let set: BTreeSet<String> = named.iter().map(|name| (*name).to_owned()).collect();
        (
            name.to_owned(),
            Package { name: name.into(), member: true, named: set.clone(), linked: set, ..Package::default() },
        )
    }

    fn outside(name: &str, linked: &[&str]) -> (String, Package) {
        let (id, package) = member(name, linked);
        (id, Package { member: false, ..package })
    }

    #[test]
    fn an_arrow_upwards_or_sideways_is_named() {
        let graph = Graph::from([member("yizhi-grid", &["yizhi-domain"]), member("yizhi-lake", &["yizhi-store"])]);
        let complaints = forbidden_arrows(&graph);
        assert_eq!(complaints, ["yizhi-grid must not know yizhi-domain", "yizhi-lake must not know yizhi-store"]);
    }

    #[test]
    fn a_crate_outside_the_layering_is_named() {
        assert_eq!(
            forbidden_arrows(&Graph::from([member("yizhi-utils", &[])])),
            ["yizhi-utils has no place in the layering"]
        );
    }

    #[test]
    fn a_runtime_two_steps_away_is_found() {
        let graph =
            Graph::from([member("yizhi-domain", &["polite"]), outside("polite", &["tokio"]), outside("tokio", &[])]);
        assert_eq!(impurities(&graph), ["yizhi-domain is pure and must not reach tokio"]);
    }

    #[test]
    fn a_query_in_the_server_is_named() {
        let graph = Graph::from([member("yizhi-server", &["axum", "sqlx"])]);
        assert_eq!(strays(&graph), ["yizhi-server names sqlx, which belongs to yizhi-store"]);
    }
}
