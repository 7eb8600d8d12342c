//! Files and folders that a command is given by name.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use yizhi_grid::import::{MOST_BYTES, Reason};

use super::CliError;

/// The bytes of a file; a reason when it has too many. What has no length of its own, such as a device or a pipe, is read no further than that.
///
/// # Errors
/// When it cannot be read.
pub(super) fn bytes(file: &Path) -> Result<Result<Vec<u8>, Reason>, CliError> {
    let fault = |source| unreadable(file, source);
    let open = File::open(file).map_err(fault)?;
    let length = usize::try_from(open.metadata().map_err(fault)?.len()).unwrap_or(usize::MAX);
    let mut read = Vec::new();
    if length <= MOST_BYTES {
        open.take(MOST_BYTES as u64 + 1).read_to_end(&mut read).map_err(fault)?;
    }
    let bytes = read.len().max(length);
    Ok(if bytes > MOST_BYTES { Err(Reason::FileTooLong { bytes, most: MOST_BYTES }) } else { Ok(read) })
}

/// Whether the name is a folder's.
///
/// # Errors
/// When nothing is there, or it cannot be seen.
pub(super) fn is_folder(path: &Path) -> Result<bool, CliError> {
    Ok(path.metadata().map_err(|source| unreadable(path, source))?.is_dir())
}

/// For `map_err`: what a command was given cannot be read.
pub(super) fn unreadable(path: &Path, source: std::io::Error) -> CliError {
    CliError::Given { path: path.display().to_string(), source }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_read_no_further_than_files_may_be_long() {
        let Err(reason) = bytes(Path::new("/dev/zero")).unwrap() else { panic!("zeros without end are taken") };
        assert!(matches!(reason, Reason::FileTooLong { .. }), "{reason:?}");
    }
}
