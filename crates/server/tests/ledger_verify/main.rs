//! `yizhi ledger verify` on both databases: what is whole passes, and everything that somebody can change behind the server's back is found and named.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod command;
mod database;
mod files;
mod records;
mod scene;
mod steps;
mod whole;
