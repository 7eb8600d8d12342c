//! The region tree: five administrative levels, then grids. A region's path key is fixed at its creation, so that mergers and renumbering change
//! codes and names but never what an old case points at.

mod layer;
mod tree;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use tree::{Region, RegionFault, RegionTree, RegionTreeBuilder};

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

    /// The level of the region that a path key names; `None` for the root and for what is no path key.
    pub fn of_key(key: &str) -> Option<Self> {
        if is_key(key) { Self::from_depth(depth(key)) } else { None }
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
        is_key(text).then(|| Self(Arc::from(text)))
    }

    pub fn child(&self, segment: &str) -> Self {
        Self(Arc::from(format!("{}{segment}.", self.0)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn depth(&self) -> usize {
        depth(&self.0)
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
        let above = upper(&self.0, depth);
        if above.len() == self.0.len() { self.clone() } else { Self(Arc::from(above)) }
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

fn is_key(text: &str) -> bool {
    text.is_empty()
        || text.strip_suffix('.').is_some_and(|inner| {
            inner.split('.').count() <= Level::ALL.len()
                && inner.split('.').all(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric()))
        })
}

fn depth(key: &str) -> usize {
    key.bytes().filter(|b| *b == b'.').count()
}

/// The first `depth` segments of a key; the whole key where it has no more.
fn upper(key: &str, depth: usize) -> &str {
    let Some(last) = depth.checked_sub(1) else { return "" };
    key.match_indices('.').nth(last).map_or(key, |(at, _)| &key[..=at])
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
