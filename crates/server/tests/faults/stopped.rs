//! Told to stop while clients work, and while a witness of the ledger does not answer.

use std::time::Duration;

use tokio::net::TcpListener;
use yizhi_ledger::note::{Algorithm, SignerKey};

use crate::ground::{Ground, block_on, on_both};
use crate::load::{Load, Trouble};
use crate::server::Server;
use crate::support::http::Client;
use crate::truth;

#[test]
fn a_server_told_to_stop_answers_what_is_in_flight() {
    on_both(|ground| async move {
        let mut server = Server::start(&ground).await;
        let load = Load::start(&ground, server.address, Trouble::Unexpected).await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        server.terminate();
        let logs = load.logs().await;
        let status = server.stopped().await;
        assert!(status.success(), "{status}: {}", server.said());
        assert!(truth::acknowledged(&logs) > 20, "too little happened: {}", truth::acknowledged(&logs));

        let server = Server::start(&ground).await;
        let mut client = Client::connect(server.address).await.unwrap();
        for asked in logs.iter().flatten().filter(|asked| asked.told.is_none()) {
            let there = truth::entries(&mut client, &ground.leader, asked.request.case).await;
            assert_eq!(there.unwrap_or(0), asked.request.step, "done without an answer: {asked:?}");
        }
        truth::holds(&ground, server.address, &logs).await;
    });
}

/// The witness has the connection and says nothing: people are served meanwhile, and the server stops when told to.
#[test]
fn a_server_stops_while_it_waits_for_a_witness() {
    on_both(|ground| async move {
        let dumb = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let key = SignerKey::from_seed("court.example/dumb", Algorithm::Cosignature, &[7; 32]).unwrap();
        let witness = format!("{} http://{}", key.verifier(), dumb.local_addr().unwrap());
        let mut server = Server::start_with(&ground, &["--witness", &witness]).await;
        let load = Load::start(&ground, server.address, Trouble::Unexpected).await;
        let (_asked, _) = dumb.accept().await.unwrap();
        load.enough();
        let logs = load.logs().await;
        assert!(truth::acknowledged(&logs) > 0);
        server.terminate();
        let status = server.stopped().await;
        assert!(status.success(), "{status}: {}", server.said());
    });
}

/// Each would answer from what it read at its start, and neither would hear of what the other does.
#[test]
fn a_second_server_on_the_embedded_database_is_refused_and_one_after_a_kill_is_not() {
    block_on(async {
        let ground = Ground::sqlite();
        let server = Server::start(&ground).await;
        let second = ground.installation.command(&["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(
            !second.status.success() && said.contains("已有一个服务在运行") && said.contains("use PostgreSQL"),
            "{said}"
        );
        assert_eq!(server.status("/readyz").await, Some(200));
        server.kill();
        assert_eq!(Server::start(&ground).await.status("/readyz").await, Some(200));
    });
}
