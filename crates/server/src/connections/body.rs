//! A request's body that must keep coming, and whose rest can still be read after the answer is known.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use super::Pace;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// It came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub(crate) struct TooSlow;

/// The body, in the hands of who answers and of the connection.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<Paced>>);

struct Paced {
    incoming: Incoming,
    pace: Pace,
    since: Instant,
    received: u64,
    until: Pin<Box<Sleep>>,
    broken: bool,
}

impl Shared {
    pub(super) fn new(incoming: Incoming, pace: Pace) -> Self {
        let since = Instant::now();
        let until = Box::pin(tokio::time::sleep_until(since + pace.grace));
        Self(Arc::new(Mutex::new(Paced { incoming, pace, since, received: 0, until, broken: false })))
    }

    /// Reads what is left, at most so many bytes of it.
    pub(super) async fn drain(mut self, most: u64) {
        let mut left = most;
        while let Some(Ok(frame)) = self.frame().await {
            let Some(next) = left.checked_sub(frame.data_ref().map_or(0, |data| data.len() as u64)) else { return };
            left = next;
        }
    }
}

impl Paced {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        if self.broken {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) {
            if let Some(Ok(frame)) = &frame {
                self.received += frame.data_ref().map_or(0, |data| data.remaining() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let allowed = self.pace.grace + Duration::from_secs(self.received / u64::from(self.pace.rate.max(1)));
        let until = self.since + allowed;
        if self.until.deadline() != until {
            self.until.as_mut().reset(until);
        }
        ready!(self.until.as_mut().poll(cx));
        self.broken = true;
        Poll::Ready(Some(Err(TooSlow.into())))
    }
}

impl Body for Shared {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).incoming.size_hint()
    }
}
