//! `POST /attachments` and what becomes of uploads.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

#[path = "../common/mod.rs"]
pub mod common;

mod cases;
mod refused;
mod repeats;
mod scene;
mod sweep;
