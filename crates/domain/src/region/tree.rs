//! The regions of a country as decisions and pages use them: found by path, by code, by the region above, by what somebody types.

use std::collections::BinaryHeap;

use memchr::memmem::Finder;

use super::layer::{Layer, above};
use super::{Level, RegionPath, depth, upper};

/// A region as it stands today, borrowed from where it is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region<'t> {
    pub level: Level,
    /// The text of its path.
    pub key: &'t str,
    /// 12-digit statistical code.
    pub code: &'t str,
    pub name: &'t str,
    /// Pinyin of the name without spaces, and its initials.
    pub pinyin: &'t str,
    pub initials: &'t str,
    /// A point inside, longitude and latitude in degrees WGS-84.
    pub center: Option<(f64, f64)>,
}

impl Region<'_> {
    pub fn path(&self) -> RegionPath {
        RegionPath(self.key.into())
    }

    /// Whether the path is that of this region or of something in it.
    pub fn contains(&self, path: &RegionPath) -> bool {
        path.as_str().starts_with(self.key)
    }
}

/// Why a region cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionFault {
    #[error("its path names no region of its level")]
    Path,
    #[error("its texts are too long")]
    TooLong,
    #[error("there are too many regions")]
    TooMany,
}

/// All regions in memory: a province has some 20,000 villages, China 620,000. About 120 bytes each, of which the texts are a hundred.
#[derive(Debug, Default)]
pub struct RegionTree {
    /// By level, provinces first.
    layers: [Layer; Level::ALL.len()],
    /// Numbers of regions, counted through the layers, in the order of their codes.
    by_code: Vec<u32>,
}

/// Regions on their way into a tree, in any order; each is copied once.
#[derive(Debug, Default)]
pub struct RegionTreeBuilder(RegionTree);

impl RegionTreeBuilder {
    /// Adds a region. Of several with one path the last one counts.
    ///
    /// # Errors
    /// [`RegionFault`]; the others are not affected.
    pub fn add(&mut self, region: &Region<'_>) -> Result<(), RegionFault> {
        if Level::of_key(region.key) != Some(region.level) {
            return Err(RegionFault::Path);
        }
        self.0.layers[region.level as usize].push(region)
    }

    pub fn build(self) -> RegionTree {
        let layers = self.0.layers.map(Layer::in_order);
        let mut tree = RegionTree { layers, by_code: Vec::new() };
        let mut by_code: Vec<u32> = (0..u32::try_from(tree.len()).unwrap_or(u32::MAX)).collect();
        // Nearly in order already: codes follow paths.
        by_code.sort_by(|a, b| {
            let (a, b) = (tree.place(*a), tree.place(*b));
            let text =
                |(level, number): (usize, usize)| (tree.layers[level].code(number), tree.layers[level].key(number));
            text(a).cmp(&text(b))
        });
        tree.by_code = by_code;
        tree
    }
}

impl RegionTree {
    /// A tree of a few regions; what cannot be kept is left out.
    pub fn of<'r>(regions: impl IntoIterator<Item = Region<'r>>) -> Self {
        let mut builder = RegionTreeBuilder::default();
        for region in regions {
            let _left_out = builder.add(&region);
        }
        builder.build()
    }

    pub fn len(&self) -> usize {
        self.layers.iter().map(Layer::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the regions take in memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.layers.iter().map(Layer::bytes).sum::<usize>() + self.by_code.capacity() * size_of::<u32>()
    }

    /// All regions, provinces first, those of a level in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = Region<'_>> {
        self.levels().flat_map(|(level, layer)| (0..layer.len()).map(move |number| layer.region(level, number)))
    }

    fn levels(&self) -> impl Iterator<Item = (Level, &Layer)> {
        Level::ALL.into_iter().zip(&self.layers)
    }

    /// Layer and number in it of a region, counted through the layers.
    fn place(&self, number: u32) -> (usize, usize) {
        let mut number = number as usize;
        for (level, layer) in self.layers.iter().enumerate() {
            if number < layer.len() {
                return (level, number);
            }
            number -= layer.len();
        }
        (self.layers.len() - 1, number)
    }

    fn by_key(&self, key: &str) -> Option<Region<'_>> {
        let level = Level::from_depth(depth(key))?;
        let layer = &self.layers[level as usize];
        Some(layer.region(level, layer.find(key)?))
    }

    pub fn by_path(&self, path: &RegionPath) -> Option<Region<'_>> {
        self.by_key(path.as_str())
    }

    /// The region of a code; the one with the last path where several have it.
    pub fn by_code(&self, code: &str) -> Option<Region<'_>> {
        let code_of = |number: &u32| {
            let (level, number) = self.place(*number);
            self.layers[level].code(number)
        };
        let after = self.by_code.partition_point(|number| code_of(number) <= code);
        let number = self.by_code.get(after.checked_sub(1)?).filter(|number| code_of(number) == code)?;
        let (level, number) = self.place(*number);
        Some(self.layers[level].region(Level::ALL[level], number))
    }

    /// The regions right below a path, in the order of their codes.
    pub fn children(&self, path: &RegionPath) -> impl Iterator<Item = Region<'_>> {
        let below = Level::from_depth(path.depth() + 1).map(|level| (level, &self.layers[level as usize]));
        let mut children: Vec<Region<'_>> = below
            .into_iter()
            .flat_map(|(level, layer)| layer.below(path.as_str()).map(move |number| layer.region(level, number)))
            .collect();
        children.sort_by_key(|region| (region.code, region.key));
        children.into_iter()
    }

    /// How many regions are right below a region.
    pub fn child_count(&self, region: &Region<'_>) -> usize {
        self.layers.get(region.level.depth()).map_or(0, |layer| layer.below(region.key).len())
    }

    /// The region right above.
    pub fn parent(&self, region: &Region<'_>) -> Option<Region<'_>> {
        self.by_key(above(region.key, region.level)?)
    }

    /// The region and its ancestors, province first. A grid's path answers with its village's chain.
    pub fn chain(&self, path: &RegionPath) -> Vec<Region<'_>> {
        keys(path).rev().filter_map(|key| self.by_key(key)).collect()
    }

    /// The lowest administrative region that holds the path.
    pub fn holding(&self, path: &RegionPath) -> Option<Region<'_>> {
        keys(path).find_map(|key| self.by_key(key))
    }

    /// Regions under `within` that match by code prefix, name, pinyin or initials; exact and prefix matches first. The query is folded, as
    /// [`crate::search::name_query`] gives it.
    pub fn search(&self, query: &str, within: &RegionPath, limit: usize) -> Vec<Region<'_>> {
        if query.is_empty() || limit == 0 {
            return Vec::new();
        }
        let finder = Finder::new(query);
        // The worst of the best so far is on top.
        let mut best = BinaryHeap::with_capacity(limit + 1);
        for (level, layer) in self.levels() {
            for (rank, number) in layer.hits(&finder, layer.below(within.as_str())) {
                best.push((rank, level, layer.code(number), layer.key(number), number));
                if best.len() > limit {
                    best.pop();
                }
            }
        }
        let best = best.into_sorted_vec().into_iter();
        best.map(|(_, level, _, _, number)| self.layers[level as usize].region(level, number)).collect()
    }
}

/// The keys of a path and of all above it, the lowest first; a grid's path begins with its village.
fn keys(path: &RegionPath) -> impl DoubleEndedIterator<Item = &str> {
    let lowest = path.depth().min(Level::Village.depth());
    (1..=lowest).rev().map(|depth| upper(path.as_str(), depth))
}
