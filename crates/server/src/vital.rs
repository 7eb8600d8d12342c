//! Whether the database lives. Where it does not, everybody who waits for it is told within two seconds, instead of waiting for a network to give up.

use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use tokio::sync::watch;
use yizhi_store::Pulse;

use crate::app::App;
use crate::error::Problem;
use crate::jobs::pause;

const EVERY: Duration = Duration::from_millis(250);

/// What is known of the database's life.
#[derive(Debug)]
pub struct Vital(watch::Sender<bool>);

impl Default for Vital {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Vital {
    pub fn lives(&self) -> bool {
        *self.0.borrow()
    }

    async fn back(&self) {
        let _ = self.0.subscribe().wait_for(|lives| *lives).await;
    }

    /// Returns when the database is known to be gone.
    async fn gone(&self) {
        // The sender is ours, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|lives| !lives).await;
    }
}

/// Does a job for as long as the program runs: anew when the database comes back, for what waits on a dead connection waits for ever.
pub(crate) async fn alive<F: Future<Output = ()>>(app: App, job: impl Fn() -> F) {
    loop {
        tokio::select! {
            () = job() => return,
            () = app.vital().gone() => app.vital().back().await,
        }
    }
}

/// Feels the database's pulse until told to stop. The embedded one lives as long as we do.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let Some(pulse) = app.db().pulse() else { return };
    let mut stopped = stop.clone();
    tokio::select! {
        () = feel(&app, &pulse, &mut stop) => {}
        () = async { let _ = stopped.wait_for(|stop| *stop).await; } => {}
    }
}

async fn feel(app: &App, pulse: &Pulse, stop: &mut watch::Receiver<bool>) {
    loop {
        let error = pulse.lost(EVERY).await;
        // A single cut connection is no death: only a database that cannot be reached anew is gone.
        if pulse.found().await.is_ok() {
            continue;
        }
        tracing::error!(%error, "the database does not answer");
        app.vital().0.send_replace(false);
        while pulse.found().await.is_err() {
            if pause(stop, EVERY).await {
                return;
            }
        }
        tracing::info!("the database answers again");
        app.vital().0.send_replace(true);
    }
}

/// An answer of the API, or that the database is gone, also to who is waiting for it already.
pub(crate) async fn guarded(app: &App, answer: impl Future<Output = Response>) -> Response {
    if !app.vital().lives() {
        return Problem::unreachable().into_response();
    }
    tokio::select! {
        response = answer => response,
        () = app.vital().gone() => Problem::unreachable().into_response(),
    }
}
