//! Turns of strangers. Requests without a session that is known here wait for each other, so that however many come, only a few of them are before
//! one of somebody signed in. Made-up sessions count as none.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::http::Method;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use yizhi_store::half_of_the_cores;

use crate::app::App;
use crate::keys::token_digest;

use super::extract::named;
use super::host::PROBES;

/// Most requests of strangers answered at once, and no more than half of the cores: each may look its token up, and a few connections to the database
/// serve everybody.
const AT_ONCE: usize = 2;
/// Where somebody becomes known. They wait for their bodies and for turns of their own ([`super::door`]), and must not hold others up meanwhile.
const ENTRANCE: &str = "/api/v1/session";

/// The turns of a process.
#[derive(Debug)]
pub(super) struct Strangers(Arc<Semaphore>);

impl Default for Strangers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(half_of_the_cores(AT_ONCE))))
    }
}

/// A turn under way, in the hands of who answers and of the request.
#[derive(Clone)]
pub(crate) struct Turn(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Turn {
    /// It was no stranger: a process that started anew, or another server's session. A long upload must not keep the next ones waiting.
    pub(super) fn give_back(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Lets a request of a stranger wait for its turn, which lasts until it is dropped, or it turns out to be none's.
pub(crate) async fn turn(app: &App, request: &mut Request) -> Option<Turn> {
    if !waits(app, request) {
        return None;
    }
    let turn = Turn(Arc::new(Mutex::new(app.sessions().strangers().0.clone().acquire_owned().await.ok())));
    request.extensions_mut().insert(turn.clone());
    Some(turn)
}

fn waits(app: &App, request: &Request) -> bool {
    let path = request.uri().path();
    let enters = request.method() == Method::POST && path.starts_with(ENTRANCE);
    let known = || named(app, request.headers()).is_some_and(|(token, _)| app.sessions().holds(&token_digest(&token)));
    !enters && !PROBES.contains(&path) && !known()
}
