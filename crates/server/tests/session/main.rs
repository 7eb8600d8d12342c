//! Signing in and out, and what keeps a session safe.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod authorization;
mod csrf;
mod demo;
mod headers;
mod lockout;
mod posts;
mod second_factor;
mod sign_in;
mod strangers;
mod timeout;
