//! The ledger under load, in one process with the database.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::Rng;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;
use yizhi_domain::clock::Clock as _;
use yizhi_domain::record::Record;
use yizhi_ledger::tile::{Appender, inclusion_tiles, prove_inclusion};
use yizhi_ledger::{TreeHead, merkle};
use yizhi_server::app::{App, SystemClock};
use yizhi_server::ledger::{Files, Sequencer, run};
use yizhi_store::Db;

use crate::lives::{Lives, Taken};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Made-up leaves given to the appender at once: 256 full tiles.
const BATCH: u64 = 65_536;
/// Between two looks at the published size.
const GLANCE: Duration = Duration::from_millis(5);

/// Records of one subject: as many as a case has steps.
const STEPS: usize = 8;

/// A record about as long as a step's.
fn record(n: usize) -> (String, Uuid, Map<String, Value>) {
    let fields = json!({
        "action": "verify", "at": "2026-11-22T08:00:00.000000+08:00", "from": "reported", "to": "pending_register", "number": format!("350302-20261122-{n:05}"),
        "note": "现场核实，情况属实，已拍照留存。", "post": "grid_worker 35030200100", "version": n,
    });
    let Value::Object(fields) = fields else { return Default::default() };
    let subject: [u8; 32] = Sha256::digest((n / STEPS).to_be_bytes()).into();
    ("bench.step".to_owned(), Uuid::from_slice(&subject[..16]).unwrap_or_default(), fields)
}

/// Records a second, durable in groups; and rows of the same bytes a second in a bare table of the same kind of database, beside it.
pub(crate) async fn durable(db: &Db, folder: &Path, records: usize, group: usize) -> Result<Value, Failure> {
    let started = Instant::now();
    for first in (0..records).step_by(group) {
        let last = (first + group).min(records);
        let at = SystemClock.now();
        db.write(at, |tx| {
            Box::pin(async move {
                for n in first..last - 1 {
                    let (kind, subject, fields) = record(n);
                    tx.record(Record::new(kind, subject, fields), ()).await?;
                }
                let (kind, subject, fields) = record(last - 1);
                tx.record(Record::new(kind, subject, fields), ()).await
            })
        })
        .await?;
    }
    let ours = started.elapsed();
    let plain = tokio::task::block_in_place(|| bare(&folder.join("bare.db"), records, group))?;
    let rate = |took: Duration| records as f64 / took.as_secs_f64();
    Ok(json!({ "leaves": records, "per_second": rate(ours), "bare_per_second": rate(plain) }))
}

fn bare(file: &Path, rows: usize, group: usize) -> Result<Duration, Failure> {
    let _ = std::fs::remove_file(file);
    let conn = Connection::open(file)?;
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -32768")?;
    conn.execute_batch("CREATE TABLE record (id BLOB PRIMARY KEY, bytes BLOB NOT NULL)")?;
    let bytes = vec![0_u8; 780];
    let started = Instant::now();
    for first in (0..rows).step_by(group) {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        let mut insert = conn.prepare_cached("INSERT INTO record VALUES (?1, ?2)")?;
        for n in first..(first + group).min(rows) {
            // In the order of time, as our ids are.
            let mut id = rand::random::<[u8; 16]>();
            id[..8].copy_from_slice(&(n as u64).to_be_bytes());
            insert.execute(rusqlite::params![&id[..], bytes])?;
        }
        drop(insert);
        conn.execute_batch("COMMIT")?;
    }
    Ok(started.elapsed())
}

/// Leaves a second from the database into tiles, signed and published; and how fast one core computes the same tree in memory.
pub(crate) async fn integrate(app: &App) -> Result<Value, Failure> {
    let before = app.db().ledger_head().await?.size;
    let started = Instant::now();
    Sequencer::new().turn(app).await?;
    let took = started.elapsed();
    let leaves = app.db().ledger_head().await?.size - before;
    let started = Instant::now();
    let mut tree = Appender::empty();
    for first in (0..leaves as u64).step_by(BATCH as usize) {
        tree.append((first..(first + BATCH).min(leaves as u64)).map(leaf))?;
    }
    let rate = |took: Duration| leaves as f64 / took.as_secs_f64();
    Ok(json!({ "leaves": leaves, "per_second": rate(took), "in_memory_per_second": rate(started.elapsed()) }))
}

/// Steps a second at the store, by as many tasks as a busy server has requests at once.
pub(crate) async fn apply(app: App, seconds: u64, ledger: bool) -> Result<Value, Failure> {
    let (stop, stopped) = watch::channel(false);
    let sequencer = ledger.then(|| tokio::spawn(run(app.clone(), stopped)));
    let taken = steps(&app, seconds).await?;
    let _ = stop.send(true);
    if let Some(sequencer) = sequencer {
        sequencer.await?;
    }
    Ok(json!({ "steps_per_second": taken.len() as f64 / seconds as f64, "steps": taken.len() }))
}

const TASKS: usize = 64;

async fn steps(app: &App, seconds: u64) -> Result<Vec<Taken>, Failure> {
    let lives = Arc::new(Lives::new(&app.world())?);
    let done = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (app, lives, done) = (app.clone(), lives.clone(), done.clone());
        tasks.spawn(async move {
            let mut taken = Vec::new();
            let mut turn = task;
            while !done.load(Ordering::Relaxed) {
                lives.live(&app, turn, &mut taken).await?;
                turn += TASKS;
            }
            Ok::<_, Failure>(taken)
        });
    }
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    done.store(true, Ordering::Relaxed);
    let mut all = Vec::new();
    while let Some(taken) = tasks.join_next().await {
        all.append(&mut taken??);
    }
    Ok(all)
}

/// Milliseconds from a commit to the published checkpoint that covers it, while steps are taken as fast as the store takes them.
pub(crate) async fn lag(app: App, seconds: u64) -> Result<Value, Failure> {
    let (stop, stopped) = watch::channel(false);
    let sequencer = tokio::spawn(run(app.clone(), stopped));
    let sampled = tokio::spawn(sample(app.clone(), Duration::from_secs(seconds)));
    let taken = steps(&app, seconds).await?;
    let mut lags = sampled.await??;
    let _ = stop.send(true);
    sequencer.await?;
    lags.sort_unstable();
    let at = |share: f64| lags[((lags.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let rate = taken.len() as f64 / seconds as f64;
    Ok(json!({ "steps_per_second": rate, "p50": at(0.5), "p99": at(0.99), "max": at(1.0), "samples": lags.len() }))
}

/// Looks how many records are committed, and waits for each such number until it is published.
async fn sample(app: App, length: Duration) -> Result<Vec<Duration>, Failure> {
    let started = Instant::now();
    let mut waiting: std::collections::VecDeque<(u64, Instant)> = std::collections::VecDeque::new();
    let mut lags = Vec::new();
    while started.elapsed() < length || !waiting.is_empty() {
        if started.elapsed() < length {
            let seen = Instant::now();
            waiting.push_back((u64::try_from(app.db().records_committed().await?)?, seen));
        }
        let published = app.ledger().status().published;
        while let Some((_, since)) = waiting.front().filter(|(size, _)| *size <= published) {
            lags.push(since.elapsed());
            waiting.pop_front();
        }
        tokio::time::sleep(GLANCE).await;
    }
    Ok(lags)
}

fn leaf(n: u64) -> [u8; 32] {
    Sha256::digest(n.to_be_bytes()).into()
}

/// Milliseconds to make a proof of inclusion from the log's files, each checked; the log is made when it is not there.
pub(crate) async fn proofs(files: &Files, leaves: u64, wanted: u64) -> Result<Value, Failure> {
    let mut tree = Appender::empty();
    let edge = files.tiles(Appender::needs(leaves)).await?;
    let there = yizhi_ledger::tile::tree_head(leaves, &edge).ok();
    let head = match there {
        Some(head) => head,
        None => {
            while tree.head().size < leaves {
                let first = tree.head().size;
                let batch = tree.append((first..(first + BATCH).min(leaves)).map(leaf))?;
                files.write(batch.tiles).await?;
            }
            tree.head()
        }
    };
    let mut took = Vec::new();
    for _ in 0..wanted {
        let index = rand::rng().random_range(0..leaves);
        let started = Instant::now();
        let tiles = files.tiles(inclusion_tiles(index, leaves)?).await?;
        let proof = prove_inclusion(index, leaves, &tiles)?;
        took.push(started.elapsed());
        check(&head, index, &proof)?;
    }
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    Ok(json!({ "leaves": leaves, "p50": at(0.5), "p99": at(0.99), "max": at(1.0) }))
}

fn check(head: &TreeHead, index: u64, proof: &[yizhi_ledger::Hash]) -> Result<(), Failure> {
    merkle::verify_inclusion(&merkle::leaf_hash(&leaf(index)), index, head, proof).map_err(|e| e.to_string().into())
}
