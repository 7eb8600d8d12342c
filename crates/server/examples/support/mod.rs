//! What the benchmark of steps and the fault tests share: a small HTTP client, crews of clerks with their tokens, and the life of a case.

pub(crate) mod crew;
pub(crate) mod http;
pub(crate) mod life;
