//! The triangulation from which all borders are cut: it holds the outline and the Voronoi diagram of the grids'
//! centres as edges, split where they cross. Whatever owner a triangle gets, borders between owners fit exactly.

use spade::handles::{FixedFaceHandle, FixedVertexHandle, InnerTag};
use spade::{ConstrainedDelaunayTriangulation, DelaunayTriangulation, Point2, Triangulation};

use super::plane::{Outline, Point};
use crate::crs::LonLat;
use crate::index::GridIndex;
use crate::shape::GridShape;

type Cdt = ConstrainedDelaunayTriangulation<Point2<f64>>;

/// Triangles inside and outside the outline.
pub(super) struct Mesh {
    /// Positions of vertices.
    pub(super) vertices: Vec<Point>,
    /// Vertices of each triangle, counter-clockwise.
    pub(super) triangles: Vec<[usize; 3]>,
    /// The triangle across the edge from vertex `i` to vertex `i + 1`.
    pub(super) neighbours: Vec<[Option<usize>; 3]>,
    inside: Vec<bool>,
    shrink: f64,
}

impl Mesh {
    /// `None` if the outline has no area or points too large to compute with.
    pub(super) fn build(outline: &Outline, sites: &[Point]) -> Option<Mesh> {
        let mut cdt = Cdt::new();
        for ring in outline.rings() {
            let vertices: Result<Vec<_>, _> = ring.coords().map(|c| cdt.insert(Point2::new(c.x, c.y))).collect();
            connect(&mut cdt, &vertices.ok()?);
        }
        for [from, to] in voronoi_edges(sites, outline)? {
            let ends = [cdt.insert(from).ok()?, cdt.insert(to).ok()?];
            connect(&mut cdt, &ends);
        }
        let mut mesh = Mesh::from_triangulation(&cdt, outline.shrink);
        mesh.find_inside(outline);
        mesh.inside.contains(&true).then_some(mesh)
    }

    fn from_triangulation(cdt: &Cdt, shrink: f64) -> Mesh {
        let vertices = cdt.vertices().map(|v| [v.position().x, v.position().y]).collect();
        let mut number = vec![None; cdt.num_all_faces()];
        for (i, face) in cdt.inner_faces().enumerate() {
            number[face.index()] = Some(i);
        }
        let mut triangles = Vec::new();
        let mut neighbours = Vec::new();
        for face in cdt.inner_faces() {
            triangles.push(face.vertices().map(|v| v.index()));
            neighbours.push(face.adjacent_edges().map(|edge| number[edge.rev().face().index()]));
        }
        let inside = vec![false; triangles.len()];
        Mesh { vertices, triangles, neighbours, inside, shrink }
    }

    fn find_inside(&mut self, outline: &Outline) {
        let index = GridIndex::new(vec![GridShape { code: String::new(), area: outline.area.clone() }]);
        let middle_is_inside = |triangle| {
            let [x, y] = self.middle(triangle);
            index.locate(LonLat::new(x, y)).is_some()
        };
        self.inside = (0..self.triangles.len()).map(middle_is_inside).collect();
    }

    fn corners(&self, triangle: usize) -> [Point; 3] {
        self.triangles[triangle].map(|v| self.vertices[v])
    }

    fn middle(&self, triangle: usize) -> Point {
        let [a, b, c] = self.corners(triangle);
        [(a[0] + b[0] + c[0]) / 3.0, (a[1] + b[1] + c[1]) / 3.0]
    }

    fn size(&self, triangle: usize) -> f64 {
        let [a, b, c] = self.corners(triangle);
        ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2.0
    }

    /// Length on the ground, in steps, of a triangle's side from vertex `i` to `i + 1`.
    fn side(&self, triangle: usize, i: usize) -> f64 {
        let corners = self.corners(triangle);
        let (a, b) = (corners[i], corners[(i + 1) % 3]);
        ((b[0] - a[0]) * self.shrink).hypot(b[1] - a[1])
    }

    /// The site owning each triangle inside the outline: the nearest, except that a piece cut off from the main part
    /// of its site's cell (by a bay, say) goes to a neighbour, of the same village if there is one.
    pub(super) fn assign(&self, sites: &[Point], village_of: &[usize]) -> Vec<Option<usize>> {
        let mut owners = self.nearest(sites);
        for _ in 0..8 {
            let pieces = self.pieces(&owners);
            if !self.hand_over(&pieces, village_of, &mut owners) {
                break;
            }
        }
        owners
    }

    fn nearest(&self, sites: &[Point]) -> Vec<Option<usize>> {
        let scaled = |p: &Point| [p[0] * self.shrink, p[1]];
        let numbered = sites.iter().enumerate().map(|(i, p)| rstar::primitives::GeomWithData::new(scaled(p), i));
        let tree = rstar::RTree::bulk_load(numbered.collect());
        let owner = |triangle: usize| {
            let nearest = tree.nearest_neighbor(&scaled(&self.middle(triangle)));
            if self.inside[triangle] { nearest.map(|site| site.data) } else { None }
        };
        (0..self.triangles.len()).map(owner).collect()
    }

    /// Connected sets of triangles with one owner.
    pub(super) fn pieces(&self, owners: &[Option<usize>]) -> Vec<Vec<usize>> {
        let mut seen = vec![false; owners.len()];
        let mut pieces = Vec::new();
        for first in 0..owners.len() {
            if owners[first].is_none() || seen[first] {
                continue;
            }
            seen[first] = true;
            let mut piece = vec![first];
            let mut next = 0;
            while let Some(&triangle) = piece.get(next) {
                next += 1;
                for across in self.neighbours[triangle].into_iter().flatten() {
                    if owners[across] == owners[first] && !seen[across] {
                        seen[across] = true;
                        piece.push(across);
                    }
                }
            }
            pieces.push(piece);
        }
        pieces
    }

    /// Gives every piece that is not its owner's largest to the neighbour it shares most border with; pieces without
    /// neighbours (islands) stay. Returns whether anything changed.
    fn hand_over(&self, pieces: &[Vec<usize>], village_of: &[usize], owners: &mut [Option<usize>]) -> bool {
        let mut largest = vec![(0.0, usize::MAX); village_of.len()];
        for (number, piece) in pieces.iter().enumerate() {
            let size = piece.iter().map(|&t| self.size(t)).sum();
            let Some(owner) = owners[piece[0]] else { continue };
            if size > largest[owner].0 {
                largest[owner] = (size, number);
            }
        }
        let mut changed = false;
        for (number, piece) in pieces.iter().enumerate() {
            let Some(owner) = owners[piece[0]].filter(|&owner| largest[owner].1 != number) else { continue };
            if let Some(heir) = self.heir(piece, owner, village_of, owners) {
                piece.iter().for_each(|&t| owners[t] = Some(heir));
                changed = true;
            }
        }
        changed
    }

    fn heir(&self, piece: &[usize], owner: usize, village_of: &[usize], owners: &[Option<usize>]) -> Option<usize> {
        let mut borders = std::collections::BTreeMap::<usize, f64>::new();
        for (triangle, i) in piece.iter().flat_map(|&t| (0..3).map(move |i| (t, i))) {
            let across = self.neighbours[triangle][i].and_then(|t| owners[t]);
            if let Some(other) = across.filter(|&other| other != owner) {
                *borders.entry(other).or_default() += self.side(triangle, i);
            }
        }
        let same_village = |site: usize| village_of[site] == village_of[owner];
        let better = |a: &(usize, f64), b: &(usize, f64)| {
            same_village(a.0).cmp(&same_village(b.0)).then(a.1.total_cmp(&b.1)).then(b.0.cmp(&a.0))
        };
        borders.into_iter().max_by(better).map(|(site, _)| site)
    }
}

fn connect(cdt: &mut Cdt, line: &[FixedVertexHandle]) {
    for pair in line.windows(2).filter(|pair| pair[0] != pair[1]) {
        cdt.add_constraint_and_split(pair[0], pair[1], |p| p);
    }
}

/// The Voronoi edges between sites, ends in whole steps. Four far corners close the outer cells well beyond the
/// outline.
fn voronoi_edges(sites: &[Point], outline: &Outline) -> Option<Vec<[Point2<f64>; 2]>> {
    let reach = outline.rings().flat_map(|ring| ring.coords()).map(|c| c.x.abs().max(c.y.abs())).fold(1.0, f64::max);
    let far = 20.0 * reach;
    let corners = [[-far, -far], [far, -far], [far, far], [-far, far]];
    let scaled = |p: &Point| Point2::new(p[0] * outline.shrink, p[1]);
    let points: Vec<Point2<f64>> = sites.iter().map(scaled).chain(corners.map(|p| Point2::new(p[0], p[1]))).collect();
    let delaunay = DelaunayTriangulation::<Point2<f64>>::bulk_load_stable(points).ok()?;
    let snapped = |p: Point2<f64>| Point2::new((p.x / outline.shrink).round(), p.y.round());
    let circumcenter = |face: FixedFaceHandle<InnerTag>| snapped(delaunay.face(face).circumcenter());
    let edges = delaunay.undirected_edges().filter_map(|edge| {
        let [a, b] = edge.vertices();
        let real = a.index() < sites.len() && b.index() < sites.len();
        let edge = edge.as_directed();
        let (left, right) = (edge.face().as_inner()?, edge.rev().face().as_inner()?);
        real.then(|| [circumcenter(left.fix()), circumcenter(right.fix())])
    });
    Some(edges.filter(|[from, to]| from != to).collect())
}
