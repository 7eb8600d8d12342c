//! Second factor: time-based one-time passwords (RFC 6238), six digits, thirty seconds, one step of tolerance either way.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::keys::Keys;

const ISSUER: &str = "Yizhi";
const STEP: u64 = 30;

/// A person's second factor as kept, sealed: the secret in force, and one that waits for its first code. A phone is changed without a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
}

impl SecondFactor {
    /// What a sealed column holds; nothing if it is empty.
    pub fn open(keys: &Keys, sealed: Option<&[u8]>) -> Option<Self> {
        let Some(sealed) = sealed else {
            return Some(Self::default());
        };
        serde_json::from_str(&keys.open_text(sealed)?).ok()
    }

    pub fn seal(&self, keys: &Keys) -> Option<Vec<u8>> {
        keys.seal(&serde_json::to_string(self).ok()?)
    }
}

/// A new secret, in base32 as apps show it.
pub fn new_secret() -> String {
    Secret::generate_secret().to_encoded().to_string()
}

fn totp(secret: &str, account: &str) -> Option<TOTP> {
    let bytes = Secret::Encoded(secret.to_owned()).to_bytes().ok()?;
    TOTP::new(Algorithm::SHA1, 6, 1, STEP, bytes, Some(ISSUER.to_owned()), account.to_owned()).ok()
}

/// The time step whose code this is, at a moment; `None` if it is wrong or too old.
pub fn step_of(secret: &str, account: &str, code: &str, now: DateTime<Utc>) -> Option<u64> {
    let totp = totp(secret, account)?;
    let step = u64::try_from(now.timestamp()).ok()? / STEP;
    let code = code.trim();
    (step.saturating_sub(1)..=step + 1).find(|s| same(&totp.generate(s * STEP), code))
}

/// The code of a moment: what the person's phone shows then.
pub fn code_at(secret: &str, account: &str, at: DateTime<Utc>) -> Option<String> {
    totp(secret, account).map(|t| t.generate(u64::try_from(at.timestamp()).unwrap_or(0)))
}

/// Compares in the same time wherever they differ.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

/// The `otpauth://` address that apps read from a QR code.
pub fn uri(secret: &str, account: &str) -> Option<String> {
    totp(secret, account).map(|t| t.get_url())
}

/// A QR code of a text as SVG.
pub fn qr_svg(text: &str) -> Option<String> {
    let code = qrcode::QrCode::new(text.as_bytes()).ok()?;
    Some(code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).build())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    /// RFC 6238, appendix B: the secret “12345678901234567890” at 59 s and 1111111109 s, the last six of eight digits.
    #[test]
    fn codes_of_the_standard() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = DateTime::from_timestamp(at, 0).unwrap();
            assert_eq!(step_of(secret, "li", code, now), Some(u64::try_from(at).unwrap() / STEP), "{at}");
            assert_eq!(code_at(secret, "li", now).as_deref(), Some(code), "{at}");
        }
    }

    #[test]
    fn one_step_of_tolerance() {
        let secret = new_secret();
        let now = DateTime::from_timestamp(1_000_000_010, 0).unwrap();
        let code = code_at(&secret, "li", now).unwrap();
        for (seconds, good) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let at = now + TimeDelta::seconds(seconds);
            assert_eq!(step_of(&secret, "li", &code, at).is_some(), good, "{seconds}");
        }
        assert_eq!(step_of(&secret, "li", "12345", now), None);
    }
}
