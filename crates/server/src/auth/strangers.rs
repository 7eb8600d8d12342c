//! Turns of strangers. Requests without a session that is known here wait for each other, so that however many come, only a few of them are before
//! one of somebody signed in. Made-up sessions count as none.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::keys::token_digest;

use super::extract::named;
use super::host::PROBES;

/// Requests of strangers answered at once: each may look its token up, and a few connections to the database serve everybody.
const AT_ONCE: usize = 2;
/// Where somebody becomes known. They wait for their bodies and for turns of their own ([`super::door`]), and must not hold others up meanwhile.
const ENTRANCE: &str = "/api/v1/session";

/// The turns of a process.
#[derive(Debug)]
pub(super) struct Strangers(Semaphore);

impl Default for Strangers {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// Lets a request of a stranger wait for its turn, which lasts until there is an answer.
pub(crate) async fn take_turns(State(app): State<App>, request: Request, next: Next) -> Response {
    let _turn = match waits(&app, &request) {
        true => app.sessions().strangers().0.acquire().await.ok(),
        false => None,
    };
    next.run(request).await
}

fn waits(app: &App, request: &Request) -> bool {
    let path = request.uri().path();
    let enters = request.method() == Method::POST && path.starts_with(ENTRANCE);
    let known = || named(app, request.headers()).is_some_and(|(token, _)| app.sessions().holds(&token_digest(&token)));
    !enters && !PROBES.contains(&path) && !known()
}
