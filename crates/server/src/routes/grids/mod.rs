//! Grids: outlines, which one holds a point, search without a map.

pub(crate) mod list;
pub(crate) mod locate;
pub(crate) mod search;
