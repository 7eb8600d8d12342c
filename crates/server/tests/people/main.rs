//! Accounts and posts in the hands of administrators.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod authorization;
mod collusion;
mod create;
mod duties;
mod list;
mod posts;
mod reload;
mod reset;
mod separation;
mod two;
