//! Faults against the real program, on SQLite and, where `YIZHI_TEST_POSTGRES` names a server, on PostgreSQL: killed under load, told to stop, disk
//! full, database gone. After each, what was acknowledged is there, and there once.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../../examples/support/mod.rs"]
mod support;

mod full;
mod gone;
mod ground;
mod killed;
mod ledger;
mod load;
mod postgres;
mod server;
mod silent;
mod stopped;
mod truth;
