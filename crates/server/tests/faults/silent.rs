//! PostgreSQL is there and says nothing: a network that swallows everything, as a switch that died does.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::ground::{Ground, block_on};
use crate::server::Server;
use crate::support::http::{Ask, Client};

/// Passes bytes on to a database, until told to hold them all back.
struct Wire {
    address: SocketAddr,
    cut: Arc<watch::Sender<bool>>,
}

impl Wire {
    async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cut = Arc::new(watch::Sender::new(false));
        let held = cut.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(pass(near, target.clone(), held.subscribe()));
            }
        });
        Self { address, cut }
    }
}

async fn pass(mut near: TcpStream, target: String, mut cut: watch::Receiver<bool>) {
    loop {
        let _ = cut.wait_for(|cut| !cut).await;
        let Ok(mut far) = TcpStream::connect(&target).await else { return };
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => return,
            _ = async { let _ = cut.wait_for(|cut| *cut).await; } => {}
        }
        // Both ends stay open, and hear nothing any more.
        std::future::pending::<()>().await;
    }
}

/// The server's URL with another host and port, and its own.
fn through(url: &str, wire: SocketAddr) -> String {
    let (head, rest) = url.split_once('@').unwrap();
    let (_, path) = rest.split_once('/').unwrap();
    format!("{head}@{wire}/{path}")
}

fn target(url: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    rest.split('/').next().unwrap().to_owned()
}

async fn ask(server: &Server, ask: Ask<'_>) -> (u16, Value) {
    let mut client = Client::connect(server.address).await.unwrap();
    let answer = client.ask(ask).await.unwrap();
    (answer.status, serde_json::from_slice(answer.body).unwrap_or_default())
}

#[test]
fn a_database_that_says_nothing_is_told_and_found_again() {
    let Some(mut ground) = Ground::postgres() else { return };
    block_on(async move {
        let url = ground.installation.database.clone().unwrap();
        let wire = Wire::to(target(&url)).await;
        ground.installation.database = Some(through(&url, wire.address));
        let token = ground.leader.clone();
        let server = Server::start(&ground).await;
        let (status, _) = ask(&server, Ask::get("/api/v1/cases", &token)).await;
        assert_eq!(status, 200);

        wire.cut.send_replace(true);
        // Whether it is asked before or after the silence is noticed: it is answered, and says why.
        for path in ["/api/v1/cases", "/api/v1/counters", "/api/v1/me/notices"] {
            let (status, said) = ask(&server, Ask::get(path, &token)).await;
            assert_eq!((status, said["code"].as_str()), (503, Some("database_unreachable")), "{path}: {said}");
        }
        assert_eq!(server.status("/readyz").await, Some(503));
        assert_eq!(server.status("/healthz").await, Some(200));

        wire.cut.send_replace(false);
        while server.status("/readyz").await != Some(200) {
            tokio::task::yield_now().await;
        }
        loop {
            if ask(&server, Ask::get("/api/v1/cases", &token)).await.0 == 200 {
                break;
            }
        }
    });
}

#[test]
fn a_command_without_its_database_says_that_nobody_answers() {
    let Some(mut ground) = Ground::postgres() else { return };
    let url = ground.installation.database.clone().unwrap();
    // A port that no other test is given meanwhile.
    let nobody: SocketAddr = "127.0.0.1:1".parse().unwrap();
    ground.installation.database = Some(through(&url, nobody));
    let output = ground.installation.command(&["token", "create", "--account", "nobody"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains(&nobody.to_string()) && said.contains("refused"), "{said}");
}
