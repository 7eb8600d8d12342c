//! A witness that a test plays: real answers, on an address of its own, and trouble when the test wants it.

use std::net::SocketAddr;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::net::TcpListener;
use yizhi_ledger::note::VerifierKey;
use yizhi_server::app::SystemClock;
use yizhi_server::witness::{self, Witness};

/// A witness's folder, key and address.
pub(crate) struct Notary {
    folder: TempDir,
    key: VerifierKey,
    pub(crate) listener: Arc<TcpListener>,
}

impl Notary {
    pub(crate) async fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = witness::key(folder.path(), Some(name)).unwrap().verifier().clone();
        Self { folder, key, listener: Arc::new(TcpListener::bind("127.0.0.1:0").await.unwrap()) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// As an operator names it, by an address that begins like this.
    pub(crate) fn named(&self, scheme: &str) -> yizhi_server::ledger::Witness {
        self.at(&format!("{scheme}://{}", self.address()))
    }

    pub(crate) fn at(&self, address: &str) -> yizhi_server::ledger::Witness {
        format!("{} {address}", self.key).parse().unwrap()
    }

    pub(crate) fn open(&self, log: &VerifierKey) -> Witness {
        Witness::open(self.folder.path(), &[log.to_string()], Arc::new(SystemClock)).unwrap()
    }

    /// Answers as a witness does, from now on.
    pub(crate) fn serve(&self, log: &VerifierKey) {
        let router = witness::router(Arc::new(self.open(log)));
        tokio::spawn(axum::serve(Shared(self.listener.clone()), router).into_future());
    }
}

/// A listener that a test also holds.
pub(crate) struct Shared(pub(crate) Arc<TcpListener>);

impl axum::serve::Listener for Shared {
    type Io = tokio::net::TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        self.0.accept().await.unwrap()
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}
