//! Witnesses asked over TLS: the right authority's certificate for the right host is believed, anything else is refused with the reason.
//!
//! The certificates in `tls/` are for this test only and hold for a hundred years: two authorities, and one certificate of the first for 127.0.0.1.
//! They were made with `openssl req -x509` and `openssl x509 -req` on keys of the curve P-256.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use object_store::memory::InMemory;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};
use tokio_rustls::server::TlsStream;
use yizhi_ledger::TreeHead;
use yizhi_ledger::note::{Algorithm, Checkpoint, SignedCheckpoint, SignerKey};
use yizhi_ledger::tile::Appender;
use yizhi_server::ledger::{Files, Trust, Witness};
use yizhi_server::witness;

use crate::notary::Notary;

struct Tls {
    notary: Arc<tokio::net::TcpListener>,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    /// Callers that do not like the certificate go away.
    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.notary.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.notary.local_addr()
    }
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/ledger/tls").join(name)
}

fn acceptor() -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(file("witness.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(file("witness.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()))
}

fn log() -> SignerKey {
    SignerKey::from_seed("county.example/ledger", Algorithm::Ed25519, &[7; 32]).unwrap()
}

fn checkpoint() -> SignedCheckpoint {
    let head: TreeHead = Appender::empty().append([b"entry"]).unwrap().head;
    Checkpoint { origin: log().verifier().name().to_owned(), head, extensions: Vec::new() }.sign(&log()).unwrap()
}

/// What asking comes to: a signature, or the reason why not.
async fn asked(mut witness: Witness, authority: Option<&str>) -> Result<(), String> {
    if let Some(authority) = authority {
        witness.believe(&Trust::with(&file(authority)).unwrap());
    }
    let files = Files::new(Arc::new(InMemory::new()));
    witness.cosign(&files, &checkpoint()).await.map(|_| ()).map_err(|refusal| refusal.to_string())
}

#[tokio::test]
async fn only_the_right_certificate_is_believed() {
    let notary = Notary::new("court.example/witness").await;
    let router = witness::router(Arc::new(notary.open(log().verifier())));
    let listener = Tls { notary: notary.listener.clone(), acceptor: acceptor() };
    tokio::spawn(axum::serve(listener, router).into_future());
    let port = notary.address().port();

    assert_eq!(asked(notary.named("https"), Some("authority.pem")).await, Ok(()));
    let table: [(&str, Option<&str>, &str); 4] = [
        ("https://127.0.0.1", None, "no authority we trust"),
        ("https://127.0.0.1", Some("other-authority.pem"), "no authority we trust"),
        ("https://localhost", Some("authority.pem"), "another host"),
        ("http://127.0.0.1", None, "begin with https://"),
    ];
    for (address, authority, reason) in table {
        let refused = asked(notary.at(&format!("{address}:{port}")), authority).await.unwrap_err();
        assert!(refused.contains(reason), "{address} {authority:?}: {refused}");
    }
    assert_eq!(asked(notary.named("https"), Some("authority.pem")).await, Ok(()), "and it still answers");
}

#[tokio::test]
async fn a_plain_port_is_told_from_one_with_tls() {
    let notary = Notary::new("court.example/witness").await;
    notary.serve(log().verifier());
    assert_eq!(asked(notary.named("http"), None).await, Ok(()));
    let refused = asked(notary.named("https"), Some("authority.pem")).await.unwrap_err();
    assert!(refused.contains("begin with http://"), "{refused}");
}

#[test]
fn a_file_without_certificates_is_no_authority() {
    for name in ["witness.key", "no-such-file.pem"] {
        let refused = Trust::with(&file(name)).unwrap_err().to_string();
        assert!(refused.contains(name), "{refused}");
    }
}
