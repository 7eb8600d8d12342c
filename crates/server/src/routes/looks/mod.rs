//! Who looked at what, for those who audit it.

pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod receipt;
mod view;
