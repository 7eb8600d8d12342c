//! What commands say: results on standard output, remarks on standard error. A reader that went away is no fault.

use std::fmt::Display;
use std::io::Write as _;

/// A line of the result.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A remark.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
