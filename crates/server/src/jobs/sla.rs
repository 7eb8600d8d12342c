//! Deadlines: amber at four fifths of a limit, red when it is over; people are told and the level above joins. Nothing is overdue silently.

use std::time::Duration;

use tokio::sync::watch;
use yizhi_domain::case::{Action, Actor, Alert, Case};
use yizhi_store::{ApplyError, Command, Intent};

use crate::app::App;

use super::pause;

const EVERY: Duration = Duration::from_secs(5);
const CHUNK: u64 = 200;

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !pause(&mut stop, EVERY).await {
        if let Err(error) = run_once(&app).await {
            tracing::error!(%error, "raising alerts");
        }
    }
}

/// Raises every alert whose time has come; returns how many cases changed.
///
/// # Errors
/// When the database cannot answer.
pub async fn run_once(app: &App) -> Result<usize, yizhi_store::Error> {
    let mut raised = 0;
    loop {
        let due = app.db().cases_to_alert(app.now(), CHUNK).await?;
        let mut done = 0;
        for case in &due {
            match raise(app, case).await {
                Ok(()) => done += 1,
                Err(error) => tracing::warn!(case = %case.number, %error, "alert not raised"),
            }
        }
        raised += done;
        if done == 0 {
            return Ok(raised);
        }
    }
}

async fn raise(app: &App, case: &Case) -> Result<(), ApplyError> {
    let now = app.now();
    let red = case
        .body
        .clocks
        .iter()
        .filter(|c| c.is_running())
        .any(|c| c.alert_due(now) == Alert::Red && c.alert != Alert::Red);
    let action = Action::new(if red { "overdue" } else { "warn" });
    let intent = Intent::Act { case: case.id, action, slice: None };
    let command = Command { intent, actor: Actor::system(), world: app.world(), now, idempotency: None };
    app.db().apply(command).await.map(|_| ())
}
