//! Browsers that have signed in to an account before. A stranger's failures close an account to strangers, not to where its owner usually signs in: such
//! a browser shows a cookie that proves it, and its failures are counted apart (OWASP, "device cookies").

use axum::http::HeaderMap;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::keys::Keys;

use super::extract::{cookie_named, secure_name};

const NAME: &str = "yizhi_device";
/// A year, in seconds.
const KEPT: u32 = 31_536_000;
/// Accounts that one browser is known for.
const MOST: usize = 8;
/// Hexadecimal digits of the browser's own number and of each proof.
const DIGITS: usize = 32;

/// The key of these proofs, and of the names under which tries are counted.
pub(super) fn key(keys: &Keys) -> [u8; 32] {
    Sha256::new().chain_update(b"yizhi sign-in v1").chain_update(keys.record_tag()).finalize().into()
}

/// A keyed digest over parts, none of which can be mistaken for another.
pub(super) fn digest(keys: &Keys, parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(&key(keys)) else {
        return Vec::new();
    };
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn proof(keys: &Keys, browser: &str, account: &str) -> String {
    let bytes = digest(keys, &[b"device", browser.as_bytes(), account.as_bytes()]);
    hex::encode(&bytes[..DIGITS / 2])
}

/// The parts of the cookie: the browser's number and its proofs.
fn shown(app: &App, headers: &HeaderMap) -> Option<(String, Vec<String>)> {
    let value = cookie_named(headers, &secure_name(app, NAME))?;
    let mut parts = value.split('.').filter(|p| p.len() == DIGITS && p.bytes().all(|b| b.is_ascii_hexdigit()));
    let browser = parts.next()?.to_owned();
    Some((browser, parts.take(MOST).map(str::to_owned).collect()))
}

/// The browser's number, if it has signed in to this account before.
pub fn known(app: &App, headers: &HeaderMap, account: &str) -> Option<String> {
    let (browser, proofs) = shown(app, headers)?;
    let wanted = proof(app.keys(), &browser, account);
    proofs.iter().any(|p| same(p, &wanted)).then_some(browser)
}

fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

/// The `Set-Cookie` value of a browser that has just signed in to an account.
pub fn cookie(app: &App, headers: &HeaderMap, account: &str) -> String {
    let (browser, mut proofs) = shown(app, headers).unwrap_or_else(|| {
        let number: [u8; DIGITS / 2] = rand::random();
        (hex::encode(number), Vec::new())
    });
    let own = proof(app.keys(), &browser, account);
    proofs.retain(|p| *p != own);
    proofs.insert(0, own);
    proofs.truncate(MOST);
    let secure = if app.config().secure_cookies { "; Secure" } else { "" };
    let name = secure_name(app, NAME);
    format!("{name}={browser}.{}; Path=/; HttpOnly; SameSite=Strict; Max-Age={KEPT}{secure}", proofs.join("."))
}
