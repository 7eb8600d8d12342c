//! Asking witnesses to cosign (C2SP tlog-witness). What is sent is public and signed, so that plain HTTP is enough: whoever stands between can hold
//! an answer back, not change it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use yizhi_ledger::note::{Algorithm, KeyError, Signature, SignedCheckpoint, VerifierKey, parse_signatures};
use yizhi_ledger::tile::{consistency_tiles, prove_consistency};
use yizhi_ledger::witness::AddCheckpoint;

use super::files::{Files, FilesError};

/// A witness answers within this, or has not answered.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer that is read, in bytes.
const LONGEST: usize = 64 * 1024;
/// Without this the first request would be refused just to tell a size.
const UNKNOWN: u64 = 0;

/// A witness, and where it answers.
#[derive(Clone, Debug)]
pub struct Witness {
    key: VerifierKey,
    address: Uri,
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
    #[error("地址要以 http:// 开头并带主机名 | the address begins with http:// and names a host")]
    Address,
}

/// Why a witness has not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("does not answer: {0}")]
    Silent(String),
    #[error("answers {status}: {text}")]
    Refused { status: u16, text: String },
    #[error("has cosigned {theirs} entries, we have {ours}: it has seen a log that was longer or other than this one")]
    Ahead { theirs: u64, ours: u64 },
    #[error("its answer holds no valid signature of its key")]
    BadSignature,
    #[error("the proof for it cannot be made: {0}")]
    Proof(String),
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl FromStr for Witness {
    type Err = WitnessAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, address) = text.trim().split_once(' ').ok_or(WitnessAddressError::Form)?;
        let key = VerifierKey::parse(key)?;
        if key.algorithm() != Algorithm::Cosignature {
            return Err(WitnessAddressError::NotAWitness);
        }
        let address: Uri = address.trim().parse().map_err(|_| WitnessAddressError::Address)?;
        if address.scheme_str() != Some("http") || address.host().is_none() {
            return Err(WitnessAddressError::Address);
        }
        Ok(Self { key, address, size: Arc::new(AtomicU64::new(UNKNOWN)) })
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

    /// Has a checkpoint cosigned. Where the witness knows another size than thought, it is asked once more from that.
    ///
    /// # Errors
    /// Says why there is no cosignature.
    pub async fn cosign(&self, files: &Files, checkpoint: &SignedCheckpoint) -> Result<Signature, Refusal> {
        match self.ask(files, checkpoint).await? {
            Answer::Signed(signature) => Ok(signature),
            Answer::Knows(size) => {
                self.size.store(size, Ordering::Relaxed);
                match self.ask(files, checkpoint).await? {
                    Answer::Signed(signature) => Ok(signature),
                    Answer::Knows(size) => {
                        Err(Refusal::Refused { status: StatusCode::CONFLICT.as_u16(), text: size.to_string() })
                    }
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
        let sent = tokio::time::timeout(PATIENCE, self.send(body)).await;
        let (status, text) = sent.map_err(|_| Refusal::Silent("timed out".to_owned()))??;
        match status {
            StatusCode::OK => {
                let signature = self.signature_in(&text, checkpoint).ok_or(Refusal::BadSignature)?;
                self.size.store(new, Ordering::Relaxed);
                Ok(Answer::Signed(signature))
            }
            StatusCode::CONFLICT => match text.trim_end().parse() {
                Ok(size) if size != old => Ok(Answer::Knows(size)),
                _ => Err(Refusal::Refused { status: status.as_u16(), text }),
            },
            _ => Err(Refusal::Refused { status: status.as_u16(), text }),
        }
    }

    fn signature_in(&self, text: &str, checkpoint: &SignedCheckpoint) -> Option<Signature> {
        let signatures = parse_signatures(text)?;
        let holds = |signature: &Signature| matches!(self.key.verify(checkpoint.note().text(), signature), Ok(Some(_)));
        signatures.into_iter().find(holds)
    }

    async fn send(&self, body: String) -> Result<(StatusCode, String), Refusal> {
        let silent = |error: &dyn fmt::Display| Refusal::Silent(error.to_string());
        let (host, port) = (self.address.host().unwrap_or_default(), self.address.port_u16().unwrap_or(80));
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(|e| silent(&e))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|e| silent(&e))?;
        let driven = tokio::spawn(connection);
        let authority = self.address.authority().map_or(host, |a| a.as_str());
        let request = Request::post(format!("{}/add-checkpoint", self.address.path().trim_end_matches('/')))
            .header(header::HOST, authority)
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(Full::new(Bytes::from(body)))
            .map_err(|e| silent(&e))?;
        let response = sender.send_request(request).await.map_err(|e| silent(&e))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LONGEST).collect().await.map_err(|e| silent(&e))?;
        driven.abort();
        Ok((status, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
    }
}

enum Answer {
    Signed(Signature),
    /// It knows this size.
    Knows(u64),
}
