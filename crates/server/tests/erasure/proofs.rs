//! Receipts made before an erasure and after it both hold, and the whole is still found to be sound.

use axum::http::StatusCode;
use yizhi_ledger::receipt::{Part, Receipt};

use crate::scene::{NOTE, Scene, on_scene};
use crate::tampering::is_whole;

async fn receipt(scene: &Scene, place: &serde_json::Value) -> Receipt {
    let path = format!("/api/v1/cases/{}/receipts/{place}", scene.case.0);
    let (status, bytes) = scene.h.as_role("operator").await.fetch(&path).await;
    assert_eq!(status, StatusCode::OK);
    Receipt::parse(&bytes).unwrap()
}

/// Name and value of what a receipt shows.
fn shown(receipt: &Receipt) -> Vec<(&str, &str)> {
    let mut shown = Vec::new();
    for part in receipt.parts() {
        if let Part::Shown { name, value, .. } = part {
            shown.push((name.as_str(), value.as_str()));
        }
    }
    shown
}

#[tokio::test]
async fn receipts_hold_before_and_after() {
    on_scene(async |scene| {
        scene.turn().await;
        let step = scene.timeline().await[1]["ledger"].clone();
        let keys = scene.h.app.ledger().keys();
        let before = receipt(&scene, &step).await;
        let quoted = format!("\"{NOTE}\"");
        assert!(shown(&before).contains(&("fields/note", quoted.as_str())));
        let proven = before.verify(keys).unwrap();

        scene.erase(&["note:2", "reporter"]).await;
        scene.turn().await;

        assert_eq!(before.verify(keys).unwrap(), proven, "what somebody keeps goes on proving");
        let after = receipt(&scene, &step).await;
        let held = after.verify(keys).unwrap();
        assert_eq!((held.index, held.commitment), (proven.index, proven.commitment));
        assert!(!after.to_string().contains(NOTE) && shown(&after).iter().all(|(name, _)| *name != "fields/note"));
        let rest = |receipt: &Receipt| {
            let kept = shown(receipt).into_iter().filter(|(name, _)| *name != "fields/note");
            kept.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>()
        };
        assert_eq!(rest(&before), rest(&after), "the other fields are shown as before");
    })
    .await;
}

#[tokio::test]
async fn the_erasure_itself_has_a_receipt_that_names_nobody() {
    on_scene(async |scene| {
        scene.erase(&["title", "reporter"]).await;
        scene.turn().await;
        let records = scene.h.app.db().records_from(0, 100_000).await.unwrap();
        for kind in ["erasure.propose", "erasure.done"] {
            let place = records.iter().find(|record| record.kind == kind).unwrap().seq;
            let receipt = receipt(&scene, &place.into()).await;
            receipt.verify(scene.h.app.ledger().keys()).unwrap();
            let shown = shown(&receipt);
            assert!(shown.contains(&("fields/fields", "[\"reporter\",\"title\"]")), "{shown:?}");
            for hidden in ["fields/proposedBy", "fields/confirmedBy", "fields/reason"] {
                assert!(shown.iter().all(|(name, _)| *name != hidden), "{hidden}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_lawful_erasure_verifies() {
    on_scene(async |scene| {
        scene.turn().await;
        scene.erase(&["title", "note:2", &scene.photo_field()]).await;
        is_whole(&scene, "erased").await;
        scene.erase(&["description", "reporter", "location"]).await;
        scene.act("grid_worker", &scene.case.0, "verify", r#"{"note": "看过", "data": {"found": true}}"#).await;
        scene.turn().await;
        is_whole(&scene, "erased").await;
    })
    .await;
}
