//! SeaORM entities, one for each table that ordinary reads and writes use. Times are microseconds since 1970 UTC.

pub(crate) mod api_token;
pub(crate) mod assignment;
pub(crate) mod attachment;
pub(crate) mod case_access;
pub(crate) mod cases;
pub(crate) mod catalog_release;
pub(crate) mod change_feed;
pub(crate) mod counter;
pub(crate) mod erasure;
pub(crate) mod erasure_rest;
pub(crate) mod grid;
pub(crate) mod grid_duty;
pub(crate) mod idempotency;
pub(crate) mod job;
pub(crate) mod ledger;
pub(crate) mod login_link;
pub(crate) mod look;
pub(crate) mod notice;
pub(crate) mod person;
pub(crate) mod post;
pub(crate) mod record;
pub(crate) mod region;
pub(crate) mod session;
pub(crate) mod setting;
