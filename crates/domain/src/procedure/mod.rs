//! Procedures (流程) as data: states, actions, named clocks. A procedure file is read, checked as a whole, and then only followed.

mod check;
mod mermaid;
mod model;
mod parse;
pub mod scenario;

pub use check::{Flaw, form_flaws};
pub use mermaid::{markdown_table, mermaid};
pub use model::*;
pub use parse::{ParseError, parse};
