//! Records are sealed by one crate and read by another, written apart from each other: whatever is sealed, shown or erased, both see the same.

use proptest::collection::btree_map;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use yizhi_domain::record::{Record, Sealed, verify};
use yizhi_ledger::receipt::{Part, commitment, parts};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no others", |n| n.is_finite()).prop_map(|n| json!(n)),
        any::<String>().prop_map(Value::from),
        "[中文\u{1f600}\u{fb33}\\\\\"\u{0}-\u{1f}a-z]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Names as ours are, and names that escape and sort as they please.
fn fields() -> impl Strategy<Value = Map<String, Value>> {
    let name = prop_oneof!["[a-zA-Z]{1,8}", any::<String>(), "[\u{e000}-\u{ffff}\u{10000}-\u{10ffff}]{1,2}"];
    btree_map(name, value(), 0..9).prop_map(|fields| fields.into_iter().collect())
}

fn agrees(sealed: &Sealed, erased: usize, shown: &[bool]) -> Result<(), TestCaseError> {
    prop_assert_eq!(verify(&sealed.canonical, &sealed.salts, &sealed.commitment), Ok(()));
    let all = parts(&sealed.canonical, &sealed.salts, |_| true).unwrap();
    prop_assert_eq!(commitment(&all).0, sealed.commitment);
    let withheld = all.iter().filter(|part| matches!(part, Part::Withheld { .. })).count();
    prop_assert_eq!(withheld, erased);
    let names: Vec<String> = all
        .iter()
        .filter_map(|part| if let Part::Shown { name, .. } = part { Some(name.clone()) } else { None })
        .collect();
    let kept = |name: &str| names.iter().position(|n| n == name).is_some_and(|at| shown[at % shown.len()]);
    let some = parts(&sealed.canonical, &sealed.salts, kept).unwrap();
    prop_assert_eq!(commitment(&some).0, sealed.commitment, "whatever is withheld");
    Ok(())
}

proptest! {
    #[test]
    fn both_readings_of_a_record_agree(
        kind in prop_oneof!["[a-z]{1,8}[.][a-z]{1,8}", any::<String>()],
        subject in any::<u128>(),
        fields in fields(),
        salts in proptest::collection::vec(any::<[u8; 32]>(), 11),
        erase in proptest::collection::vec(any::<bool>(), 9),
        shown in proptest::collection::vec(any::<bool>(), 11),
    ) {
        let names: Vec<String> = fields.keys().cloned().collect();
        let mut left = salts.into_iter();
        let record = Record::new(kind, Uuid::from_u128(subject), fields);
        let mut sealed = record.seal(&mut || left.next().unwrap()).unwrap();
        agrees(&sealed, 0, &shown)?;
        let before = sealed.commitment;
        for (erased, (name, _)) in names.iter().zip(&erase).filter(|(_, erase)| **erase).enumerate() {
            sealed = sealed.erase(name).unwrap();
            agrees(&sealed, erased + 1, &shown)?;
        }
        prop_assert_eq!(sealed.commitment, before);
    }

    /// One byte changed anywhere, and neither believes it any more.
    #[test]
    fn neither_believes_a_record_with_a_changed_byte(fields in fields(), place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let record = Record::new("case.step", Uuid::nil(), fields);
        let mut salt = 0;
        let sealed = record.seal(&mut || { salt += 1; [salt; 32] }).unwrap();
        let (mut text, mut salts) = (sealed.canonical.clone(), sealed.salts.clone());
        let at = place.index(text.len() + salts.len());
        match text.get_mut(at) {
            Some(byte) => *byte ^= 1 << bit,
            None => salts[at - sealed.canonical.len()] ^= 1 << bit,
        }
        prop_assert!(verify(&text, &salts, &sealed.commitment).is_err());
        let read = parts(&text, &salts, |_| true).map(|parts| commitment(&parts).0);
        prop_assert!(read != Ok(sealed.commitment));
    }
}
