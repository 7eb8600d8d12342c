//! The ground of a demo: divisions with outlines, and schematic grids inside the county. True are codes, names and the county's outline; the borders
//! inside are invented and marked 示意.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use yizhi_domain::region::Level;
use yizhi_grid::LonLat;
use yizhi_grid::demo::{DemoPlace, VillageSeed, generate};
use yizhi_grid::shape::{MultiPolygon, area_to_geojson};
use yizhi_store::{Db, GridRow, RegionRow};

use crate::divisions::{grid_path, region_row};

use super::error::DemoError;
use super::place::Place;

const KIND: &str = "基础网格";
const SOURCE: &str = "yizhi demo (schematic)";

/// Lays the ground of a county unless it lies already; answers with its grids.
///
/// # Errors
/// When grids cannot be made or kept.
pub(super) async fn lay(db: &Db, place: &Place, since: DateTime<Utc>) -> Result<Vec<GridRow>, DemoError> {
    let there = db.grids(&place.path).await?;
    if !there.is_empty() {
        return Ok(there);
    }
    let ground = invent(place)?;
    let grids = grids(&ground, since);
    db.regions_import(regions(place, &ground), since).await?;
    db.grids_replace(&place.path, grids.clone(), SOURCE.to_owned(), since).await?;
    Ok(grids)
}

fn invent(place: &Place) -> Result<DemoPlace, DemoError> {
    let seed = |(division, parent): &(crate::divisions::Division, String)| VillageSeed {
        code: division.code.clone(),
        name: division.name.clone(),
        township: parent.clone(),
    };
    let villages: Vec<VillageSeed> = place.at(Level::Village).map(seed).collect();
    let layout = place.county.parse().unwrap_or(0);
    generate(&place.outline, &villages, place.grids, layout).map_err(|e| DemoError::Grids(place.county.clone(), e))
}

fn regions(place: &Place, ground: &DemoPlace) -> Vec<RegionRow> {
    let areas: HashMap<&str, (&MultiPolygon<f64>, LonLat)> =
        ground.townships.iter().chain(&ground.villages).map(|a| (a.code.as_str(), (&a.area, a.center))).collect();
    let row = |division: &crate::divisions::Division| match areas.get(division.code.as_str()) {
        Some((area, center)) => region_row(division, Some((center.lon, center.lat)), Some(geometry(area))),
        None if division.level == Level::County => {
            region_row(division, Some(place.center), Some(geometry(&place.outline)))
        }
        None => region_row(division, Some(place.center), None),
    };
    place.divisions.iter().map(|(division, _)| row(division)).collect()
}

fn grids(ground: &DemoPlace, since: DateTime<Utc>) -> Vec<GridRow> {
    let row = |grid: &yizhi_grid::demo::DemoGrid| {
        Some(GridRow {
            code: grid.code.clone(),
            version: 1,
            path: grid_path(&grid.code)?.as_str().to_owned(),
            name: grid.name.clone(),
            kind: KIND.to_owned(),
            schematic: true,
            geometry: geometry(&grid.area),
            center: (grid.center.lon, grid.center.lat),
            from: since,
            until: None,
        })
    };
    ground.grids.iter().filter_map(row).collect()
}

fn geometry(area: &MultiPolygon<f64>) -> String {
    area_to_geojson(area).to_string()
}
