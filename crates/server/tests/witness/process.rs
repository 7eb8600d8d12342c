//! The program as a witness: started, killed, told to stop.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use crate::http::{Ask, Client};
use crate::log::TestLog;

const WITHIN: Duration = Duration::from_secs(30);

/// A running witness; killed with this.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

/// Runs `yizhi witness` until it ends.
pub(crate) fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yizhi")).arg("witness").args(args).output().unwrap()
}

/// What a witness says that must not start.
pub(crate) fn refusal(args: &[&str]) -> String {
    let refused = run(args);
    assert!(!refused.status.success() && refused.stdout.is_empty());
    String::from_utf8(refused.stderr).unwrap()
}

impl Process {
    pub(crate) async fn start(data: &Path, log: &TestLog) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let said = data.join(format!("{}.log", address.port()));
        let child = Command::new(env!("CARGO_BIN_EXE_yizhi"))
            .args(["witness", "serve", "--data", data.to_str().unwrap(), "--log", &log.vkey()])
            .args(["--listen", &address.to_string()])
            .env_remove("YIZHI_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&said).unwrap())
            .spawn()
            .unwrap();
        let mut process = Self { child, address, log: said };
        let since = Instant::now();
        while process.get("/healthz").await.is_none() {
            let gone = process.child.try_wait().unwrap();
            assert!(gone.is_none() && since.elapsed() < WITHIN, "does not start: {}", process.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process
    }

    pub(crate) async fn get(&self, path: &str) -> Option<String> {
        let mut client = Client::connect(self.address).await.ok()?;
        client.ask(Ask::get(path, "")).await.ok().map(|answer| answer.text())
    }

    /// Status and body; `None` when the connection broke.
    pub(crate) async fn post(&self, body: &str) -> Option<(u16, String)> {
        let mut client = Client::connect(self.address).await.ok()?;
        let ask = Ask { method: "POST", path: "/add-checkpoint", token: "", key: None, body };
        let answer = client.ask(ask).await.ok()?;
        Some((answer.status, String::from_utf8(answer.body.to_vec()).unwrap()))
    }

    /// Ends it at once, whatever it is doing.
    pub(crate) fn kill(&self) {
        self.signal("KILL");
    }

    fn signal(&self, name: &str) {
        let told = Command::new("sh").args(["-c", "kill -\"$0\" \"$1\"", name, &self.child.id().to_string()]).status();
        assert!(told.unwrap().success());
    }

    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(since.elapsed() < WITHIN, "does not stop: {}", self.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Its log so far.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
