//! Looks at restricted data, on both databases: what may be seen, for which purpose, that it is recorded before it is shown, and who audits it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod audited;
mod confidential;
mod evidence;
mod export;
mod failing;
mod reachable;
mod scene;
mod unmask;
