//! An invented province: Voronoi cells around centres that crowd in towns, with bent borders, so that cells differ in
//! size a hundredfold and have about 8 to 40 vertices, as drawn grids do.

use std::collections::HashMap;
use std::error::Error;
use std::f64::consts::{PI, TAU};

use spade::handles::{FixedFaceHandle, InnerTag};
use spade::{DelaunayTriangulation, Point2, Triangulation};

const WEST_SOUTH: [f64; 2] = [116.0, 23.5];
const SIZE: f64 = 4.0;
const TOWNS: usize = 300;

pub(super) struct Province {
    /// Closed rings, one for each grid.
    pub(super) rings: Vec<Vec<[f64; 2]>>,
    pub(super) points: Vec<[f64; 2]>,
}

/// Grids and points to look up: half of them anywhere, half where people are.
pub(super) fn make(grids: usize, points: usize) -> Result<Province, Box<dyn Error>> {
    let mut random = Random(42);
    let towns: Vec<[f64; 3]> =
        (0..TOWNS).map(|_| [random.unit() * SIZE, random.unit() * SIZE, 0.005 + 0.04 * random.unit()]).collect();
    // Cells at the rim reach to infinity and are left out, so some more centres are needed than grids.
    let centres = (0..grids + grids / 50 + 500).map(|i| place(i % 5 < 3, &towns, &mut random));
    let delaunay = DelaunayTriangulation::<Point2<f64>>::bulk_load(centres.map(|[x, y]| Point2::new(x, y)).collect())?;
    let mut bends = HashMap::new();
    let cells = delaunay.vertices().filter_map(|vertex| {
        let faces: Option<Vec<_>> = vertex.out_edges().map(|edge| edge.face().as_inner().map(|f| f.fix())).collect();
        let corners: Vec<(FixedFaceHandle<InnerTag>, [f64; 2])> =
            faces?.into_iter().map(|face| (face, delaunay.face(face).circumcenter().into())).collect();
        let within = |c: &[f64; 2]| c.iter().all(|v| (0.0..SIZE).contains(v));
        corners.iter().all(|(_, c)| within(c)).then(|| ring(&corners, &mut bends, &mut random))
    });
    let rings: Vec<Vec<[f64; 2]>> = cells.take(grids).collect();
    let points = (0..points).map(|i| to_degrees(place(i % 2 == 0, &towns, &mut random))).collect();
    Ok(Province { rings, points })
}

/// A place in a town or anywhere.
fn place(in_town: bool, towns: &[[f64; 3]], random: &mut Random) -> [f64; 2] {
    let anywhere = [random.unit() * SIZE, random.unit() * SIZE];
    if !in_town {
        return anywhere;
    }
    let [x, y, size] = towns[(random.unit() * towns.len() as f64) as usize];
    let distance = size * (-2.0 * (1.0 - random.unit()).ln()).sqrt();
    let angle = TAU * random.unit();
    [x + distance * angle.cos(), y + distance * angle.sin()].map(|v| v.clamp(0.0, SIZE))
}

type Corner = (FixedFaceHandle<InnerTag>, [f64; 2]);

/// The border through the corners, each side bent; both neighbours of a side get the same bend.
fn ring(corners: &[Corner], bends: &mut HashMap<[usize; 2], Vec<[f64; 2]>>, random: &mut Random) -> Vec<[f64; 2]> {
    let mut ring = Vec::new();
    for (i, (from, start)) in corners.iter().enumerate() {
        let (to, end) = corners[(i + 1) % corners.len()];
        ring.push(*start);
        let key = [from.index().min(to.index()), from.index().max(to.index())];
        let forward = from.index() < to.index();
        let ends = if forward { [*start, end] } else { [end, *start] };
        let bend = bends.entry(key).or_insert_with(|| bend(ends, random));
        let between: Vec<[f64; 2]> = if forward { bend.clone() } else { bend.iter().rev().copied().collect() };
        ring.extend(between);
    }
    ring.push(ring[0]);
    ring.into_iter().map(to_degrees).collect()
}

/// One to five points between the ends of a side, off the straight line by up to 5 % of its length.
fn bend([a, b]: [[f64; 2]; 2], random: &mut Random) -> Vec<[f64; 2]> {
    let count = 1 + (random.unit() * 5.0) as usize;
    let swing = (random.unit() - 0.5) * 0.08;
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let point = |i: usize| {
        let along = i as f64 / (count + 1) as f64;
        let off = swing * (along * PI).sin();
        [a[0] + dx * along - dy * off, a[1] + dy * along + dx * off]
    };
    (1..=count).map(point).collect()
}

fn to_degrees([x, y]: [f64; 2]) -> [f64; 2] {
    let round = |v: f64| (v * 1e7).round() / 1e7;
    [round(WEST_SOUTH[0] + x), round(WEST_SOUTH[1] + y)]
}

/// SplitMix64.
struct Random(u64);

impl Random {
    /// From 0 up to 1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 53) as f64
    }
}
