//! Reading the world from the database into memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use yizhi_domain::calendar;
use yizhi_domain::catalog::{Catalog, Files};
use yizhi_domain::directory::{Directory, GridDuty, PersonBrief, Post};
use yizhi_domain::procedure::ParseError;
use yizhi_domain::region::{RegionPath, RegionTree};
use yizhi_domain::world::World;
use yizhi_store::Db;

use crate::assets;
use crate::places::Places;

/// A world that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] yizhi_store::Error),
    #[error("the catalog has faults:\n{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Catalog { faults: Vec<ParseError> },
    #[error("{0}")]
    Calendar(String),
}

/// Loads the shipped catalog.
///
/// # Errors
/// Its faults, with file and line.
pub fn shipped_catalog() -> Result<(Catalog, Files), LoadError> {
    let files = assets::catalog_files();
    let catalog = Catalog::load_new(&files).map_err(|faults| LoadError::Catalog { faults })?;
    Ok((catalog, files))
}

/// The calendars of a release.
///
/// # Errors
/// The first fault, with file and line.
pub fn calendars(files: &Files) -> Result<calendar::Calendars, LoadError> {
    let named: Vec<(&str, &str)> = files
        .iter()
        .filter(|(path, _)| path.starts_with("calendars/"))
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    calendar::parse(&named).map_err(|e| LoadError::Calendar(e.to_string()))
}

/// Everything in memory, as the database has it now.
///
/// # Errors
/// When the database cannot answer or the catalog has faults.
pub async fn load(db: &Db, now: DateTime<Utc>) -> Result<(World, Places), LoadError> {
    let (catalog, files) = shipped_catalog()?;
    db.release_keep(catalog.id(), &files, now).await?;
    db.proofs_begin(now).await?;
    let mut pinned = BTreeMap::new();
    for (id, files) in db.releases().await?.into_iter().filter(|(id, _)| id != catalog.id()) {
        let release = Catalog::load(&files).map_err(|faults| LoadError::Catalog { faults })?;
        pinned.insert(id, Arc::new(release));
    }
    let regions = regions(db).await?;
    let (places, damaged) = Places::new(&db.grids(&RegionPath::root()).await?);
    if !damaged.is_empty() {
        tracing::error!(grids = ?damaged, "stored grids cannot be read and are left out");
    }
    let world = World {
        catalog: Arc::new(catalog),
        pinned: Arc::new(pinned),
        calendars: Arc::new(calendars(&files)?),
        regions: Arc::new(regions),
        directory: Arc::new(directory(db, now).await?),
    };
    Ok((world, places))
}

async fn regions(db: &Db) -> Result<RegionTree, LoadError> {
    let regions = db.region_tree().await?;
    tracing::debug!(regions = regions.len(), bytes = regions.bytes(), "regions read");
    Ok(regions)
}

/// Who holds which post and duty, as the database has it now.
///
/// # Errors
/// When the database cannot answer.
pub async fn directory(db: &Db, now: DateTime<Utc>) -> Result<Directory, LoadError> {
    let people = db.people().await?.into_iter().filter(|p| p.disabled_at.is_none());
    let people = people.map(|p| PersonBrief { id: p.id, account: p.account, name: p.name }).collect();
    let posts = db.posts(now).await?.into_iter().filter_map(|p| {
        Some(Post {
            path: RegionPath::parse(&p.path)?,
            id: p.id,
            person: p.person,
            role: p.role,
            department: p.department,
            from: p.from,
            until: p.until,
        })
    });
    let duties = db.duties(now).await?.into_iter().filter_map(|d| {
        let path = RegionPath::parse(&d.path)?;
        Some((path, GridDuty { person: d.person, role: d.role, from: d.from, until: d.until }))
    });
    Ok(Directory::new(people, posts.collect(), duties.collect()))
}
