//! A process that is killed (SIGKILL) while it works on the log. The test's own program is started again as that process: it does one turn of the
//! sequencer over a store of files that stops at a given point, and is killed when it says that it is there.
//!
//! Covered, on both databases, each once: before each read of a file, before and after each write and each removal of one, tiles and the checkpoint
//! alike, in a turn that fills a tile and removes partial ones; the note of size and root lies between two of these points. Killed when its request
//! reaches the witness, and when the witness has kept what it signs but has not answered. Then the witness itself: gone before it kept anything, and
//! after, with the answer lost. Not covered: a kill inside the database's own commit, whose atomicity is the database's.
//!
//! After each, the next process must publish all that was acknowledged, each record once and in its place, as a tree that continues every checkpoint
//! that was ever published or shown to the witness.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use object_store::local::LocalFileSystem;
use serde::{Deserialize, Serialize};
use yizhi_domain::clock::ManualClock;
use yizhi_domain::world::World;
use yizhi_ledger::TreeHead;
use yizhi_ledger::merkle::verify_growth;
use yizhi_ledger::note::VerifierKey;
use yizhi_ledger::tile::{consistency_tiles, prove_consistency};
use yizhi_ledger::witness::AddCheckpoint;
use yizhi_server::app::{App, Config};
use yizhi_server::keys::Keys;
use yizhi_server::ledger::{Policy, Sequencer};
use yizhi_server::places::Places;
use yizhi_server::witness::{Reply, Witness};
use yizhi_server::{assets, loading};

use crate::common::brittle::{Brittle, REACHED};
use crate::common::database::Database;
use crate::common::{Backend, Harness, backends};
use crate::log::{published, report, report_as, whole};
use crate::notary::{Notary, Shared};

/// Names the task of a process that is to be killed.
const TASK: &str = "YIZHI_TEST_LEDGER_TASK";
/// What it says when it has done a whole turn.
const DONE: &str = "done";
/// Reports for each turn that is to fill a tile.
const MANY: usize = 260;

/// What the process is to do.
#[derive(Serialize, Deserialize)]
struct Task {
    data: PathBuf,
    database: String,
    witness: String,
    now: DateTime<Utc>,
    halt: Option<u32>,
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_nothing_is_lost_repeated_or_forked() {
    if let Ok(task) = std::env::var(TASK) {
        return work(serde_json::from_str(&task).unwrap()).await;
    }
    for backend in backends() {
        let mut scene = Scene::lay(backend).await;
        scene.kill_at_every_file().await;
        for trouble in [Trouble::KillAsked, Trouble::KillKept, Trouble::Deaf, Trouble::Mute] {
            scene.kill_at_the_witness(trouble).await;
        }
    }
}

/// One turn of the sequencer, as another process.
async fn work(task: Task) {
    let db = Database::open_at(&task.database).await;
    let keys = Keys::open(&task.data).unwrap();
    db.tag_records(keys.record_tag());
    let brittle = Brittle::new(LocalFileSystem::new_with_prefix(&task.data).unwrap());
    if let Some(points) = task.halt {
        brittle.halt_after(points);
    }
    let mut config = Config::new(&task.data);
    config.ledger = Policy { witnesses: vec![task.witness.parse().unwrap()], quorum: 1 };
    let world = World {
        catalog: Arc::default(),
        pinned: Arc::default(),
        calendars: Arc::new(loading::calendars(&assets::catalog_files()).unwrap()),
        regions: Arc::default(),
        directory: Arc::default(),
    };
    let (clock, places) = (Arc::new(ManualClock::new(task.now)), Places::new(&[]).0);
    let app = App::new(config, db, clock, world, places, keys, Arc::new(brittle)).unwrap();
    let turned = Sequencer::new().turn(&app).await;
    writeln!(std::io::stdout().lock(), "{DONE} {turned:?}").unwrap();
}

/// What goes wrong at the witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// The process that asks is killed when its request arrives,
    KillAsked,
    /// or when the witness has kept what it signs.
    KillKept,
    /// The witness dies when the request arrives,
    Deaf,
    /// or when it has kept what it signs.
    Mute,
}

/// The witness and what it saw.
struct Seen {
    witness: Option<Witness>,
    /// Every tree that the log's key has signed, as far as anybody was told.
    heads: Vec<TreeHead>,
    trouble: Option<Trouble>,
    events: Sender<Event>,
}

#[derive(Debug, PartialEq, Eq)]
enum Event {
    Reached,
    Done,
    /// The turn failed.
    Failed(String),
    /// The process has ended; nothing more comes.
    Gone,
}

type Shelf = Arc<Mutex<Seen>>;

async fn add_checkpoint(State(shelf): State<Shelf>, body: Bytes) -> Response {
    let kept = {
        let mut seen = shelf.lock().unwrap();
        seen.heads.push(*AddCheckpoint::parse(&body).unwrap().checkpoint.head());
        match seen.trouble {
            Some(Trouble::KillAsked | Trouble::Deaf) => None,
            _ => Some(seen.witness.as_ref().unwrap().add_checkpoint(&body).unwrap()),
        }
    };
    let (trouble, events) = {
        let seen = shelf.lock().unwrap();
        (seen.trouble, seen.events.clone())
    };
    match (trouble, kept) {
        (None, Some(Reply::Cosigned(signature))) => format!("{signature}\n").into_response(),
        (_, Some(Reply::Refused(answer))) => {
            let yizhi_ledger::witness::Answer::Conflict { size } = answer else { panic!("{answer:?}") };
            (axum::http::StatusCode::CONFLICT, format!("{size}\n")).into_response()
        }
        (Some(Trouble::KillAsked | Trouble::KillKept), _) => {
            events.send(Event::Reached).unwrap();
            std::future::pending().await
        }
        // The connection breaks in the middle of an answer.
        _ => Body::from_stream(futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]))
            .into_response(),
    }
}

struct Scene {
    h: Harness,
    notary: Notary,
    shelf: Shelf,
    events: Receiver<Event>,
    /// Cases that were acknowledged.
    cases: Vec<String>,
    /// Heads that were published.
    published: Vec<TreeHead>,
}

impl Scene {
    async fn lay(backend: Backend) -> Self {
        let notary = Notary::new("court.example/witness").await;
        let witness = notary.named("http");
        let configure = |config: &mut Config| {
            config.ledger = Policy { witnesses: vec![witness.clone()], quorum: 1 };
            config.rate = 1_000_000;
        };
        let h = Harness::with(backend, &configure).await;
        let (sender, events) = mpsc::channel();
        let witness = Some(notary.open(&log_key(&h)));
        let shelf = Arc::new(Mutex::new(Seen { witness, heads: Vec::new(), trouble: None, events: sender }));
        let router = Router::new().route("/add-checkpoint", post(add_checkpoint)).with_state(shelf.clone());
        tokio::spawn(axum::serve(Shared(notary.listener.clone()), router).into_future());
        Self { h, notary, shelf, events, cases: Vec::new(), published: Vec::new() }
    }

    async fn kill_at_every_file(&mut self) {
        for point in 0.. {
            self.report_many().await;
            let child = self.start(Some(point));
            let met = self.wait(child, true);
            self.goes_on(&format!("point {point}")).await;
            if met == Event::Done {
                assert!(point > 25, "a turn that fills a tile has more than {point} points");
                return;
            }
        }
    }

    async fn kill_at_the_witness(&mut self, trouble: Trouble) {
        self.cases.push(report(&self.h).await);
        self.shelf.lock().unwrap().trouble = Some(trouble);
        let child = self.start(None);
        let met = self.wait(child, true);
        let killed = matches!(trouble, Trouble::KillAsked | Trouble::KillKept);
        assert_eq!(met, if killed { Event::Reached } else { Event::Done }, "{trouble:?}");
        {
            let mut seen = self.shelf.lock().unwrap();
            seen.trouble = None;
            seen.witness = None;
            seen.witness = Some(self.notary.open(&log_key(&self.h)));
        }
        self.goes_on(&format!("{trouble:?}")).await;
    }

    /// So many that a tile is filled and partial ones go.
    async fn report_many(&mut self) {
        let operator = self.h.as_role("operator").await;
        let reports = join_all((0..MANY).map(|_| report_as(&operator))).await;
        self.cases.extend(reports);
    }

    fn start(&self, halt: Option<u32>) -> Child {
        self.h.pass(chrono::TimeDelta::minutes(1));
        let task = Task {
            data: self.h.app.config().data.clone(),
            database: self.h.database(),
            witness: self.notary.named("http").to_string(),
            now: self.h.app.now(),
            halt,
        };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::killed_anywhere_nothing_is_lost_repeated_or_forked", "--nocapture"])
            .env(TASK, serde_json::to_string(&task).unwrap())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let events = self.shelf.lock().unwrap().events.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The harness of tests may have begun the line.
                if line.ends_with(REACHED) {
                    events.send(Event::Reached).unwrap();
                } else if line.contains(&format!("{DONE} ")) {
                    let done = if line.contains("Ok(())") { Event::Done } else { Event::Failed(line) };
                    events.send(done).unwrap();
                }
            }
            let _ = events.send(Event::Gone);
        });
        child
    }

    /// Waits for what the process comes to first, and kills it there.
    fn wait(&self, mut child: Child, may_stop: bool) -> Event {
        let met = tokio::task::block_in_place(|| self.events.recv().unwrap());
        assert!(met == Event::Done || (may_stop && met == Event::Reached), "{met:?}");
        child.kill().unwrap();
        child.wait().unwrap();
        while tokio::task::block_in_place(|| self.events.recv().unwrap()) != Event::Gone {}
        met
    }

    /// The next process publishes everything, and what it publishes continues all that was before.
    async fn goes_on(&mut self, after: &str) {
        self.published.extend(published(&self.h).await.map(|checkpoint| *checkpoint.head()));
        self.cases.push(report(&self.h).await);
        let child = self.start(None);
        self.wait(child, false);
        let head = whole(&self.h).await;
        let committed = self.h.app.db().records_committed().await.unwrap();
        assert_eq!(i64::try_from(head.size).unwrap(), committed, "{after}: everything is published");
        self.once_each(after).await;
        self.published.push(head);
        let seen = self.shelf.lock().unwrap().heads.clone();
        for earlier in seen.iter().chain(&self.published) {
            self.continues(earlier, &head, after).await;
        }
    }

    /// Every acknowledged case has its one record.
    async fn once_each(&self, after: &str) {
        let records = self.h.app.db().records_from(0, 1_000_000).await.unwrap();
        let mut steps: Vec<String> =
            records.iter().filter(|r| r.kind == "case.step").map(|r| r.subject.to_string()).collect();
        let mut cases = self.cases.clone();
        steps.sort_unstable();
        cases.sort_unstable();
        assert!(steps == cases, "{after}: {} steps of {} cases", steps.len(), cases.len());
    }

    async fn continues(&self, earlier: &TreeHead, head: &TreeHead, after: &str) {
        let proof = if earlier.size == head.size {
            Vec::new()
        } else {
            let tiles = consistency_tiles(earlier.size, head.size).unwrap();
            let tiles = self.h.app.ledger().files().tiles(tiles).await.unwrap();
            prove_consistency(earlier.size, head.size, &tiles).unwrap()
        };
        verify_growth(earlier, head, &proof).unwrap_or_else(|e| panic!("{after}: {earlier:?} to {head:?}: {e}"));
    }
}

fn log_key(h: &Harness) -> VerifierKey {
    h.app.ledger().keys().log().clone()
}
