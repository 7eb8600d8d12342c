//! Photos and clips of cases.

pub(crate) mod fetch;
mod files;
pub(crate) mod thumbnail;
pub(crate) mod upload;
