//! A small log of ours as files, with keys and a receipt: what programs in other languages are tested on. It may not change unnoticed, for
//! receipts live longer than releases; after a change on purpose write it anew with `YIZHI_BLESS=1 cargo test -p yizhi-ledger --test ours`.

#![expect(clippy::unwrap_used, reason = "tests")]

pub mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{cosigned, entries, parts, pinned, receipt};
use yizhi_ledger::receipt::commitment;
use yizhi_ledger::tile::Appender;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/ours")
}

fn files() -> BTreeMap<String, Vec<u8>> {
    let mut all = entries(300);
    all[257] = commitment(&parts()).0.to_vec();
    let batch = Appender::empty().append(&all).unwrap();
    let mut files: BTreeMap<String, Vec<u8>> =
        batch.tiles.into_iter().map(|tile| (format!("log/{}", tile.id), tile.bytes)).collect();
    files.insert("log/checkpoint".into(), cosigned(batch.head).to_string().into_bytes());
    files.insert("ledger.keys".into(), pinned(2).to_string().into_bytes());
    files.insert("case.tlog-proof".into(), receipt().to_string().into_bytes());
    files
}

#[test]
fn the_files_are_what_they_were() {
    for (path, bytes) in files() {
        let path = folder().join(path);
        if std::env::var_os("YIZHI_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert!(fs::read(&path).is_ok_and(|kept| kept == bytes), "{}", path.display());
    }
}
