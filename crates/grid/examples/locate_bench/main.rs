//! The Rust side of `bench/locate`: makes a province of grids with points to look up, and times looking them up.
//!
//! `locate_bench make DIR GRIDS POINTS` writes the data, `locate_bench run DIR` reads them, locates all points on one
//! thread, writes the answers and prints `build_seconds lookup_seconds` on one line.

#![expect(clippy::print_stdout, reason = "a command-line tool: its times go to standard output")]

mod province;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use yizhi_grid::crs::LonLat;
use yizhi_grid::shape::{Coord, LineString, MultiPolygon, Polygon};
use yizhi_grid::{GridIndex, GridShape};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", dir, grids, points] => make(Path::new(dir), grids.parse()?, points.parse()?),
        ["run", dir] => run(Path::new(dir)),
        _ => Err("usage: locate_bench make DIR GRIDS POINTS | locate_bench run DIR".into()),
    }
}

/// Writes little-endian numbers: `coords` (f64 pairs of all rings), `offsets` (i64, first point of each ring and the
/// end) and `points` (f64 pairs).
fn make(dir: &Path, grids: usize, points: usize) -> Result<(), Box<dyn Error>> {
    let province = province::make(grids, points)?;
    let pairs = |list: &[[f64; 2]]| list.iter().flatten().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
    let mut coords = Vec::new();
    let mut offsets = 0i64.to_le_bytes().to_vec();
    for ring in &province.rings {
        coords.extend_from_slice(ring);
        offsets.extend((coords.len() as i64).to_le_bytes());
    }
    fs::create_dir_all(dir)?;
    fs::write(dir.join("coords"), pairs(&coords))?;
    fs::write(dir.join("offsets"), offsets)?;
    fs::write(dir.join("points"), pairs(&province.points))?;
    let sizes = || province.rings.iter().map(|ring| ring.len() - 1);
    let mean = sizes().sum::<usize>() as f64 / province.rings.len() as f64;
    let (fewest, most) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
    println!("{} grids of {fewest} to {most} vertices, {mean:.1} on average", province.rings.len());
    Ok(())
}

fn run(dir: &Path) -> Result<(), Box<dyn Error>> {
    let coords = read_pairs(&dir.join("coords"))?;
    let offsets: Vec<usize> =
        fs::read(dir.join("offsets"))?.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes) as usize).collect();
    let points: Vec<LonLat> = read_pairs(&dir.join("points"))?.into_iter().map(|[x, y]| LonLat::new(x, y)).collect();
    let shape = |(number, ends): (usize, &[usize])| {
        let ring = coords[ends[0]..ends[1]].iter().map(|&[x, y]| Coord { x, y }).collect();
        let area = MultiPolygon(vec![Polygon::new(LineString(ring), Vec::new())]);
        GridShape { code: format!("{number:015}"), area }
    };
    let shapes = offsets.windows(2).enumerate().map(shape).collect();

    let start = Instant::now();
    let index = GridIndex::new(shapes);
    let built = start.elapsed();

    let start = Instant::now();
    let answers = index.locate_bulk(&points);
    let located = start.elapsed();

    let bytes = answers.iter().flat_map(|a| a.map_or(-1, i64::from).to_le_bytes()).collect::<Vec<u8>>();
    fs::write(dir.join("answers"), bytes)?;
    println!("{} {}", built.as_secs_f64(), located.as_secs_f64());
    Ok(())
}

fn read_pairs(path: &Path) -> Result<Vec<[f64; 2]>, Box<dyn Error>> {
    let bytes = fs::read(path)?;
    let numbers: Vec<f64> = bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    Ok(numbers.as_chunks().0.to_vec())
}
