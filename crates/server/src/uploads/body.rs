//! The body of an upload as it comes: piece by piece, never more than was asked for, cut off when it is too long or too slow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use tokio::time::{Instant, timeout};

use super::Limits;

/// Bytes given at once.
const PIECE: usize = 64 * 1024;
/// Most bytes given and not yet taken: headings of a form's parts are far shorter.
const AHEAD_MAX: usize = 4 * PIECE;

/// Why a body was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Cut {
    #[error("the body is too long")]
    TooLong,
    #[error("the body comes too slowly")]
    TooSlow,
    #[error("the form's headings are too long")]
    Headings,
    #[error("the body was broken off")]
    Broken,
}

/// What reader and body tell each other.
#[derive(Clone, Default)]
pub(super) struct Flow {
    ahead: Arc<AtomicUsize>,
    cut: Arc<Mutex<Option<Cut>>>,
}

impl Flow {
    /// The reader has taken all that it was given.
    pub(super) fn taken(&self) {
        self.ahead.store(0, Ordering::SeqCst);
    }

    /// Why the body ended before its end.
    pub(super) fn cut(&self) -> Option<Cut> {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, cut: Cut) -> Cut {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
        cut
    }
}

struct Coming {
    body: BodyDataStream,
    held: Bytes,
    given: bool,
    total: u64,
    began: Instant,
    most: u64,
    limits: Limits,
    flow: Flow,
}

/// A body of at most so many bytes within the limits.
pub(super) fn paced(
    body: Body,
    most: u64,
    limits: Limits,
    flow: &Flow,
) -> impl Stream<Item = Result<Bytes, Cut>> + use<> {
    let coming = Coming {
        body: body.into_data_stream(),
        held: Bytes::new(),
        given: false,
        total: 0,
        began: Instant::now(),
        most,
        limits,
        flow: flow.clone(),
    };
    stream::try_unfold(coming, |mut coming| async move {
        let piece = coming.next().await.map_err(|cut| coming.flow.end(cut))?;
        Ok(piece.map(|piece| (piece, coming)))
    })
    .fuse()
}

impl Coming {
    async fn next(&mut self) -> Result<Option<Bytes>, Cut> {
        // A reader that takes whatever is there would hold the whole body in memory: after each piece it has to come again.
        if std::mem::replace(&mut self.given, true) {
            tokio::task::yield_now().await;
        }
        if self.held.is_empty() && !self.more().await? {
            return Ok(None);
        }
        let piece = self.held.split_to(self.held.len().min(PIECE));
        if self.flow.ahead.fetch_add(piece.len(), Ordering::SeqCst) > AHEAD_MAX {
            return Err(Cut::Headings);
        }
        Ok(Some(piece))
    }

    /// Whether there is more.
    async fn more(&mut self) -> Result<bool, Cut> {
        while self.held.is_empty() {
            let came = timeout(self.limits.idle, self.body.next()).await.map_err(|_| Cut::TooSlow)?;
            let Some(came) = came else { return Ok(false) };
            self.held = came.map_err(|_| Cut::Broken)?;
            self.total += self.held.len() as u64;
            if self.total > self.most {
                return Err(Cut::TooLong);
            }
            let since = self.began.elapsed();
            let due = Duration::from_millis(self.total.saturating_mul(1_000) / self.limits.most_rate.max(1));
            tokio::time::sleep(due.saturating_sub(since)).await;
            if since > self.limits.idle
                && self.total
                    < self.limits.least_rate.saturating_mul(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
                        / 1_000
            {
                return Err(Cut::TooSlow);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(pieces: usize) -> Body {
        Body::from_stream(stream::iter((0..pieces).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![0; 1_000_000])))))
    }

    async fn read(body: Body, most: u64, limits: Limits, takes: bool) -> (u64, Option<Cut>) {
        let flow = Flow::default();
        let mut coming = std::pin::pin!(paced(body, most, limits, &flow));
        let mut bytes = 0;
        while let Some(Ok(piece)) = coming.next().await {
            assert!(piece.len() <= PIECE);
            bytes += piece.len() as u64;
            if takes {
                flow.taken();
            }
        }
        (bytes, flow.cut())
    }

    #[tokio::test]
    async fn a_body_comes_whole_in_pieces() {
        assert_eq!(read(many(3), 3_000_000, Limits::default(), true).await, (3_000_000, None));
        assert_eq!(read(many(3), 2_999_999, Limits::default(), true).await.1, Some(Cut::TooLong));
    }

    #[tokio::test]
    async fn what_is_not_taken_is_bounded() {
        let (bytes, cut) = read(many(3), 3_000_000, Limits::default(), false).await;
        assert!(bytes <= (AHEAD_MAX + 2 * PIECE) as u64);
        assert_eq!(cut, Some(Cut::Headings));
    }

    #[tokio::test]
    async fn what_comes_faster_than_is_taken_waits() {
        let limits = Limits { most_rate: 10_000_000, ..Limits::default() };
        let began = Instant::now();
        assert_eq!(read(many(3), 3_000_000, limits, true).await, (3_000_000, None));
        assert!(began.elapsed() >= Duration::from_millis(300));
    }

    #[tokio::test]
    async fn whoever_sends_nothing_or_next_to_nothing_is_cut_off() {
        let limits = Limits { idle: std::time::Duration::from_millis(1), least_rate: 1 << 40, ..Limits::default() };
        let silent = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(silent, 100, limits, true).await, (0, Some(Cut::TooSlow)));
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(b"x")));
        assert_eq!(read(Body::from_stream(endless), u64::MAX, limits, true).await.1, Some(Cut::TooSlow));
    }
}
