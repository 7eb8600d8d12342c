//! Accounts and posts, for administrators. An administrator manages those people whose posts all lie in the administrator's region.

pub(crate) mod create;
pub(crate) mod list;
mod managed;
pub(crate) mod post_add;
pub(crate) mod post_end;
mod post_input;
pub(crate) mod unlock;
pub(crate) mod view;
