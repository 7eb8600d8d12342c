//! Everything in memory that decisions are made from, as one immutable snapshot: the current release and those that cases still pin, calendars,
//! regions, grids and who holds which post. A change makes a new snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::calendar::{Calendar, Calendars};
use crate::case::{Case, Context, MergeTarget, Refusal};
use crate::catalog::Catalog;
use crate::directory::Directory;
use crate::region::{RegionPath, RegionTree};

/// One snapshot.
#[derive(Clone)]
pub struct World {
    pub catalog: Arc<Catalog>,
    /// Earlier releases by id.
    pub pinned: Arc<BTreeMap<String, Arc<Catalog>>>,
    pub calendars: Arc<Calendars>,
    pub regions: Arc<RegionTree>,
    pub directory: Arc<Directory>,
}

impl World {
    /// The release a case was received under.
    pub fn release(&self, id: &str) -> Option<&Catalog> {
        if self.catalog.id() == id {
            return Some(&self.catalog);
        }
        self.pinned.get(id).map(AsRef::as_ref)
    }

    /// The working calendar at a path.
    pub fn calendar(&self, path: &RegionPath) -> &Calendar {
        let code = self.regions.holding(path).map_or("", |r| r.code);
        self.calendars.of_region(code)
    }

    /// The context of a step of this case.
    ///
    /// # Errors
    /// `NotInCatalog` when the case's release, matter or procedure is not here.
    pub fn context<'a>(
        &'a self,
        case: &Case,
        merge_target: Option<MergeTarget>,
        now: DateTime<Utc>,
    ) -> Result<Context<'a>, Refusal> {
        self.context_of(&case.release, &case.matter, &case.path, merge_target, now)
    }

    /// The context of receiving a case of a matter at a path.
    ///
    /// # Errors
    /// `NotInCatalog` when the matter or its procedure is not in the release.
    pub fn context_of<'a>(
        &'a self,
        release: &str,
        matter: &str,
        path: &RegionPath,
        merge_target: Option<MergeTarget>,
        now: DateTime<Utc>,
    ) -> Result<Context<'a>, Refusal> {
        let missing = |what: &str| Refusal::NotInCatalog(what.to_owned());
        let catalog = self.release(release).ok_or_else(|| missing(release))?;
        let matter = catalog.matter(matter).ok_or_else(|| missing(matter))?;
        let procedure = catalog.procedure(&matter.procedure).ok_or_else(|| missing(&matter.procedure))?;
        Ok(Context {
            catalog,
            procedure,
            matter,
            calendar: self.calendar(path),
            directory: &self.directory,
            merge_target,
            now,
        })
    }
}
