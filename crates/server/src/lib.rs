//! The server: sessions, routes, jobs, command line. The only crate that knows HTTP and public JSON.

pub mod app;
pub mod assets;
pub mod audit;
pub mod auth;
pub mod cli;
pub mod demo;
mod divisions;
pub mod error;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod loading;
mod looks;
pub mod places;
pub mod router;
mod routes;
pub mod uploads;
mod views;
pub mod witness;
