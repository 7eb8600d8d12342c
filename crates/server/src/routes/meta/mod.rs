//! What a client must know before anybody signs in.

pub(crate) mod fetch;
