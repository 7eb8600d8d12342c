//! Departments that have people.

pub(crate) mod list;
