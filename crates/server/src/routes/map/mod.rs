//! Map layers.

pub(crate) mod cases;
