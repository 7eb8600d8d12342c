//! The ledger at work: records become entries of a public log (C2SP tlog-tiles) that witnesses cosign. The reading of every format is the crate
//! `yizhi-ledger`'s; here are files, the database and the network.

mod address;
mod files;
mod name;
mod receipt;
mod sequencer;
mod standing;
mod status;
mod trust;
mod witnesses;

use std::sync::Arc;

use object_store::ObjectStore;
use tokio::sync::watch;
use yizhi_ledger::note::SignerKey;
use yizhi_ledger::receipt::{KeyFileError, PinnedKeys};

pub use files::{Files, FilesError};
pub use name::{LogName, LogNameError};
pub use receipt::{ReceiptFault, WITHHELD_OF_ERASURE, WITHHELD_OF_STEP, receipt};
pub(crate) use sequencer::rebuild;
pub use sequencer::{Sequencer, SequencerError, run};
pub use standing::{Standing, StandingError, standing};
pub(crate) use standing::{faulty, gate, not_cosigned, provable};
pub use status::{Heard, Status};
pub use trust::{Trust, TrustError};
pub use witnesses::{Refusal, Witness, WitnessAddressError};

/// Who must have seen a checkpoint before it is published.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub witnesses: Vec<Witness>,
    /// How many of them must have signed; 0 without witnesses.
    pub quorum: usize,
}

/// The log of this installation.
#[derive(Debug)]
pub struct Ledger {
    files: Files,
    key: SignerKey,
    policy: Policy,
    keys: PinnedKeys,
    status: watch::Sender<Status>,
}

impl Ledger {
    /// # Errors
    /// When the witnesses' keys are not a policy: one is there twice, or more must sign than there are.
    pub fn new(objects: Arc<dyn ObjectStore>, key: SignerKey, policy: Policy) -> Result<Self, KeyFileError> {
        let witnesses = policy.witnesses.iter().map(|witness| witness.key().clone()).collect();
        let keys = PinnedKeys::new(key.verifier().clone(), witnesses, policy.quorum)?;
        Ok(Self { files: Files::new(objects), key, policy, keys, status: watch::Sender::default() })
    }

    pub fn files(&self) -> &Files {
        &self.files
    }

    /// What somebody pins who wants to check our receipts.
    pub fn keys(&self) -> &PinnedKeys {
        &self.keys
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// How the log is doing.
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }
}
