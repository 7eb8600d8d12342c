//! Requests that come at the same time.

use tokio::task::JoinSet;

use crate::log::TestLog;
use crate::place::{Place, post};

const ROUNDS: usize = 40;
const EACH: usize = 4;

/// Two logs that grew apart, signed by one key, ask at once: one tree is cosigned, and from then on only what continues it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_histories_at_once_are_never_both_cosigned() {
    let (place, mut log) = (Place::new(), TestLog::new(3));
    let witness = place.open(&log);
    assert_eq!(post(&witness, log.request(0, 3).to_string()).await.status, 200);
    for round in 0..ROUNDS {
        let size = log.size();
        let grown = ["one", "other"].map(|name| {
            let mut log = log.clone();
            log.push(&format!("{name} {round}"));
            log
        });
        let mut asked = JoinSet::new();
        for (which, grown) in grown.iter().enumerate() {
            for _ in 0..EACH {
                let (witness, body) = (witness.clone(), grown.request(size, size + 1).to_string());
                asked.spawn(async move { (which, post(&witness, body).await) });
            }
        }
        let answers = asked.join_all().await;
        let cosigned: Vec<usize> = answers.iter().filter(|(_, a)| a.status == 200).map(|(which, _)| *which).collect();
        assert_eq!(cosigned.len(), 1, "the size is known to nobody twice: {answers:?}");
        let known = format!("{}\n", size + 1);
        assert!(answers.iter().all(|(_, a)| a.status == 200 || (a.status, a.text == known) == (409, true)));
        log = grown[cosigned[0]].clone();
    }
}

/// What is repeated while the log grows never takes the witness back to a smaller tree.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_late_request_does_not_roll_back() {
    let (place, log) = (Place::new(), TestLog::new(60));
    let witness = place.open(&log);
    for size in 0..59_u64 {
        let mut asked = JoinSet::new();
        for (old, new) in [(size, size + 1), (size, size), (size.saturating_sub(1), size), (size, size + 1)] {
            let (witness, body) = (witness.clone(), log.request(old, new).to_string());
            asked.spawn(async move { post(&witness, body).await.status });
        }
        assert!(asked.join_all().await.contains(&200));
        let told = post(&witness, log.request(0, 60).to_string()).await;
        assert_eq!((told.status, told.text), (409, format!("{}\n", size + 1)));
    }
}
