//! Timers of cases: each alert is raised once however many servers look, and a refused one is shown and holds up no other.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod refused;
mod scene;
mod two_servers;
