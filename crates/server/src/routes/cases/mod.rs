//! Cases: received, listed, read, acted on.

pub(crate) mod act;
pub(crate) mod confidential;
pub(crate) mod duplicates;
pub(crate) mod export;
pub(crate) mod fetch;
pub(super) mod found;
pub(crate) mod list;
mod place;
pub(crate) mod receipt;
pub(crate) mod report;
pub(crate) mod timeline;
pub(crate) mod unmask;

pub(in crate::routes) use list::listed;
pub(crate) use place::point;
