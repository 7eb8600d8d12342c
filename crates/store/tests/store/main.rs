//! The operational database on SQLite and PostgreSQL: one program, so that it is linked once.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;
mod slices;
mod steps;
