//! The catalog's matters.

pub(crate) mod fetch;
pub(crate) mod list;
