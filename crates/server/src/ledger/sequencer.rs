//! Integrates committed records: reads them in the order of their numbers, writes tiles, notes how far it is, signs, asks witnesses, publishes.
//!
//! The order of these writes is what keeps the log whole. Tiles come first: written twice they are the same bytes, as the records behind them never
//! change. Then the database notes size and root, once for each size. Only what is noted there is ever signed, so that no two trees of one size are.
//! The checkpoint comes last, when enough witnesses have signed. A process that dies anywhere leaves what the next one continues from.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use uuid::Uuid;
use yizhi_ledger::merkle::{ProofError, verify_growth};
use yizhi_ledger::note::{Checkpoint, CheckpointError, SignedCheckpoint};
use yizhi_ledger::receipt::PolicyError;
use yizhi_ledger::tile::{Appender, NotFetched, ProveError, consistency_tiles, prove_consistency};
use yizhi_ledger::{Hash, TreeHead};
use yizhi_store::{LeafFault, LedgerHead};

use crate::app::App;

use super::files::FilesError;
use super::status::Heard;
use super::witnesses;

/// Between two looks for new records.
const EVERY: Duration = Duration::from_millis(400);
/// Records integrated at once: 256 full tiles.
const CHUNK: u64 = 65_536;
/// How long one process holds the log before another may take it over.
const LEASE: TimeDelta = TimeDelta::seconds(15);
/// The lease is renewed when less than this is left of it.
const RENEW: TimeDelta = TimeDelta::seconds(10);

/// Why the log does not grow. All but the first two mean that somebody has to look before anything is signed again.
#[derive(Debug, thiserror::Error)]
pub enum SequencerError {
    #[error(transparent)]
    Store(#[from] yizhi_store::Error),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Leaf(#[from] LeafFault),
    #[error(
        "the database knows {known} entries, but {published} are published: it was restored from a backup that is older than the log"
    )]
    Restored { known: u64, published: u64 },
    #[error("the records lead to another root than was signed for {size} entries: records or files were changed")]
    Rewritten { size: u64 },
    #[error("the published checkpoint has no valid signature of this log's key: {0}")]
    Foreign(PolicyError),
    #[error("a checkpoint cannot be signed: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("an entry is too long for a bundle")]
    TooLong,
}

/// Integrates until told to stop.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut sequencer = Sequencer::new();
    let mut said = None;
    while !crate::jobs::pause(&mut stop, EVERY).await {
        let fault = sequencer.tend(&app).await;
        if fault != said {
            match &fault {
                Some(fault) => tracing::error!(%fault, "the ledger does not grow"),
                None => tracing::info!("the ledger grows again"),
            }
            said = fault;
        }
    }
    sequencer.release(&app).await;
}

/// One process's hand on the log.
#[derive(Debug)]
pub struct Sequencer {
    holder: Uuid,
    held_until: Option<DateTime<Utc>>,
    appender: Option<Appender>,
    /// The published head, once it was read and its signature checked.
    published: Option<Published>,
    /// What this process noted to be wrong.
    noted: Option<String>,
}

/// The published checkpoint as this log's present policy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Published {
    head: TreeHead,
    /// Enough of today's witnesses have signed it. Until they have it counts for nobody, and they are asked again.
    counts: bool,
}

impl Default for Sequencer {
    fn default() -> Self {
        Self::new()
    }
}

impl Sequencer {
    pub fn new() -> Self {
        Self {
            holder: Uuid::from_bytes(rand::random()),
            held_until: None,
            appender: None,
            published: None,
            noted: None,
        }
    }

    /// One turn, whose outcome is noted in the log's status: what is wrong, if anything.
    pub async fn tend(&mut self, app: &App) -> Option<String> {
        let fault = self.turn(app).await.err().map(|error| error.to_string());
        app.ledger().status.send_modify(|status| status.turned(fault.clone(), app.now()));
        self.note(app, fault.as_deref()).await;
        fault
    }

    /// Tells all processes what is wrong. Only the one that has the log can say so.
    async fn note(&mut self, app: &App, fault: Option<&str>) {
        // A turn that went well has taken back what was noted.
        let Some(why) = fault else { return self.noted = None };
        if self.held_until.is_none() || self.noted.as_deref() == fault {
            return;
        }
        match app.db().ledger_fault_note(fault, app.now()).await {
            Ok(()) => self.noted = Some(why.to_owned()),
            Err(error) => tracing::warn!(%error, "the ledger's fault is not noted for other servers"),
        }
    }

    /// Integrates and publishes what is there, if anything is and no other process has the log.
    ///
    /// # Errors
    /// Says what is wrong; nothing was signed then that was not noted before.
    pub async fn turn(&mut self, app: &App) -> Result<(), SequencerError> {
        let committed = app.db().records_committed().await?;
        let Published { head: published, counts } = self.published(app).await?;
        let noted = app.db().ledger_head().await?;
        let all_published = unsigned(committed) == published.size && published == head_of(&noted) && counts;
        if all_published && noted.fault.is_none() {
            app.ledger().status.send_modify(|status| {
                (status.size, status.published) = (published.size, published.size);
            });
            return Ok(());
        }
        if !self.hold(app).await? {
            return Ok(());
        }
        let done = self.grow(app, committed).await;
        if done.is_ok() && noted.fault.is_some() {
            // It may be another process's, which cannot take it back any more.
            app.db().ledger_fault_note(None, app.now()).await?;
        }
        if done.is_err() {
            (self.appender, self.published) = (None, None);
        }
        done
    }

    async fn grow(&mut self, app: &App, committed: i64) -> Result<(), SequencerError> {
        self.published = None;
        let Published { head: published, counts } = self.published(app).await?;
        let noted = head_of(&app.db().ledger_head().await?);
        if published.size > noted.size {
            return Err(SequencerError::Restored { known: noted.size, published: published.size });
        }
        let mut appender = match self.appender.take().filter(|appender| appender.head() == noted) {
            Some(appender) => appender,
            None => load(app, &noted).await?,
        };
        let head = integrate(app, &mut appender, unsigned(committed)).await?;
        self.appender = Some(appender);
        app.ledger().status.send_modify(|status| {
            status.size = head.size;
            status.published = published.size;
        });
        if head.size > published.size {
            continues(app, &published, &head).await?;
            // A long turn outlives the lease; whoever has it now may have published more.
            if self.hold(app).await? {
                self.publish(app, head).await?;
            }
        } else if head != published {
            return Err(SequencerError::Rewritten { size: head.size });
        } else if !counts && self.hold(app).await? {
            // Its witnesses are others by now.
            self.publish(app, head).await?;
        }
        Ok(())
    }

    /// The head of the published checkpoint, its signature checked.
    async fn published(&mut self, app: &App) -> Result<Published, SequencerError> {
        if let Some(published) = self.published.filter(|published| published.counts) {
            return Ok(published);
        }
        let published = match app.ledger().files().checkpoint().await? {
            None => Published { head: TreeHead::empty(), counts: true },
            Some(checkpoint) => Published { head: *checkpoint.head(), counts: counts(app, &checkpoint)? },
        };
        self.published = Some(published);
        Ok(published)
    }

    async fn hold(&mut self, app: &App) -> Result<bool, SequencerError> {
        let now = app.now();
        if self.held_until.is_some_and(|until| until - now > RENEW) {
            return Ok(true);
        }
        let until = now + LEASE;
        let held = app.db().ledger_lease(self.holder, now, until).await?;
        self.held_until = held.then_some(until);
        Ok(held)
    }

    /// Gives the log up, so that the next process need not wait.
    pub async fn release(&mut self, app: &App) {
        let now = app.now();
        if self.held_until.take().is_some()
            && let Err(error) = app.db().ledger_lease(self.holder, now, now).await
        {
            tracing::warn!(%error, "the ledger is not given up; the next process waits for it");
        }
    }

    /// Signs, gathers cosignatures, and publishes when they are enough. Otherwise the next turn asks again.
    async fn publish(&mut self, app: &App, head: TreeHead) -> Result<(), SequencerError> {
        let ledger = app.ledger();
        let origin = ledger.key.verifier().name().to_owned();
        let mut checkpoint = Checkpoint { origin, head, extensions: Vec::new() }.sign(&ledger.key)?;
        let answers = witnesses::ask_all(&ledger.policy, ledger.files(), &checkpoint).await;
        let now = app.now();
        let mut heard = Vec::with_capacity(answers.len());
        for (witness, answer) in ledger.policy.witnesses.iter().zip(answers) {
            let name = witness.key().name().to_owned();
            heard.push(match answer {
                Ok(signature) => {
                    checkpoint.add(signature);
                    Heard { name, cosigned_at: Some(now), refusal: None }
                }
                Err(refusal) => Heard { name, cosigned_at: None, refusal: Some(refusal.to_string()) },
            });
        }
        let enough = heard.iter().filter(|heard| heard.refusal.is_none()).count() >= ledger.policy.quorum;
        // While the witnesses were asked, another process may have taken the log over and published more.
        let newer = ledger.files().checkpoint().await?.is_some_and(|there| there.head().size > head.size);
        let enough = enough && !newer;
        if enough {
            ledger.files().publish(&checkpoint).await?;
            self.published = Some(Published { head, counts: true });
        }
        ledger.status.send_modify(|status| {
            for new in &mut heard {
                let before = status.witnesses.iter().find(|old| old.name == new.name);
                new.cosigned_at = new.cosigned_at.or(before.and_then(|old| old.cosigned_at));
            }
            status.witnesses = heard;
            if enough {
                (status.published, status.published_at) = (head.size, Some(now));
            }
        });
        Ok(())
    }
}

/// Whether a checkpoint that this log's key signed has enough of today's witnesses: they may have changed since it was published.
fn counts(app: &App, checkpoint: &SignedCheckpoint) -> Result<bool, SequencerError> {
    match app.ledger().keys().check(checkpoint) {
        Ok(_) => Ok(true),
        Err(PolicyError::Quorum { .. }) => Ok(false),
        Err(error) => Err(SequencerError::Foreign(error)),
    }
}

/// The right edge of the log as the database notes it; made anew from the records where files are missing.
async fn load(app: &App, noted: &TreeHead) -> Result<Appender, SequencerError> {
    let tiles = app.ledger().files().tiles(Appender::needs(noted.size)).await?;
    if let Ok(appender) = Appender::load(noted, &tiles) {
        return Ok(appender);
    }
    tracing::warn!(
        size = noted.size,
        "files of the ledger are missing or damaged; they are made anew from the records"
    );
    let appender = rebuild(app, noted.size).await?;
    if appender.head() == *noted { Ok(appender) } else { Err(SequencerError::Rewritten { size: noted.size }) }
}

/// Writes all files of the log anew, up to a size, from the records.
pub(crate) async fn rebuild(app: &App, size: u64) -> Result<Appender, SequencerError> {
    let mut appender = Appender::empty();
    while appender.head().size < size {
        let from = appender.head().size;
        let leaves = app.db().ledger_leaves(signed(from), CHUNK.min(size - from)).await??;
        if leaves.is_empty() {
            return Err(SequencerError::Rewritten { size });
        }
        add(app, &mut appender, &leaves).await?;
    }
    Ok(appender)
}

/// Integrates what was committed when the turn began; gives the head that is noted. What is committed meanwhile waits for the next turn: each round writes
/// the unfinished tiles at the edge anew, so that following every commit would cost more than the commits.
async fn integrate(app: &App, appender: &mut Appender, committed: u64) -> Result<TreeHead, SequencerError> {
    loop {
        let before = appender.head();
        if before.size >= committed {
            return Ok(before);
        }
        let wanted = CHUNK.min(committed - before.size);
        let leaves = app.db().ledger_leaves(signed(before.size), wanted).await??;
        if leaves.is_empty() {
            return Err(LeafFault::Gap { expected: signed(before.size), found: None }.into());
        }
        let head = add(app, appender, &leaves).await?;
        if !app.db().ledger_advance(signed(before.size), signed(head.size), head.root.0).await? {
            // Another process has integrated these; what was written is the same.
            return Ok(before);
        }
    }
}

async fn add(app: &App, appender: &mut Appender, leaves: &[yizhi_store::Leaf]) -> Result<TreeHead, SequencerError> {
    let batch = appender.append(leaves.iter().map(|leaf| leaf.commitment)).map_err(|_| SequencerError::TooLong)?;
    app.ledger().files().write(batch.tiles).await?;
    Ok(batch.head)
}

/// Whether the new tree continues the published one, by its own files.
async fn continues(app: &App, published: &TreeHead, head: &TreeHead) -> Result<(), SequencerError> {
    let rewritten = SequencerError::Rewritten { size: published.size };
    let proof = match published.size {
        0 => Vec::new(),
        old => {
            let ids =
                consistency_tiles(old, head.size).map_err(|_: ProofError| SequencerError::Rewritten { size: old })?;
            let tiles = app.ledger().files().tiles(ids).await?;
            let proof = prove_consistency(old, head.size, &tiles);
            proof.map_err(|_: ProveError<NotFetched>| SequencerError::Rewritten { size: old })?
        }
    };
    verify_growth(published, head, &proof).map_err(|_| rewritten)
}

fn head_of(noted: &LedgerHead) -> TreeHead {
    match noted.root {
        Some(root) => TreeHead { size: unsigned(noted.size), root: Hash(root) },
        None => TreeHead::empty(),
    }
}

fn unsigned(size: i64) -> u64 {
    u64::try_from(size).unwrap_or(0)
}

fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
