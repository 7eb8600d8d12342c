//! The program killed without warning: what it signed it remembers.

use std::sync::Arc;
use std::time::Duration;

use crate::log::TestLog;
use crate::place::Place;
use crate::process::Process;

/// More than it can sign here.
const MOST: u64 = 4_000;

#[tokio::test]
async fn a_rewrite_is_refused_after_a_kill() {
    let (place, log) = (Place::new(), TestLog::new(20));
    let witness = Process::start(place.path(), &log).await;
    let (status, lines) = witness.post(&log.request(0, 9).to_string()).await.unwrap();
    assert_eq!(status, 200);
    let signature = &yizhi_ledger::note::parse_signatures(&lines).unwrap()[0];
    assert!(place.key.verify(log.checkpoint(9).note().text(), signature).unwrap().is_some());
    drop(witness);

    let witness = Process::start(place.path(), &log).await;
    let other = log.rewritten(3);
    assert_eq!(witness.post(&other.request(9, 12).to_string()).await.unwrap().0, 422);
    assert_eq!(witness.post(&other.request(0, 12).to_string()).await.unwrap(), (409, "9\n".to_owned()));
    assert_eq!(witness.post(&other.request(9, 9).to_string()).await.unwrap(), (409, "9\n".to_owned()));
    assert_eq!(witness.post(&log.request(9, 12).to_string()).await.unwrap().0, 200);
    drop(witness);

    let witness = Process::start(place.path(), &log).await;
    assert_eq!(witness.post(&log.request(0, 20).to_string()).await.unwrap(), (409, "12\n".to_owned()));
}

/// Killed while it signs: each time it knows at least what it answered, and a tree of the one history that was sent.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_work_it_knows_what_it_answered() {
    let (place, log) = (Place::new(), Arc::new(TestLog::new(MOST)));
    let mut answered = 0;
    for round in 0..4 {
        let witness = Arc::new(Process::start(place.path(), &log).await);
        let (status, told) = witness.post(&log.request(MOST - 1, MOST).to_string()).await.unwrap();
        let known: u64 = told.trim_end().parse().unwrap();
        assert!(status == 409 && known >= answered, "round {round}: answered {answered}, knows {told}");
        let growing = tokio::spawn(grow(witness.clone(), log.clone(), known));
        tokio::time::sleep(Duration::from_millis(150 + 70 * round)).await;
        witness.kill();
        answered = growing.await.unwrap();
    }
    assert!(answered > 4, "too little happened");
}

/// Adds one entry after the other until the witness is gone; the size answered last.
async fn grow(witness: Arc<Process>, log: Arc<TestLog>, known: u64) -> u64 {
    for size in known..MOST {
        match witness.post(&log.request(size, size + 1).to_string()).await {
            Some((status, text)) => assert_eq!(status, 200, "{text}"),
            None => return size,
        }
    }
    MOST
}
