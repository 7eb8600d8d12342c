//! Somebody with the database's password, before a record is integrated and after; a database from an old backup.

use yizhi_domain::world::World;
use yizhi_server::app::App;
use yizhi_server::keys::Keys;
use yizhi_server::ledger::{Sequencer, SequencerError};
use yizhi_server::places::Places;
use yizhi_store::LeafFault;

use crate::common::on_both;
use crate::log::{published, report, turn};

/// What is done to the last record, `{last}`, before it is integrated.
const TAMPER: &[(&str, &str)] = &[
    (
        "its commitment",
        "UPDATE record SET commitment = (SELECT r.commitment FROM record AS r WHERE r.seq = 0) WHERE seq = {last}",
    ),
    ("its tag", "UPDATE record SET tag = NULL WHERE seq = {last}"),
    (
        "tag and commitment of another",
        "UPDATE record SET (commitment, tag) = (SELECT r.commitment, r.tag FROM record AS r WHERE r.seq = 0) WHERE seq = {last}",
    ),
];

#[tokio::test]
async fn a_record_that_was_changed_before_it_is_integrated_is_not() {
    for (what, sql) in TAMPER {
        on_both(async |h| {
            turn(&h).await.unwrap();
            let before = published(&h).await;
            report(&h).await;
            let last = h.app.db().records_committed().await.unwrap() - 1;
            h.sql(&sql.replace("{last}", &last.to_string()));
            match turn(&h).await {
                Err(SequencerError::Leaf(LeafFault::Tag { seq, .. })) => assert_eq!(seq, last, "{what}"),
                other => panic!("{what}: {other:?}"),
            }
            assert_eq!(published(&h).await, before, "{what}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_record_that_was_taken_away_leaves_a_gap() {
    for from_the_end in [1, 2] {
        on_both(async |h| {
            turn(&h).await.unwrap();
            let before = published(&h).await;
            report(&h).await;
            report(&h).await;
            let gone = h.app.db().records_committed().await.unwrap() - from_the_end;
            h.sql(&format!("DELETE FROM record WHERE seq = {gone}"));
            match turn(&h).await {
                Err(SequencerError::Leaf(LeafFault::Gap { expected, .. })) => assert!(expected <= gone),
                other => panic!("{other:?}"),
            }
            assert_eq!(published(&h).await, before);
        })
        .await;
    }
}

#[tokio::test]
async fn a_database_older_than_the_log_does_not_sign() {
    on_both(async |h| {
        report(&h).await;
        turn(&h).await.unwrap();
        let size = h.app.db().ledger_head().await.unwrap().size;
        let before = published(&h).await;
        h.sql(&format!("DELETE FROM record WHERE seq = {}", size - 1));
        h.sql("UPDATE feed_head SET records = records - 1");
        h.sql("UPDATE ledger SET size = 0, root = NULL");
        report(&h).await;
        assert!(matches!(turn(&h).await, Err(SequencerError::Restored { .. } | SequencerError::Rewritten { .. })));
        assert_eq!(published(&h).await, before);
    })
    .await;
}

/// What docs/OPERATIONS.md says to do then: the old log stays what it was, a new one takes the records there are.
#[tokio::test]
async fn where_the_database_is_too_old_a_new_log_begins() {
    on_both(async |h| {
        report(&h).await;
        turn(&h).await.unwrap();
        let (old, old_keys) = (published(&h).await.unwrap(), h.app.ledger().keys().clone());
        let data = &h.app.config().data;
        std::fs::rename(data.join("ledger"), data.join("old-ledger")).unwrap();
        std::fs::remove_file(data.join("ledger.key")).unwrap();
        h.sql("UPDATE ledger SET size = 0, root = NULL");

        let (keys, places) = (Keys::open(data).unwrap(), Places::new(&[]).0);
        let world = World::clone(&h.app.world());
        let config = h.app.config().clone();
        let again = App::new(config, h.app.db().clone(), h.clock.clone(), world, places, keys, h.brittle.clone());
        let again = again.unwrap();
        h.pass(chrono::TimeDelta::minutes(1));
        Sequencer::new().turn(&again).await.unwrap();
        let new = again.ledger().files().checkpoint().await.unwrap().unwrap();
        let committed = again.db().records_committed().await.unwrap();
        assert_eq!(i64::try_from(new.head().size).unwrap(), committed);
        again.ledger().keys().check(&new).unwrap();
        assert!(old_keys.check(&new).is_err(), "another log");
        old_keys.check(&old).unwrap();
    })
    .await;
}

#[tokio::test]
async fn history_that_was_rewritten_does_not_go_on() {
    on_both(async |h| {
        report(&h).await;
        turn(&h).await.unwrap();
        let before = published(&h).await;
        h.sql("UPDATE ledger SET root = (SELECT commitment FROM record WHERE seq = 0)");
        report(&h).await;
        assert!(matches!(turn(&h).await, Err(SequencerError::Rewritten { .. })));
        assert_eq!(published(&h).await, before);
    })
    .await;
}
