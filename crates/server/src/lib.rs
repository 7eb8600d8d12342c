//! The server: sessions, routes, jobs, command line. The only crate that knows HTTP and public JSON.

pub mod app;
pub mod assets;
pub mod audit;
pub mod auth;
pub mod cli;
pub mod connections;
pub mod demo;
mod described;
mod divisions;
pub mod error;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod live;
pub mod loading;
mod looks;
pub mod places;
pub mod private;
pub mod router;
mod routes;
pub mod steady;
mod table;
pub mod unlock;
pub mod uploads;
mod views;
pub mod vital;
pub mod witness;
