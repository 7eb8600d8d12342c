//! Endpoints by noun: `routes/<feature>/<verb>.rs` holds a handler with its request and response.

pub(crate) mod attachments;
pub(crate) mod calendar;
pub(crate) mod cases;
pub(crate) mod counters;
pub(crate) mod csv;
pub(crate) mod departments;
pub(crate) mod erasures;
pub(crate) mod grids;
pub(crate) mod health;
pub(crate) mod jobs;
pub(crate) mod large;
pub(crate) mod ledger;
pub(crate) mod live;
pub(crate) mod looks;
pub(crate) mod map;
pub(crate) mod matters;
pub(crate) mod me;
pub(crate) mod meta;
pub(crate) mod page;
pub(crate) mod people;
pub(crate) mod proposals;
pub(crate) mod purposes;
pub(crate) mod regions;
pub(crate) mod session;
pub(crate) mod valid;
pub(crate) mod web;
