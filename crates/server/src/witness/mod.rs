//! A witness (C2SP tlog-witness): somebody other than a log's operator who remembers the log's last tree and signs only trees that continue it. It
//! keeps its own key in its own folder and needs nothing of an installation, so that a department, a neighbour or a law school can run one.

mod durable;
mod error;
mod evidence;
mod folder;
mod key;
mod logs;
mod routes;
mod state;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use yizhi_domain::clock::Clock;
use yizhi_ledger::note::{Signature, SignerKey, VerifierKey};
use yizhi_ledger::witness::{AddCheckpoint, Answer, RequestError, decide};

pub use error::WitnessError;
pub use key::make_or_read as key;
pub use routes::router;

use evidence::{Evidence, Finding};
use folder::Folder;
use state::{Kept, Log};

/// A witness at work. While it lives no other process can work in its folder.
pub struct Witness {
    key: SignerKey,
    logs: BTreeMap<String, Log>,
    evidence: Evidence,
    clock: Arc<dyn Clock>,
    _folder: Folder,
}

/// What to answer a request.
#[derive(Debug)]
pub enum Reply {
    Cosigned(Signature),
    Refused(Answer),
    Malformed(RequestError),
}

impl Witness {
    /// Takes the folder, reads key and states, and the logs' keys: those given and those in the file `logs`.
    ///
    /// # Errors
    /// When another process works in the folder, there is no key or no log, or anything there is missing or damaged.
    pub fn open(data: &Path, logs: &[String], clock: Arc<dyn Clock>) -> Result<Self, WitnessError> {
        let key = key::read(data)?.ok_or_else(|| WitnessError::NoKey { folder: data.display().to_string() })?;
        let folder = Folder::hold(data)?;
        let states = folder.states()?;
        let open = |(origin, keys): (String, Vec<VerifierKey>)| {
            let log = Log::open(&states, &origin, keys, key.verifier())?;
            Ok((origin, log))
        };
        let logs = logs::known(logs, data)?.into_iter().map(open).collect::<Result<_, WitnessError>>()?;
        Ok(Self { key, logs, evidence: Evidence::in_folder(data), clock, _folder: folder })
    }

    /// The key by which this witness's signatures are checked.
    pub fn key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The logs it watches, and the size it last signed of each.
    pub fn logs(&self) -> impl Iterator<Item = (&str, u64)> {
        self.logs.iter().map(|(origin, log)| (origin.as_str(), log.size()))
    }

    /// Answers the body of an `add-checkpoint` request. Waits for the disk.
    ///
    /// # Errors
    /// When it cannot keep what it would sign, or its clock went back; nothing was signed then.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<Reply, WitnessError> {
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(error) => return Ok(Reply::Malformed(error)),
        };
        let Some(log) = self.logs.get(&request.checkpoint.checkpoint().origin) else {
            return Ok(Reply::Refused(Answer::NotFound));
        };
        let mut last = log.lock()?;
        match decide(&request, Some(log.known(last.as_ref()))) {
            Answer::Cosign(_) => {
                let seconds = self.clock.now().timestamp();
                log.cosign(&mut last, &request.checkpoint, &self.key, seconds).map(Reply::Cosigned)
            }
            refusal => {
                if let Some(finding) = Finding::of(refusal, request.checkpoint.head(), &Kept::head(last.as_ref())) {
                    self.keep(finding, body, &request, last.as_ref());
                }
                Ok(Reply::Refused(refusal))
            }
        }
    }

    fn keep(&self, finding: Finding, body: &[u8], request: &AddCheckpoint, last: Option<&Kept>) {
        let known = last.map(|last| &last.checkpoint);
        match self.evidence.keep(body, &request.checkpoint, known, self.clock.now()) {
            Ok(None) => {}
            Ok(Some(kept)) => finding.say(&request.checkpoint, known, &kept),
            Err(error) => {
                finding.say(&request.checkpoint, known, Path::new("-"));
                tracing::error!(%error, "证据未能保存 the evidence could not be kept");
            }
        }
    }
}
