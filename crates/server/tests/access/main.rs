//! Who may call what, and who sees which case, for every endpoint. The tables here are written from the documents, not from the code: a route that asks
//! too little, or that nobody has thought about, fails.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod calls;
mod cases;
mod complete;
mod confidential;
mod counts;
mod gaps;
mod jobs;
mod leaves;
mod live;
mod names;
mod nasty;
mod over;
mod public;
mod scene;
mod steps;
mod table;
mod time;
mod walk;
