//! Who is on duty in which grid: what falls into a grid is theirs.

pub(crate) mod add;
mod day;
pub(crate) mod end;
pub(crate) mod import;
mod input;
pub(crate) mod list;
mod view;
