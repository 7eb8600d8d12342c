//! The region tree: five administrative levels, then grids. A region's path key is fixed at its creation, so that mergers and renumbering change
//! codes and names but never what an old case points at.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::search::folded;

/// The levels of the tree; a grid hangs below a village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Province,
    City,
    County,
    Township,
    Village,
    Grid,
}

impl Level {
    pub const ALL: [Self; 6] = [Self::Province, Self::City, Self::County, Self::Township, Self::Village, Self::Grid];

    /// Number of path segments of a region at this level.
    pub fn depth(self) -> usize {
        self as usize + 1
    }

    pub fn from_depth(depth: usize) -> Option<Self> {
        Self::ALL.get(depth.checked_sub(1)?).copied()
    }

    pub fn as_str(self) -> &'static str {
        ["province", "city", "county", "township", "village", "grid"][self as usize]
    }
}

/// A path key such as `35.03.02.001.201.`: one segment for each level, each closed by a dot. All of a region's subtree is one B-tree range.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionPath(Arc<str>);

impl RegionPath {
    /// The root above all provinces.
    pub fn root() -> Self {
        Self(Arc::from(""))
    }

    /// `None` unless the text is a sequence of dot-closed segments of ASCII letters and digits, at most six.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.is_empty()
            || text.strip_suffix('.').is_some_and(|inner| {
                inner.split('.').count() <= Level::ALL.len()
                    && inner.split('.').all(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric()))
            });
        sound.then(|| Self(Arc::from(text)))
    }

    pub fn child(&self, segment: &str) -> Self {
        Self(Arc::from(format!("{}{segment}.", self.0)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn depth(&self) -> usize {
        self.0.bytes().filter(|b| *b == b'.').count()
    }

    pub fn level(&self) -> Option<Level> {
        Level::from_depth(self.depth())
    }

    pub fn parent(&self) -> Option<Self> {
        self.depth().checked_sub(1).map(|depth| self.truncated(depth))
    }

    /// The ancestor (or self) at a level; a path that ends above the level is returned whole.
    pub fn at(&self, level: Level) -> Self {
        self.truncated(level.depth())
    }

    fn truncated(&self, depth: usize) -> Self {
        if depth == 0 {
            return Self::root();
        }
        let end = self.0.bytes().enumerate().filter(|(_, b)| *b == b'.').nth(depth - 1).map(|(i, _)| i + 1);
        end.map_or_else(|| self.clone(), |end| Self(Arc::from(&self.0[..end])))
    }

    /// Whether `other` is this region or lies below it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&*self.0)
    }

    /// The half-open range of keys `[from, to)` that holds this region and everything below it; `to` is `None` for the root.
    pub fn range(&self) -> (String, Option<String>) {
        let upper = self.0.strip_suffix('.').map(|stem| format!("{stem}/"));
        (self.0.to_string(), upper)
    }
}

impl fmt::Display for RegionPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A region as it stands today.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub path: RegionPath,
    pub level: Level,
    /// 12-digit statistical code.
    pub code: String,
    pub name: String,
    /// Pinyin of the name without spaces, and its initials.
    pub pinyin: String,
    pub initials: String,
    /// A point inside, longitude and latitude in degrees WGS-84.
    pub center: Option<(f64, f64)>,
}

/// All regions in memory: a province has some 20,000 villages, China 620,000.
#[derive(Debug, Default)]
pub struct RegionTree {
    regions: Vec<Region>,
    by_path: HashMap<RegionPath, usize>,
    by_code: HashMap<String, usize>,
    children: HashMap<RegionPath, Vec<usize>>,
}

impl RegionTree {
    /// Builds the tree; regions of one parent are listed in the order of their codes.
    pub fn new(mut regions: Vec<Region>) -> Self {
        regions.sort_by(|a, b| a.code.cmp(&b.code).then_with(|| a.path.cmp(&b.path)));
        let mut tree = Self::default();
        for (i, region) in regions.iter().enumerate() {
            tree.by_path.insert(region.path.clone(), i);
            tree.by_code.insert(region.code.clone(), i);
            if let Some(parent) = region.path.parent() {
                tree.children.entry(parent).or_default().push(i);
            }
        }
        tree.regions = regions;
        tree
    }

    pub fn len(&self) -> usize {
        self.regions.len()
    }

    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Region> {
        self.regions.iter()
    }

    pub fn by_path(&self, path: &RegionPath) -> Option<&Region> {
        self.by_path.get(path).map(|i| &self.regions[*i])
    }

    pub fn by_code(&self, code: &str) -> Option<&Region> {
        self.by_code.get(code).map(|i| &self.regions[*i])
    }

    pub fn children(&self, path: &RegionPath) -> impl Iterator<Item = &Region> {
        self.children.get(path).into_iter().flatten().map(|i| &self.regions[*i])
    }

    pub fn child_count(&self, path: &RegionPath) -> usize {
        self.children.get(path).map_or(0, Vec::len)
    }

    /// The region and its ancestors, province first. A grid's path answers with its village's chain.
    pub fn chain(&self, path: &RegionPath) -> Vec<&Region> {
        let depth = path.depth().min(Level::Village.depth());
        (1..=depth).filter_map(|d| self.by_path(&path.truncated(d))).collect()
    }

    /// The lowest administrative region that holds the path.
    pub fn holding(&self, path: &RegionPath) -> Option<&Region> {
        self.chain(path).pop()
    }

    /// Regions under `within` that match by code prefix, name, pinyin or initials; exact and prefix matches first. The query is folded, as
    /// [`crate::search::name_query`] gives it.
    pub fn search(&self, query: &str, within: &RegionPath, limit: usize) -> Vec<&Region> {
        if query.is_empty() {
            return Vec::new();
        }
        let mut hits: Vec<(u8, &Region)> = self
            .regions
            .iter()
            .filter(|r| within.contains(&r.path))
            .filter_map(|r| rank(r, query).map(|rank| (rank, r)))
            .collect();
        hits.sort_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| a.1.level.cmp(&b.1.level)).then_with(|| a.1.code.cmp(&b.1.code))
        });
        hits.into_iter().take(limit).map(|(_, r)| r).collect()
    }
}

fn rank(region: &Region, query: &str) -> Option<u8> {
    let name = folded(&region.name);
    if region.code == query || name == query {
        return Some(0);
    }
    if region.code.starts_with(query) || name.starts_with(query) || region.initials.starts_with(query) {
        return Some(1);
    }
    if region.pinyin.starts_with(query) {
        return Some(2);
    }
    name.contains(query).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RegionPath {
        RegionPath::parse(text).unwrap()
    }

    #[test]
    fn a_subtree_is_one_range() {
        let county = path("35.03.02.");
        let (from, to) = county.range();
        for (key, inside) in [
            ("35.03.02.", true),
            ("35.03.02.001.201.", true),
            ("35.03.020.", false),
            ("35.03.", false),
            ("35.03.03.", false),
        ] {
            let in_range = from.as_str() <= key && to.as_deref().is_none_or(|to| key < to);
            assert_eq!(in_range, inside, "{key}");
            assert_eq!(county.contains(&path(key)), inside, "{key}");
        }
    }

    #[test]
    fn ancestors_by_level() {
        let grid = path("35.03.02.001.201.003.");
        assert_eq!(grid.level(), Some(Level::Grid));
        assert_eq!(grid.at(Level::County), path("35.03.02."));
        assert_eq!(path("35.03.").at(Level::County), path("35.03."));
        assert_eq!(grid.parent(), Some(path("35.03.02.001.201.")));
        assert_eq!(RegionPath::root().parent(), None);
        assert_eq!(RegionPath::parse("35..02."), None);
        assert_eq!(RegionPath::parse("35.03"), None);
    }
}
