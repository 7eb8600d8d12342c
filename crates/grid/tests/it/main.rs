//! Tests of the whole crate through its public interface.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod common;
mod crs;
mod demo;
mod import;
mod import_counties;
mod import_edges;
mod import_regions;
mod index;
