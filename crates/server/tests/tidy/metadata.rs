//! What cargo resolved for this machine's platform, as a small graph.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use crate::sources::root;

#[derive(Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    pub(crate) member: bool,
    /// Names of packages it names itself, for any purpose.
    pub(crate) named: BTreeSet<String>,
    /// Ids of packages it is linked with, without tests and build scripts.
    pub(crate) linked: BTreeSet<String>,
}

/// Packages by cargo's id.
pub(crate) type Graph = BTreeMap<String, Package>;

pub(crate) static GRAPH: LazyLock<Graph> = LazyLock::new(|| graph(&cargo_metadata()));

fn cargo_metadata() -> Value {
    let host = output(Command::new("rustc").arg("-vV"));
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let text = output(
        Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host])
            .current_dir(root()),
    );
    serde_json::from_str(&text).expect("cargo metadata prints JSON")
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("a program that starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Without those of tests, which may reach behind a crate's back to break what it keeps.
fn named(package: &Value) -> BTreeSet<String> {
    let own = list(&package["dependencies"]).iter().filter(|dependency| dependency["kind"] != "dev");
    own.map(|dependency| text(&dependency["name"])).collect()
}

fn graph(metadata: &Value) -> Graph {
    let members: BTreeSet<&str> = list(&metadata["workspace_members"]).iter().filter_map(Value::as_str).collect();
    let mut graph: Graph = list(&metadata["packages"])
        .iter()
        .map(|package| {
            let id = text(&package["id"]);
            let package = Package {
                name: text(&package["name"]),
                version: text(&package["version"]),
                licence: package["license"].as_str().map(str::to_owned),
                member: members.contains(id.as_str()),
                named: named(package),
                linked: BTreeSet::new(),
            };
            (id, package)
        })
        .collect();
    for node in list(&metadata["resolve"]["nodes"]) {
        let linked = list(&node["deps"]).iter().filter(|dep| is_linked(dep)).map(|dep| text(&dep["pkg"])).collect();
        graph.get_mut(&text(&node["id"])).expect("a node of a listed package").linked = linked;
    }
    graph
}

/// A dependency of kind null is a normal one; the others are for tests and build scripts.
fn is_linked(dependency: &Value) -> bool {
    list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string in cargo's metadata").to_owned()
}
