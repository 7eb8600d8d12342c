//! A witness in this process, with a clock that moves when told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;
use yizhi_domain::clock::ManualClock;
use yizhi_ledger::note::{SignedCheckpoint, VerifierKey, parse_signatures};
use yizhi_server::witness::{self, Witness, WitnessError};

use crate::log::TestLog;

/// A witness's folder and clock.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) key: VerifierKey,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let own = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(own).tempdir().unwrap();
        let key = witness::key(folder.path(), Some("court.example/witness")).unwrap().verifier().clone();
        let clock = Arc::new(ManualClock::new("2026-11-20T10:00:00+08:00".parse().unwrap()));
        Self { folder, clock, key }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn try_open(&self, logs: &[&TestLog]) -> Result<Witness, WitnessError> {
        let keys: Vec<String> = logs.iter().map(|log| log.vkey()).collect();
        Witness::open(self.path(), &keys, self.clock.clone())
    }

    pub(crate) fn open(&self, log: &TestLog) -> Router {
        witness::router(Arc::new(self.try_open(&[log]).unwrap()))
    }

    /// The one file of states.
    pub(crate) fn state(&self) -> PathBuf {
        let files = files(&self.path().join("state"));
        assert_eq!(files.len(), 1, "{files:?}");
        files.into_iter().next().unwrap()
    }

    /// The time of the one valid cosignature in an answer.
    pub(crate) fn time(&self, answer: &Answer, checkpoint: &SignedCheckpoint) -> u64 {
        assert_eq!(answer.status, 200, "{answer:?}");
        let signatures = parse_signatures(&answer.text).unwrap();
        assert_eq!(signatures.len(), 1);
        self.key.verify(checkpoint.note().text(), &signatures[0]).unwrap().unwrap().time.unwrap()
    }
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

pub(crate) async fn post(router: &Router, body: impl Into<Body>) -> Answer {
    ask(router, Request::post("/add-checkpoint").body(body.into()).unwrap()).await
}

pub(crate) async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, kind: kind.unwrap_or_default(), text: String::from_utf8(bytes.to_vec()).unwrap() }
}
