//! Names of tiles, in both directions.

use proptest::prelude::*;
use yizhi_ledger::tile::{Kind, TileId, WIDTH};

fn id(kind: Kind, index: u64, width: u64) -> TileId {
    let size = match kind {
        Kind::Entries => index * WIDTH + width,
        Kind::Hashes(level) => (index * WIDTH + width) << (8 * level),
    };
    TileId::in_tree(kind, index, size).expect("a tile of that tree")
}

#[test]
fn paths_are_those_of_the_specification() {
    let cases = [
        (id(Kind::Hashes(0), 0, 1), "tile/0/000.p/1"),
        (id(Kind::Hashes(0), 273, 112), "tile/0/273.p/112"),
        (id(Kind::Hashes(1), 999, 256), "tile/1/999"),
        (id(Kind::Hashes(1), 1_000, 255), "tile/1/x001/000.p/255"),
        (id(Kind::Hashes(2), 1_234_067, 256), "tile/2/x001/x234/067"),
        (id(Kind::Entries, 1_234_067, 17), "tile/entries/x001/x234/067.p/17"),
        (id(Kind::Entries, 0, 256), "tile/entries/000"),
    ];
    for (id, path) in cases {
        assert_eq!(id.to_string(), path);
        assert_eq!(TileId::parse(path), Some(id), "{path}");
    }
    let far = "tile/63/x018/x446/x744/x073/x709/x551/615";
    assert_eq!(TileId::parse(far).map(|id| id.to_string()).as_deref(), Some(far));
}

#[test]
fn other_texts_are_no_paths() {
    let wrong = [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/000/000",
        "tile/0/x001",
        "tile/0/x001/x000",
        "tile/0/x001/00",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/256/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1.p/1",
        "tile/0/000.p/1/",
        "tile/0/000/",
        "/tile/0/000",
        "tile//000",
        "tile/entry/000",
        "tile/entries",
        "tile/0/000 ",
        "tile/0/+00",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x018/x446/x744/x073/x709/x551/615",
        "tile/0/X001/000",
        "tile/0/x00a/000",
        "tile/0/٠٠٠",
        "checkpoint",
        "tile/0/../000",
    ];
    for path in wrong {
        assert_eq!(TileId::parse(path), None, "{path:?}");
    }
}

/// The example of the specification: 273 full and one partial tile below, one full and one partial in the middle, one on top.
#[test]
fn a_tree_of_70_000_has_the_tiles_it_should() {
    let tile = |level, index| TileId::in_tree(Kind::Hashes(level), index, 70_000).map(|id| id.width());
    assert_eq!([tile(0, 272), tile(0, 273), tile(0, 274)], [Some(256), Some(112), None]);
    assert_eq!([tile(1, 0), tile(1, 1), tile(1, 2)], [Some(256), Some(17), None]);
    assert_eq!([tile(2, 0), tile(3, 0), tile(64, 0)], [Some(1), None, None]);
    assert_eq!(TileId::in_tree(Kind::Hashes(1), 0, 256).map(|id| id.width()), Some(1));
}

proptest! {
    #[test]
    fn what_is_read_is_written_back(text in "tile/([0-9]{1,2}|entries)/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Some(id) = TileId::parse(&text) {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn every_tile_has_a_path(level in 0..5_u8, index in 0..u64::from(u32::MAX) / 512, width in 1..=WIDTH, entries: bool) {
        let id = if entries { id(Kind::Entries, index, width) } else { id(Kind::Hashes(level), index, width) };
        prop_assert_eq!(TileId::parse(&id.to_string()), Some(id));
    }
}
