//! PostgreSQL cuts the connections, or is not there for a while.

use std::time::{Duration, Instant};

use crate::ground::{Ground, block_on};
use crate::load::{Load, Trouble};
use crate::server::Server;
use crate::truth;

const CUTS: usize = 5;
const NOTICED_WITHIN: Duration = Duration::from_secs(20);

#[test]
fn cut_connections_lose_nothing_and_double_nothing() {
    let Some(ground) = Ground::postgres() else { return };
    block_on(async {
        let server = Server::start(&ground).await;
        let load = Load::start(&ground, server.address, Trouble::Again).await;
        for _ in 0..CUTS {
            tokio::time::sleep(Duration::from_millis(400)).await;
            ground.database.as_ref().unwrap().disconnect();
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        load.enough();
        let logs = load.logs().await;
        assert!(truth::acknowledged(&logs) > 20, "too little happened: {}", truth::acknowledged(&logs));
        truth::holds(&ground, server.address, &logs).await;
    });
}

#[test]
fn a_server_without_its_database_says_so_and_recovers() {
    let Some(ground) = Ground::postgres() else { return };
    block_on(async {
        let database = ground.database.as_ref().unwrap();
        let server = Server::start(&ground).await;
        let load = Load::start(&ground, server.address, Trouble::Again).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        database.open(false);
        database.disconnect();
        until(&server, "/readyz", 503).await;
        assert_eq!(server.status("/healthz").await, Some(200), "the process itself is well");
        database.open(true);
        until(&server, "/readyz", 200).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        load.enough();
        truth::holds(&ground, server.address, &load.logs().await).await;
    });
}

async fn until(server: &Server, path: &str, status: u16) {
    let since = Instant::now();
    while server.status(path).await != Some(status) {
        assert!(since.elapsed() < NOTICED_WITHIN, "{path} is not {status}: {}", server.said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
