//! What is kept of each log: on the disk before the answer, whole, and refused when damaged.

use yizhi_ledger::note::SignedCheckpoint;
use yizhi_server::witness::{Witness, WitnessError, key};

use crate::log::{ORIGIN, TestLog};
use crate::place::{Place, files, post};

#[tokio::test]
async fn what_is_answered_is_on_the_disk() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let witness = place.open(&log);
    for size in 0..9 {
        assert_eq!(post(&witness, log.request(size, size + 1).to_string()).await.status, 200);
        let kept = SignedCheckpoint::parse(&std::fs::read(place.state()).unwrap()).unwrap();
        assert_eq!(*kept.head(), log.head(size + 1));
        assert_eq!(kept.note().signatures().len(), 2, "the log's and ours");
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_signed() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let witness = place.open(&log);
    assert_eq!(post(&witness, log.request(0, 5).to_string()).await.status, 200);
    let (state, before) = (place.state(), std::fs::read(place.state()).unwrap());
    let in_the_way = state.with_extension("tmp");
    std::fs::create_dir(&in_the_way).unwrap();
    let refused = post(&witness, log.request(5, 9).to_string()).await;
    assert!(refused.status == 500 && !refused.text.contains("— "), "{refused:?}");
    assert_eq!(std::fs::read(&state).unwrap(), before);
    std::fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(post(&witness, log.request(5, 9).to_string()).await.status, 200);
}

#[tokio::test]
async fn signatures_of_others_are_not_kept() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let mut request = log.request(0, 9);
    for number in 0..62 {
        let mut signature = log.forged().checkpoint(9).note().signatures()[0].clone();
        signature.name = format!("stranger{number}");
        request.checkpoint.add(signature);
    }
    assert_eq!(post(&place.open(&log), request.to_string()).await.status, 200);
    assert_eq!(place.try_open(&[&log]).unwrap().logs().collect::<Vec<_>>(), [(ORIGIN, 9)]);
}

#[tokio::test]
async fn a_damaged_state_is_refused() {
    let (place, log) = (Place::new(), TestLog::new(9));
    post(&place.open(&log), log.request(0, 9).to_string()).await;
    let (state, whole) = (place.state(), std::fs::read(place.state()).unwrap());
    let text = String::from_utf8(whole.clone()).unwrap();
    let by_log = text.find(&format!("— {ORIGIN}")).unwrap();
    let by_us = text.find("— court").unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        for bytes in [changed.as_slice(), &whole[..at]] {
            std::fs::write(&state, bytes).unwrap();
            match place.try_open(&[&log]) {
                Err(WitnessError::Damaged { path, origin }) => {
                    assert_eq!((path, origin.as_str()), (state.display().to_string(), ORIGIN));
                }
                Err(other) => panic!("{at}: {other}"),
                // Only the log's line may be another: then it reads as that of an unknown key, and what we signed is whole.
                Ok(witness) => {
                    assert!((by_log..by_us).contains(&at) && bytes.len() == whole.len(), "{at}");
                    assert_eq!(witness.logs().collect::<Vec<_>>(), [(ORIGIN, 9)]);
                }
            }
        }
    }
    std::fs::write(&state, &whole).unwrap();
    assert!(place.try_open(&[&log]).is_ok());
}

#[tokio::test]
async fn a_state_of_another_log_or_key_is_refused() {
    let (place, log, other) = (Place::new(), TestLog::new(9), TestLog::named("other.example/log", 12));
    post(&place.open(&log), log.request(0, 9).to_string()).await;
    let first = place.state();
    post(&place.open(&other), other.request(0, 12).to_string()).await;
    let second = files(&place.path().join("state")).into_iter().find(|file| *file != first).unwrap();
    assert_eq!(place.try_open(&[&log, &other]).unwrap().logs().map(|(_, size)| size).sum::<u64>(), 21);

    let kept = std::fs::read(&second).unwrap();
    std::fs::copy(&first, &second).unwrap();
    assert!(matches!(place.try_open(&[&log, &other]), Err(WitnessError::Damaged { .. })));

    std::fs::write(&second, kept).unwrap();
    let stranger = Place::new();
    std::fs::copy(stranger.path().join("witness.key"), place.path().join("witness.key")).unwrap();
    assert!(matches!(place.try_open(&[&log]), Err(WitnessError::Damaged { .. })));
}

#[test]
fn a_key_without_states_is_not_used_again() {
    let (place, log) = (Place::new(), TestLog::new(9));
    std::fs::remove_dir(place.path().join("state")).unwrap();
    assert!(matches!(place.try_open(&[&log]), Err(WitnessError::NoStates { .. })));
}

#[tokio::test]
async fn states_without_a_key_get_no_new_one() {
    let (place, log) = (Place::new(), TestLog::new(9));
    post(&place.open(&log), log.request(0, 9).to_string()).await;
    std::fs::remove_file(place.path().join("witness.key")).unwrap();
    assert!(matches!(place.try_open(&[&log]), Err(WitnessError::NoKey { .. })));
    assert!(matches!(key(place.path(), None), Err(WitnessError::OtherStates { .. })));
}

#[tokio::test]
async fn logs_are_named_in_the_file_too_and_may_change_their_key() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let lines = format!("# the county's\n\n  {}  \n{}\n", log.vkey(), log.forged().vkey());
    std::fs::write(place.path().join("logs"), lines).unwrap();
    let open = || Witness::open(place.path(), &[], place.clock.clone()).unwrap();
    let router = yizhi_server::witness::router(open().into());
    assert_eq!(post(&router, log.request(0, 5).to_string()).await.status, 200);
    assert_eq!(post(&router, log.forged().request(5, 9).to_string()).await.status, 200, "the next key");
    drop(router);
    assert_eq!(open().logs().collect::<Vec<_>>(), [(ORIGIN, 9)]);
}

#[test]
fn keys_that_are_not_a_logs_are_refused_with_their_place() {
    let (place, log) = (Place::new(), TestLog::new(0));
    let open = |given: &[String]| Witness::open(place.path(), given, place.clock.clone()).err().unwrap().to_string();
    assert!(open(&[]).contains("--log"));
    assert!(open(&[place.key.to_string()]).contains("--log"));
    std::fs::write(place.path().join("logs"), format!("{}\nnonsense\n", log.vkey())).unwrap();
    assert!(open(&[]).contains("logs:2"));
}
