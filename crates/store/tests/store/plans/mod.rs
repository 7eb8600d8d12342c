//! No list reads more than it shows: every query of the store, asked of a million cases. SQLite says what plan it makes and counts its
//! instructions, PostgreSQL (by `auto_explain`) what plan it carried out and how many rows it touched.

mod asked;
mod million;
mod seen;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::Instrument;
use yizhi_store::Db;

use crate::common::{Ground, postgres_server, runtime};

/// Tables that may never be read from end to end.
const BIG: &[&str] = &[
    "cases",
    "case_access",
    "assignment",
    "record",
    "change_feed",
    "notice",
    "attachment",
    "job",
    "case_search",
    "session",
    "idempotency",
    "look",
];

/// `auto_explain` tells the client the plan of every statement, with rows.
const TELL: &str = "options[session_preload_libraries]=auto_explain&options[auto_explain.log_min_duration]=0\
     &options[auto_explain.log_analyze]=on&options[auto_explain.log_timing]=off&options[auto_explain.log_format]=json\
     &options[auto_explain.log_level]=notice";

/// Instructions of SQLite for a row that it touches, at most.
const STEPS_A_ROW: u64 = 40;
/// Instructions that any query takes.
const STEPS_TO_BEGIN: u64 = 4_000;

/// The filled database and what was found against it.
struct Bench {
    ground: Ground,
    steps: Arc<AtomicU64>,
    faults: Vec<String>,
}

impl Bench {
    async fn new(ground: Ground) -> Self {
        seen::listen();
        million::lay_out(&ground, &ground.url).await;
        let steps = Arc::default();
        ground.db.watch_reads(&steps).await.unwrap();
        Self { ground, steps, faults: Vec::new() }
    }

    /// Carries out `work`, which may touch `most` rows in all its queries.
    async fn check<T>(&mut self, what: &str, most: u64, work: impl AsyncFn(&Db) -> Result<T, yizhi_store::Error>) -> T {
        self.steps.store(0, Ordering::Relaxed);
        let db = self.ground.db.clone();
        let span =
            if self.ground.postgres { tracing::info_span!(seen::POSTGRES) } else { tracing::info_span!(seen::SQLITE) };
        let done = async {
            let done = work(&db).await;
            db.ping().await.unwrap();
            done
        };
        let done = done.instrument(span).await.unwrap_or_else(|e| panic!("{what}: {e}"));
        let (touched, scans) = if self.ground.postgres { postgres_plans() } else { self.sqlite_plans() };
        println!("{touched:>8} of {most:>8}  {what}");
        self.faults.extend(scans.into_iter().map(|scan| format!("{what}: {scan}")));
        if touched > most {
            self.faults.push(format!("{what}: touched {touched} rows, {most} allowed"));
        }
        done
    }

    fn sqlite_plans(&self) -> (u64, Vec<String>) {
        let touched = self.steps.load(Ordering::Relaxed).saturating_sub(STEPS_TO_BEGIN) / STEPS_A_ROW;
        let file = self.ground.url.trim_start_matches("sqlite://");
        let plain = rusqlite::Connection::open(file).unwrap();
        let mut scans = Vec::new();
        for sql in seen::statements() {
            let mut explain =
                plain.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|e| panic!("{sql}: {e}"));
            let mut rows = explain.raw_query();
            while let Some(row) = rows.next().unwrap() {
                let line: String = row.get(3).unwrap();
                let scanned = line.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
                if scanned.is_some_and(|table| BIG.contains(&table))
                    && !line.contains(" USING ")
                    && !line.contains("VIRTUAL")
                {
                    scans.push(format!("{line} in {sql}"));
                }
            }
        }
        (touched, scans)
    }
}

fn postgres_plans() -> (u64, Vec<String>) {
    let (mut touched, mut scans) = (0.0, Vec::new());
    for text in seen::plans() {
        let told: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        walk(&told["Plan"], &mut |node| {
            let number = |name: &str| node[name].as_f64().unwrap_or(0.0);
            let Some(table) = node["Relation Name"].as_str() else { return };
            touched +=
                (number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck"))
                    * number("Actual Loops");
            if node["Node Type"] == "Seq Scan" && BIG.contains(&table) {
                scans.push(format!("Seq Scan on {table} in {}", told["Query Text"]));
            }
        });
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows")]
    let touched = touched as u64;
    (touched, scans)
}

fn walk(node: &serde_json::Value, visit: &mut impl FnMut(&serde_json::Value)) {
    visit(node);
    for below in node["Plans"].as_array().into_iter().flatten() {
        walk(below, visit);
    }
}

async fn ask_all(ground: Ground) -> Ground {
    let mut bench = Bench::new(ground).await;
    asked::lists(&mut bench).await;
    asked::others(&mut bench).await;
    let faults: BTreeSet<String> = bench.faults.into_iter().collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.into_iter().collect::<Vec<_>>().join("\n"));
    bench.ground
}

#[test]
fn every_list_has_an_index_on_sqlite() {
    runtime().block_on(async { ask_all(Ground::sqlite().await).await });
}

#[test]
fn every_list_has_an_index_on_postgres() {
    let Some(server) = postgres_server() else { return };
    runtime().block_on(async { ask_all(Ground::postgres(&server, TELL).await).await.remove(&server).await });
}
