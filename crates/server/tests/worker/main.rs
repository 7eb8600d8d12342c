//! The job queue's worker, and its first job: the day's stage facts.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod claims;
mod stage_days;
