//! The program as a process: started, killed, told to stop.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::ground::Ground;
use crate::support::http::{Ask, Client};

/// A running server; killed with this.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    log: std::path::PathBuf,
}

const STARTS_WITHIN: Duration = Duration::from_secs(60);
const STOPS_WITHIN: Duration = Duration::from_secs(20);

impl Server {
    pub(crate) async fn start(ground: &Ground) -> Self {
        Self::start_with(ground, &[]).await
    }

    pub(crate) async fn start_with(ground: &Ground, more: &[&str]) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = ground.folder.path().join(format!("{}.log", address.port()));
        let file = File::create(&log).unwrap();
        let mut serve = ground.installation.command(&["serve", "--rate", "100000", "--listen", &address.to_string()]);
        serve.args(more);
        let child = without_file_size_signal(&serve)
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let mut server = Self { child, address, log };
        server.wait_until_ready().await;
        server
    }

    async fn wait_until_ready(&mut self) {
        let since = Instant::now();
        while self.status("/readyz").await != Some(200) {
            let gone = self.child.try_wait().unwrap();
            assert!(gone.is_none() && since.elapsed() < STARTS_WITHIN, "not ready, {gone:?}: {}", self.said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a page outside the API answers; `None` when nobody does.
    pub(crate) async fn status(&self, path: &str) -> Option<u16> {
        let mut client = Client::connect(self.address).await.ok()?;
        client.ask(Ask::get(path, "")).await.ok().map(|answer| answer.status)
    }

    pub(crate) fn pid(&self) -> String {
        self.child.id().to_string()
    }

    /// Ends it at once, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        assert!(Command::new("sh").args(["-c", "kill -TERM \"$0\"", &self.pid()]).status().unwrap().success());
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(&mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(since.elapsed() < STOPS_WITHIN, "does not stop: {}", self.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it wrote, for messages of failures.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file that may not grow tells the program by an error, not by a signal.
fn without_file_size_signal(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
    shell.env_remove("YIZHI_DATABASE_URL");
    shell
}
