//! The nouns and rules of Yizhi. Pure: time, data and randomness come in as parameters, values go out; no I/O, no async.

pub mod calendar;
pub mod case;
pub mod catalog;
pub mod clock;
pub mod codes;
pub mod department;
pub mod directory;
pub mod erasure;
pub mod expr;
pub mod ids;
pub mod json;
pub mod look;
pub mod matter;
pub mod procedure;
pub mod purpose;
pub mod record;
pub mod region;
pub mod retention;
pub mod role;
pub mod search;
pub mod slice;
pub mod text;
pub mod world;
pub mod written;
