//! Public JSON made from what the domain and the store know. Core types are not the public JSON; these are.

pub(crate) mod attachment;
pub(crate) mod case;
pub(crate) mod change;
pub(crate) mod facts;
pub(crate) mod grid;
pub(crate) mod mask;
pub(crate) mod matter;
pub(crate) mod region;
pub(crate) mod text;
pub(crate) mod time;
