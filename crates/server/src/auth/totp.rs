//! Second factor: time-based one-time passwords (RFC 6238), six digits, thirty seconds, one step of tolerance either way.

use chrono::{DateTime, Utc};
use totp_rs::{Algorithm, Secret, TOTP};

const ISSUER: &str = "Yizhi";

/// A new secret, in base32 as apps show it.
pub fn new_secret() -> String {
    Secret::generate_secret().to_encoded().to_string()
}

fn totp(secret: &str, account: &str) -> Option<TOTP> {
    let bytes = Secret::Encoded(secret.to_owned()).to_bytes().ok()?;
    TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, Some(ISSUER.to_owned()), account.to_owned()).ok()
}

/// Whether a code is right at a moment.
pub fn check(secret: &str, account: &str, code: &str, now: DateTime<Utc>) -> bool {
    let at = u64::try_from(now.timestamp()).unwrap_or(0);
    totp(secret, account).is_some_and(|t| t.check(code.trim(), at))
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
