//! Commands on the installation of a harness, and files for them.

use std::path::PathBuf;
use std::process::{Command, Output};

use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_domain::clock::Clock as _;
use yizhi_store::Backend;

use crate::common::Harness;

/// Runs a command; everything it says.
pub(crate) fn yizhi(h: &Harness, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yizhi"));
    command.args(args).arg("--data").arg(&h.app.config().data).env_remove("YIZHI_DATABASE_URL");
    if h.app.db().backend() == Backend::Postgres {
        command.env("YIZHI_DATABASE_URL", h.database());
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.success(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
}

/// Writes a file into the installation's folder.
pub(crate) fn file(h: &Harness, name: &str, text: &str) -> PathBuf {
    let path = h.app.config().data.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

pub(crate) fn collection(features: &[Value]) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

pub(crate) fn feature(code: &str, name: &str, geometry: Value) -> Value {
    json!({ "type": "Feature", "properties": { "code": code, "name": name }, "geometry": geometry })
}

/// A rectangle that reaches from `west` to `east` of 119.0° E, 25.4° to `north` of it.
pub(crate) fn rectangle(west: f64, east: f64, north: f64) -> Value {
    let rounded = |degrees: f64| (degrees * 1e7).round() / 1e7;
    let (west, south, east, north) = (rounded(119.0 + west), 25.4, rounded(119.0 + east), rounded(25.4 + north));
    json!({ "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] })
}

/// The whole database, without what opening it notes.
pub(crate) fn rows(h: &Harness) -> Vec<String> {
    let noted = ["key_fingerprint", "ledger", "pg_stats"];
    let rows = h.dump().into_iter().filter(|row| !noted.contains(&row.table.as_str()));
    let mut rows: Vec<String> = rows.map(|row| row.table + " " + &row.text).collect();
    rows.sort_unstable();
    rows
}

/// Everything is still as the records say.
pub(crate) fn verifies(h: &Harness) {
    let (fits, said) = yizhi(h, &["ledger", "verify"]);
    assert!(fits, "{said}");
}

/// Sets the harness's clock after the commands', which is the machine's.
pub(crate) async fn catch_up(h: &Harness) {
    let recorded = h.app.db().last_moment().await.unwrap().unwrap();
    h.pass(recorded - h.clock.now() + TimeDelta::seconds(1));
}
