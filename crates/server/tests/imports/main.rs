//! What the commands import into an installation, on either database: nothing ends in silence, faults are named, and a refused file changes nothing.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod command;
mod grids;
mod places;
