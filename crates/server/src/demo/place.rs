//! A shipped place: the true divisions and outline of one county (`catalog/places/<county>/`).

use serde::Deserialize;
use serde_json::Value;
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::text::Text;
use yizhi_grid::shape::{MultiPolygon, area_from_geojson};

use crate::assets;
use crate::divisions::{Division, path_of};
use crate::table::{Faults, Table};

use super::error::DemoError;

/// A county as it ships.
pub(super) struct Place {
    /// Six digits.
    pub(super) county: String,
    pub(super) name: String,
    pub(super) path: RegionPath,
    /// How many grids to make.
    pub(super) grids: usize,
    pub(super) main_street: String,
    pub(super) center: (f64, f64),
    /// With the code of the division above, province first.
    pub(super) divisions: Vec<(Division, String)>,
    pub(super) outline: MultiPolygon<f64>,
}

#[derive(Deserialize)]
struct PlaceFile {
    code: String,
    name: Text,
    center: Center,
    grids: usize,
    main_street: Option<Text>,
}

#[derive(Deserialize)]
struct Center {
    lon: f64,
    lat: f64,
}

/// What the main street is called where the place's file does not say.
const NO_STREET: &str = "主街";

impl Place {
    /// Reads a shipped place by its county's six digits.
    ///
    /// # Errors
    /// When there is no such place, or its files are damaged.
    pub(super) fn load(county: &str) -> Result<Self, DemoError> {
        let text = |file: &str| {
            assets::place_file(&format!("{county}/{file}"))
                .ok_or_else(|| DemoError::UnknownPlace(county.to_owned(), assets::places().join(", ")))
        };
        let damaged =
            |file: &str, why: &dyn std::fmt::Display| DemoError::Damaged(format!("places/{county}/{file}: {why}"));
        let about: PlaceFile = serde_saphyr::from_str(&text("place.yaml")?).map_err(|e| damaged("place.yaml", &e))?;
        let outline: Value =
            serde_json::from_str(&text("outline.geojson")?).map_err(|e| damaged("outline.geojson", &e))?;
        let outline = area_from_geojson(&outline).map_err(|e| damaged("outline.geojson", &e))?;
        let mut faults = Faults::default();
        let divisions = divisions("divisions.csv", &text("divisions.csv")?, &mut faults);
        if !faults.is_empty() {
            return Err(damaged(
                "divisions.csv",
                &faults.told().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            ));
        }
        let path = path_of(&about.code, Level::County).ok_or_else(|| damaged("place.yaml", &"code"))?;
        Ok(Self {
            county: county.to_owned(),
            name: about.name.zh,
            path,
            grids: about.grids,
            main_street: about.main_street.map_or_else(|| NO_STREET.to_owned(), |street| street.zh),
            center: (about.center.lon, about.center.lat),
            divisions,
            outline,
        })
    }

    pub(super) fn at(&self, level: Level) -> impl Iterator<Item = &(Division, String)> {
        self.divisions.iter().filter(move |(division, _)| division.level == level)
    }
}

/// Lines of `level,code,name,parent` after a heading.
fn divisions(file: &str, csv: &str, faults: &mut Faults) -> Vec<(Division, String)> {
    let Some(table) = Table::read(file, csv.as_bytes(), faults) else { return Vec::new() };
    let columns = ["level", "code", "name", "parent"].map(|name| table.column(file, &[name], faults));
    let [Some(level), Some(code), Some(name), Some(parent)] = columns else { return Vec::new() };
    let mut divisions = Vec::new();
    for row in &table.rows {
        let named = Level::ALL.into_iter().find(|l| l.as_str() == row.cell(level));
        match named.and_then(|level| Division::published(level, row.cell(code), row.cell(name))) {
            Some(division) => divisions.push((division, row.cell(parent).to_owned())),
            None => faults.add(file, row.line, "级别或代码不对。", "The level or the code is not right."),
        }
    }
    divisions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_place_is_whole() {
        let places = assets::places();
        assert!(places.contains(&"350302".to_owned()), "{places:?}");
        for county in places {
            let place = Place::load(&county).unwrap();
            assert_eq!(place.path.level(), Some(Level::County));
            let villages = place.at(Level::Village).count();
            assert!(villages > 0 && place.grids >= villages, "{county}");
            for (division, parent) in place.at(Level::Village) {
                assert!(place.at(Level::Township).any(|(t, _)| t.code == *parent), "{division:?}");
            }
        }
    }

    #[test]
    fn an_unknown_place_names_the_known_ones() {
        let message = Place::load("999999").err().unwrap().to_string();
        assert!(message.contains("350302"), "{message}");
    }
}
