//! Importing regions, and where they are on the map. What an import says nothing of stays; what it changes begins a new version, dated, and the former
//! ends.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait as _, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::record::Record;
use yizhi_domain::region::RegionPath;

use crate::entity::region;
use crate::{Db, Error, Recorded, RegionRow, Tx};

/// Where a region is. `None` leaves what there is.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionPlacing {
    pub path: RegionPath,
    /// GeoJSON geometry.
    pub outline: Option<String>,
    /// Longitude, latitude in degrees, WGS-84.
    pub center: Option<(f64, f64)>,
}

/// The outline of a region as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionOutline {
    /// GeoJSON geometry.
    pub geometry: String,
    /// What it was imported from; `None` where it is schematic.
    pub source: Option<String>,
}

const CHUNK: usize = 500;

impl Db {
    /// Adds regions that are not there and changes names and codes of those that are. Places on the map that a row does not name stay.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn regions_import(&self, rows: Vec<RegionRow>, now: DateTime<Utc>) -> Result<usize, Error> {
        self.write(now, |tx| Box::pin(regions_import(tx, rows.clone()))).await
    }

    /// Gives current regions outlines and centres, all or none; answers with how many changed.
    ///
    /// # Errors
    /// `Missing("region")` when one is not there, or when they cannot be written. Nothing has changed then.
    pub async fn regions_place(
        &self,
        placings: Vec<RegionPlacing>,
        source: &str,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        let source = source.to_owned();
        self.write(now, |tx| Box::pin(regions_place(tx, placings.clone(), source.clone()))).await
    }

    /// The outlines of current regions by their paths, of those that have one.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn region_outlines(&self, paths: &[RegionPath]) -> Result<HashMap<String, RegionOutline>, Error> {
        let mut found = HashMap::new();
        for chunk in paths.chunks(CHUNK) {
            let rows = region::Entity::find()
                .select_only()
                .columns([region::Column::Path, region::Column::Outline, region::Column::OutlineSource])
                .filter(region::Column::Path.is_in(chunk.iter().map(RegionPath::as_str)))
                .filter(region::Column::UntilAt.is_null())
                .filter(region::Column::Outline.is_not_null())
                .into_tuple::<(String, String, Option<String>)>()
                .all(self.read())
                .await?;
            found.extend(rows.into_iter().map(|(path, geometry, source)| (path, RegionOutline { geometry, source })));
        }
        Ok(found)
    }
}

/// The newest versions of regions by their paths; those that have ended are among them.
async fn newest(tx: &Tx, paths: &[&str]) -> Result<HashMap<String, region::Model>, Error> {
    let mut found = HashMap::with_capacity(paths.len());
    for chunk in paths.chunks(CHUNK) {
        let rows = region::Entity::find()
            .filter(region::Column::Path.is_in(chunk.iter().copied()))
            .order_by_asc(region::Column::Version)
            .all(tx.connection())
            .await?;
        found.extend(rows.into_iter().map(|row| (row.path.clone(), row)));
    }
    Ok(found)
}

async fn regions_import(tx: &Tx, rows: Vec<RegionRow>) -> Result<Recorded<usize>, Error> {
    let count = rows.len();
    let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let before = newest(tx, &paths).await?;
    let mut changed = Vec::new();
    for row in rows {
        let there = before.get(&row.path);
        let place = there.map(|there| (there.lon, there.lat, there.outline.clone(), there.outline_source.clone()));
        let (lon, lat, outline, source) = place.unwrap_or_default();
        let (outline, outline_source) = match row.outline {
            Some(new) if outline.as_ref() != Some(&new) => (Some(new), None),
            _ => (outline, source),
        };
        let next = region::Model {
            path: row.path,
            version: there.map_or(1, |there| there.version + 1),
            level: row.level,
            code: row.code,
            name: row.name,
            pinyin: row.pinyin,
            initials: row.initials,
            lon: row.center.map(|c| c.0).or(lon),
            lat: row.center.map(|c| c.1).or(lat),
            outline,
            from_at: tx.now_micros(),
            until_at: None,
            outline_source,
        };
        if !there.is_some_and(|there| is_same(there, &next)) {
            changed.push(next);
        }
    }
    let fields = json!({ "count": count, "changed": changed.len() });
    let record = Record::new("region.import", Uuid::nil(), fields.as_object().cloned().unwrap_or_default());
    begin(tx, changed, record, count).await
}

async fn regions_place(tx: &Tx, placings: Vec<RegionPlacing>, source: String) -> Result<Recorded<usize>, Error> {
    let paths: Vec<&str> = placings.iter().map(|placing| placing.path.as_str()).collect();
    let before = newest(tx, &paths).await?;
    let mut changed = Vec::new();
    for placing in placings {
        let there = before.get(placing.path.as_str()).filter(|there| there.until_at.is_none());
        let there = there.ok_or(Error::Missing("region"))?;
        let mut next = region::Model { version: there.version + 1, from_at: tx.now_micros(), ..there.clone() };
        if let Some(outline) = placing.outline {
            (next.outline, next.outline_source) = (Some(outline), Some(source.clone()));
        }
        if let Some((lon, lat)) = placing.center {
            (next.lon, next.lat) = (Some(lon), Some(lat));
        }
        if !is_same(there, &next) {
            changed.push(next);
        }
    }
    let (count, outlines) = (changed.len(), changed.iter().filter(|next| next.outline_source.is_some()).count());
    let fields = json!({ "count": count, "outlines": outlines, "source": source });
    let record = Record::new("region.place", Uuid::nil(), fields.as_object().cloned().unwrap_or_default());
    begin(tx, changed, record, count).await
}

/// Whether two versions of a region, both in force, say the same.
fn is_same(a: &region::Model, b: &region::Model) -> bool {
    let undated = |model: &region::Model| region::Model { version: 0, from_at: 0, ..model.clone() };
    undated(a) == undated(b)
}

/// Ends what is current of these regions and begins the new versions.
async fn begin<T>(tx: &Tx, changed: Vec<region::Model>, mut record: Record, answer: T) -> Result<Recorded<T>, Error> {
    for chunk in changed.chunks(CHUNK) {
        region::Entity::update_many()
            .col_expr(region::Column::UntilAt, Expr::value(tx.now_micros()))
            .filter(region::Column::Path.is_in(chunk.iter().map(|next| next.path.as_str())))
            .filter(region::Column::UntilAt.is_null())
            .exec(tx.connection())
            .await?;
        let models = chunk.iter().map(|next| next.clone().into_active_model().reset_all());
        region::Entity::insert_many(models).exec_without_returning(tx.connection()).await?;
    }
    tx.prove_counties(&mut record, "region", changed.iter().map(|next| next.path.as_str())).await?;
    tx.record(record, answer).await
}
