//! Purposes that restricted data may be looked at for.

pub(crate) mod list;
