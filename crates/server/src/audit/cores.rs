//! Work on many things at once, on all cores.

use std::num::NonZero;
use std::thread;

/// Fewer things than this are not worth a thread.
const SHARE_LEAST: usize = 64;

/// What comes of each of so many things, in their order.
pub(super) fn on_all_cores<R: Send>(things: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = things.div_ceil(cores).max(SHARE_LEAST);
    let share_at = |at: usize| (at..things.min(at + share)).map(&work).collect::<Vec<R>>();
    let share_at = &share_at;
    thread::scope(|scope| {
        let others: Vec<_> = (share..things).step_by(share).map(|at| scope.spawn(move || share_at(at))).collect();
        let mut done = share_at(0);
        for other in others {
            match other.join() {
                Ok(share) => done.extend(share),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_things_keeps_their_order() {
        for many in [0, 1, SHARE_LEAST, SHARE_LEAST + 1, 10_000] {
            assert_eq!(on_all_cores(many, |n| n * 2), (0..many).map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
