//! Receipts and proof files: what they prove, and that nothing in them can be changed.

#![expect(clippy::unwrap_used, reason = "tests")]

pub mod common;

use common::{TIMES, parts, pinned, receipt, tampered};
use yizhi_ledger::Hash;
use yizhi_ledger::receipt::{
    Part, PolicyError, ProofFile, Receipt, ReceiptError, RecordError, VerifyError, commitment,
};

/// A sealed record, as the tests of the program that seals them have it; its commitment was computed with Python's hashlib.
const RECORD: &str = concat!(
    r#"{"fields":{"action":"dispatch","at":"2026-11-20T09:30:00.000000Z","note":"后门\"油烟\"","seq":3,"where":[119.0123,25.43]},"#,
    r#""kind":"case.step","subject":"01930000-0000-7000-8000-000000000001"}"#,
);
const COMMITMENT: &str = "c41b7515adb97ce6b8157c2e2cbbbb032272e4d4532921fa250de5b481b6683f";

fn salts(count: u8) -> Vec<u8> {
    (0..count).flat_map(|number| [number; 32]).collect()
}

fn record_parts(show: impl Fn(&str) -> bool) -> Vec<Part> {
    yizhi_ledger::receipt::parts(RECORD.as_bytes(), &salts(7), show).unwrap()
}

fn hex(hash: &Hash) -> String {
    hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_record_has_the_commitment_that_sealed_it_whatever_is_shown() {
    for shown in ["", "kind", "fields/note", "fields/"] {
        let parts = record_parts(|name| !shown.is_empty() && name.starts_with(shown));
        assert_eq!(hex(&commitment(&parts)), COMMITMENT);
        assert_eq!(parts.len(), 7);
    }
    let all = record_parts(|_| true);
    let Part::Shown { name, value, .. } = &all[4] else { unreachable!("it is shown") };
    assert_eq!((name.as_str(), value.as_str()), ("fields/note", "\"后门\\\"油烟\\\"\""));
}

#[test]
fn an_erased_field_is_withheld_and_keeps_its_place() {
    let digest = record_parts(|_| false)[4].digest();
    let text =
        RECORD.replace("\"fields\":{", "\"erased\":[\"note\"],\"fields\":{").replace(r#""note":"后门\"油烟\"","#, "");
    let mut salts = salts(7);
    salts[4 * 32..5 * 32].copy_from_slice(&digest.0);
    let parts = yizhi_ledger::receipt::parts(text.as_bytes(), &salts, |_| true).unwrap();
    assert_eq!(parts[4], Part::Withheld { digest });
    assert_eq!(hex(&commitment(&parts)), COMMITMENT);
}

#[test]
fn every_changed_byte_of_a_record_gives_another_commitment() {
    for changed in tampered(RECORD) {
        let same = yizhi_ledger::receipt::parts(&changed, &salts(7), |_| false)
            .is_ok_and(|parts| hex(&commitment(&parts)) == COMMITMENT);
        assert!(!same, "{}", String::from_utf8_lossy(&changed));
    }
    let short = yizhi_ledger::receipt::parts(RECORD.as_bytes(), &salts(6), |_| false);
    assert_eq!(short, Err(RecordError::Salts { leaves: 7, salts: 192 }));
}

#[test]
fn other_texts_are_no_records() {
    let wrong = [
        "",
        "{}",
        r#"{"fields":{},"kind":"a"}"#,
        r#"{"fields":{},"kind":"a","subject":"b","more":1}"#,
        r#"{"kind":"a","fields":{},"subject":"b"}"#,
        r#"{"fields":{}, "kind":"a","subject":"b"}"#,
        r#"{"fields":{"a":1,"a":1},"kind":"a","subject":"b"}"#,
        r#"{"erased":["a"],"fields":{"a":1},"kind":"a","subject":"b"}"#,
        r#"{"fields":{"\u0061":1},"kind":"a","subject":"b"}"#,
        r#"{"fields":[],"kind":"a","subject":"b"}"#,
    ];
    for text in wrong {
        assert!(yizhi_ledger::receipt::parts(text.as_bytes(), &[0; 96], |_| false).is_err(), "{text}");
    }
    assert!(
        yizhi_ledger::receipt::parts(br#"{"fields":{"a":1},"kind":"a","subject":"b"}"#, &[0; 96], |_| false).is_ok()
    );
}

#[test]
fn a_receipt_proves_place_time_and_fields() {
    let text = receipt().to_string();
    let read = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(read.parts(), parts());
    let proven = read.verify(&pinned(2)).unwrap();
    assert_eq!((proven.index, proven.evidence.head.size), (257, 300));
    assert_eq!(proven.commitment, commitment(&parts()));
    assert_eq!(proven.evidence.existed_by(), Some(TIMES[1]));
    assert_eq!(read.to_string(), text);
}

#[test]
fn every_changed_byte_of_a_receipt_is_refused() {
    let text = receipt().to_string();
    let keys = pinned(2);
    for changed in tampered(&text) {
        let accepted = Receipt::parse(&changed).is_ok_and(|receipt| receipt.verify(&keys).is_ok());
        assert!(!accepted, "{}", String::from_utf8_lossy(&changed));
    }
}

#[test]
fn every_broken_link_is_named() {
    let good = receipt();
    let with = |file: ProofFile| Receipt::parse(file.to_string().as_bytes()).unwrap();
    let moved = with(ProofFile { index: 256, ..good.file().clone() });
    assert!(matches!(moved.verify(&pinned(1)), Err(VerifyError::Inclusion(_))));
    let unwitnessed =
        with(ProofFile { checkpoint: common::checkpoint(*good.file().checkpoint.head()), ..good.file().clone() });
    let missing = PolicyError::Quorum { found: 0, needed: 1 };
    assert_eq!(unwitnessed.verify(&pinned(1)), Err(VerifyError::Policy(missing)));
    let mut other = parts();
    other[3] = Part::Withheld { digest: Hash([14; 32]) };
    let file = good.file().clone();
    let other = Receipt::new(other, file.index, file.proof, file.checkpoint).unwrap();
    assert!(matches!(other.verify(&pinned(1)), Err(VerifyError::Inclusion(_))));
}

#[test]
fn fields_out_of_place_or_in_another_form_are_refused() {
    let file = receipt().file().clone();
    let made = |parts: Vec<Part>| Receipt::new(parts, file.index, file.proof.clone(), file.checkpoint.clone());
    let mut swapped = parts();
    swapped.swap(2, 4);
    let mut first = parts();
    first.swap(0, 2);
    let mut twice = parts();
    twice[4] = twice[2].clone();
    let mut unreadable = parts();
    if let Part::Shown { value, .. } = &mut unreadable[4] {
        value.pop();
    }
    for wrong in [swapped, first, twice, unreadable, parts()[..1].to_vec(), vec![]] {
        assert_eq!(made(wrong), Err(ReceiptError::Fields));
    }

    let extra = String::from_utf8(file.extra.clone().unwrap()).unwrap();
    let rewritten = [
        extra.replace("\"v\":1", "\"v\":2"),
        extra.replace("\"v\":1", "\"v\": 1"),
        extra.replace("{\"v\":1,", "{"),
        extra.replace("{\"digest\"", "{\"name\":\"subject\",\"digest\""),
        extra.replacen("kind", "k\\u0069nd", 1),
        extra.replacen("\"name\"", "\"Name\"", 1),
        format!("{extra} "),
        "{\"v\":1,\"fields\":[]}".into(),
        "[]".into(),
    ];
    for extra in rewritten {
        let file = ProofFile { extra: Some(extra.clone().into_bytes()), ..file.clone() };
        assert_eq!(Receipt::parse(file.to_string().as_bytes()), Err(ReceiptError::Fields), "{extra}");
    }
    let bare = ProofFile { extra: None, ..file };
    assert_eq!(Receipt::parse(bare.to_string().as_bytes()), Err(ReceiptError::NoFields));
    assert_eq!(ProofFile::parse(bare.to_string().as_bytes()).as_ref(), Ok(&bare));
}

#[test]
fn other_texts_are_no_proof_files() {
    let text = ProofFile { extra: Some(b"more".to_vec()), ..receipt().file().clone() }.to_string();
    assert!(ProofFile::parse(text.as_bytes()).is_ok());
    let wrong = [
        text.replacen("@v1", "@v2", 1),
        text.replacen("extra bW9yZQ==", "extra ", 1),
        text.replacen("extra bW9yZQ==", "extra bW9yZQ", 1),
        text.replacen("extra", "Extra", 1),
        text.replacen("index 257", "index 0257", 1),
        text.replacen("index 257\n", "", 1),
        text.replacen("index 257", "index 257 ", 1),
        text.replacen('\n', "\r\n", 1),
        text.replacen("\n\n", "\n\n\n", 1),
        text.replacen("\n\n", "\n", 1),
        format!("{text}\n"),
        format!("\n{text}"),
        text.replacen("\n\n", &format!("\n{}\n", format!("{}\n", Hash::default()).repeat(64)), 1),
    ];
    for text in wrong {
        assert!(ProofFile::parse(text.as_bytes()).is_err(), "{text}");
    }
}
