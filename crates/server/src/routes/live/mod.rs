//! Live changes.

pub(crate) mod stream;
