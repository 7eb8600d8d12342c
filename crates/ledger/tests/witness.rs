//! Every answer of a witness.

pub mod common;

use common::{checkpoint, entries, log_key, mth, subproof, tampered, witness_keys};
use yizhi_ledger::note::{Algorithm, SignerKey, VerifierKey};
use yizhi_ledger::witness::{AddCheckpoint, Answer, KnownLog, decide};
use yizhi_ledger::{Hash, TreeHead};

fn head(size: usize) -> TreeHead {
    TreeHead { size: size as u64, root: mth(&entries(size)) }
}

fn proof(old: usize, new: usize) -> Vec<Hash> {
    if old == 0 { vec![] } else { subproof(old, &entries(new), true) }
}

fn request(old: usize, new: usize) -> AddCheckpoint {
    AddCheckpoint { old_size: old as u64, proof: proof(old, new), checkpoint: checkpoint(head(new)) }
}

fn answer(request: &AddCheckpoint, last: TreeHead) -> Answer {
    decide(request, Some(KnownLog { keys: &[log_key().verifier().clone()], last }))
}

#[test]
fn a_log_that_grows_is_cosigned() {
    for (old, new) in [(0, 0), (0, 1), (0, 9), (1, 9), (8, 9), (5, 9), (9, 9)] {
        assert_eq!(answer(&request(old, new), head(old)), Answer::Cosign(head(new)), "{old} to {new}");
    }
}

#[test]
fn whoever_knows_another_size_is_told_which() {
    for (old, new) in [(0, 9), (4, 9), (6, 9), (9, 9)] {
        assert_eq!(answer(&request(old, new), head(5)), Answer::Conflict { size: 5 }, "{old} to {new}");
    }
    assert_eq!(answer(&request(3, 5), head(5)), Answer::Conflict { size: 5 });
}

#[test]
fn a_rewritten_history_is_refused() {
    let mut other = entries(9);
    other[2][0] ^= 1;
    let rewritten = TreeHead { size: 9, root: mth(&other) };
    let mut request = request(5, 9);
    request.checkpoint = checkpoint(rewritten);
    for proof in [subproof(5, &other, true), subproof(5, &entries(9), true), vec![]] {
        request.proof = proof;
        assert_eq!(answer(&request, head(5)), Answer::Unprocessable);
    }
    request.old_size = 9;
    request.proof = vec![];
    assert_eq!(answer(&request, head(9)), Answer::Conflict { size: 9 });
}

#[test]
fn a_proof_from_nothing_or_to_the_same_is_empty() {
    for (old, new) in [(0, 9), (9, 9), (0, 0)] {
        let request = AddCheckpoint { proof: vec![Hash::default()], ..request(old, new) };
        assert_eq!(answer(&request, head(old)), Answer::Unprocessable, "{old} to {new}");
    }
    let empty_with_a_root = checkpoint(TreeHead { size: 0, root: Hash([1; 32]) });
    let request = AddCheckpoint { old_size: 0, proof: vec![], checkpoint: empty_with_a_root };
    assert_eq!(answer(&request, TreeHead::empty()), Answer::Conflict { size: 0 });
}

#[test]
fn a_larger_old_size_is_a_bad_request() {
    let request = AddCheckpoint { old_size: 10, ..request(5, 9) };
    assert_eq!(answer(&request, head(10)), Answer::BadRequest);
}

#[test]
fn strangers_are_refused_before_anything_is_told() {
    let stranger = SignerKey::from_seed("x.example", Algorithm::Ed25519, &[8; 32]).unwrap();
    let keys = [stranger.verifier().clone()];
    assert_eq!(decide(&request(4, 9), Some(KnownLog { keys: &keys, last: head(5) })), Answer::Forbidden);
    assert_eq!(decide(&request(4, 9), None), Answer::NotFound);
    let mut forged = request(5, 9);
    let mut signature = forged.checkpoint.note().signatures()[0].clone();
    signature.bytes[9] ^= 1;
    forged.checkpoint.add(signature);
    assert_eq!(answer(&forged, head(5)), Answer::Forbidden);
}

#[test]
fn one_of_several_keys_is_enough() {
    let next = SignerKey::from_seed("county.example/ledger", Algorithm::Ed25519, &[8; 32]).unwrap();
    let keys: Vec<VerifierKey> = [next.verifier(), log_key().verifier()].into_iter().cloned().collect();
    let last = head(5);
    assert_eq!(decide(&request(5, 9), Some(KnownLog { keys: &keys, last })), Answer::Cosign(head(9)));
}

#[test]
fn answers_have_the_status_of_the_specification() {
    let answers = [
        Answer::Cosign(head(1)),
        Answer::BadRequest,
        Answer::Forbidden,
        Answer::NotFound,
        Answer::Conflict { size: 1 },
        Answer::Unprocessable,
    ];
    assert_eq!(answers.map(Answer::status), [200, 400, 403, 404, 409, 422]);
}

#[test]
fn a_request_is_read_as_it_is_written() {
    for (old, new) in [(0, 0), (0, 9), (5, 9), (9, 9)] {
        let text = request(old, new).to_string();
        assert!(text.starts_with(&format!("old {old}\n")));
        assert_eq!(AddCheckpoint::parse(text.as_bytes()), Ok(request(old, new)));
        for changed in tampered(&text) {
            if let Ok(read) = AddCheckpoint::parse(&changed) {
                assert_eq!(read.to_string().as_bytes(), changed);
                assert!(
                    !matches!(answer(&read, head(old)), Answer::Cosign(_)),
                    "{}",
                    String::from_utf8_lossy(&changed)
                );
            }
        }
    }
    let long = AddCheckpoint { proof: vec![Hash::default(); 64], ..request(5, 9) };
    assert!(AddCheckpoint::parse(long.to_string().as_bytes()).is_err());
}

#[test]
fn cosignatures_come_back_as_lines_that_fit_the_checkpoint() {
    let request = request(5, 9);
    let lines = witness_keys().map(|key| format!("{}\n", key.sign(request.checkpoint.note().text(), 7))).concat();
    let mut checkpoint = request.checkpoint;
    for signature in yizhi_ledger::note::parse_signatures(&lines).unwrap() {
        checkpoint.add(signature);
    }
    assert_eq!(common::pinned(2).check(&checkpoint).unwrap().existed_by(), Some(7));
}
