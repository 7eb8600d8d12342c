//! Work that somebody started, and work that failed for good and waits to be sent again.

pub(crate) mod dead;
pub(crate) mod fetch;
pub(crate) mod resend;
