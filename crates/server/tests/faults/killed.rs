//! Killed without warning while clients work.

use std::time::Duration;

use crate::ground::on_both;
use crate::ledger::Ledger;
use crate::load::{Load, Trouble};
use crate::server::Server;
use crate::truth;

const KILLS: usize = 3;

#[test]
fn killed_under_load_nothing_acknowledged_is_lost_and_nothing_is_twice() {
    on_both(|ground| async move {
        let (mut logs, mut ledger) = (Vec::new(), Ledger::default());
        for _ in 0..KILLS {
            let server = Server::start(&ground).await;
            let load = Load::start(&ground, server.address, Trouble::Unexpected).await;
            tokio::time::sleep(Duration::from_millis(1_200)).await;
            server.kill();
            logs.extend(load.logs().await);
            ledger.keep(&ground);
        }
        assert!(truth::acknowledged(&logs) > 50, "too little happened: {}", truth::acknowledged(&logs));
        let server = Server::start(&ground).await;
        truth::holds(&ground, server.address, &logs).await;
        ledger.holds(&ground).await;
    });
}
