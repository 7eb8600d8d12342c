//! A witness: what it answers, what it keeps, and that neither two requests at once nor a kill make it vouch for two histories.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../../examples/support/http.rs"]
mod http;

mod answers;
mod commands;
mod evidence;
mod killed;
mod log;
mod once;
mod place;
mod process;
mod states;
