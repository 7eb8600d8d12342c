//! The state of a case as its rows stand, against what its last record commits to.

use yizhi_domain::record::{ERASABLE, OTHERS};
use yizhi_store::CaseFacts;

use super::finding::{Finding, Findings, RowFault};
use super::said::Stated;

/// The bit of a leaf; none for what is no leaf.
pub(super) fn bit(leaf: &str) -> u16 {
    let place = ERASABLE.into_iter().chain(OTHERS).position(|name| name == leaf);
    place.map_or(0, |place| 1 << place)
}

/// The leaf in which something differs: columns that do not follow from others are in those of their table.
fn leaf_of(what: &str) -> &str {
    match what {
        "cell" => "location",
        what if bit(what) == 0 => "case",
        leaf => leaf,
    }
}

/// A digest from hexadecimal digits.
pub(super) fn digest(hex: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (index, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(out)
}

/// Whether a record found the case as the record before it left it.
pub(super) fn follows(known: Option<&[u8; 32]>, stated: &Stated<'_>) -> bool {
    match (stated.before.0, known) {
        ("", _) | ("null", None) => true,
        ("null", Some(_)) | (_, None) => false,
        (found, Some(known)) => digest(found.trim_matches('"')).as_ref() == Some(known),
    }
}

/// Names what differs; `named` are leaves of which something was said already.
pub(super) fn settle(number: &str, facts: &CaseFacts, last: Option<[u8; 32]>, named: u16, findings: &mut Findings) {
    let number = || number.to_owned();
    let Some(last) = last else {
        // Cases older than states have none.
        if facts.kept {
            findings.add(Finding::Row(RowFault::Leaves { number: number() }));
        }
        return;
    };
    if facts.digest != Some(last) || !facts.own {
        findings.add(Finding::Row(RowFault::Leaves { number: number() }));
    }
    for what in facts.differs.iter().filter(|what| named & bit(leaf_of(what)) == 0) {
        findings.add(Finding::Row(RowFault::Facts { number: number(), what }));
    }
}
