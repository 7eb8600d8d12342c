//! Asking witnesses to cosign (C2SP tlog-witness).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper::StatusCode;
use yizhi_ledger::note::{Algorithm, KeyError, Signature, SignedCheckpoint, VerifierKey, parse_signatures};
use yizhi_ledger::tile::{consistency_tiles, prove_consistency};
use yizhi_ledger::witness::AddCheckpoint;

use super::Policy;
use super::address::Address;
use super::files::{Files, FilesError};
use super::trust::{Trust, TrustError};

/// A witness answers within this, or has not answered.
const PATIENCE: Duration = Duration::from_secs(5);
/// When enough have signed, the others get this long to sign too.
const COURTESY: Duration = Duration::from_millis(300);
/// Without this the first request would be refused just to tell a size.
const UNKNOWN: u64 = 0;

/// A witness, and where it answers.
#[derive(Clone, Debug)]
pub struct Witness {
    key: VerifierKey,
    address: Address,
    /// The size it cosigned last, as far as is known.
    size: Arc<AtomicU64>,
}

/// Text that names no witness.
#[derive(Debug, thiserror::Error)]
pub enum WitnessAddressError {
    #[error("写成“公钥 空格 地址”，例如 witness.example+… http://10.0.0.7:8090 | write KEY, a space, ADDRESS")]
    Form,
    #[error("{0}")]
    Key(#[from] KeyError),
    #[error("这不是见证方的公钥（类型 4） | this is not the key of a witness (type 4)")]
    NotAWitness,
    #[error(
        "地址要以 http:// 或 https:// 开头并带主机名 | the address begins with http:// or https:// and names a host"
    )]
    Address,
    #[error(transparent)]
    Trust(#[from] TrustError),
}

/// Why a witness has not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("没有应答 does not answer: {0}")]
    Silent(String),
    #[error("没有及时应答 does not answer in time")]
    Late,
    #[error("答得慢，其他见证方已够数，没有再等 is slow, and was not waited for, since enough others had signed")]
    Spared,
    #[error("答的不是 HTTP，地址是否该用 https:// its answer is not HTTP; should its address begin with https://? {0}")]
    NotHttp(String),
    #[error("答的不是 TLS，地址是否该用 http:// its answer is not TLS; should its address begin with http://?")]
    NotTls,
    #[error(
        "证书不是受信任的机构签发的，自建机构用 --witness-ca 指定 its certificate is of no authority we trust; name a private one with --witness-ca"
    )]
    UnknownAuthority,
    #[error("证书属于别的主机 its certificate is another host's: {0}")]
    OtherHost(String),
    #[error("答复 answers {status}: {text}")]
    Refused { status: u16, text: String },
    #[error(
        "它已见证 {theirs} 条，多于我们的 {ours} 条：它见过更长的或另一个账本 has cosigned {theirs} entries, we have {ours}: it has seen a log that was longer or other than this one"
    )]
    Ahead { theirs: u64, ours: u64 },
    #[error("答复里没有它的有效签名 its answer holds no valid signature of its key")]
    BadSignature,
    #[error("无法为它作出证明 the proof for it cannot be made: {0}")]
    Proof(String),
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// Asks all at once, and waits for as many as must sign. The others hold nobody up for long.
pub(super) async fn ask_all(
    policy: &Policy,
    files: &Files,
    checkpoint: &SignedCheckpoint,
) -> Vec<Result<Signature, Refusal>> {
    let asked = policy.witnesses.iter().enumerate();
    let mut asked: FuturesUnordered<_> =
        asked.map(async |(place, witness)| (place, witness.cosign(files, checkpoint).await)).collect();
    let mut answers: Vec<_> = policy.witnesses.iter().map(|_| Err(Refusal::Spared)).collect();
    let mut signed = 0;
    while signed < policy.quorum
        && let Some((place, answer)) = asked.next().await
    {
        signed += usize::from(answer.is_ok());
        answers[place] = answer;
    }
    let others = async {
        while let Some((place, answer)) = asked.next().await {
            answers[place] = answer;
        }
    };
    let _ = tokio::time::timeout(COURTESY, others).await;
    answers
}

impl FromStr for Witness {
    type Err = WitnessAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, address) = text.trim().split_once(' ').ok_or(WitnessAddressError::Form)?;
        let key = VerifierKey::parse(key)?;
        if key.algorithm() != Algorithm::Cosignature {
            return Err(WitnessAddressError::NotAWitness);
        }
        Ok(Self { key, address: address.trim().parse()?, size: Arc::new(AtomicU64::new(UNKNOWN)) })
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.address)
    }
}

impl Witness {
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Believes other certificates when it is asked over TLS.
    pub fn believe(&mut self, trust: &Trust) {
        self.address.believe(trust);
    }

    /// Has a checkpoint cosigned. Where the witness knows another size than thought, it is asked once more from that.
    ///
    /// # Errors
    /// Says why there is no cosignature.
    pub async fn cosign(&self, files: &Files, checkpoint: &SignedCheckpoint) -> Result<Signature, Refusal> {
        tokio::time::timeout(PATIENCE, self.cosign_in_time(files, checkpoint)).await.unwrap_or(Err(Refusal::Late))
    }

    async fn cosign_in_time(&self, files: &Files, checkpoint: &SignedCheckpoint) -> Result<Signature, Refusal> {
        match self.ask(files, checkpoint).await? {
            Answer::Signed(signature) => Ok(signature),
            Answer::Knows(size) => {
                self.size.store(size, Ordering::Relaxed);
                match self.ask(files, checkpoint).await? {
                    Answer::Signed(signature) => Ok(signature),
                    Answer::Knows(size) => Err(refused(StatusCode::CONFLICT, &size.to_string())),
                }
            }
        }
    }

    async fn ask(&self, files: &Files, checkpoint: &SignedCheckpoint) -> Result<Answer, Refusal> {
        let (old, new) = (self.size.load(Ordering::Relaxed), checkpoint.head().size);
        if old > new {
            return Err(Refusal::Ahead { theirs: old, ours: new });
        }
        let proof = if old == 0 || old == new {
            Vec::new()
        } else {
            let tiles = files.tiles(consistency_tiles(old, new).map_err(|e| Refusal::Proof(e.to_string()))?).await?;
            prove_consistency(old, new, &tiles).map_err(|e| Refusal::Proof(e.to_string()))?
        };
        let body = AddCheckpoint { old_size: old, proof, checkpoint: checkpoint.clone() }.to_string();
        let (status, text) = self.address.post("add-checkpoint", body).await?;
        match status {
            StatusCode::OK => {
                let signature = self.signature_in(&text, checkpoint).ok_or(Refusal::BadSignature)?;
                self.size.store(new, Ordering::Relaxed);
                Ok(Answer::Signed(signature))
            }
            StatusCode::CONFLICT => match text.trim_end().parse() {
                Ok(size) if size != old => Ok(Answer::Knows(size)),
                _ => Err(refused(status, &text)),
            },
            _ => Err(refused(status, &text)),
        }
    }

    fn signature_in(&self, text: &str, checkpoint: &SignedCheckpoint) -> Option<Signature> {
        let signatures = parse_signatures(text)?;
        let holds = |signature: &Signature| matches!(self.key.verify(checkpoint.note().text(), signature), Ok(Some(_)));
        signatures.into_iter().find(holds)
    }
}

fn refused(status: StatusCode, text: &str) -> Refusal {
    Refusal::Refused { status: status.as_u16(), text: text.trim_end().to_owned() }
}

enum Answer {
    Signed(Signature),
    /// It knows this size.
    Knows(u64),
}
