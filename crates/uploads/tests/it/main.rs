//! Files made byte by byte, and some that phones made: what is kept of them, and what is not.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod clips;
mod made;
mod mutated;
mod pictures;
mod planted;
mod samples;
