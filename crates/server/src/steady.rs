//! The platform's time. It follows the machine's clock forwards and never goes back: what was recorded would lie in the future then, and
//! be hidden from those it was granted to. While the machine's clock is behind, time goes on at half its pace, until the clock has caught up.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use yizhi_domain::clock::Clock;

/// A clock that is behind by less than this has been adjusted, not set back.
const ADJUSTED: TimeDelta = TimeDelta::seconds(2);

/// A clock whose time never goes back.
pub struct SteadyClock {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    /// The newest moment given.
    given: DateTime<Utc>,
    /// What the machine's clock showed then.
    shown: DateTime<Utc>,
    /// Whether it was said that the clock is behind.
    said: bool,
}

impl SteadyClock {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let shown = clock.now();
        Self { clock, state: Mutex::new(State { given: shown, shown, said: false }) }
    }

    /// Goes on from a moment that was recorded, if the machine's clock is behind it.
    pub fn at_least(&self, recorded: DateTime<Utc>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.given = state.given.max(recorded);
    }

    /// By how much the machine's clock is behind what was recorded; zero when it is not.
    pub fn behind(&self) -> TimeDelta {
        let now = self.now();
        let behind = now - self.clock.now();
        if behind < ADJUSTED { TimeDelta::zero() } else { behind }
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> DateTime<Utc> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = self.clock.now();
        state.follow(shown);
        state.given
    }
}

impl State {
    fn follow(&mut self, shown: DateTime<Utc>) {
        if shown >= self.given {
            self.given = shown;
        } else {
            let passed = (shown - self.shown).max(TimeDelta::zero());
            self.given = (self.given + passed / 2).max(shown);
        }
        self.shown = shown;
        let behind = self.given - shown;
        if behind >= ADJUSTED && !self.said {
            self.said = true;
            let (seconds, recorded) = (behind.num_seconds(), self.given);
            tracing::error!(
                seconds,
                %recorded,
                "时钟倒退了，请校时；在追上之前，平台时间以一半的速度走 the clock went back: set it right; until it has caught up, the platform's time goes at half its pace"
            );
        } else if behind < ADJUSTED && self.said {
            self.said = false;
            tracing::info!("时钟已经追上 the clock has caught up");
        }
    }
}

#[cfg(test)]
mod tests {
    use yizhi_domain::clock::ManualClock;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-20T{text}Z").parse().unwrap()
    }

    fn clocks() -> (Arc<ManualClock>, SteadyClock) {
        let clock = Arc::new(ManualClock::new(at("10:00:00")));
        (clock.clone(), SteadyClock::new(clock))
    }

    #[test]
    fn time_follows_the_clock_forwards() {
        let (clock, steady) = clocks();
        clock.set(at("10:00:01"));
        assert_eq!((steady.now(), steady.behind()), (at("10:00:01"), TimeDelta::zero()));
    }

    #[test]
    fn time_never_goes_back_and_never_stands_still() {
        let (clock, steady) = clocks();
        clock.set(at("12:00:00"));
        assert_eq!(steady.now(), at("12:00:00"));
        clock.set(at("11:00:00"));
        assert_eq!((steady.now(), steady.behind()), (at("12:00:00"), TimeDelta::hours(1)));
        clock.set(at("11:40:00"));
        assert_eq!((steady.now(), steady.behind()), (at("12:20:00"), TimeDelta::minutes(40)));
        clock.set(at("11:30:00"));
        assert_eq!(steady.now(), at("12:20:00"), "a second step back");
        clock.set(at("13:30:00"));
        assert_eq!((steady.now(), steady.behind()), (at("13:30:00"), TimeDelta::zero()), "caught up");
    }

    #[test]
    fn what_was_recorded_is_not_in_the_future() {
        let (_, steady) = clocks();
        steady.at_least(at("10:05:00"));
        assert_eq!((steady.now(), steady.behind()), (at("10:05:00"), TimeDelta::minutes(5)));
    }
}
