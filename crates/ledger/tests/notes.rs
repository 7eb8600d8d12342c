//! Notes, keys, checkpoints and cosignatures: known answers of others, strictness, tampering.

pub mod common;

use common::{ORIGIN, TIMES, checkpoint, cosigned, log_key, pinned, tampered, witness_keys};
use proptest::prelude::*;
use yizhi_ledger::note::{
    Algorithm, Checkpoint, KeyError, Note, Signature, SignedCheckpoint, SignerKey, VerifierKey, parse_signatures,
};
use yizhi_ledger::receipt::{PinnedKeys, PolicyError};
use yizhi_ledger::{Hash, TreeHead};

/// From the documentation of Go's `golang.org/x/mod/sumdb/note`.
const GO_SIGNER: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/// From C2SP signed-note, "Verifier keys".
const C2SP_VERIFIER: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const C2SP_NOTE: &str = "This is an example message.\n\n\
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn head() -> TreeHead {
    TreeHead { size: 15, root: Hash([7; 32]) }
}

#[test]
fn notes_of_others_are_verified_and_signed_alike() {
    for (verifier, text) in [(GO_VERIFIER, GO_NOTE), (C2SP_VERIFIER, C2SP_NOTE)] {
        let key = VerifierKey::parse(verifier).unwrap();
        assert_eq!(key.to_string(), verifier);
        let note = Note::parse(text.as_bytes()).unwrap();
        assert_eq!(note.to_string(), text);
        assert!(key.verify(note.text(), &note.signatures()[0]).unwrap().is_some());
    }
    let signer = SignerKey::parse(GO_SIGNER).unwrap();
    assert_eq!(signer.secret(), GO_SIGNER);
    assert_eq!(signer.verifier().to_string(), GO_VERIFIER);
    let mut note = Note::new(GO_NOTE.split("\n\n").next().unwrap().to_owned() + "\n").unwrap();
    note.add(signer.sign(note.text(), 0));
    assert_eq!(note.to_string(), GO_NOTE);
}

#[test]
fn a_secret_is_not_shown_by_debug() {
    let shown = format!("{:?}", SignerKey::parse(GO_SIGNER).unwrap());
    assert!(
        shown.contains("PeterNeumann") && !shown.contains("AYEKFALVFG") && !shown.contains("129, 10, 20"),
        "{shown}"
    );
}

#[test]
fn every_changed_byte_of_a_key_is_refused() {
    for text in tampered(C2SP_VERIFIER) {
        assert!(std::str::from_utf8(&text).map_or(true, |text| VerifierKey::parse(text).is_err()), "{text:?}");
    }
    for text in tampered(GO_SIGNER) {
        assert!(std::str::from_utf8(&text).map_or(true, |text| SignerKey::parse(text).is_err()), "{text:?}");
    }
    let upper = "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    assert_eq!(VerifierKey::parse(upper), Err(KeyError::Id));
    assert!(matches!(SignerKey::from_seed("a b", Algorithm::Ed25519, &[0; 32]), Err(KeyError::Form)));
}

#[test]
fn other_texts_are_no_notes() {
    let sig = C2SP_NOTE.split("\n\n").nth(1).unwrap();
    let wrong = [
        String::new(),
        "\n".into(),
        "text\n".into(),
        "text\n\n".into(),
        format!("text\n{sig}"),
        format!("text\n\n{}", sig.trim_end()),
        format!("text\n\n{sig}\n"),
        format!("text\n\n{sig}more\n"),
        format!("text\n\n{}", sig.replace("— ", "- ")),
        format!("text\n\n{}", sig.replace("foo ", "foo  ")),
        format!("text\n\n{}", sig.replace("/foo", "+foo")),
        format!("text\n\n{}", sig.replace("example.com", "ex\u{3000}ample")),
        format!("text\n\n{}", sig.replace('=', "")),
        format!("te\txt\n\n{sig}"),
        format!("te\rxt\n\n{sig}"),
        format!("te\0xt\n\n{sig}"),
        format!("text\r\n\r\n{sig}"),
        "text\n\n— example.com/foo AAAAAA==\n".into(),
        format!("text\n\n{}", sig.repeat(65)),
        format!("{}\n\n{sig}", "a".repeat(1 << 20)),
    ];
    for text in wrong {
        assert!(Note::parse(text.as_bytes()).is_err(), "{text:.100?}");
    }
    assert!(Note::parse(b"te\xffxt\n\n").is_err());
    assert!(Note::parse(format!("text\n\nmore\n\n{}", sig.repeat(16)).as_bytes()).is_ok());
    assert!(parse_signatures(sig).is_some() && parse_signatures("").is_none() && parse_signatures("\n").is_none());
}

#[test]
fn other_texts_are_no_checkpoints() {
    let text = checkpoint(head()).note().text().to_owned();
    assert_eq!(text, format!("{ORIGIN}\n15\n{}\n", Hash([7; 32])));
    let root = Hash([7; 32]);
    let wrong = [
        format!("{ORIGIN}\n15\n{root}"),
        format!("\n15\n{root}\n"),
        format!("{ORIGIN}\n015\n{root}\n"),
        format!("{ORIGIN}\n-1\n{root}\n"),
        format!("{ORIGIN}\n\n{root}\n"),
        format!("{ORIGIN}\n15\n\n"),
        format!("{ORIGIN}\n15\nBwcH\n"),
        format!("{ORIGIN}\n15\n{root}\n\n"),
        format!("{ORIGIN}\n15\n{root}\n\nmore\n"),
        format!("{ORIGIN}\n18446744073709551616\n{root}\n"),
        format!("{ORIGIN}\n15\n"),
    ];
    for text in wrong {
        assert!(Checkpoint::parse(&text).is_err(), "{text:?}");
    }
    let extended = Checkpoint::parse(&format!("{text}one\ntwo\n")).unwrap();
    assert_eq!(extended.extensions, ["one", "two"]);
    for extension in ["", "a\nb", "a\tb"] {
        let bad = Checkpoint { extensions: vec![extension.into()], ..extended.clone() };
        assert!(bad.sign(&log_key()).is_err(), "{extension:?}");
    }
}

#[test]
fn a_cosignature_carries_its_time_and_stays_apart_from_the_logs_signature() {
    let evidence = pinned(2).check(&cosigned(head())).unwrap();
    let times: Vec<u64> = evidence.cosigned.iter().map(|cosigned| cosigned.time).collect();
    assert_eq!(times, TIMES);
    assert_eq!(evidence.existed_by(), Some(TIMES[1]));
    assert_eq!(pinned(1).check(&cosigned(head())).unwrap().existed_by(), Some(TIMES[0]));

    let text = cosigned(head()).note().text().to_owned();
    let [court, _] = witness_keys();
    let signature = court.sign(&text, TIMES[0]);
    let mut later = signature.clone();
    later.bytes[7] ^= 1;
    assert!(court.verifier().verify(&text, &later).is_err());
    let plain = SignerKey::from_seed(court.verifier().name(), Algorithm::Ed25519, &[2; 32]).unwrap();
    assert_ne!(plain.verifier().id(), court.verifier().id());
    let borrowed = Signature { key_id: plain.verifier().id(), bytes: signature.bytes[8..].to_vec(), ..signature };
    assert!(plain.verifier().verify(&text, &borrowed).is_err());
    let beyond = court.sign(&text, 1 << 63);
    assert!(court.verifier().verify(&text, &beyond).is_err());
}

#[test]
fn every_changed_byte_of_a_checkpoint_is_refused() {
    let text = cosigned(head()).to_string();
    let keys = pinned(2);
    assert!(keys.check(&SignedCheckpoint::parse(text.as_bytes()).unwrap()).is_ok());
    for changed in tampered(&text) {
        let accepted = SignedCheckpoint::parse(&changed).is_ok_and(|checkpoint| keys.check(&checkpoint).is_ok());
        assert!(!accepted, "{}", String::from_utf8_lossy(&changed));
    }
}

#[test]
fn only_pinned_keys_count_and_each_once() {
    let [court, school] = witness_keys();
    let mut once = checkpoint(head());
    let text = once.note().text().to_owned();
    assert_eq!(pinned(1).check(&once), Err(PolicyError::Quorum { found: 0, needed: 1 }));

    once.add(court.sign(&text, TIMES[1]));
    once.add(court.sign(&text, TIMES[0]));
    assert_eq!(once.note().signatures().len(), 2);
    let twice = once.to_string() + &court.sign(&text, TIMES[1]).to_string() + "\n";
    let twice = SignedCheckpoint::parse(twice.as_bytes()).unwrap();
    assert_eq!(pinned(2).check(&twice), Err(PolicyError::Quorum { found: 1, needed: 2 }));
    assert_eq!(pinned(1).check(&twice).unwrap().existed_by(), Some(TIMES[0]));

    let stranger = SignerKey::from_seed(school.verifier().name(), Algorithm::Cosignature, &[9; 32]).unwrap();
    once.add(stranger.sign(&text, TIMES[0]));
    assert_eq!(pinned(2).check(&once), Err(PolicyError::Quorum { found: 1, needed: 2 }));

    let mut forged = school.sign(&text, TIMES[0]);
    forged.bytes[20] ^= 1;
    once.add(forged);
    assert!(matches!(pinned(1).check(&once), Err(PolicyError::Signature(bad)) if bad.name == school.verifier().name()));

    let other = SignerKey::from_seed(ORIGIN, Algorithm::Ed25519, &[9; 32]).unwrap();
    let unsigned = Checkpoint { origin: ORIGIN.into(), head: head(), extensions: vec![] }.sign(&other).unwrap();
    assert_eq!(pinned(1).check(&unsigned), Err(PolicyError::Unsigned));
    let elsewhere =
        Checkpoint { origin: "b.example".into(), head: head(), extensions: vec![] }.sign(&log_key()).unwrap();
    assert!(matches!(pinned(1).check(&elsewhere), Err(PolicyError::Origin { .. })));
}

#[test]
fn key_files_say_what_is_wrong() {
    let text = pinned(2).to_string();
    assert_eq!(PinnedKeys::parse(&text), Ok(pinned(2)));
    let by_hand = format!("# county\r\n\r\n  {}", text.replace('\n', " \r\n"));
    assert_eq!(PinnedKeys::parse(&by_hand), Ok(pinned(2)));
    let lines: Vec<&str> = text.lines().collect();
    let wrong = [
        String::new(),
        lines[..3].join("\n"),
        format!("{}\nquorum 0", lines[..3].join("\n")),
        format!("{}\nquorum 3", lines[..3].join("\n")),
        format!("{}\nquorum 01", lines[..3].join("\n")),
        format!("{}\nquorum 1", lines[0]),
        format!("{text}quorum 1"),
        format!("quorum 1\n{text}"),
        format!("{}\n{}\nquorum 1", lines[1], lines[2]),
        format!("{0}\n{1}\n{1}\nquorum 1", lines[0], lines[1]),
        format!("{0}\n{0}\nquorum 1", lines[0]),
        text.replace("court", "curt"),
    ];
    for text in wrong {
        assert!(PinnedKeys::parse(&text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_back(text in "([a-z \n]|— [a-c] AAAAAA[AQ]=\n){0,40}", origin in "\\PC{1,20}", size: u64) {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text);
        }
        let text = format!("{origin}\n{size}\n{}\n", Hash([1; 32]));
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.to_string(), text);
        }
    }
}
