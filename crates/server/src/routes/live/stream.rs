//! `GET /live`: server-sent events of the changes in one's slice.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};
use yizhi_domain::ids::CaseId;
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::Permission;
use yizhi_domain::slice::{Slice, Subject};
use yizhi_store::Change;

use crate::app::App;
use crate::auth::{Via, Who, peek};
use crate::error::Problem;
use crate::views::time::{Shown, shown};

/// Where to start.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct LiveQuery {
    /// The last `seq` that was seen; only newer changes otherwise. A browser that reconnects says it in `Last-Event-ID`.
    since: Option<i64>,
}

/// A change of something in one's slice.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LiveChange {
    seq: i64,
    kind: String,
    id: String,
    version: i32,
    state: String,
    /// Code of the region.
    region: String,
    at: Shown,
}

const PING: Duration = Duration::from_secs(15);
const WAITING: usize = 256;
const REPLAY: u64 = 1_000;

/// Changes as they happen: `event: change` with the change as data, its number as id.
#[utoipa::path(get, path = "/api/v1/live", tag = "live", params(LiveQuery),
    responses((status = 200, body = LiveChange, content_type = "text/event-stream")))]
pub(crate) async fn stream(
    who: Who,
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<LiveQuery>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    who.must(Permission::ReadCases)?;
    let resumed = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let (send, receive) = mpsc::channel(WAITING);
    tokio::spawn(follow(app, who, query.since.or(resumed), send));
    let events = tokio_stream::wrappers::ReceiverStream::new(receive);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(PING).event(Event::default().event("ping").data("{}"))))
}

type Sender = mpsc::Sender<Result<Event, Infallible>>;

/// Sends what was missed, then what comes, until the reader leaves or the session ends.
async fn follow(app: App, who: Who, since: Option<i64>, send: Sender) {
    let mut live = app.live().subscribe();
    let mut last = since.unwrap_or(i64::MAX);
    if let Some(since) = since
        && let Ok(missed) = app.db().changes_after(since, REPLAY).await
    {
        for change in missed {
            last = change.seq;
            if forward(&app, &who, &change, &send).await.is_err() {
                return;
            }
        }
    }
    loop {
        match live.recv().await {
            Ok(change) if since.is_some() && change.seq <= last => {}
            Ok(change) => {
                if forward(&app, &who, &change, &send).await.is_err() {
                    return;
                }
            }
            Err(RecvError::Lagged(_)) => {
                let restart = Event::default().event("restart").data("{}");
                if send.send(Ok(restart)).await.is_err() {
                    return;
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// Sends one change if the reader may see it; `Err` ends the stream.
async fn forward(app: &App, who: &Who, change: &Change, send: &Sender) -> Result<(), ()> {
    let Some(slice) = slice_now(app, who).await else {
        return Err(());
    };
    if !admits(app, &slice, change).await {
        return Ok(());
    }
    let region = RegionPath::parse(&change.path).and_then(|p| who.world.regions.holding(&p).map(|r| r.code.clone()));
    let view = LiveChange {
        seq: change.seq,
        kind: change.kind.clone(),
        id: change.id.to_string(),
        version: change.version,
        state: change.state.clone(),
        region: region.unwrap_or_default(),
        at: shown(change.at),
    };
    let Ok(data) = serde_json::to_string(&view) else {
        return Ok(());
    };
    let event = Event::default().event("change").id(change.seq.to_string()).data(data);
    send.send(Ok(event)).await.map_err(|_| ())
}

/// The slice as it is now: a session that ended, or a post that was taken away, sees nothing more.
async fn slice_now(app: &App, who: &Who) -> Option<Slice> {
    let now = app.now();
    let live = peek(app, &who.digest, who.via, now).await.ok()??;
    if who.via == Via::Cookie && live.post != who.post.id {
        return None;
    }
    let world = app.world();
    let post = world.directory.post(live.person, live.post, now)?;
    world.catalog.roles().get(&post.role).map(|role| Slice::of_post(role, post, now))
}

async fn admits(app: &App, slice: &Slice, change: &Change) -> bool {
    let Some(path) = RegionPath::parse(&change.path) else {
        return false;
    };
    let subject = Subject { path: &path, department: change.department.as_deref(), confidential: change.confidential };
    if slice.admits_by_post(subject) {
        return true;
    }
    if slice.principals().is_empty() {
        return false;
    }
    let accesses = app.db().case_accesses(CaseId(change.id)).await.unwrap_or_default();
    slice.admits_by_part(&accesses)
}
