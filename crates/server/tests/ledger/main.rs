//! The ledger at work, on both databases: what is recorded is in the log, once and in order; whatever dies on the way, and whoever changes something.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod crash;
mod growth;
mod killed;
mod log;
mod notary;
mod receipts;
mod slow;
mod tampering;
mod tls;
