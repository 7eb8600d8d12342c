//! Who reads live changes: how many streams a session has, and all together.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

/// Streams of one session. The next one ends the oldest: that is a page which was left without saying so more often than one that is read.
pub const SESSION_MOST: usize = 8;
/// Streams of all sessions together.
const MOST: usize = 4_000;

/// The streams that are open.
#[derive(Default)]
pub struct Streams(Mutex<Open>);

#[derive(Default)]
struct Open {
    next: u64,
    total: usize,
    of: HashMap<Vec<u8>, VecDeque<(u64, oneshot::Sender<()>)>>,
}

/// The place of an open stream; it is free again when this is dropped.
pub(crate) struct Seat {
    streams: Arc<Streams>,
    session: Vec<u8>,
    number: u64,
    ended: oneshot::Receiver<()>,
}

impl Streams {
    /// A place for one more stream of a session; `None` when there are too many of all sessions.
    pub(crate) fn take(self: &Arc<Self>, session: &[u8]) -> Option<Seat> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = open.of.get(session).map_or(0, VecDeque::len);
        if mine < SESSION_MOST && open.total >= MOST {
            return None;
        }
        let number = open.next;
        open.next += 1;
        let (end, ended) = oneshot::channel();
        let own = open.of.entry(session.to_vec()).or_default();
        own.push_back((number, end));
        // Dropping its other end tells the oldest to stop.
        let replaced = own.len() > SESSION_MOST && own.pop_front().is_some();
        open.total += usize::from(!replaced);
        Some(Seat { streams: self.clone(), session: session.to_vec(), number, ended })
    }

    /// How many streams are open.
    pub fn open(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

impl Seat {
    /// Waits until the session has opened too many others.
    pub(crate) async fn taken(&mut self) {
        let _ = (&mut self.ended).await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(own) = open.of.get_mut(&self.session) else { return };
        let before = own.len();
        own.retain(|(number, _)| *number != self.number);
        let (left, freed) = (own.len(), before - own.len());
        if left == 0 {
            open.of.remove(&self.session);
        }
        open.total -= freed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_freed_and_bounded() {
        let streams = Arc::new(Streams::default());
        let mut seats: Vec<Seat> = (0..SESSION_MOST + 2).filter_map(|_| streams.take(b"a")).collect();
        assert_eq!((seats.len(), streams.open()), (SESSION_MOST + 2, SESSION_MOST));
        assert!(seats[0].ended.try_recv().is_err_and(|e| e == oneshot::error::TryRecvError::Closed));
        assert!(seats[2].ended.try_recv().is_err_and(|e| e == oneshot::error::TryRecvError::Empty));
        seats.clear();
        assert_eq!(streams.open(), 0);
        let others: Vec<Seat> = (0..=MOST).filter_map(|n| streams.take(&(n / SESSION_MOST).to_be_bytes())).collect();
        assert_eq!(others.len(), MOST);
        assert!(streams.take(&0_usize.to_be_bytes()).is_some(), "who is in may go on");
    }
}
