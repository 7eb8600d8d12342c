//! A shipped place: the true divisions and outline of one county (`catalog/places/<county>/`).

use serde::Deserialize;
use serde_json::Value;
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::text::Text;
use yizhi_grid::shape::{MultiPolygon, area_from_geojson};

use crate::assets;
use crate::divisions::{Division, path_of};

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
        let divisions =
            divisions(&text("divisions.csv")?).ok_or_else(|| damaged("divisions.csv", &"unreadable line"))?;
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
fn divisions(csv: &str) -> Option<Vec<(Division, String)>> {
    let line = |line: &str| {
        let [level, code, name, parent] = line.split(',').collect::<Vec<_>>().try_into().ok()?;
        let level = Level::ALL.into_iter().find(|l| l.as_str() == level)?;
        Some((Division { level, code: code.to_owned(), name: name.to_owned() }, parent.to_owned()))
    };
    csv.lines().skip(1).filter(|l| !l.trim().is_empty()).map(line).collect()
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
