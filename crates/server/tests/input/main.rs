//! What may be sent, on both databases: repeated requests, data that a form asks for, places, names and phones, and texts in every field.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

#[path = "../common/mod.rs"]
pub mod common;

mod bounds;
mod contact;
mod kept;
mod keys;
mod nul;
mod parameters;
mod places;
mod words;
