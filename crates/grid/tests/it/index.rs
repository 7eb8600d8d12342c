//! Locating points: every point of a border has one owner, and the index agrees with slow and simple tests.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use yizhi_grid::crs::LonLat;
use yizhi_grid::demo::generate;
use yizhi_grid::{GridIndex, GridShape};

use crate::common::{outline, villages};

/// A patchwork of quadrangles with whole-number corners, so that a test can compute without rounding.
#[derive(Debug)]
struct Patchwork {
    columns: i64,
    rows: i64,
    /// Corners row by row, all even, so that middles of sides are whole.
    corners: Vec<[i64; 2]>,
}

impl Patchwork {
    fn corner(&self, column: i64, row: i64) -> [i64; 2] {
        self.corners[(row * (self.columns + 1) + column) as usize]
    }

    fn quads(&self) -> Vec<[[i64; 2]; 4]> {
        let at =
            |row, column| [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(right, up)| self.corner(column + right, row + up));
        (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| at(row, column))).collect()
    }

    fn index(&self) -> GridIndex {
        let ring = |quad: [[i64; 2]; 4]| quad.map(degrees).map(|p| Coord { x: p.lon, y: p.lat }).to_vec();
        let shape = |(i, quad)| GridShape {
            code: format!("{i:015}"),
            area: MultiPolygon(vec![Polygon::new(LineString(ring(quad)), vec![])]),
        };
        GridIndex::new(self.quads().into_iter().enumerate().map(shape).collect())
    }

    /// Corners, middles of sides, and points anywhere.
    fn points(&self) -> Vec<[i64; 2]> {
        let quads = self.quads();
        let sides = quads.iter().flat_map(|q| (0..4).map(|i| [q[i], q[(i + 1) % 4]]));
        let middles = sides.map(|[a, b]| [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
        let anywhere =
            (-1..=self.columns * 10 + 1).flat_map(|x| (-1..=self.rows * 10 + 1).map(move |y| [x * 10, y * 10]));
        self.corners.iter().copied().chain(middles).chain(anywhere).collect()
    }
}

/// Whole numbers to degrees, exactly.
fn degrees(p: [i64; 2]) -> LonLat {
    LonLat::new(118.0 + p[0] as f64 / 4096.0, 25.0 + p[1] as f64 / 4096.0)
}

/// The crossing rule in whole numbers.
fn owns(quad: &[[i64; 2]; 4], p: [i64; 2]) -> bool {
    let sides = (0..4).map(|i| (quad[i], quad[(i + 1) % 4]));
    let right = sides.filter(|(a, b)| {
        let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
        let side = (high[0] - low[0]) * (p[1] - low[1]) - (high[1] - low[1]) * (p[0] - low[0]);
        low[1] <= p[1] && p[1] < high[1] && side > 0
    });
    right.count() % 2 == 1
}

/// Whether the point is on the border or inside.
fn meets(quad: &[[i64; 2]; 4], p: [i64; 2]) -> bool {
    let on = |a: [i64; 2], b: [i64; 2]| {
        let cross = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
        let within = |axis: usize| (a[axis].min(b[axis])..=a[axis].max(b[axis])).contains(&p[axis]);
        cross == 0 && within(0) && within(1)
    };
    owns(quad, p) || (0..4).any(|i| on(quad[i], quad[(i + 1) % 4]))
}

fn patchwork() -> impl Strategy<Value = Patchwork> {
    (1i64..7, 1i64..7).prop_flat_map(|(columns, rows)| {
        let count = ((columns + 1) * (rows + 1)) as usize;
        prop::collection::vec((-12i64..=12, -12i64..=12), count).prop_map(move |shifts| {
            let corner = |(i, shift): (usize, (i64, i64))| {
                let (column, row) = (i as i64 % (columns + 1), i as i64 / (columns + 1));
                [column * 100 + shift.0 * 2, row * 100 + shift.1 * 2]
            };
            Patchwork { columns, rows, corners: shifts.into_iter().enumerate().map(corner).collect() }
        })
    })
}

/// A star with many or few points around a middle, possibly with a hole.
fn star() -> impl Strategy<Value = MultiPolygon<f64>> {
    let radii = prop::collection::vec(0.3..1.0f64, 3..300);
    (118.0..118.4f64, 25.0..25.4f64, 0.001..0.2f64, radii, any::<bool>()).prop_map(|(x, y, size, radii, hollow)| {
        let ring = |scale: f64| {
            let step = std::f64::consts::TAU / radii.len() as f64;
            let tip = |(i, r): (usize, &f64)| {
                let angle = i as f64 * step;
                Coord { x: x + r * size * scale * angle.cos(), y: y + r * size * scale * angle.sin() }
            };
            LineString::new(radii.iter().enumerate().map(tip).collect())
        };
        MultiPolygon(vec![Polygon::new(ring(1.0), if hollow { vec![ring(0.4)] } else { vec![] })])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_point_of_a_patchwork_has_exactly_one_owner(patchwork in patchwork()) {
        let index = patchwork.index();
        let quads = patchwork.quads();
        for p in patchwork.points() {
            let owners: Vec<usize> = (0..quads.len()).filter(|&i| owns(&quads[i], p)).collect();
            let touching = (0..quads.len()).find(|&i| meets(&quads[i], p));
            prop_assert!(owners.len() <= 1, "{:?} has {:?}", p, owners);
            prop_assert_eq!(index.locate(degrees(p)), owners.first().copied().or(touching), "{:?}", p);
        }
    }

    #[test]
    fn overlapping_stars_go_to_the_smallest_code(
        stars in prop::collection::vec(star(), 1..20),
        points in prop::collection::vec((117.8..118.6f64, 24.8..25.6f64), 200),
    ) {
        let count = stars.len();
        let code = |i: usize| format!("{:015}", (count - i) / 2);
        let shapes = stars.iter().enumerate().map(|(i, area)| GridShape { code: code(i), area: area.clone() });
        let index = GridIndex::new(shapes.collect());
        for (lon, lat) in points {
            let inside = |i: &usize| stars[*i].coordinate_position(&Coord { x: lon, y: lat }) == CoordPos::Inside;
            let expect = (0..count).filter(inside).min_by(|&a, &b| code(a).cmp(&code(b)).then(a.cmp(&b)));
            prop_assert_eq!(index.locate(LonLat::new(lon, lat)), expect);
        }
    }

    #[test]
    fn neighbourhoods_agree_with_measuring_everything(
        stars in prop::collection::vec(star(), 1..12),
        (lon, lat) in (117.5..118.9f64, 24.5..25.9f64),
        (width, height) in (0.0..0.3f64, 0.0..0.3f64),
    ) {
        use geo::Intersects;
        let shapes: Vec<GridShape> =
            stars.iter().enumerate().map(|(i, area)| GridShape { code: format!("{i:015}"), area: area.clone() }).collect();
        let index = GridIndex::new(shapes);
        let point = LonLat::new(lon, lat);
        let rect = geo::Rect::new(Coord { x: lon, y: lat }, Coord { x: lon + width, y: lat + height });
        let meeting: Vec<usize> = (0..stars.len()).filter(|&i| stars[i].intersects(&rect)).collect();
        prop_assert_eq!(index.intersecting(point, LonLat::new(lon + width, lat + height)), meeting);

        let (nearest, metres) = index.nearest(point).unwrap();
        prop_assert_eq!(index.locate(point).is_some(), metres == 0.0);
        let samples = stars.iter().flat_map(|s| s.0[0].exterior().lines()).flat_map(|line| {
            (0..=8).map(move |i| LonLat::new(line.start.x + line.dx() * i as f64 / 8.0, line.start.y + line.dy() * i as f64 / 8.0))
        });
        let closest_sample = samples.map(|s| s.distance_m(point)).fold(f64::INFINITY, f64::min);
        prop_assert!(metres <= closest_sample * 1.01 + 1e-6, "{} {} {}", nearest, metres, closest_sample);
    }
}

#[test]
fn vertices_and_sides_of_real_shapes_have_an_owner_that_meets_them() {
    let place = generate(&outline("440604"), &villages("440604"), 1046, 1).unwrap();
    let index = GridIndex::new(place.grids.iter().map(|grid| grid.shape()).collect());
    let lines = index.shapes().iter().flat_map(|s| s.area.0.iter()).flat_map(|p| p.exterior().lines());
    for line in lines {
        let vertex = LonLat::new(line.start.x, line.start.y);
        let owner = index.locate(vertex).unwrap();
        assert_ne!(index.shapes()[owner].area.coordinate_position(&line.start), CoordPos::Outside);
        let on_side = vertex_between(line.start, line.end);
        let (nearest, metres) = index.nearest(on_side).unwrap();
        assert!(metres < 1e-6, "{on_side:?} is {metres} m from {}", index.code(nearest));
    }
}

fn vertex_between(a: Coord<f64>, b: Coord<f64>) -> LonLat {
    LonLat::new(a.x + (b.x - a.x) * 0.375, a.y + (b.y - a.y) * 0.375)
}

#[test]
fn a_hair_beside_a_long_border_is_still_the_right_side() {
    let triangle = |code: &str, corner: (f64, f64)| {
        let ring = LineString::from(vec![(-12.0, -12.0), corner, (24.0, 24.0)]);
        GridShape { code: code.into(), area: MultiPolygon(vec![Polygon::new(ring, vec![])]) }
    };
    let index = GridIndex::new(vec![triangle("west", (-12.0, 24.0)), triangle("east", (24.0, -12.0))]);
    for (i, j) in (0..64u64).flat_map(|i| (0..64u64).map(move |j| (i, j))) {
        let near_half = |steps: u64| f64::from_bits(0.5f64.to_bits() + steps);
        let owner = index.locate(LonLat::new(near_half(i), near_half(j)));
        assert_eq!(owner, Some(usize::from(i >= j)), "{i} {j}");
    }
}

#[test]
fn bulk_gives_what_single_lookups_give() {
    let place = generate(&outline("350128"), &villages("350128"), 888, 1).unwrap();
    let index = GridIndex::new(place.grids.iter().map(|grid| grid.shape()).collect());
    let rect = outline("350128").bounding_rect().unwrap();
    let point = |i: u32, j: u32| {
        let (x, y) = (f64::from(i) / 150.0 * 1.1 - 0.05, f64::from(j) / 150.0 * 1.1 - 0.05);
        LonLat::new(rect.min().x + rect.width() * x, rect.min().y + rect.height() * y)
    };
    let points: Vec<LonLat> = (0..150).flat_map(|i| (0..150).map(move |j| point(i, j))).collect();
    let singles: Vec<Option<u32>> = points.iter().map(|&p| index.locate(p).map(|i| i as u32)).collect();
    assert_eq!(index.locate_bulk(&points), singles);
    assert!(singles.iter().any(Option::is_some) && singles.iter().any(Option::is_none));
}

#[test]
fn an_empty_index_and_impossible_points_give_nothing() {
    let empty = GridIndex::new(vec![]);
    assert!(empty.is_empty());
    assert_eq!((empty.locate(LonLat::new(118.0, 25.0)), empty.nearest(LonLat::new(118.0, 25.0))), (None, None));
    let index = GridIndex::new(vec![GridShape { code: "1".into(), area: outline("440604") }]);
    for bad in [LonLat::new(f64::NAN, 25.0), LonLat::new(f64::INFINITY, f64::NEG_INFINITY), LonLat::new(500.0, 25.0)] {
        assert_eq!((index.locate(bad), index.nearest(bad)), (None, None));
    }
}
