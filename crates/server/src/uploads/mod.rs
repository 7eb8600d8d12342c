//! Uploads on their way in: a turn is taken before the body is read, the body goes to a file without a name, is cleaned within a bound of memory, and is
//! kept once, whoever repeats it and however many at once. What a file is and what must leave it says the crate `yizhi-uploads`.

mod body;
mod form;
mod keep;
mod name;
mod turns;
mod words;

use object_store::path::Path;
use yizhi_domain::ids::AttachmentId;

pub use keep::{Finished, finish};
pub use turns::{Limits, Turns};
pub use yizhi_uploads::{BYTES_MAX, TAKEN};

pub(crate) use form::{announced, receive};
pub(crate) use keep::{Upload, keep};
pub(crate) use words::stored;

/// The folder of the file store in which attachments lie.
pub const FOLDER: &str = "attachments";
/// What the name of a thumbnail ends with.
pub const THUMBNAIL: &str = "-thumbnail";

/// Where bytes of an attachment lie in the file store, by [`yizhi_store::AttachmentRow::file`].
pub fn key(file: AttachmentId) -> Path {
    Path::from(format!("{FOLDER}/{file}"))
}

/// Where its thumbnail lies.
pub fn thumbnail_key(file: AttachmentId) -> Path {
    Path::from(format!("{FOLDER}/{file}{THUMBNAIL}"))
}
