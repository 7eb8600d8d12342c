//! RFC 8785 by its own vectors, and the record format against a computation in another language.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use yizhi_domain::record::{Disclosure, Record, RecordError, Sealed, canonical_json, verify};

/// RFC 8785, appendix B: the bits of a double and its text.
const NUMBERS: [(u64, &str); 24] = [
    (0x0000000000000000, "0"),
    (0x8000000000000000, "0"),
    (0x0000000000000001, "5e-324"),
    (0x8000000000000001, "-5e-324"),
    (0x7fefffffffffffff, "1.7976931348623157e+308"),
    (0xffefffffffffffff, "-1.7976931348623157e+308"),
    (0x4340000000000000, "9007199254740992"),
    (0xc340000000000000, "-9007199254740992"),
    (0x4430000000000000, "295147905179352830000"),
    (0x44b52d02c7e14af5, "9.999999999999997e+22"),
    (0x44b52d02c7e14af6, "1e+23"),
    (0x44b52d02c7e14af7, "1.0000000000000001e+23"),
    (0x444b1ae4d6e2ef4e, "999999999999999700000"),
    (0x444b1ae4d6e2ef4f, "999999999999999900000"),
    (0x444b1ae4d6e2ef50, "1e+21"),
    (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
    (0x3eb0c6f7a0b5ed8d, "0.000001"),
    (0x41b3de4355555553, "333333333.3333332"),
    (0x41b3de4355555554, "333333333.33333325"),
    (0x41b3de4355555555, "333333333.3333333"),
    (0x41b3de4355555556, "333333333.3333334"),
    (0x41b3de4355555557, "333333333.33333343"),
    (0xbecbf647612f3696, "-0.0000033333333333333333"),
    (0x43143ff3c1cb0959, "1424953923781206.2"),
];

#[test]
fn numbers_are_written_as_in_ecmascript() {
    for (bits, text) in NUMBERS {
        assert_eq!(canonical_json(&json!(f64::from_bits(bits))).unwrap(), text, "{bits:016x}");
    }
    let max = 9_007_199_254_740_991_i64;
    assert_eq!(canonical_json(&json!([max, -max, 0, 1.0, 100.0])).unwrap(), format!("[{max},-{max},0,1,100]"));
    for unsafe_integer in [json!(max + 1), json!(-max - 1), json!(u64::MAX), json!(i64::MIN)] {
        assert!(canonical_json(&unsafe_integer).is_err(), "{unsafe_integer}");
    }
}

/// RFC 8785 §3.2.2 and §3.2.3.
#[test]
fn strings_and_order_are_those_of_the_rfc() {
    let example = json!({
        "numbers": [333_333_333.333_333_3, 1e30, 4.5, 2e-3, 0.000_000_000_000_000_000_000_000_001],
        "string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/",
        "literals": [null, true, false],
    });
    let text = concat!(
        r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
        r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#,
    );
    assert_eq!(canonical_json(&example).unwrap(), text);

    let keys = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"];
    let value = Value::Object(keys.iter().map(|key| ((*key).to_owned(), Value::Null)).collect());
    let expected = "{\"\\r\":null,\"1\":null,\"\u{80}\":null,\"\u{f6}\":null,\"\u{20ac}\":null,\"\u{1f600}\":null,\"\u{fb33}\":null}";
    assert_eq!(canonical_json(&value).unwrap(), expected);
}

const SUBJECT: Uuid = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0001);

/// Salts that are 32 times 0, 32 times 1, and so on.
fn counting_salts() -> impl FnMut() -> [u8; 32] {
    let mut next = 0;
    move || {
        next += 1;
        [next - 1; 32]
    }
}

fn sealed(fields: Value) -> Sealed {
    let Value::Object(fields) = fields else { unreachable!("tests give objects") };
    Record::new("case.step", SUBJECT, fields).seal(&mut counting_salts()).unwrap()
}

fn dispatch() -> Sealed {
    sealed(json!({
        "note": "后门\"油烟\"",
        "seq": 3,
        "action": "dispatch",
        "where": [119.0123, 25.43],
        "at": "2026-11-20T09:30:00.000000Z",
    }))
}

/// The commitment was computed from the format's description with Python's hashlib.
#[test]
fn another_language_finds_the_same_commitment() {
    let sealed = dispatch();
    let text = concat!(
        r#"{"fields":{"action":"dispatch","at":"2026-11-20T09:30:00.000000Z","note":"后门\"油烟\"","seq":3,"where":[119.0123,25.43]},"#,
        r#""kind":"case.step","subject":"01930000-0000-7000-8000-000000000001"}"#,
    );
    assert_eq!(String::from_utf8(sealed.canonical.clone()).unwrap(), text);
    let hex: String = sealed.commitment.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "c41b7515adb97ce6b8157c2e2cbbbb032272e4d4532921fa250de5b481b6683f");
    assert_eq!(sealed.salts.len(), 7 * 32);
    sealed.verify().unwrap();
}

#[test]
fn every_changed_byte_is_noticed() {
    let sealed = dispatch();
    for index in 0..sealed.canonical.len() {
        let mut changed = sealed.canonical.clone();
        changed[index] ^= 1;
        assert!(verify(&changed, &sealed.salts, &sealed.commitment).is_err(), "byte {index} of the text");
    }
    for index in 0..sealed.salts.len() {
        let mut changed = sealed.salts.clone();
        changed[index] ^= 1;
        assert_eq!(
            verify(&sealed.canonical, &changed, &sealed.commitment),
            Err(RecordError::Mismatch),
            "byte {index} of the salts"
        );
    }
    let short = &sealed.salts[32..];
    assert_eq!(verify(&sealed.canonical, short, &sealed.commitment), Err(RecordError::Salts { leaves: 7, salts: 192 }));
}

#[test]
fn texts_that_are_no_records_are_refused() {
    let texts = [
        "",
        "{}",
        r#"{"fields":{},"kind":"k"}"#,
        r#"{"fields":{},"kind":"k","subject":"s"} "#,
        r#"{"fields":{"a":1,"a":2},"kind":"k","subject":"s"}"#,
        r#"{"erased":["a"],"fields":{"a":1},"kind":"k","subject":"s"}"#,
        r#"{"fields":{"a":},"kind":"k","subject":"s"}"#,
        r#"{"fields":{"a":[1,"kind":"k","subject":"s"}"#,
        r#"{"fields":{"a":"1,"kind":"k","subject":"s"}"#,
    ];
    for text in texts {
        assert_eq!(verify(text.as_bytes(), &[], &[0; 32]), Err(RecordError::Malformed), "{text}");
    }
}

#[test]
fn one_field_can_be_shown_alone() {
    let sealed = dispatch();
    let shown = sealed.disclose("note").unwrap();
    assert_eq!((shown.value.as_str(), shown.index, shown.count), (r#""后门\"油烟\"""#, 4, 7));
    assert!(shown.check(&sealed.commitment));
    let travelled: Disclosure = serde_json::from_str(&serde_json::to_string(&shown).unwrap()).unwrap();
    assert_eq!(travelled, shown);
    let lies = [
        Disclosure { value: "\"another\"".to_owned(), ..shown.clone() },
        Disclosure { name: "notes".to_owned(), ..shown.clone() },
        Disclosure { index: 3, ..shown.clone() },
        Disclosure { count: 5, ..shown.clone() },
        Disclosure { index: 9, ..shown.clone() },
        Disclosure { path: shown.path[1..].to_vec(), ..shown.clone() },
        Disclosure { salt: [9; 32], ..shown.clone() },
    ];
    for lie in lies {
        assert!(!lie.check(&sealed.commitment), "{lie:?}");
    }
    assert_eq!(sealed.disclose("absent"), Err(RecordError::NoField("absent".to_owned())));
}

#[test]
fn an_erased_field_leaves_everything_else_provable() {
    let sealed = dispatch();
    let before = sealed.disclose("seq").unwrap();
    let erased = sealed.erase("note").unwrap().erase("action").unwrap();
    erased.verify().unwrap();
    assert_eq!(erased.commitment, sealed.commitment);
    let text = String::from_utf8(erased.canonical.clone()).unwrap();
    assert!(text.starts_with(r#"{"erased":["action","note"],"fields":{"at":"#), "{text}");
    assert!(!text.contains("油烟"));
    assert!(!erased.salts.chunks(32).any(|salt| salt == [4; 32]), "the salt of an erased value is gone");
    assert!(before.check(&erased.commitment));
    assert_eq!(erased.disclose("seq").unwrap(), before);
    assert_eq!(erased.disclose("note"), Err(RecordError::NoField("note".to_owned())));
    assert_eq!(erased.erase("note"), Err(RecordError::NoField("note".to_owned())));
}

#[test]
fn an_unsafe_integer_names_its_field() {
    let mut fields = Map::new();
    fields.insert("phone".to_owned(), json!({"n": [u64::MAX]}));
    let refused = Record::new("k", SUBJECT, fields).seal(&mut counting_salts()).unwrap_err();
    assert!(
        refused.to_string().contains("`phone`") && refused.to_string().contains("18446744073709551615"),
        "{refused}"
    );
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_sealed_verifies_discloses_and_erases(
        fields in prop::collection::btree_map(any::<String>(), value(), 0..9), pick in any::<prop::sample::Index>(),
    ) {
        let names: Vec<String> = fields.keys().cloned().collect();
        let sealed = sealed(fields.clone().into_iter().collect());
        sealed.verify().unwrap();
        let read: Value = serde_json::from_slice(&sealed.canonical).unwrap();
        prop_assert_eq!(canonical_json(&read["kind"]).unwrap(), "\"case.step\"");
        if !names.is_empty() {
            let name = pick.get(&names);
            let shown = sealed.disclose(name).unwrap();
            prop_assert!(shown.check(&sealed.commitment));
            prop_assert_eq!(&shown.value, &canonical_json(&fields[name]).unwrap());
            let erased = sealed.erase(name).unwrap();
            erased.verify().unwrap();
            for other in names.iter().filter(|other| *other != name) {
                prop_assert_eq!(erased.disclose(other).unwrap(), sealed.disclose(other).unwrap());
            }
        }
    }

    #[test]
    fn numbers_read_back_as_themselves(number in any::<f64>().prop_filter("finite", |x| x.is_finite())) {
        let text = canonical_json(&json!(number)).unwrap();
        prop_assert_eq!(text.parse::<f64>().unwrap(), number);
    }
}
