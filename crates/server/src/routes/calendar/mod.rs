//! The working calendar.

pub(crate) mod due;
