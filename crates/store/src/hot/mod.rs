//! The hot path: case commands from many requests are read, stepped and written in one transaction for each group, each failing alone.

mod batch;
mod plan;
mod postgres;
mod recent;
mod sqlite;

use std::sync::{Arc, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};
use yizhi_domain::case::{Action, Actor, Case, Draft, Refusal};
use yizhi_domain::ids::CaseId;
use yizhi_domain::slice::Slice;
use yizhi_domain::world::World;

use crate::Error;

pub(crate) use batch::{Batch, change_record, contact_digest, random10, salt};
pub(crate) use plan::{Loaded, Planned, Upload, Wanted, plan, wanted};
pub(crate) use postgres::spawn as spawn_postgres;
pub(crate) use recent::Recent;
pub(crate) use sqlite::{CHECKPOINT_PAGES, spawn as spawn_sqlite};

/// How many commands share a transaction at most: more would make the first of them wait for the last.
pub(crate) const GROUP_MAX: usize = 64;
/// How many commands wait before new ones are told to come back.
pub(crate) const QUEUE_MAX: usize = 4_096;

/// A repeatable request: the same key and digest give the first answer again. A report is also known by the id that its client gave it, if the digest
/// of what was asked is the same.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// Who says it.
    pub principal: String,
    pub key: Option<String>,
    /// Digest of all that was asked, under a key of the installation.
    pub digest: Vec<u8>,
}

/// What to do to a case.
#[derive(Clone, Debug)]
pub enum Intent {
    /// Receive a case. The draft's number and release are given here.
    Report { matter: String, draft: Box<Draft>, contact: Option<Vec<u8>> },
    /// Take a step in a case that the slice must admit; the platform itself acts without a slice.
    Act { case: CaseId, action: Action, slice: Option<Slice> },
    /// Raise the alert of a case, if it is still due: another server may have been first, and then nothing is written.
    Alert { case: CaseId },
}

/// One command with everything it is decided from.
#[derive(Clone)]
pub struct Command {
    pub intent: Intent,
    pub actor: Actor,
    pub world: Arc<World>,
    pub now: DateTime<Utc>,
    pub idempotency: Option<Idempotency>,
}

/// A command that was carried out.
#[derive(Clone, Debug)]
pub struct Applied {
    pub case: Arc<Case>,
    /// `false`: it had been carried out before, and this is its answer again.
    pub fresh: bool,
}

/// A command that was not carried out; nothing of it was saved.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Not there, or not in the slice: the caller cannot tell which.
    #[error("no such case")]
    NotFound,
    #[error("refused: {refusal}")]
    Refused { refusal: Refusal, current: Option<Arc<Case>> },
    #[error("the idempotency key was used for another request")]
    KeyReused,
    #[error("too many commands are waiting")]
    Busy,
    #[error(transparent)]
    Store(#[from] Arc<Error>),
}

pub(crate) type Reply = Result<Applied, ApplyError>;

/// A command on its way.
pub(crate) struct Envelope {
    pub(crate) command: Command,
    pub(crate) reply: oneshot::Sender<Reply>,
}

/// The way in.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    send: mpsc::Sender<Envelope>,
    recent: Known,
}

/// The cases that are known, of one database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Arc<std::sync::Mutex<Recent>>);

impl Known {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Recent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// A way in, what comes in by it, and what those who write keep in mind.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Envelope>, Known) {
        let (send, receive) = mpsc::channel(QUEUE_MAX);
        let recent = Known::default();
        (Self { send, recent: recent.clone() }, receive, recent)
    }

    /// Forgets how a case stood: something of it was erased.
    pub(crate) fn forget(&self, case: CaseId) {
        self.recent.lock().forget(case.0);
    }

    /// How many commands wait.
    pub(crate) fn waiting(&self) -> usize {
        self.send.max_capacity() - self.send.capacity()
    }

    pub(crate) async fn apply(&self, command: Command) -> Reply {
        let (reply, answer) = oneshot::channel();
        self.send.try_send(Envelope { command, reply }).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => ApplyError::Busy,
            mpsc::error::TrySendError::Closed(_) => ApplyError::Store(Arc::new(Error::Closed)),
        })?;
        answer.await.unwrap_or_else(|_| Err(ApplyError::Store(Arc::new(Error::Closed))))
    }
}

/// Hands out the answers of a group that was committed, or the failure that met all of it.
pub(crate) fn answer(envelopes: Vec<Envelope>, outcome: Result<Vec<Reply>, Error>) {
    match outcome {
        Ok(replies) => {
            for (envelope, reply) in envelopes.into_iter().zip(replies) {
                let _ = envelope.reply.send(reply);
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for envelope in envelopes {
                let _ = envelope.reply.send(Err(ApplyError::Store(error.clone())));
            }
        }
    }
}
