//! The region tree.

pub(crate) mod fetch;
pub(crate) mod list;
pub(crate) mod outline;

use std::sync::Arc;

use tokio::sync::Semaphore;
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::world::World;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;

/// One long look at a time, a search by name or the grids of a county: through a whole country it takes some tens of milliseconds of a core, and the other
/// cores are for everybody else.
static TURN: Semaphore = Semaphore::const_new(1);

/// Looks through regions and grids where no other request waits for it. Whoever goes away meanwhile keeps the turn until the search has ended.
pub(crate) async fn looking<T: Send + 'static>(
    world: &Arc<World>,
    look: impl FnOnce(&World) -> T + Send + 'static,
) -> Result<T, Problem> {
    let turn = TURN.acquire().await.map_err(|e| Problem::internal(&e))?;
    let world = world.clone();
    let found = tokio::task::spawn_blocking(move || {
        let found = look(&world);
        drop(turn);
        found
    });
    found.await.map_err(|e| Problem::internal(&e))
}

/// The path of a region (12 digits, or a shorter division code) or grid (15 digits).
pub(crate) fn path_of(app: &App, who: &Who, code: &str) -> Result<RegionPath, Problem> {
    if let Some(grid) = app.places().by_code(code) {
        return Ok(grid.path.clone());
    }
    let full = format!("{code:0<12}");
    let found = who.world.regions.by_code(&full).map(|r| r.path());
    found.ok_or_else(|| {
        Problem::invalid("region", format!("没有编码为{code}的地区。"), format!("There is no region {code}."))
    })
}

/// The highest region that a post looks at: its own, or its county where it belongs to none in particular.
pub(crate) fn top(who: &Who) -> RegionPath {
    let path = &who.post.path;
    if path.level() == Some(Level::Grid) { path.at(Level::Village) } else { path.clone() }
}
