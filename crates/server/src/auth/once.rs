//! One-time codes for an activation: eighty random bits in signs that cannot be mistaken for each other, the page they are used on, and a picture of it.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, TimeDelta, Utc};
use rand::seq::IndexedRandom as _;
use yizhi_store::NewCode;

use crate::keys::token_digest;

use super::totp::qr_svg;

/// A code that nobody used for this long is over.
pub const GOOD_FOR: TimeDelta = TimeDelta::days(7);

const SIGNS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const GROUPS: usize = 4;
const GROUP: usize = 4;

/// Which part of a code: the whole or first half, or the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    First,
    Second,
}

/// A new code in clear, told once, and what is kept of it.
pub fn new_code(now: DateTime<Utc>) -> (String, NewCode) {
    let mut random = rand::rng();
    let mut group =
        || -> String { (0..GROUP).filter_map(|_| SIGNS.choose(&mut random)).map(|b| char::from(*b)).collect() };
    let code = (0..GROUPS).map(|_| group()).collect::<Vec<_>>().join("-");
    let kept = NewCode { digest: digest(&code), expires_at: now + GOOD_FOR };
    (code, kept)
}

/// The digest of a code however it was typed: small letters, blanks and hyphens do not matter.
pub fn digest(typed: &str) -> Vec<u8> {
    let signs = typed.chars().filter(char::is_ascii_alphanumeric).take(2 * GROUPS * GROUP);
    token_digest(&signs.collect::<String>().to_ascii_uppercase())
}

/// The address of the page where a code is used. The code stands behind `#`, which browsers send to nobody.
pub fn link(headers: &HeaderMap, code: &str, part: Part) -> Option<String> {
    let text = |name| headers.get(name).and_then(|v: &axum::http::HeaderValue| v.to_str().ok());
    let origin = text(header::ORIGIN).filter(|o| o.starts_with("http://") || o.starts_with("https://"))?;
    let name = match part {
        Part::First => "code",
        Part::Second => "confirmation",
    };
    Some(format!("{origin}/activate#{name}={code}"))
}

/// The link as a QR code, in SVG.
pub fn picture(link: &str) -> Option<String> {
    qr_svg(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typed_as_people_type() {
        let (code, kept) = new_code(DateTime::UNIX_EPOCH);
        assert_eq!(code.len(), GROUPS * GROUP + GROUPS - 1);
        for typed in [code.clone(), code.to_lowercase(), code.replace('-', " "), format!(" {code}\n")] {
            assert_eq!(digest(&typed), kept.digest, "{typed}");
        }
        assert_ne!(new_code(DateTime::UNIX_EPOCH).0, code);
        assert_eq!(SIGNS.len(), 32, "five bits each");
    }
}
