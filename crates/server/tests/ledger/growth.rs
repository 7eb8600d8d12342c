//! What is recorded is integrated; receipts hold.

use axum::http::StatusCode;
use chrono::TimeDelta;
use futures_util::future::{join, join_all};
use uuid::Uuid;
use yizhi_ledger::receipt::{Part, Receipt};
use yizhi_server::ledger::Sequencer;

use crate::common::{on_both, on_both_with};
use crate::log::{published, report, report_as, timeline, turn, whole};

#[tokio::test]
async fn every_record_is_an_entry_in_its_place() {
    on_both(async |h| {
        for _ in 0..3 {
            report(&h).await;
            turn(&h).await.unwrap();
            let committed = h.app.db().records_committed().await.unwrap();
            assert_eq!(whole(&h).await.size, u64::try_from(committed).unwrap());
        }
        let records = h.app.db().records_from(0, 100_000).await.unwrap();
        assert!(records.iter().zip(0..).all(|(record, place)| record.seq == place));
        let before = whole(&h).await;
        turn(&h).await.unwrap();
        assert_eq!(whole(&h).await, before, "nothing new, nothing signed");
    })
    .await;
}

/// People report all the time: a turn publishes what there was when it began, and does not run after them.
#[tokio::test]
async fn a_busy_log_is_published() {
    on_both_with(
        |config| config.rate = 1_000_000,
        async |h| {
            let operator = h.as_role("operator").await;
            report_as(&operator).await;
            let committed = h.app.db().records_committed().await.unwrap();
            let begun = h.brittle.passed();
            let busy = join_all((0..8).map(async |_| {
                while h.brittle.passed() == begun {
                    tokio::task::yield_now().await;
                }
                for _ in 0..50 {
                    report_as(&operator).await;
                }
            }));
            tokio::select! {
                turned = turn(&h) => turned.unwrap(),
                _ = busy => panic!("nothing is published while reports come in"),
            }
            assert_eq!(i64::try_from(published(&h).await.unwrap().head().size).unwrap(), committed);
            turn(&h).await.unwrap();
            whole(&h).await;
        },
    )
    .await;
}

/// Another process has the log by the time the files are written: it publishes, nobody else.
#[tokio::test]
async fn a_turn_that_outlives_its_lease_publishes_nothing() {
    on_both(async |h| {
        report(&h).await;
        let begun = h.brittle.passed();
        let taking = async {
            while h.brittle.passed() == begun {
                tokio::task::yield_now().await;
            }
            h.pass(TimeDelta::minutes(1));
            let (db, now) = (h.app.db(), h.app.now());
            db.ledger_lease(Uuid::from_u128(1), now, now + TimeDelta::seconds(30)).await.unwrap()
        };
        let mut sequencer = Sequencer::new();
        let (turned, taken) = join(sequencer.turn(&h.app), taking).await;
        turned.unwrap();
        assert_eq!(published(&h).await.is_none(), taken, "published by whoever has the log");
        turn(&h).await.unwrap();
        whole(&h).await;
    })
    .await;
}

/// More than one full tile on the way: partial tiles are replaced and collected.
#[tokio::test]
async fn full_tiles_take_the_place_of_partial_ones() {
    on_both(async |h| {
        let mut sizes = Vec::new();
        while sizes.last().is_none_or(|size| *size < 530) {
            for _ in 0..40 {
                report(&h).await;
            }
            turn(&h).await.unwrap();
            sizes.push(whole(&h).await.size);
        }
        let first = sizes.iter().find(|size| **size < 256);
        if let Some(old) = first {
            let (status, _) = h.stranger().fetch(&format!("/ledger/tile/entries/000.p/{old}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "collected");
        }
        for strange in
            ["tile/0/0", "tile/0/000.p/0", "tile/0/000.p/256", "tile/64/000", "tile/../seal.key", "tile/entries/x"]
        {
            let (status, _) = h.stranger().fetch(&format!("/ledger/{strange}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{strange}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_receipt_proves_a_step_and_names_nobody() {
    on_both(async |h| {
        let case = report(&h).await;
        let steps = timeline(&h, &case).await;
        let path = format!("/api/v1/cases/{case}/receipts/{}", steps[0]["ledger"]);
        let operator = h.as_role("operator").await;
        let (status, body) = operator.get(&path).await;
        assert_eq!((status, &body["code"]), (StatusCode::SERVICE_UNAVAILABLE, &"not_in_ledger_yet".into()));
        turn(&h).await.unwrap();
        let (status, bytes) = operator.fetch(&path).await;
        assert_eq!(status, StatusCode::OK);
        let receipt = Receipt::parse(&bytes).unwrap();
        let proven = receipt.verify(h.app.ledger().keys()).unwrap();
        assert_eq!(Some(proven.index), steps[0]["ledger"].as_u64());
        let named = operator.send("GET", &path, &serde_json::Value::Null).await;
        let named = named.header("content-disposition").to_owned();
        assert!(named.ends_with(&format!("-{}.tlog-proof\"", proven.index + 1)), "{named}: as people count");
        let shown: Vec<(&str, &str)> = receipt
            .parts()
            .iter()
            .filter_map(|part| match part {
                Part::Shown { name, value, .. } => Some((name.as_str(), value.as_str())),
                Part::Withheld { .. } => None,
            })
            .collect();
        assert!(
            shown.contains(&("fields/action", "\"report\"")) && shown.contains(&("kind", "\"case.step\"")),
            "{shown:?}"
        );
        assert!(shown.iter().all(|(name, _)| !["fields/actor", "fields/details"].contains(name)));
        let other = report(&h).await;
        let (status, _) = operator.get(&format!("/api/v1/cases/{other}/receipts/{}", steps[0]["ledger"])).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "a step of another case");
    })
    .await;
}
