//! Looking up many points at once: points are sorted into buckets by place first, so that those close together find
//! their part of the index in the processor's cache.

use super::GridIndex;
use crate::crs::LonLat;

/// Fewer points than this are not worth sorting.
const FEW: usize = 2_000;
/// Cells of the first raster that share a bucket: their data fit a cache of the first or second level.
const CELLS_PER_BUCKET: usize = 16;

#[derive(Clone, Copy, Default)]
struct Visit {
    x: f64,
    y: f64,
    /// Position in the caller's list.
    number: u32,
}

impl GridIndex {
    /// [`locate`](Self::locate) for many points (fewer than 2³²), in their order; several times faster per point for
    /// thousands of points and more.
    pub fn locate_bulk(&self, points: &[LonLat]) -> Vec<Option<u32>> {
        let find = |x: f64, y: f64| self.pyramid.find(x, y).map(|rank| self.by_rank[rank as usize]);
        if points.len() < FEW {
            return points.iter().map(|p| find(p.lon, p.lat)).collect();
        }
        let mut found = vec![None; points.len()];
        for visit in self.by_place(points) {
            found[visit.number as usize] = find(visit.x, visit.y);
        }
        found
    }

    /// The points within the bounds of the index, bucket by bucket (a counting sort).
    fn by_place(&self, points: &[LonLat]) -> Vec<Visit> {
        let Some(raster) = self.pyramid.rasters.first() else { return Vec::new() };
        let bucket = |p: &LonLat| raster.cell(p.lon, p.lat).map(|cell| cell / CELLS_PER_BUCKET);
        let mut next = vec![0usize; raster.cells() / CELLS_PER_BUCKET + 2];
        points.iter().filter_map(bucket).for_each(|bucket| next[bucket + 1] += 1);
        for i in 1..next.len() {
            next[i] += next[i - 1];
        }
        let mut visits = vec![Visit::default(); next[next.len() - 1]];
        for (number, p) in points.iter().enumerate() {
            if let Some(bucket) = bucket(p) {
                visits[next[bucket]] = Visit { x: p.lon, y: p.lat, number: number as u32 };
                next[bucket] += 1;
            }
        }
        visits
    }
}
