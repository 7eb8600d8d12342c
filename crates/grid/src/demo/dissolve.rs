//! Melting triangles with the same label into polygons whose vertices are those of the mesh.

use std::collections::{BTreeMap, HashMap};

use geo::Area;

use super::mesh::Mesh;
use crate::shape::{LineString, MultiPolygon, Polygon};

/// One area for each label below `groups`; triangles without label belong to none.
pub(super) fn areas(mesh: &Mesh, labels: &[Option<usize>], groups: usize) -> Vec<MultiPolygon<f64>> {
    let mut areas = vec![MultiPolygon(Vec::new()); groups];
    for piece in mesh.pieces(labels) {
        if let Some(label) = labels[piece[0]] {
            areas[label].0.extend(polygon(rings(border(&piece, mesh, labels)), mesh));
        }
    }
    areas
}

/// Where each vertex of a piece's border leads, with the piece to the left.
fn border(piece: &[usize], mesh: &Mesh, labels: &[Option<usize>]) -> BTreeMap<usize, Vec<usize>> {
    let mut border = BTreeMap::<usize, Vec<usize>>::new();
    for (triangle, i) in piece.iter().flat_map(|&t| (0..3).map(move |i| (t, i))) {
        let across = mesh.neighbours[triangle][i].and_then(|t| labels[t]);
        if across != labels[triangle] {
            let [from, to] = [mesh.triangles[triangle][i], mesh.triangles[triangle][(i + 1) % 3]];
            border.entry(from).or_default().push(to);
        }
    }
    border
}

/// Joins directed edges into closed rings. Where a border touches itself, each loop becomes a ring of its own.
fn rings(mut next: BTreeMap<usize, Vec<usize>>) -> Vec<Vec<usize>> {
    let mut rings = Vec::new();
    while let Some((&start, _)) = next.first_key_value() {
        let mut path = vec![start];
        let mut position = HashMap::from([(start, 0)]);
        while let Some(to) = path.last().and_then(|last| take(&mut next, *last)) {
            if let Some(&from) = position.get(&to) {
                let ring = path.split_off(from + 1);
                ring.iter().for_each(|v| {
                    position.remove(v);
                });
                rings.push(std::iter::once(to).chain(ring).collect());
            } else {
                position.insert(to, path.len());
                path.push(to);
            }
        }
    }
    rings
}

fn take(next: &mut BTreeMap<usize, Vec<usize>>, from: usize) -> Option<usize> {
    let targets = next.get_mut(&from)?;
    let to = targets.pop();
    if targets.is_empty() {
        next.remove(&from);
    }
    to
}

/// The polygon of a connected piece: its largest ring goes around it, the others are holes.
fn polygon(rings: Vec<Vec<usize>>, mesh: &Mesh) -> Option<Polygon<f64>> {
    let line =
        |ring: &Vec<usize>| ring.iter().chain(ring.first()).map(|&v| mesh.vertices[v]).collect::<LineString<f64>>();
    let loops = rings.iter().map(|ring| Polygon::new(line(ring), Vec::new()));
    let mut loops: Vec<(f64, Polygon<f64>)> = loops.map(|ring| (ring.signed_area(), ring)).collect();
    loops.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut exteriors = loops.into_iter().map(|(_, ring)| ring.into_inner().0);
    exteriors.next().map(|outer| Polygon::new(outer, exteriors.collect()))
}
