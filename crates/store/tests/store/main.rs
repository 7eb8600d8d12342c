//! The operational database on SQLite and PostgreSQL: one program, so that it is linked once.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "what each list costs is worth reading when one becomes dear")]

mod common;
mod pages;
mod plans;
mod proven;
mod regions;
mod roles;
mod slices;
mod steps;
