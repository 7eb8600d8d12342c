//! Where villages and grids lie: the outline is filled with sample points, and these are divided among townships, their
//! villages and the villages' grids by straight cuts in proportion, then evened out within each village.

use super::plane::{Outline, Point};
use super::{DemoError, VillageSeed};

const MOST_GRIDS_PER_VILLAGE: usize = 999;
const SAMPLES_PER_GRID: usize = 64;
const ROUNDS_OF_EVENING: usize = 6;

/// The centre of a future grid.
pub(super) struct Site {
    pub(super) at: Point,
    /// Position in the ordered list of villages.
    pub(super) village: usize,
}

/// How many grids each village gets: at least one, more for communities (社区), which are populous, and `total` in sum.
pub(super) fn shares(villages: &[&VillageSeed], total: usize, seed: u64) -> Result<Vec<usize>, DemoError> {
    if total < villages.len() {
        return Err(DemoError::TooFewGrids { villages: villages.len(), grids: total });
    }
    let mut random = Random::new(seed ^ 0x5348_4152_4553);
    let weights: Vec<f64> =
        villages.iter().map(|v| if is_community(v) { 1.3 } else { 1.0 } * random.between(0.6, 1.4)).collect();
    let spare = (total - villages.len()) as f64 / weights.iter().sum::<f64>();
    let exact: Vec<f64> = weights.iter().map(|w| w * spare).collect();
    let mut shares: Vec<usize> = exact.iter().map(|e| 1 + *e as usize).collect();
    let mut by_remainder: Vec<usize> = (0..exact.len()).collect();
    by_remainder.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()).then(a.cmp(&b)));
    let missing = total - shares.iter().sum::<usize>().min(total);
    by_remainder.iter().cycle().take(missing).for_each(|&i| shares[i] += 1);
    match shares.iter().position(|&grids| grids > MOST_GRIDS_PER_VILLAGE) {
        Some(i) => Err(DemoError::TooManyGrids { village: villages[i].code.clone(), grids: shares[i] }),
        None => Ok(shares),
    }
}

fn is_community(village: &VillageSeed) -> bool {
    village.name.contains("社区") || village.name.contains('居')
}

/// Centres for all grids, village by village; `None` if the outline has no room for sample points.
pub(super) fn sites(outline: &Outline, villages: &[&VillageSeed], shares: &[usize], seed: u64) -> Option<Vec<Site>> {
    let mut random = Random::new(seed);
    let total: usize = shares.iter().sum();
    let mut points = samples(outline, total * SAMPLES_PER_GRID, &mut random);
    if points.len() < total * SAMPLES_PER_GRID / 4 {
        return None;
    }
    let parts: Vec<Part> = std::iter::zip(villages, shares)
        .enumerate()
        .map(|(village, (seed, &need))| Part {
            village,
            weight: if is_community(seed) { 0.6 } else { 1.0 } * random.between(0.7, 1.3),
            need,
        })
        .collect();
    let townships: Vec<&[Part]> =
        parts.chunk_by(|a, b| villages[a.village].township == villages[b.village].township).collect();
    let mut sites = Vec::with_capacity(total);
    divide(&mut points, &townships, outline.shrink, &mut |area, parts| {
        let villages: Vec<&[Part]> = parts.chunks(1).collect();
        divide(area, &villages, outline.shrink, &mut |area, part| {
            sites.extend(part.iter().flat_map(|part| grids(area, part, outline.shrink)));
        });
    });
    sites.sort_by_key(|site| site.village);
    Some(sites)
}

/// A village's claim to sample points.
#[derive(Clone, Copy)]
struct Part {
    village: usize,
    weight: f64,
    /// Number of grids, each of which needs a point of its own.
    need: usize,
}

/// About `wanted` points inside the outline, on a lattice with jitter.
fn samples(outline: &Outline, wanted: usize, random: &mut Random) -> Vec<Point> {
    use geo::Area;
    let step = (outline.area.unsigned_area() * outline.shrink / wanted as f64).sqrt();
    let lines: Vec<_> = outline.rings().flat_map(|ring| ring.lines()).collect();
    let (south, north) = lines
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), line| (low.min(line.start.y), high.max(line.start.y)));
    let mut points = Vec::with_capacity(wanted);
    let mut y = south + step / 2.0;
    while step > 0.0 && y < north {
        let row = y + random.between(-0.2, 0.2) * step;
        let across = lines.iter().filter(|line| (line.start.y > row) != (line.end.y > row));
        let mut crossings: Vec<f64> = across
            .map(|line| line.start.x + (row - line.start.y) / (line.end.y - line.start.y) * (line.end.x - line.start.x))
            .collect();
        crossings.sort_by(f64::total_cmp);
        for span in crossings.chunks_exact(2) {
            let mut x = span[0] + random.between(0.1, 1.0) * step / outline.shrink;
            while x < span[1] {
                points.push([x, row]);
                x += random.between(0.7, 1.3) * step / outline.shrink;
            }
        }
        y += step;
    }
    points
}

/// Divides points among groups of parts by cutting across the longest extent, again and again, in proportion to the
/// weights; each group's points are handed to `done`.
fn divide(points: &mut [Point], groups: &[&[Part]], shrink: f64, done: &mut impl FnMut(&mut [Point], &[Part])) {
    if let [only] = groups {
        return done(points, only);
    }
    let weight = |groups: &[&[Part]]| groups.iter().flat_map(|g| g.iter()).map(|part| part.weight).sum::<f64>();
    let need = |groups: &[&[Part]]| groups.iter().flat_map(|g| g.iter()).map(|part| part.need).sum::<usize>();
    let all = weight(groups);
    let off_balance = |cut: &usize| (weight(&groups[..*cut]) - all / 2.0).abs();
    let cut = (1..groups.len()).min_by(|a, b| off_balance(a).total_cmp(&off_balance(b))).unwrap_or(1);
    let (first, second) = groups.split_at(cut);
    let share = (points.len() as f64 * weight(first) / all).round() as usize;
    let share = share.max(need(first)).min(points.len().saturating_sub(need(second)));
    sort_along_extent(points, shrink);
    let (left, right) = points.split_at_mut(share);
    divide(left, first, shrink, done);
    divide(right, second, shrink, done);
}

/// Sorts points along the direction in which they spread most (their first principal axis).
fn sort_along_extent(points: &mut [Point], shrink: f64) {
    let middle = middle(points);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for p in points.iter() {
        let (x, y) = ((p[0] - middle[0]) * shrink, p[1] - middle[1]);
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let along = |p: &Point| p[0] * shrink * angle.cos() + p[1] * angle.sin();
    points.sort_by(|a, b| along(a).total_cmp(&along(b)));
}

fn middle(points: &[Point]) -> Point {
    let count = points.len().max(1) as f64;
    let sum = points.iter().fold([0.0, 0.0], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
    [sum[0] / count, sum[1] / count]
}

/// Places a village's grids: equal cuts first, then each centre moves to the middle of the points nearest to it.
fn grids(points: &mut [Point], part: &Part, shrink: f64) -> Vec<Site> {
    let cells = vec![Part { weight: 1.0, need: 1, ..*part }; part.need];
    let groups: Vec<&[Part]> = cells.chunks(1).collect();
    let mut centres = Vec::with_capacity(part.need);
    divide(points, &groups, shrink, &mut |cell, _| centres.extend(most_central(cell, shrink)));
    for _ in 0..ROUNDS_OF_EVENING {
        let mut cells = vec![Vec::new(); centres.len()];
        for p in points.iter() {
            cells[nearest(&centres, p, shrink)].push(*p);
        }
        centres = cells.iter().filter_map(|cell| most_central(cell, shrink)).collect();
    }
    centres.into_iter().map(|at| Site { at, village: part.village }).collect()
}

fn nearest(points: &[Point], to: &Point, shrink: f64) -> usize {
    let distances = points.iter().map(|p| distance2(p, to, shrink)).enumerate();
    distances.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(i, _)| i)
}

fn distance2(a: &Point, b: &Point, shrink: f64) -> f64 {
    ((a[0] - b[0]) * shrink).powi(2) + (a[1] - b[1]).powi(2)
}

/// The point nearest to the middle of all: a centre that is surely inside the outline.
fn most_central(points: &[Point], shrink: f64) -> Option<Point> {
    let middle = middle(points);
    points.iter().copied().min_by(|a, b| distance2(a, &middle, shrink).total_cmp(&distance2(b, &middle, shrink)))
}

/// Serial within its village for every site: rows from north to south, each row from west to east.
pub(super) fn serials(sites: &[Site], villages: usize) -> Vec<usize> {
    let mut serials = vec![0; sites.len()];
    let mut of_village = vec![Vec::new(); villages];
    for (i, site) in sites.iter().enumerate() {
        of_village[site.village].push(i);
    }
    for members in &mut of_village {
        members.sort_by(|&a, &b| sites[b].at[1].total_cmp(&sites[a].at[1]));
        let row_length = (members.len() as f64).sqrt().ceil().max(1.0) as usize;
        for row in members.chunks_mut(row_length) {
            row.sort_by(|&a, &b| sites[a].at[0].total_cmp(&sites[b].at[0]));
        }
        members.iter().zip(1..).for_each(|(&i, serial)| serials[i] = serial);
    }
    serials
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        low + (high - low) * ((z >> 11) as f64 / (1u64 << 53) as f64)
    }
}
