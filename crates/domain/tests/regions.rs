//! The packed tree of regions answers as a plain list of them does, whatever the regions and whatever is asked; and it stays small.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use yizhi_domain::region::{Level, Region, RegionFault, RegionPath, RegionTree, RegionTreeBuilder};
use yizhi_domain::search::folded;

/// A region with texts of its own.
#[derive(Clone, Debug, PartialEq)]
struct Owned {
    level: Level,
    key: String,
    code: String,
    name: String,
    pinyin: String,
    initials: String,
    center: Option<(f64, f64)>,
}

impl Owned {
    fn new(key: &str, code: &str, name: &str) -> Self {
        let level = Level::of_key(key).unwrap();
        let texts = [key, code, name].map(str::to_owned);
        let [key, code, name] = texts;
        Self { level, key, code, name, pinyin: String::new(), initials: String::new(), center: None }
    }

    fn of(region: &Region<'_>) -> Self {
        Self {
            pinyin: region.pinyin.to_owned(),
            initials: region.initials.to_owned(),
            center: region.center,
            ..Self::new(region.key, region.code, region.name)
        }
    }

    fn borrowed(&self) -> Region<'_> {
        let Self { level, key, code, name, pinyin, initials, center } = self;
        Region { level: *level, key, code, name, pinyin, initials, center: *center }
    }
}

/// What the tree has to answer, from a list.
struct Oracle(Vec<Owned>);

impl Oracle {
    /// In the order of codes, then paths; of several with one path the last one.
    fn new(regions: &[Owned]) -> Self {
        let by_key: BTreeMap<&str, &Owned> = regions.iter().map(|region| (region.key.as_str(), region)).collect();
        let mut regions: Vec<Owned> = by_key.into_values().cloned().collect();
        regions.sort_by(|a, b| a.code.cmp(&b.code).then_with(|| a.key.cmp(&b.key)));
        Self(regions)
    }

    fn at(&self, path: &RegionPath) -> Option<Owned> {
        self.0.iter().find(|region| region.key == path.as_str()).cloned()
    }

    fn coded(&self, code: &str) -> Option<Owned> {
        self.0.iter().rfind(|region| region.code == code).cloned()
    }

    fn children(&self, path: &RegionPath) -> Vec<Owned> {
        let parent = |region: &&Owned| RegionPath::parse(&region.key).unwrap().parent().as_ref() == Some(path);
        self.0.iter().filter(parent).cloned().collect()
    }

    fn chain(&self, path: &RegionPath) -> Vec<Owned> {
        let above = std::iter::successors(Some(path.at(Level::Village)), RegionPath::parent);
        let mut chain: Vec<Owned> = above.filter_map(|path| self.at(&path)).collect();
        chain.reverse();
        chain
    }

    fn search(&self, query: &str, within: &RegionPath, limit: usize) -> Vec<Owned> {
        let rank = |region: &Owned| {
            let name = folded(&region.name);
            let begins = [&*region.code, &*name, &*region.initials].iter().any(|text| text.starts_with(query));
            match () {
                () if region.code == query || name == query => Some(0),
                () if begins => Some(1),
                () if region.pinyin.starts_with(query) => Some(2),
                () => name.contains(query).then_some(3),
            }
        };
        let inside = self.0.iter().filter(|region| region.key.starts_with(within.as_str()));
        let mut hits: Vec<(i32, Level, &Owned)> =
            inside.filter_map(|region| Some((rank(region)?, region.level, region))).collect();
        hits.sort_by_key(|(rank, level, _)| (*rank, *level));
        let hits = hits.into_iter().filter(|_| !query.is_empty());
        hits.take(limit).map(|(_, _, region)| region.clone()).collect()
    }
}

fn key() -> impl Strategy<Value = String> {
    prop::collection::vec(select(vec!["1", "2", "10", "01", "a"]), 1..=6).prop_map(|parts| parts.join(".") + ".")
}

fn text() -> impl Strategy<Value = String> {
    let parts = select(vec!["村", "城", "东", "（", "）", "Ａ", "a", "1", "10", "𰻞", "ﬁ", " "]);
    prop::collection::vec(parts, 0..4).prop_map(|parts| parts.concat())
}

fn region() -> impl Strategy<Value = Owned> {
    let center = prop::option::of((-180.0..180.0, -90.0..90.0));
    (key(), text(), text(), text(), text(), center).prop_map(|(key, code, name, pinyin, initials, center)| Owned {
        pinyin,
        initials,
        center,
        ..Owned::new(&key, &code, &name)
    })
}

fn owned<'r>(regions: impl IntoIterator<Item = Region<'r>>) -> Vec<Owned> {
    regions.into_iter().map(|region| Owned::of(&region)).collect()
}

proptest! {
    #[test]
    fn the_packed_tree_answers_as_a_list_does(
        regions in prop::collection::vec(region(), 0..40),
        asked in prop::collection::vec(key(), 8),
        queries in prop::collection::vec(text(), 8),
        limit in 0_usize..6,
    ) {
        let tree = RegionTree::of(regions.iter().map(Owned::borrowed));
        let oracle = Oracle::new(&regions);
        prop_assert_eq!(tree.len(), oracle.0.len());
        let mut all = owned(tree.iter());
        all.sort_by(|a, b| a.code.cmp(&b.code).then_with(|| a.key.cmp(&b.key)));
        prop_assert_eq!(&all, &oracle.0);

        let known = regions.iter().map(|region| region.key.clone());
        for path in known.chain(asked).chain([String::new()]).map(|key| RegionPath::parse(&key).unwrap()) {
            let found = tree.by_path(&path);
            prop_assert_eq!(found.map(|region| Owned::of(&region)), oracle.at(&path));
            let children = oracle.children(&path);
            if let Some(region) = found {
                prop_assert_eq!(region.path(), path.clone());
                prop_assert_eq!(tree.child_count(&region), children.len());
                let above = tree.parent(&region).map(|region| Owned::of(&region));
                prop_assert_eq!(above, path.parent().and_then(|path| oracle.at(&path)));
            }
            prop_assert_eq!(owned(tree.children(&path)), children);
            prop_assert_eq!(owned(tree.chain(&path)), oracle.chain(&path));
            prop_assert_eq!(owned(tree.holding(&path)), owned(oracle.chain(&path).last().map(Owned::borrowed)));
            for query in queries.iter().map(|query| folded(query)) {
                prop_assert_eq!(owned(tree.search(&query, &path, limit)), oracle.search(&query, &path, limit));
            }
        }
        for code in regions.iter().map(|region| &region.code).chain(&queries) {
            prop_assert_eq!(tree.by_code(code).map(|region| Owned::of(&region)), oracle.coded(code));
        }
    }
}

#[test]
fn what_cannot_be_kept_is_refused_and_the_rest_stays() {
    let mut builder = RegionTreeBuilder::default();
    let good = Owned::new("35.03.", "350300000000", "莆田市");
    let long = "长".repeat(30_000);
    for (region, fault) in [
        (Region { level: Level::County, ..good.borrowed() }, RegionFault::Path),
        (Region { key: "35.03", ..good.borrowed() }, RegionFault::Path),
        (Region { key: "", ..good.borrowed() }, RegionFault::Path),
        (Region { name: &long, ..good.borrowed() }, RegionFault::TooLong),
    ] {
        assert_eq!(builder.add(&region), Err(fault));
    }
    builder.add(&good.borrowed()).unwrap();
    assert_eq!(owned(builder.build().iter()), [good]);
}

/// A province of made-up villages, with texts as long as real ones are.
#[test]
fn a_region_takes_little_more_than_its_texts() {
    let mut builder = RegionTreeBuilder::default();
    let mut texts = 0;
    let villages = 20_000;
    for n in 0..villages {
        let (town, village) = (n / 200, n % 200);
        let mut region = Owned::new(
            &format!("35.03.02.{town:03}.{village:03}."),
            &format!("350302{town:03}{village:03}"),
            &format!("第{n}社区居民委员会"),
        );
        region.pinyin = "sheqvjuminweiyuanhui".to_owned();
        region.initials = "sqjmwyh".to_owned();
        texts += region.key.len() + region.code.len() + region.name.len() + region.pinyin.len() + region.initials.len();
        builder.add(&region.borrowed()).unwrap();
    }
    let tree = builder.build();
    let beside = tree.bytes().saturating_sub(texts) / villages;
    assert!(beside <= 24, "{beside} bytes beside the texts");
}
