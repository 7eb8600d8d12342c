//! Two servers on one database look at the same moment: every step, record and notice comes once.

use tokio::sync::Barrier;
use yizhi_server::app::App;
use yizhi_server::jobs;

use crate::common::{Harness, on_both_with};
use crate::scene::{notices, overdue, timer_steps, unhurried};

const CASES: usize = 600;

/// All at once; how many each of them raised.
async fn together(servers: &[App]) -> Vec<usize> {
    let barrier = std::sync::Arc::new(Barrier::new(servers.len()));
    let mut running = tokio::task::JoinSet::new();
    for app in servers {
        let (app, barrier) = (app.clone(), barrier.clone());
        running.spawn(async move {
            barrier.wait().await;
            jobs::raise_alerts(&app).await.unwrap()
        });
    }
    running.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn six_hundred_alerts_are_raised_once_each() {
    on_both_with(unhurried, async |h| {
        // One by itself tells how many notices one alert leads to.
        let alone = overdue(&h, 1).await;
        let before = notices(&h, &alone)[0];
        assert_eq!(jobs::raise_alerts(&h.app).await.unwrap(), 1);
        let each = notices(&h, &alone)[0] - before;
        assert!(each > 0, "somebody is told");

        let cases = overdue(&h, CASES).await;
        let told: usize = notices(&h, &cases).iter().sum();
        let records = h.app.db().records_committed().await.unwrap();
        let servers = [h.app.clone(), h.sibling().await, h.sibling().await];
        let raised = together(&servers).await;
        assert_eq!(raised.iter().sum::<usize>(), CASES, "{raised:?}");
        let steps = timer_steps(&h).await;
        assert!(steps.values().all(|times| *times == 1), "{steps:?}");
        assert_eq!(steps.len(), CASES + 1);
        assert_eq!(h.app.db().records_committed().await.unwrap() - records, CASES as i64);
        assert_eq!(notices(&h, &cases).iter().sum::<usize>() - told, CASES * each);
        assert_eq!(together(&servers).await.iter().sum::<usize>(), 0, "nothing is due any more");
    })
    .await;
}

/// What was found due and is no longer so when it is decided: nothing is written.
#[tokio::test]
async fn an_alert_that_is_not_due_leaves_nothing() {
    on_both_with(unhurried, async |h: Harness| {
        let case = overdue(&h, 1).await.remove(0);
        jobs::raise_alerts(&h.app).await.unwrap();
        let records = h.app.db().records_committed().await.unwrap();
        let changes = h.app.db().change_last().await.unwrap();
        let intent = yizhi_store::Intent::Alert { case: case.parse().unwrap() };
        let actor = yizhi_domain::case::Actor::system();
        let command = yizhi_store::Command { intent, actor, world: h.app.world(), now: h.app.now(), idempotency: None };
        assert!(!h.app.db().apply(command).await.unwrap().fresh);
        assert_eq!(h.app.db().records_committed().await.unwrap(), records);
        assert_eq!(h.app.db().change_last().await.unwrap(), changes);
    })
    .await;
}
