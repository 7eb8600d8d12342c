//! Accounts and posts, for administrators. An administrator manages those people whose posts all lie in the administrator's region, chooses no password
//! for anybody, and gives no post that sees people's data without a second person.

pub(crate) mod activation;
pub(crate) mod administration;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod managed;
pub(crate) mod post_add;
pub(crate) mod post_end;
mod post_input;
pub(crate) mod proposed;
pub(crate) mod reset;
pub(crate) mod tokens_end;
pub(crate) mod unlock;
pub(crate) mod view;
