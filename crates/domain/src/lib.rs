//! The nouns and rules of Yizhi. Pure: time, data and randomness come in as parameters, values go out; no I/O, no async.

pub mod calendar;
pub mod codes;
pub mod expr;
pub mod record;
