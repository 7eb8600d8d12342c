//! Somebody with access to the data folder changes the log's files, or its keys are not those that were pinned.

use std::fs;

use yizhi_ledger::note::{Algorithm, Checkpoint, SignedCheckpoint, SignerKey};
use yizhi_ledger::receipt::PinnedKeys;
use yizhi_ledger::tile::{Kind, TileId};
use yizhi_ledger::{Hash, TreeHead};

use crate::scene::{Scene, on_scene};

/// What is done to the bytes of a file; `None` takes the file away.
type Change = fn(Vec<u8>) -> Option<Vec<u8>>;

/// Changes a byte of a hash or an entry, not of the length before it.
fn flip(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let place = bytes.len() / 2 + 10;
    bytes[place] ^= 4;
    Some(bytes)
}

fn cut(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    bytes.pop();
    Some(bytes)
}

fn remove(_: Vec<u8>) -> Option<Vec<u8>> {
    None
}

fn line(bytes: &[u8], number: usize, change: impl Fn(&str) -> String) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let lines = text.split('\n').enumerate();
    let lines = lines.map(|(n, line)| if n == number { change(line) } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

#[tokio::test]
async fn a_changed_tile_or_bundle_is_named() {
    on_scene(async |scene| {
        let size = u64::try_from(scene.size).unwrap();
        let tiles =
            [(Kind::Hashes(0), 0), (Kind::Hashes(0), 1), (Kind::Hashes(1), 0), (Kind::Entries, 0), (Kind::Entries, 1)];
        for (kind, index) in tiles {
            let file = TileId::in_tree(kind, index, size).unwrap().to_string();
            for (what, change, whole) in
                [("flip", flip as Change, true), ("cut", cut, false), ("remove", remove, false)]
            {
                alter(&scene, &file, change);
                let what = format!("{what} {file}");
                let hashes = file.replace("entries", "0");
                scene.finds(&what, "log.tree", if whole { &hashes } else { &file }).await;
                if kind == Kind::Entries {
                    scene.finds(&what, if whole { "log.entry" } else { "log.file" }, &file).await;
                }
                scene.restore();
            }
        }
        scene.is_whole("after all").await;
    })
    .await;
}

/// An entry and its hashes are rewritten together, up to the root; the signature is not.
#[tokio::test]
async fn a_log_that_was_rewritten_whole_has_no_signature() {
    on_scene(async |scene| {
        let mut log = yizhi_ledger::tile::Appender::empty();
        let kept = usize::try_from(scene.size).unwrap();
        let mut entries: Vec<Vec<u8>> = scene.records[..kept].iter().map(|record| record.commitment.clone()).collect();
        entries[7] = vec![7; 32];
        let batch = log.append(&entries).unwrap();
        for tile in batch.tiles {
            fs::write(scene.log().join(tile.id.to_string()), tile.bytes).unwrap();
        }
        scene.finds("old checkpoint", "log.tree", "another root").await;
        scene.finds("old checkpoint", "record.unlogged", "record 7").await;
        let stranger =
            SignerKey::from_seed(scene.h.app.ledger().keys().log().name(), Algorithm::Ed25519, &[9; 32]).unwrap();
        publish(&scene, batch.head, &stranger);
        scene.finds("a stranger's checkpoint", "checkpoint.signature", "did not sign").await;
        scene.finds("a stranger's checkpoint", "record.unlogged", "record 7").await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_checkpoint_is_named() {
    on_scene(async |scene| {
        let changes: &[(&str, Change, &str)] = &[
            ("origin", |bytes| Some(line(&bytes, 0, |_| "another.example".to_owned())), "checkpoint.signature"),
            ("size", |bytes| Some(line(&bytes, 1, |size| format!("1{size}"))), "checkpoint.signature"),
            ("root", |bytes| Some(line(&bytes, 2, |_| Hash([5; 32]).to_string())), "checkpoint.signature"),
            ("signature", |bytes| Some(line(&bytes, 4, tampered)), "checkpoint.signature"),
            ("form", |_| Some(b"no checkpoint\n".to_vec()), "checkpoint"),
            ("end", cut, "checkpoint"),
            ("all", remove, "checkpoint"),
        ];
        for (what, change, name) in changes {
            alter(&scene, "checkpoint", *change);
            scene.finds(what, name, "").await;
            scene.restore();
        }
        scene.is_whole("after all").await;
    })
    .await;
}

/// Whoever has the log's key signs what the tree is not.
#[tokio::test]
async fn a_wrong_head_is_found_though_it_is_signed() {
    on_scene(async |scene| {
        let key = own_key(&scene);
        let size = u64::try_from(scene.size).unwrap();
        let root = SignedCheckpoint::parse(&fs::read(scene.log().join("checkpoint")).unwrap()).unwrap().head().root;
        publish(&scene, TreeHead { size, root: Hash([5; 32]) }, &key);
        scene.finds("root", "log.tree", "another root").await;
        scene.finds("root", "ledger.row", &format!("size {size}")).await;
        publish(&scene, TreeHead { size: size + 1, root }, &key);
        scene.finds("larger", "ledger.row", &format!("but size {}", size + 1)).await;
        publish(&scene, TreeHead { size: size - 1, root }, &key);
        scene.finds("smaller", "log.tree", &format!("for {} entries", size - 1)).await;
        publish(&scene, TreeHead { size, root }, &key);
        scene.is_whole("the right one").await;
    })
    .await;
}

#[tokio::test]
async fn the_pinned_keys_must_have_signed() {
    on_scene(async |scene| {
        let key = own_key(&scene);
        let witness = SignerKey::from_seed("court.example/witness", Algorithm::Cosignature, &[2; 32]).unwrap();
        let pinned = PinnedKeys::new(key.verifier().clone(), vec![witness.verifier().clone()], 1).unwrap();
        let names = async || -> Vec<&str> {
            let report = scene.verify_with(pinned.clone()).await;
            report.findings.counted().keys().copied().collect()
        };
        assert_eq!(names().await, ["checkpoint.signature"]);
        let file = scene.log().join("checkpoint");
        let mut checkpoint = SignedCheckpoint::parse(&fs::read(&file).unwrap()).unwrap();
        let cosignature = witness.sign(checkpoint.note().text(), 1_795_000_000);
        checkpoint.add(cosignature);
        fs::write(&file, checkpoint.to_string()).unwrap();
        assert!(names().await.is_empty());
        let stranger = SignerKey::from_seed(key.verifier().name(), Algorithm::Ed25519, &[3; 32]).unwrap();
        let report = scene.verify_with(PinnedKeys::new(stranger.verifier().clone(), Vec::new(), 0).unwrap()).await;
        assert!(report.findings.counted().contains_key("checkpoint.signature") && report.published.is_none());
    })
    .await;
}

fn own_key(scene: &Scene) -> SignerKey {
    let text = fs::read_to_string(scene.h.app.config().data.join("ledger.key")).unwrap();
    SignerKey::parse(text.trim_end()).unwrap()
}

fn publish(scene: &Scene, head: TreeHead, key: &SignerKey) {
    let checkpoint = Checkpoint { origin: key.verifier().name().to_owned(), head, extensions: Vec::new() };
    fs::write(scene.log().join("checkpoint"), checkpoint.sign(key).unwrap().to_string()).unwrap();
}

fn alter(scene: &Scene, file: &str, change: Change) {
    let path = scene.log().join(file);
    match change(fs::read(&path).unwrap()) {
        Some(bytes) => fs::write(&path, bytes).unwrap(),
        None => fs::remove_file(&path).unwrap(),
    }
}

/// A signature line with other base64 in its middle.
fn tampered(line: &str) -> String {
    let at = line.len() - 20;
    let other = if line.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &line[..at], &line[at + 1..])
}
