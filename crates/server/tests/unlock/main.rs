//! Keys and databases that do not belong together: nothing is written, no key is made, and it is said which file in which folder. And the ways out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod accept;
mod log_name;
mod modes;
mod scene;
mod wrong;
