//! Who is asking. A request names itself by a session cookie or a program's token; person, post and slice are found on the server from there.

mod address;
mod addresses;
mod cache;
pub mod device;
mod door;
mod extract;
pub mod guard;
pub(crate) mod host;
pub mod lockout;
pub mod once;
pub mod password;
mod rate;
mod reading;
pub mod scope;
pub mod sign_in;
pub(crate) mod strangers;
pub mod totp;

pub use address::{ClientAddress, ForwardedBy, Network, Proxies};
pub(crate) use addresses::network;
pub use cache::{Cached, SessionCache};
pub use door::Door;
pub use extract::{Arriving, COOKIE, Via, Who, cookie_digest, find, open_session, peek, session_cookie};
pub use rate::Bucket;
pub(crate) use reading::ExportTurn;
#[cfg(test)]
pub(crate) use reading::Reading;
pub use scope::Scope;

use chrono::TimeDelta;

/// A session unused for this long is over.
pub const IDLE: TimeDelta = TimeDelta::hours(2);
/// A session is over after this long whatever happens.
pub const ABSOLUTE: TimeDelta = TimeDelta::hours(12);
