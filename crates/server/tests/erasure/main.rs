//! Erasing fields of a case, on both databases: who may, what it takes, where the values are gone from, and that every proof still holds.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod address;
mod cells;
mod copies;
mod decisions;
mod files;
mod guesses;
mod proofs;
mod proposals;
mod scene;
mod tampering;
mod views;
