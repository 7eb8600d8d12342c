//! Live changes on their way to readers. Who takes part in a changed case is asked for once for all readers, and the event is written once: a
//! reader costs no query.

mod streams;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::broadcast;
use uuid::Uuid;
use yizhi_domain::region::RegionPath;
use yizhi_domain::slice::{Access, Slice, Subject};
use yizhi_store::Change;

use crate::app::App;
use crate::views::change::LiveChange;

pub(crate) use streams::Seat;
pub use streams::{SESSION_MOST, Streams};

/// Changes kept for a reader that does not keep up, before it must start again.
const BACKLOG: usize = 4_096;

/// A change as all readers get it.
#[derive(Debug)]
pub struct Told {
    /// Its number in the feed.
    pub seq: i64,
    path: Option<RegionPath>,
    department: Option<String>,
    confidential: bool,
    parts: Vec<Access>,
    /// The event's data.
    pub(crate) data: String,
}

impl Told {
    /// Whether a slice admits the change.
    pub fn is_for(&self, slice: &Slice) -> bool {
        self.path.as_ref().is_some_and(|path| {
            let subject = Subject { path, department: self.department.as_deref(), confidential: self.confidential };
            slice.admits(subject, &self.parts)
        })
    }
}

/// Where changes are handed to all who read them.
pub struct Live {
    sender: broadcast::Sender<Arc<Told>>,
    newest: AtomicI64,
    streams: Arc<Streams>,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, newest: AtomicI64::new(0), streams: Arc::default() }
    }
}

impl Live {
    /// How many read now.
    pub fn readers(&self) -> usize {
        self.sender.receiver_count()
    }

    /// The number of the newest change that was handed on.
    pub(crate) fn newest(&self) -> i64 {
        self.newest.load(Ordering::Acquire)
    }

    /// From now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Told>> {
        self.sender.subscribe()
    }

    /// Who reads.
    pub fn streams(&self) -> &Arc<Streams> {
        &self.streams
    }

    /// Gives changes to all who read now.
    pub(crate) fn hand_on(&self, told: Vec<Arc<Told>>) {
        for one in told {
            self.newest.fetch_max(one.seq, Ordering::AcqRel);
            // Nobody reads: whoever comes later starts from the database.
            let _ = self.sender.send(one);
        }
    }
}

/// Hands changes on to all readers, in order.
///
/// # Errors
/// When the database cannot say who takes part; nothing was handed on then.
pub async fn tell(app: &App, changes: Vec<Change>) -> Result<(), yizhi_store::Error> {
    let told = prepare(app, changes).await?;
    app.live().hand_on(told);
    Ok(())
}

/// Changes with all that readers are told and chosen by; one query, however many they are.
pub(crate) async fn prepare(app: &App, changes: Vec<Change>) -> Result<Vec<Arc<Told>>, yizhi_store::Error> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = changes.iter().map(|change| change.id).collect();
    let parts: HashMap<Uuid, Vec<Access>> = app.db().parts_of(&ids).await?;
    let world = app.world();
    let told = changes.into_iter().filter_map(|change| {
        let path = RegionPath::parse(&change.path);
        let region = path.as_ref().and_then(|path| world.regions.holding(path)).map(|region| region.code.to_owned());
        let data = serde_json::to_string(&LiveChange::new(&change, region.unwrap_or_default())).ok()?;
        let parts = parts.get(&change.id).cloned().unwrap_or_default();
        let Change { seq, department, confidential, .. } = change;
        Some(Arc::new(Told { seq, path, department, confidential, parts, data }))
    });
    Ok(told.collect())
}
