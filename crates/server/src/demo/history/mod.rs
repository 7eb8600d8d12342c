//! Ninety days of simulated history, made by the same door that real cases go through, with the clock set back. It is the same for the same seed and
//! can be interrupted: cases that are there go on from where they stand.

mod crew;
mod fate;
mod life;
mod moves;
mod scenery;
mod times;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::task::JoinSet;

use crate::app::App;

use super::error::DemoError;
use super::phrases::Phrases;
use super::place::Place;
use super::progress::Progress;

use life::{Life, Stage};
use scenery::Scenery;

pub(super) use crew::Crew;
pub(super) use times::DAYS;

/// Cases that go through their lives at the same time: enough to fill the groups of the write path.
const AT_ONCE: usize = 224;
/// One report in so many repeats another.
const REPEATED: usize = 25;

/// What a history is made from; kept until it is complete, so that a second try makes the same one.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Plan {
    /// The moment up to which it is told.
    pub(super) now: DateTime<Utc>,
    pub(super) cases: usize,
}

/// Tells the history of a county.
///
/// # Errors
/// When the database cannot take it.
pub(super) async fn tell(app: &App, place: &Place, plan: &Plan, progress: &Progress) -> Result<(), DemoError> {
    let seed: u64 = place.county.parse().unwrap_or(0);
    let mut rng = StdRng::seed_from_u64(seed);
    let world = app.world();
    let grids = app.db().grids(&place.path).await?;
    let scenery = Scenery::new(&grids, &world.regions, &mut rng)
        .ok_or_else(|| DemoError::Damaged(format!("{}: no grids", place.county)))?;
    let repeats = plan.cases / REPEATED;
    let firsts = plan.cases - repeats;
    let moments = times::of_reports(firsts, plan.now, &mut rng);
    let stage = Arc::new(Stage {
        app: app.clone(),
        crew: Crew::new(&world.directory, &place.path),
        phrases: Phrases::load(&world.catalog)?,
        places: app.places(),
        world,
        scenery,
        until: plan.now,
    });
    let mut running = JoinSet::new();
    for (i, at) in moments.into_iter().enumerate() {
        while running.len() >= AT_ONCE {
            joined(running.join_next().await, progress)?;
        }
        let repeated = i * repeats / firsts != (i + 1) * repeats / firsts;
        let stage = stage.clone();
        let mut rng = StdRng::seed_from_u64(seed << 32 | i as u64);
        running.spawn(async move { Life::draw(&stage, at, repeated, &mut rng)?.live(&stage).await });
    }
    while !running.is_empty() {
        joined(running.join_next().await, progress)?;
    }
    Ok(())
}

type Joined = Option<Result<Result<u64, DemoError>, tokio::task::JoinError>>;

fn joined(done: Joined, progress: &Progress) -> Result<(), DemoError> {
    match done {
        Some(Ok(cases)) => progress.steps(cases?),
        Some(Err(error)) => return Err(DemoError::Damaged(error.to_string())),
        None => {}
    }
    Ok(())
}
