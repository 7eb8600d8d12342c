//! What a witness does with a new checkpoint (C2SP tlog-witness), without its sockets and files: read the request, decide, answer.

mod decide;
mod request;

pub use decide::{Answer, KnownLog, decide};
pub(crate) use request::split_at_empty_line;
pub use request::{AddCheckpoint, RequestError};
