//! The files of the repository as text, without what is built, fetched or generated into it.

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) struct Source {
    /// Relative to the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

const SKIPPED: &[&str] =
    &[".git", "target", "node_modules", "dist", "data", "test-results", "playwright-report", "mutants.out"];

pub(crate) fn root() -> PathBuf {
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    server.ancestors().nth(2).expect("the crate lies in crates/server").to_path_buf()
}

/// The text of one file, named from the repository's root.
#[expect(clippy::panic, reason = "a rule over a file that cannot be read is broken, and the path says which")]
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file with one of these extensions, in the order of their paths.
pub(crate) fn sources(extensions: &[&str]) -> Vec<Source> {
    let root = root();
    let mut paths = Vec::new();
    collect(&root, &root, extensions, &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no {extensions:?} under {}", root.display());
    paths
        .into_iter()
        .map(|path| {
            let text = read(&path);
            Source { path, text }
        })
        .collect()
}

fn collect(root: &Path, folder: &Path, extensions: &[&str], paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a UTF-8 name");
        if path.is_dir() && !SKIPPED.contains(&name) {
            collect(root, &path, extensions, paths);
        } else if path.is_file() && extensions.iter().any(|extension| name.ends_with(&format!(".{extension}"))) {
            let relative = path.strip_prefix(root).expect("inside the repository");
            paths.push(relative.to_str().expect("a UTF-8 path").replace('\\', "/"));
        }
    }
}
