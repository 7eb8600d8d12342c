//! Work on many things at once, on all cores, while what comes of it is taken in order.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Things that a thread works on before it hands over what came of them.
const SHARE: usize = 128;

/// Works on so many things and takes what comes of each, in their order, as soon as it is there.
pub(super) fn on_all_cores<R: Send>(things: usize, work: impl Fn(usize) -> R + Sync, mut take: impl FnMut(usize, R)) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let (work, next) = (&work, &AtomicUsize::new(0));
    thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..cores.min(things.div_ceil(SHARE)) {
            let send = send.clone();
            scope.spawn(move || {
                let shares = std::iter::repeat_with(|| next.fetch_add(SHARE, Ordering::Relaxed));
                for at in shares.take_while(|at| *at < things) {
                    let done: Vec<R> = (at..things.min(at + SHARE)).map(work).collect();
                    // Who takes has gone away only by a panic.
                    let _ = send.send((at, done));
                }
            });
        }
        drop(send);
        let (mut early, mut expected) = (BTreeMap::new(), 0);
        for (at, done) in receive {
            early.insert(at, done);
            while let Some(done) = early.remove(&expected) {
                done.into_iter().zip(expected..).for_each(|(one, nth)| take(nth, one));
                expected += SHARE;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_things_is_taken_in_their_order() {
        for things in [0, 1, SHARE, SHARE + 1, 10_000] {
            let mut taken = Vec::new();
            on_all_cores(things, |n| n * 2, |nth, twice| taken.push((nth, twice)));
            assert_eq!(taken, (0..things).map(|n| (n, n * 2)).collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_fault_is_not_swallowed() {
        on_all_cores(1_000, |n| assert!(n < 500), |_, ()| ());
    }
}
