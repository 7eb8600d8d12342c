//! Refused rewrites are kept.

use std::path::PathBuf;

use yizhi_ledger::Hash;
use yizhi_ledger::note::SignedCheckpoint;

use crate::log::TestLog;
use crate::place::{Place, files, post};

fn evidence(place: &Place) -> Vec<PathBuf> {
    files(&place.path().join("evidence"))
}

#[tokio::test]
async fn a_rewrite_is_kept_beside_what_it_contradicts() {
    let (place, log) = (Place::new(), TestLog::new(20));
    let witness = place.open(&log);
    post(&witness, log.request(0, 9).to_string()).await;
    let rewrite = log.rewritten(3).request(9, 12).to_string();
    assert_eq!(post(&witness, rewrite.clone()).await.status, 422);

    let kept = evidence(&place);
    let [request, known] = kept.as_slice() else { panic!("{kept:?}") };
    assert!(request.file_name().unwrap().to_str().unwrap().starts_with("20261120T020000Z-"));
    assert_eq!(*known, request.with_extension("known"));
    assert_eq!(std::fs::read_to_string(request).unwrap(), rewrite);
    let known = SignedCheckpoint::parse(&std::fs::read(known).unwrap()).unwrap();
    assert_eq!(*known.head(), log.head(9));
    assert_eq!(known.note().signatures()[0], log.checkpoint(9).note().signatures()[0], "signed by the log too");
}

#[tokio::test]
async fn another_root_at_the_known_size_is_kept_whatever_size_it_was_asked_from() {
    let log = TestLog::new(20);
    for old in [0, 4, 9] {
        let place = Place::new();
        let witness = place.open(&log);
        post(&witness, log.request(0, 9).to_string()).await;
        assert_eq!(post(&witness, log.rewritten(3).request(old, 9).to_string()).await.status, 409);
        assert_eq!(evidence(&place).len(), 2, "from {old}");
    }
}

#[tokio::test]
async fn variants_of_one_request_are_kept_once() {
    let (place, log) = (Place::new(), TestLog::new(20));
    let witness = place.open(&log);
    post(&witness, log.request(0, 9).to_string()).await;
    let mut request = log.rewritten(3).request(9, 12);
    for byte in 0..5 {
        request.proof[0] = Hash([byte; 32]);
        assert_eq!(post(&witness, request.to_string()).await.status, 422);
    }
    assert_eq!(evidence(&place).len(), 2);
    assert_eq!(post(&witness, log.rewritten(4).request(9, 12).to_string()).await.status, 422);
    assert_eq!(evidence(&place).len(), 4);
}

#[tokio::test]
async fn what_strangers_send_and_what_is_only_late_is_not_kept() {
    let (place, log) = (Place::new(), TestLog::new(20));
    let witness = place.open(&log);
    post(&witness, log.request(0, 9).to_string()).await;
    for request in [log.request(0, 12), log.request(8, 12), log.request(5, 7), log.rewritten(3).forged().request(9, 12)]
    {
        assert!([409, 403].contains(&post(&witness, request.to_string()).await.status));
    }
    assert!(evidence(&place).is_empty());
}

/// The folder cannot be made; the refusal stands.
#[tokio::test]
async fn evidence_that_cannot_be_kept_changes_no_answer() {
    let (place, log) = (Place::new(), TestLog::new(20));
    let witness = place.open(&log);
    std::fs::write(place.path().join("evidence"), "in the way").unwrap();
    post(&witness, log.request(0, 9).to_string()).await;
    assert_eq!(post(&witness, log.rewritten(3).request(9, 12).to_string()).await.status, 422);
}
