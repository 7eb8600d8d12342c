//! Regions and grids. All are dated versions; an import replaces the current versions in one transaction.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;
use yizhi_domain::record::Record;
use yizhi_domain::region::{Level, RegionPath};

use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::{cases, grid, post, region};
use crate::slice_sql::within;
use crate::{Db, Error, Recorded, Tx};

/// A region as kept.
#[derive(Clone, Debug)]
pub struct RegionRow {
    pub path: String,
    pub level: String,
    pub code: String,
    pub name: String,
    pub pinyin: String,
    pub initials: String,
    /// Longitude, latitude in degrees, WGS-84.
    pub center: Option<(f64, f64)>,
    /// GeoJSON geometry.
    pub outline: Option<String>,
}

/// What is open in a region or below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Below {
    pub regions: u64,
    pub grids: u64,
    pub posts: u64,
    pub cases: u64,
}

/// A grid as kept.
#[derive(Clone, Debug)]
pub struct GridRow {
    pub code: String,
    pub version: i32,
    pub path: String,
    pub name: String,
    pub kind: String,
    pub schematic: bool,
    /// GeoJSON geometry.
    pub geometry: String,
    /// Longitude, latitude in degrees, WGS-84.
    pub center: (f64, f64),
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

const CHUNK: usize = 500;

impl Db {
    /// Current regions, without outlines.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn regions(&self) -> Result<Vec<RegionRow>, Error> {
        let rows = region::Entity::find().filter(region::Column::UntilAt.is_null()).all(self.read()).await?;
        Ok(self.readable("region", rows, |r| format!("{} {}", r.path, r.version), region_row))
    }

    /// The outline of a region, as GeoJSON geometry.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn region_outline(&self, path: &RegionPath) -> Result<Option<String>, Error> {
        let find = region::Entity::find()
            .filter(region::Column::Path.eq(path.as_str()))
            .filter(region::Column::UntilAt.is_null());
        Ok(find.one(self.read()).await?.and_then(|r| r.outline))
    }

    /// Closes regions that a new list lacks, each if nothing is open in it or below it: one entry for each, all zeros for those that were closed.
    /// They stay as dated versions.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn regions_close(&self, paths: Vec<RegionPath>, now: DateTime<Utc>) -> Result<Vec<Below>, Error> {
        self.write(now, |tx| Box::pin(regions_close(tx, paths.clone()))).await
    }

    /// Current grids below a region, in the order of their codes.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn grids(&self, below: &RegionPath) -> Result<Vec<GridRow>, Error> {
        let rows = grid::Entity::find()
            .filter(grid::Column::UntilAt.is_null())
            .filter(within(grid::Column::Path, below))
            .order_by_asc(grid::Column::Code)
            .all(self.read())
            .await?;
        Ok(self.readable("grid", rows, |g| format!("{} {}", g.code, g.version), grid_row))
    }

    /// Replaces the current grids below `within` by these; the old versions stay, dated.
    ///
    /// # Errors
    /// When they cannot be written; nothing has changed then.
    pub async fn grids_replace(
        &self,
        below: &RegionPath,
        rows: Vec<GridRow>,
        source: String,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        let below = below.clone();
        self.write(now, |tx| Box::pin(grids_replace(tx, below.clone(), rows.clone(), source.clone()))).await
    }
}

async fn regions_close(tx: &Tx, paths: Vec<RegionPath>) -> Result<Recorded<Vec<Below>>, Error> {
    let (mut found, mut closed) = (Vec::with_capacity(paths.len()), Vec::new());
    for path in paths {
        let below = open_below(tx, &path).await?;
        if below == Below::default() {
            region::Entity::update_many()
                .col_expr(region::Column::UntilAt, Expr::value(tx.now_micros()))
                .filter(region::Column::Path.eq(path.as_str()))
                .filter(region::Column::UntilAt.is_null())
                .exec(tx.connection())
                .await?;
            closed.push(path.to_string());
        }
        found.push(below);
    }
    let mut fields = field("count", closed.len());
    fields.insert("paths".to_owned(), closed.clone().into());
    let mut record = Record::new("region.close", Uuid::nil(), fields);
    tx.prove_counties(&mut record, "region", closed.iter().map(String::as_str)).await?;
    tx.record(record, found).await
}

/// What is open in a region or below it; of its cases only how many, for nobody in particular.
async fn open_below(tx: &Tx, path: &RegionPath) -> Result<Below, Error> {
    let connection = tx.connection();
    let regions =
        region::Entity::find().filter(region::Column::UntilAt.is_null()).filter(within(region::Column::Path, path));
    let grids = grid::Entity::find().filter(grid::Column::UntilAt.is_null()).filter(within(grid::Column::Path, path));
    let in_force = Condition::any().add(post::Column::UntilAt.is_null()).add(post::Column::UntilAt.gt(tx.now_micros()));
    let posts = post::Entity::find().filter(in_force).filter(within(post::Column::Path, path));
    let open =
        cases::Entity::find().filter(cases::Column::ClosedAt.is_null()).filter(within(cases::Column::Path, path));
    Ok(Below {
        regions: regions.filter(region::Column::Path.ne(path.as_str())).count(connection).await?,
        grids: grids.count(connection).await?,
        posts: posts.count(connection).await?,
        cases: open.count(connection).await?,
    })
}

async fn grids_replace(
    tx: &Tx,
    below: RegionPath,
    rows: Vec<GridRow>,
    source: String,
) -> Result<Recorded<usize>, Error> {
    let count = rows.len();
    let mut paths: Vec<String> = rows.iter().map(|g| g.path.clone()).collect();
    let retired = grid::Entity::find()
        .select_only()
        .column(grid::Column::Path)
        .filter(within(grid::Column::Path, &below))
        .filter(grid::Column::UntilAt.is_null());
    paths.extend(retired.into_tuple::<String>().all(tx.connection()).await?);
    grid::Entity::update_many()
        .col_expr(grid::Column::UntilAt, Expr::value(tx.now_micros()))
        .filter(within(grid::Column::Path, &below))
        .filter(grid::Column::UntilAt.is_null())
        .exec(tx.connection())
        .await?;
    let models: Vec<grid::ActiveModel> = rows
        .into_iter()
        .map(|g| grid::ActiveModel {
            code: Set(g.code),
            version: Set(g.version),
            path: Set(g.path),
            name: Set(g.name),
            kind: Set(g.kind),
            schematic: Set(g.schematic),
            geometry: Set(g.geometry),
            lon: Set(g.center.0),
            lat: Set(g.center.1),
            from_at: Set(micros(g.from)),
            until_at: Set(None),
        })
        .collect();
    for chunk in models.chunks(CHUNK) {
        grid::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.connection()).await?;
    }
    let mut fields = field("count", count);
    fields.insert("below".to_owned(), below.as_str().into());
    fields.insert("source".to_owned(), source.into());
    let mut record = Record::new("grid.import", Uuid::nil(), fields);
    tx.prove_counties(&mut record, "grid", paths.iter().map(String::as_str)).await?;
    tx.record(record, count).await
}

fn field(name: &str, value: usize) -> serde_json::Map<String, serde_json::Value> {
    std::iter::once((name.to_owned(), value.into())).collect()
}

fn region_row(r: region::Model) -> Result<RegionRow, Error> {
    let path = RegionPath::parse(&r.path).filter(|path| Level::from_depth(path.depth()).is_some());
    path.ok_or_else(|| Error::Corrupt(format!("region {}: path", r.path)))?;
    Ok(RegionRow {
        path: r.path,
        level: r.level,
        code: r.code,
        name: r.name,
        pinyin: r.pinyin,
        initials: r.initials,
        center: r.lon.zip(r.lat),
        outline: None,
    })
}

fn grid_row(g: grid::Model) -> Result<GridRow, Error> {
    Ok(GridRow {
        code: g.code,
        version: g.version,
        path: g.path,
        name: g.name,
        kind: g.kind,
        schematic: g.schematic,
        geometry: g.geometry,
        center: (g.lon, g.lat),
        from: moment(g.from_at)?,
        until: maybe_moment(g.until_at)?,
    })
}
