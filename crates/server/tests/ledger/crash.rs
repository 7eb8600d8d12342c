//! A process that dies between any two writes: the next one continues, nothing is lost, repeated or signed twice.

use yizhi_server::ledger::{Sequencer, SequencerError};

use crate::common::on_both;
use crate::log::{published, report, turn, whole};

#[tokio::test]
async fn whatever_write_is_the_last_the_next_process_continues() {
    on_both(async |h| {
        turn(&h).await.unwrap();
        for writes in 0..8 {
            report(&h).await;
            let before = published(&h).await.unwrap();
            h.brittle.break_after(writes);
            let died = turn(&h).await;
            h.brittle.mend();
            match died {
                Err(SequencerError::Files(_)) => {
                    assert_eq!(published(&h).await.unwrap(), before, "nothing half-done is published");
                    report(&h).await;
                }
                Ok(()) => assert!(writes >= 3, "a tile, a bundle and the checkpoint are three writes"),
                Err(other) => panic!("{other}"),
            }
            turn(&h).await.unwrap();
            assert_eq!(i64::try_from(whole(&h).await.size).unwrap(), h.app.db().records_committed().await.unwrap());
        }
    })
    .await;
}

/// The files of the edge are lost with the disk they were on; the records are not.
#[tokio::test]
async fn lost_tiles_are_made_anew_from_the_records() {
    on_both(async |h| {
        report(&h).await;
        turn(&h).await.unwrap();
        let before = whole(&h).await;
        std::fs::remove_dir_all(h.app.config().data.join("ledger/tile")).unwrap();
        report(&h).await;
        turn(&h).await.unwrap();
        assert!(whole(&h).await.size > before.size);
    })
    .await;
}

#[tokio::test]
async fn one_process_at_a_time_has_the_log() {
    on_both(async |h| {
        let (mut first, mut second) = (Sequencer::new(), Sequencer::new());
        report(&h).await;
        first.turn(&h.app).await.unwrap();
        let after = published(&h).await;
        report(&h).await;
        second.turn(&h.app).await.unwrap();
        assert_eq!(published(&h).await, after, "the first one holds it");
        h.pass(chrono::TimeDelta::minutes(1));
        second.turn(&h.app).await.unwrap();
        let grown = whole(&h).await;
        report(&h).await;
        first.turn(&h.app).await.unwrap();
        assert_eq!(whole(&h).await, grown, "now the second one");
        second.release(&h.app).await;
        h.pass(chrono::TimeDelta::seconds(1));
        first.turn(&h.app).await.unwrap();
        assert!(whole(&h).await.size > grown.size, "given up, it is taken at once");
    })
    .await;
}
