//! Whether the rings of one feature make a valid area (OGC Simple Features 6.1.11): no ring crosses or touches itself,
//! rings of one feature meet in single points at most, holes lie inside, parts do not overlap.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, CoordsIter, Intersects};

use super::report::Reason;
use crate::crs::LonLat;
use crate::shape::{Coord, LineString, MultiPolygon, Polygon};

/// So many steps of comparing may be taken for one feature: ten thousand for each vertex that it may have, about a second.
const MOST_STEPS: usize = 1_000_000_000;

/// A side of a ring.
struct Side {
    from: Coord<f64>,
    to: Coord<f64>,
    ring: usize,
    /// Position in the ring, and the ring's number of sides.
    at: usize,
    sides: usize,
}

/// What comparing may still cost.
struct Steps {
    left: usize,
}

impl Steps {
    fn take(&mut self, steps: usize, at: Coord<f64>) -> Result<(), (LonLat, Reason)> {
        self.left = self.left.checked_sub(steps).ok_or((lonlat(at), Reason::Tangled))?;
        Ok(())
    }
}

/// Checks an area whose rings are closed and have no repeated points; says what is wrong first, and where.
pub(super) fn check(area: &MultiPolygon<f64>) -> Result<(), (LonLat, Reason)> {
    let rings = || area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    if let Some(flat) = rings().find(|ring| ring.0.len() < 4) {
        let place = flat.0.first().map_or(LonLat::new(0.0, 0.0), |c| lonlat(*c));
        return Err((place, Reason::SelfIntersection));
    }
    let mut sides: Vec<Side> = rings().enumerate().flat_map(|(number, ring)| sides_of(ring, number)).collect();
    sides.sort_by(|a, b| west(a).total_cmp(&west(b)));
    let steps = &mut Steps { left: MOST_STEPS };
    crossing(&sides, steps)?;
    holes_inside(area, steps)?;
    parts_apart(area, steps)
}

fn sides_of(ring: &LineString<f64>, number: usize) -> impl Iterator<Item = Side> {
    let count = ring.0.len() - 1;
    let side = move |(at, line): (usize, geo::Line<f64>)| Side {
        from: line.start,
        to: line.end,
        ring: number,
        at,
        sides: count,
    };
    ring.lines().enumerate().map(side)
}

fn west(side: &Side) -> f64 {
    side.from.x.min(side.to.x)
}

fn lonlat(c: Coord<f64>) -> LonLat {
    LonLat::new(c.x, c.y)
}

/// Refuses the first place where two sides, given from west to east, meet without being allowed to.
fn crossing(sides: &[Side], steps: &mut Steps) -> Result<(), (LonLat, Reason)> {
    for (i, a) in sides.iter().enumerate() {
        let east = a.from.x.max(a.to.x);
        let near = &sides[i + 1..][..sides[i + 1..].partition_point(|b| west(b) <= east)];
        steps.take(near.len(), a.from)?;
        let (low, high) = (a.from.y.min(a.to.y), a.from.y.max(a.to.y));
        let mut level = near.iter().filter(|b| b.from.y.min(b.to.y) <= high && b.from.y.max(b.to.y) >= low);
        if let Some(place) = level.find_map(|b| forbidden_meeting(a, b)) {
            return Err((place, Reason::SelfIntersection));
        }
    }
    Ok(())
}

fn forbidden_meeting(a: &Side, b: &Side) -> Option<LonLat> {
    let same_ring = a.ring == b.ring;
    if same_ring && (a.at + 1) % a.sides == b.at {
        return folds_back(a.from, a.to, b.to).then(|| lonlat(a.to));
    }
    if same_ring && (b.at + 1) % b.sides == a.at {
        return folds_back(b.from, b.to, a.to).then(|| lonlat(b.to));
    }
    match meeting(a, b)? {
        Meeting::Touch(place) => same_ring.then(|| lonlat(place)),
        Meeting::Cross(place) | Meeting::Overlap(place) => Some(lonlat(place)),
    }
}

/// Whether the way a–b–c returns on itself at b.
fn folds_back(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> bool {
    orient(a, b, c) == 0.0 && (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y) > 0.0
}

fn orient(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> f64 {
    let coord = |c: Coord<f64>| robust::Coord { x: c.x, y: c.y };
    robust::orient2d(coord(a), coord(b), coord(c))
}

enum Meeting {
    Touch(Coord<f64>),
    Cross(Coord<f64>),
    Overlap(Coord<f64>),
}

fn meeting(a: &Side, b: &Side) -> Option<Meeting> {
    let of_b = [orient(a.from, a.to, b.from), orient(a.from, a.to, b.to)];
    let of_a = [orient(b.from, b.to, a.from), orient(b.from, b.to, a.to)];
    if of_b[0] * of_b[1] < 0.0 && of_a[0] * of_a[1] < 0.0 {
        let along = of_a[0] / (of_a[0] - of_a[1]);
        return Some(Meeting::Cross(a.from + (a.to - a.from) * along));
    }
    let ends_on = [(b.from, a), (b.to, a), (a.from, b), (a.to, b)];
    let sides = [of_b[0], of_b[1], of_a[0], of_a[1]];
    let touching = std::iter::zip(ends_on, sides).filter(|((end, side), turn)| *turn == 0.0 && in_box(*end, side));
    let mut places: Vec<Coord<f64>> = touching.map(|((end, _), _)| end).collect();
    places.dedup();
    let first = *places.first()?;
    if places.iter().any(|place| *place != first) { Some(Meeting::Overlap(first)) } else { Some(Meeting::Touch(first)) }
}

fn in_box(c: Coord<f64>, side: &Side) -> bool {
    let within = |v: f64, p: f64, q: f64| p.min(q) <= v && v <= p.max(q);
    within(c.x, side.from.x, side.to.x) && within(c.y, side.from.y, side.to.y)
}

fn holes_inside(area: &MultiPolygon<f64>, steps: &mut Steps) -> Result<(), (LonLat, Reason)> {
    for polygon in area {
        let outer = Polygon::new(polygon.exterior().clone(), Vec::new());
        for corner in polygon.interiors().iter().flat_map(|hole| hole.coords()) {
            steps.take(outer.exterior().0.len(), *corner)?;
            if outer.coordinate_position(corner) == CoordPos::Outside {
                return Err((lonlat(*corner), Reason::HoleOutside));
            }
        }
    }
    Ok(())
}

fn parts_apart(area: &MultiPolygon<f64>, steps: &mut Steps) -> Result<(), (LonLat, Reason)> {
    for (i, part) in area.iter().enumerate() {
        let Some(bounds) = part.bounding_rect() else { continue };
        let others = area.iter().enumerate().filter(|(j, _)| *j != i);
        for corner in others.flat_map(|(_, other)| other.exterior().coords()) {
            let is_near = bounds.intersects(corner);
            steps.take(if is_near { part.coords_count() } else { 1 }, *corner)?;
            if is_near && part.coordinate_position(corner) == CoordPos::Inside {
                return Err((lonlat(*corner), Reason::PartsOverlap));
            }
        }
    }
    Ok(())
}
