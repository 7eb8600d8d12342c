//! What nobody tampered with passes: with records that wait, and before anything is in the log. Erased fields by themselves do not.

use yizhi_domain::record::Sealed;
use yizhi_server::audit::{Audit, LogFiles};

use crate::common::on_both;
use crate::scene::on_scene;

#[tokio::test]
async fn an_untouched_installation_passes() {
    on_scene(async |scene| {
        scene.is_whole("untouched").await;
        let report = scene.verify().await;
        let (counts, size) = (report.counts, u64::try_from(scene.size).unwrap());
        let records = scene.records.len() as u64;
        assert_eq!((counts.records, counts.logged, counts.pending), (records, size, records - size));
        assert_eq!(counts.tagged, records, "every record is tagged from the first");
        assert_eq!(counts.cases, 153);
        assert_eq!(report.published.unwrap().head.size, size);
        scene.restore();
        scene.is_whole("restored").await;
    })
    .await;
}

/// The commitment stays as it was, so the record by itself is sound; what is missing is the record of an erasure.
#[tokio::test]
async fn fields_that_were_erased_behind_the_servers_back_are_named() {
    on_scene(async |scene| {
        for (place, field) in [(0, "details"), (1, "note"), (1, "actor"), (2, "note"), (3, "at"), (4, "action")] {
            let seq = scene.steps[place];
            let record = scene.h.app.db().record_at(seq).await.unwrap().unwrap();
            let commitment = record.commitment.try_into().unwrap();
            let sealed = Sealed { canonical: record.canonical, salts: record.salts, commitment };
            let erased = sealed.erase(field).unwrap();
            let (text, salts) = (scene.bytes(&erased.canonical), scene.bytes(&erased.salts));
            scene.h.sql(&format!("UPDATE record SET canonical = {text}, salts = {salts} WHERE seq = {seq}"));
            scene
                .finds(field, "record.erased", &format!("record {seq} (case {}): the value of “{field}”", scene.case.1))
                .await;
            let findings = scene.verify().await.findings;
            assert_eq!(findings.total(), 1, "{field}: {:?}", findings.counted());
            scene.restore();
        }
    })
    .await;
}

#[tokio::test]
async fn an_installation_whose_log_has_not_begun_passes() {
    on_both(async |h| {
        let files = LogFiles::at(h.app.config().data.join("ledger"));
        let audit = Audit { db: h.app.db().clone(), files, keys: None, simulated: false, contents: None };
        let report = audit.run(&mut |_, _| ()).await.unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        assert!(report.published.is_none() && report.counts.pending == report.counts.records);
    })
    .await;
}
