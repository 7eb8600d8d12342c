//! `GET /live`: server-sent events of the changes in one's slice.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use utoipa::IntoParams;
use yizhi_domain::role::Permission;
use yizhi_domain::slice::Slice;

use crate::app::App;
use crate::auth::{Via, Who, peek};
use crate::error::{Problem, ProblemBody};
use crate::live::{Seat, Told, prepare};
use crate::routes::address::Query;
use crate::views::change::LiveChange;

/// Where to start.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct LiveQuery {
    /// The last `seq` that was seen; only newer changes otherwise. `Last-Event-ID`, which a browser that reconnects sends, goes before it.
    since: Option<i64>,
}

const PING: Duration = Duration::from_secs(15);
/// How often a stream on which nothing happens is looked at: its session may be over.
const CHECK: Duration = Duration::from_secs(30);
/// Events that may wait for a reader.
const WAITING: usize = 256;
/// Most missed changes that are told one by one.
const REPLAY: u64 = 1_000;
const CURSOR: &str = "last-event-id";

/// Changes as they happen: `event: change` with the change as data, its number as id. `event: restart` says that changes were missed which
/// cannot be told any more: read again what is shown, and go on from its id.
#[utoipa::path(get, path = "/api/v1/live", tag = "live",
    params(LiveQuery, ("Last-Event-ID" = Option<i64>, Header, description = "The last `seq` that was seen")),
    responses((status = 200, body = LiveChange, content_type = "text/event-stream"), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(crate) async fn stream(
    mut who: Who,
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<LiveQuery>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    who.must(Permission::ReadCases)?;
    let cursor = cursor(&headers, query.since)?;
    let seat = app.live().streams().take(&who.digest).ok_or_else(too_many)?;
    // Before reading what was missed: what happens between the two comes both ways, and what comes twice is told once.
    let live = app.live().subscribe();
    let start = start(&app, cursor).await?;
    who.done_reading();
    let (send, receive) = mpsc::channel(WAITING);
    let reader = Reader { app, who, send, seen: -1 };
    tokio::spawn(reader.follow(start, live, seat));
    let events = tokio_stream::wrappers::ReceiverStream::new(receive);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(PING).event(Event::default().event("ping").data("{}"))))
}

/// The number after which the reader wants to go on.
fn cursor(headers: &HeaderMap, since: Option<i64>) -> Result<Option<i64>, Problem> {
    let (field, cursor) = match headers.get(CURSOR) {
        Some(value) => (CURSOR, value.to_str().ok().and_then(|text| text.trim().parse().ok())),
        None if since.is_none() => return Ok(None),
        None => ("since", since),
    };
    cursor.filter(|seq| *seq >= 0).map(Some).ok_or_else(|| {
        Problem::invalid(
            field,
            "接续的编号要是收到过的某个变更的编号，即不小于0的整数。",
            "The number to go on from is that of a change which was received: a whole number from 0.",
        )
    })
}

fn too_many() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too_many_streams",
        "同时打开的实时更新太多了，请稍后再试；列表可以手动刷新。",
        "Too many live streams are open; try again later, and refresh lists by hand meanwhile.",
    )
    .with_retry_after(30)
}

/// How a stream begins.
enum Start {
    /// With what happens next.
    Now,
    Missed(Vec<Arc<Told>>),
    /// What was missed cannot be told; the number of the newest change.
    Again(i64),
}

async fn start(app: &App, cursor: Option<i64>) -> Result<Start, Problem> {
    let Some(cursor) = cursor else { return Ok(Start::Now) };
    let missed = app.db().changes_after(cursor, REPLAY + 1).await?;
    let newest = match missed.last() {
        Some(last) if missed.len() as u64 <= REPLAY => last.seq,
        _ => app.db().change_last().await?,
    };
    // Of an empty feed nothing can have been seen but its beginning.
    let kept = app.db().change_first().await?.map_or(0, |first| first - 1);
    if cursor > newest || cursor < kept || missed.len() as u64 > REPLAY {
        return Ok(Start::Again(newest));
    }
    Ok(Start::Missed(prepare(app, missed).await?))
}

/// Somebody who reads, and the number of the newest change they were told of.
struct Reader {
    app: App,
    who: Who,
    send: mpsc::Sender<Result<Event, Infallible>>,
    seen: i64,
}

/// The stream is over.
struct Over;

impl Reader {
    /// Sends what was missed, then what comes, until the reader leaves or is too slow, or the session ends.
    async fn follow(mut self, start: Start, mut live: Receiver<Arc<Told>>, mut seat: Seat) {
        if self.begin(start).await.is_err() {
            return;
        }
        let left = self.send.clone();
        let mut check = tokio::time::interval(CHECK);
        loop {
            let next = tokio::select! {
                () = left.closed() => return,
                () = seat.taken() => return,
                _ = check.tick() => self.slice().await.map(|_| ()).ok_or(Over),
                told = live.recv() => match told {
                    Ok(told) => self.tell(&[told]).await,
                    Err(RecvError::Lagged(_)) => {
                        live = live.resubscribe();
                        self.restart(self.app.live().newest())
                    }
                    Err(RecvError::Closed) => return,
                },
            };
            if next.is_err() {
                return;
            }
        }
    }

    async fn begin(&mut self, start: Start) -> Result<(), Over> {
        match start {
            Start::Now => Ok(()),
            Start::Missed(missed) => {
                for some in missed.chunks(WAITING / 4) {
                    // What was missed is told no faster than it is read.
                    while self.send.capacity() <= some.len() {
                        self.room(some.len()).await?;
                    }
                    self.tell(some).await?;
                }
                Ok(())
            }
            Start::Again(newest) => {
                self.seen = newest;
                self.restart(newest)
            }
        }
    }

    /// Waits until some more events fit.
    async fn room(&self, events: usize) -> Result<(), Over> {
        self.send.reserve_many(events + 1).await.map(|_| ()).map_err(|_| Over)
    }

    /// Sends those of the changes that the reader may see and has not seen.
    async fn tell(&mut self, told: &[Arc<Told>]) -> Result<(), Over> {
        let slice = self.slice().await.ok_or(Over)?;
        for one in told.iter().filter(|one| one.seq > self.seen) {
            if one.is_for(&slice) {
                self.push(Event::default().event("change").id(one.seq.to_string()).data(&one.data))?;
            }
        }
        self.seen = told.last().map_or(self.seen, |last| last.seq.max(self.seen));
        Ok(())
    }

    fn restart(&self, newest: i64) -> Result<(), Over> {
        self.push(restart(newest))
    }

    /// A reader that does not keep up gets a last event which says so, and must come back.
    fn push(&self, event: Event) -> Result<(), Over> {
        if self.send.capacity() <= 1 {
            let _ = self.send.try_send(Ok(restart(self.app.live().newest())));
            return Err(Over);
        }
        self.send.try_send(Ok(event)).map_err(|_| Over)
    }

    /// The slice as it is now: a session that ended, or a post that was taken away, sees nothing more.
    async fn slice(&self) -> Option<Slice> {
        let (app, who) = (&self.app, &self.who);
        let now = app.now();
        let live = peek(app, &who.digest, who.via, now).await.ok()??;
        if who.via == Via::Cookie && live.post != who.post.id {
            return None;
        }
        let world = app.world();
        let post = world.directory.post(live.person, live.post, now)?;
        world.catalog.roles().get(&post.role).map(|role| Slice::of_post(role, post, now))
    }
}

fn restart(newest: i64) -> Event {
    Event::default().event("restart").id(newest.to_string()).data("{}")
}
