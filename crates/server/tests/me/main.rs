//! One's own account.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod account;
mod notices;
mod notices_read;
mod password;
mod tokens;
mod totp;
