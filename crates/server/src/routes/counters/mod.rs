//! Counts for a slice.

pub(crate) mod fetch;
