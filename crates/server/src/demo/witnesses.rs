//! Two witnesses for the demo's ledger, as processes of their own with keys and folders of their own. They show how it works; they prove nothing to
//! anybody else, since they run where the ledger runs.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;
use yizhi_ledger::note::VerifierKey;

use crate::ledger::{Policy, Witness};

use super::DemoError;

const NAMES: [&str; 2] = ["witness-a", "witness-b"];

/// Looks for a witness that has just been started, and the time between two.
const LOOKS: u32 = 200;
const BETWEEN: Duration = Duration::from_millis(50);

/// The running witnesses; they end with this, and also when this process is killed.
pub(super) struct Witnesses {
    children: Vec<Child>,
    policy: Policy,
}

impl Witnesses {
    /// Starts both for a log, in folders below the demo's. They log what is at least of a level.
    pub(super) async fn start(data: &Path, log: &VerifierKey, level: &str) -> Result<Self, DemoError> {
        let mut started = Self { children: Vec::new(), policy: Policy::default() };
        for name in NAMES {
            let witness = started.start_one(&data.join(name), name, log, level).await;
            started.policy.witnesses.push(witness.map_err(|why| DemoError::Witness { name, why })?);
        }
        started.policy.quorum = NAMES.len();
        Ok(started)
    }

    /// Both must sign.
    pub(super) fn policy(&self) -> Policy {
        self.policy.clone()
    }

    async fn start_one(&mut self, data: &Path, name: &str, log: &VerifierKey, level: &str) -> Result<Witness, String> {
        let key = crate::witness::key(data, Some(&format!("demo/{name}"))).map_err(|e| e.to_string())?;
        let address = free_address().map_err(|e| e.to_string())?;
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let child = Command::new(program)
            .args(["witness", "serve", "--attached", "--listen", &address.to_string(), "--log", &log.to_string()])
            .arg("--data")
            .arg(data)
            .env("YIZHI_LOG", level)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|e| e.to_string())?;
        self.children.push(child);
        self.wait_for(address).await?;
        format!("{} http://{address}", key.verifier()).parse().map_err(|e| format!("{e}"))
    }

    /// Waits for the one started last.
    async fn wait_for(&mut self, address: SocketAddr) -> Result<(), String> {
        for _ in 0..LOOKS {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(());
            }
            if let Some(Ok(Some(status))) = self.children.last_mut().map(Child::try_wait) {
                return Err(status.to_string());
            }
            tokio::time::sleep(BETWEEN).await;
        }
        Err(format!("{address}"))
    }
}

impl Drop for Witnesses {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
