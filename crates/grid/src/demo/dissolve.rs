//! Melting triangles with the same label into polygons whose vertices are those of the mesh.

use std::collections::{BTreeMap, HashMap};

use geo::{Area, Contains, Point as GeoPoint};

use super::mesh::Mesh;
use crate::shape::{LineString, MultiPolygon, Polygon};

/// One area for each label below `groups`; triangles without label belong to none.
pub(super) fn areas(mesh: &Mesh, labels: &[Option<usize>], groups: usize) -> Vec<MultiPolygon<f64>> {
    let mut borders: Vec<BTreeMap<usize, Vec<usize>>> = vec![BTreeMap::new(); groups];
    for (triangle, label) in labels.iter().enumerate() {
        let Some(label) = *label else { continue };
        for i in 0..3 {
            let across = mesh.neighbours[triangle][i].and_then(|t| labels[t]);
            if across != Some(label) {
                let [from, to] = [mesh.triangles[triangle][i], mesh.triangles[triangle][(i + 1) % 3]];
                borders[label].entry(from).or_default().push(to);
            }
        }
    }
    borders.into_iter().map(|border| polygons(rings(border), mesh)).collect()
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

/// Sorts rings into outer ones (counter-clockwise) and the holes they enclose.
fn polygons(rings: Vec<Vec<usize>>, mesh: &Mesh) -> MultiPolygon<f64> {
    let line =
        |ring: &Vec<usize>| ring.iter().chain(ring.first()).map(|&v| mesh.vertices[v]).collect::<LineString<f64>>();
    let loops = rings.iter().map(|ring| Polygon::new(line(ring), Vec::new()));
    let (mut outer, holes): (Vec<_>, Vec<_>) = loops.partition(|ring| ring.signed_area() > 0.0);
    outer.sort_by(|a, b| b.unsigned_area().total_cmp(&a.unsigned_area()));
    for hole in holes {
        if let Some(around) = outer.iter_mut().rev().find(|ring| encloses(ring, &hole)) {
            around.interiors_push(hole.exterior().clone());
        }
    }
    MultiPolygon(outer)
}

/// Whether a ring goes around a hole; they may touch in a vertex, so the middle of an edge decides.
fn encloses(ring: &Polygon<f64>, hole: &Polygon<f64>) -> bool {
    let probe = hole.exterior().lines().next().map(|line| GeoPoint::from((line.start + line.end) / 2.0));
    probe.is_some_and(|probe| ring.contains(&probe))
}
