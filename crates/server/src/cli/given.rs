//! Files and folders that a command is given by name.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use yizhi_grid::import::{MOST_BYTES, Reason};

use super::CliError;

/// Bytes of the longest file that people write by hand.
const PAGES_MOST: u64 = 1 << 20;

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

/// The text of a file of some pages at most: keys, a part of a catalog.
///
/// # Errors
/// When it cannot be read, is longer, or is no text.
pub(super) fn pages(file: &Path) -> Result<String, CliError> {
    let fault = |source| unreadable(file, source);
    let mut read = Vec::new();
    File::open(file).and_then(|open| open.take(PAGES_MOST + 1).read_to_end(&mut read)).map_err(fault)?;
    let (file, kilobytes) = (file.display(), PAGES_MOST >> 10);
    if read.len() as u64 > PAGES_MOST {
        return Err(CliError::Usage(format!(
            "{file}: 文件超过 {kilobytes} KB，这里不会这么长，请检查是不是写错了文件名。 The file is longer than {kilobytes} KB, which none here is; check its name."
        )));
    }
    String::from_utf8(read).map_err(|_| {
        CliError::Usage(format!(
            "{file}: 不是 UTF-8 文本，请另存为 UTF-8，或检查文件名。 This is no text in UTF-8; save it as such, or check its name."
        ))
    })
}

/// Asserts that a name is a folder's.
///
/// # Errors
/// When nothing is there, it cannot be seen, or it is a file.
pub(super) fn folder(path: &Path) -> Result<(), CliError> {
    if is_folder(path)? {
        return Ok(());
    }
    let path = path.display();
    Err(CliError::Usage(format!("{path}: 这里要写文件夹。 This has to be a folder.")))
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
    fn what_is_no_page_is_told_from_what_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        for (bytes, said) in
            [(&b"a: 1\n"[..], None), (b"\xff\xfe", Some("UTF-8")), (&[b'a'; 1 + (1 << 20)], Some("1024 KB"))]
        {
            std::fs::write(&file, bytes).unwrap();
            let told = pages(&file).err().map(|error| error.to_string());
            assert_eq!(told.is_some(), said.is_some(), "{told:?}");
            assert!(said.is_none_or(|said| told.is_some_and(|told| told.contains(said))));
        }
        assert!(pages(Path::new("/dev/zero")).is_err() && pages(folder.path()).is_err());
    }

    #[test]
    fn what_has_no_end_is_read_no_further_than_files_may_be_long() {
        let Err(reason) = bytes(Path::new("/dev/zero")).unwrap() else { panic!("zeros without end are taken") };
        assert!(matches!(reason, Reason::FileTooLong { .. }), "{reason:?}");
    }
}
