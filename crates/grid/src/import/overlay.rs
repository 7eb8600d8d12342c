//! Overlays of areas, within bounds. Their time and memory grow with the places where borders meet, which may be as many as the product of their
//! sides: two combs laid crosswise, each within what one feature may have, would take minutes and gigabytes.

use std::cell::Cell;

use geo::{BooleanOps, BoundingRect, CoordsIter, Intersects, LinesIter, Rect, unary_union};
use rstar::primitives::Rectangle;
use rstar::{AABB, RTree};

use crate::shape::MultiPolygon;

/// So many meetings are fine whatever meets.
const FEW: u64 = 1_000_000;
/// And so many of each side: borders that two areas share meet three times at each vertex, crowded vertices more often.
const OF_A_SIDE: u64 = 64;
/// So few sides are not counted out: even were each to meet each.
const ALWAYS: u64 = 500;

/// What the overlays of one file may still cost together.
pub(super) struct Overlays {
    left: Cell<u64>,
}

impl Overlays {
    /// For a file whose areas have so many sides.
    pub(super) fn of_sides(sides: usize) -> Self {
        Self { left: Cell::new(20 * FEW + 4 * OF_A_SIDE * sides as u64) }
    }

    /// What both cover; `None` when their borders meet too often.
    pub(super) fn intersection(&self, a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
        self.may_meet(&[a, b]).then(|| a.intersection(b))
    }

    /// What only the first covers.
    pub(super) fn difference(&self, a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
        self.may_meet(&[a, b]).then(|| a.difference(b))
    }

    /// What all cover together.
    pub(super) fn union(&self, areas: &[&MultiPolygon<f64>]) -> Option<MultiPolygon<f64>> {
        self.may_meet(areas).then(|| unary_union(areas.iter().copied()))
    }

    /// Whether the borders meet seldom enough. What it comes to is taken off what is left.
    fn may_meet(&self, areas: &[&MultiPolygon<f64>]) -> bool {
        let Some(shared) = shared_box(areas) else { return true };
        let boxes = || areas.iter().flat_map(|area| area.lines_iter()).map(|side| side.bounding_rect());
        let near = || boxes().filter(|side| side.intersects(&shared));
        let count = near().count() as u64;
        let most = self.left.get().min(FEW + OF_A_SIDE * count);
        let meetings = if count <= ALWAYS { count } else { meetings(near().collect(), most) };
        self.left.set(self.left.get().saturating_sub(meetings));
        meetings <= most
    }
}

/// How many sides all areas have.
pub(super) fn sides<'a>(areas: impl Iterator<Item = &'a MultiPolygon<f64>>) -> usize {
    areas.map(CoordsIter::coords_count).sum()
}

/// Where two areas can meet at all; of more, where any lies.
fn shared_box(areas: &[&MultiPolygon<f64>]) -> Option<Rect<f64>> {
    let mut boxes = areas.iter().filter_map(|area| area.bounding_rect());
    let first = boxes.next()?;
    if let [_, _] = areas {
        let second = boxes.next()?;
        let min = (first.min().x.max(second.min().x), first.min().y.max(second.min().y));
        let max = (first.max().x.min(second.max().x), first.max().y.min(second.max().y));
        return (min.0 <= max.0 && min.1 <= max.1).then(|| Rect::new(min, max));
    }
    let around = |all: Rect<f64>, one: Rect<f64>| {
        let min = (all.min().x.min(one.min().x), all.min().y.min(one.min().y));
        Rect::new(min, (all.max().x.max(one.max().x), all.max().y.max(one.max().y)))
    };
    Some(boxes.fold(first, around))
}

/// How many pairs of sides come near each other; counted as far as one beyond `most`.
fn meetings(sides: Vec<Rect<f64>>, most: u64) -> u64 {
    let corners = |side: Rect<f64>| Rectangle::from_corners(side.min().into(), side.max().into());
    let tree: RTree<Rectangle<[f64; 2]>> = RTree::bulk_load(sides.into_iter().map(corners).collect());
    // Each pair is found from both sides, and each side from itself.
    let enough = (2 * most + 1).saturating_add(tree.size() as u64);
    let found = tree
        .iter()
        .flat_map(|side| tree.locate_in_envelope_intersecting(&AABB::from_corners(side.lower(), side.upper())));
    let found = found.zip(0..enough).count() as u64;
    found.saturating_sub(tree.size() as u64).div_ceil(2)
}
