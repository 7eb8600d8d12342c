//! Named clocks of a case. They run side by side: a stage's, the township's, the whole case's.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Limit, Pause};
use crate::clock::{as_text, maybe_as_text};

/// How urgent a clock has become; raised by the SLA job and never lowered while the clock runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alert {
    #[default]
    None,
    Amber,
    Red,
}

impl Alert {
    pub fn as_str(self) -> &'static str {
        ["none", "amber", "red"][self as usize]
    }
}

/// Whether a clock is running, stopped for a while, or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    Running,
    Paused,
    Met,
    Missed,
}

/// A clock with its deadline, which is exact to the calendar of the case's region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseClock {
    pub name: String,
    #[serde(serialize_with = "as_text")]
    pub from: DateTime<Utc>,
    #[serde(serialize_with = "as_text")]
    pub until: DateTime<Utc>,
    pub limit: Limit,
    /// Stages during which it runs as the stage's own clock; `None` for clocks of the whole case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// When 80 % of the limit is used.
    #[serde(serialize_with = "as_text")]
    pub amber_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "maybe_as_text")]
    pub met_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Whether the deadline rests on a calendar year not yet published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    #[serde(default)]
    pub alert: Alert,
}

/// The share of a limit after which a clock turns amber.
const AMBER_SHARE: f64 = 0.8;

impl CaseClock {
    pub fn start(name: &str, stage: Option<&str>, limit: Limit, calendar: &Calendar, from: DateTime<Utc>) -> Self {
        let mut clock = Self {
            name: name.to_owned(),
            from,
            until: from,
            limit,
            stage: stage.map(str::to_owned),
            amber_at: from,
            met_at: None,
            pauses: Vec::new(),
            provisional: false,
            alert: Alert::None,
        };
        clock.recompute(calendar);
        clock
    }

    fn recompute(&mut self, calendar: &Calendar) {
        let due = calendar.due_with_pauses(self.from, &self.limit, &self.pauses);
        self.until = due.at;
        self.provisional = due.provisional;
        self.amber_at = calendar.at_fraction(self.from, &self.limit, &self.pauses, AMBER_SHARE);
    }

    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|p| p.until.is_none())
    }

    pub fn is_running(&self) -> bool {
        self.met_at.is_none() && !self.is_paused()
    }

    pub fn state(&self, now: DateTime<Utc>) -> ClockState {
        match self.met_at {
            Some(met) if met <= self.until => ClockState::Met,
            Some(_) => ClockState::Missed,
            None if self.is_paused() => ClockState::Paused,
            None if now > self.until => ClockState::Missed,
            None => ClockState::Running,
        }
    }

    pub fn meet(&mut self, at: DateTime<Utc>) {
        self.met_at.get_or_insert(at);
    }

    pub fn pause(&mut self, at: DateTime<Utc>) {
        if self.is_running() {
            self.pauses.push(Pause { from: at, until: None });
        }
    }

    /// Ends the pause; what was left of the limit is left again.
    pub fn resume(&mut self, at: DateTime<Utc>, calendar: &Calendar) {
        if let Some(pause) = self.pauses.last_mut().filter(|p| p.until.is_none()) {
            pause.until = Some(at);
            self.recompute(calendar);
        }
    }

    /// Runs again after it was met: the time since then counts as a pause, so nobody gains by finishing too early.
    pub fn take_up_again(&mut self, at: DateTime<Utc>, calendar: &Calendar) {
        if let Some(met) = self.met_at.take() {
            self.pauses.push(Pause { from: met, until: Some(at) });
            self.recompute(calendar);
        }
    }

    /// Runs, or waits, as it did before it was met at the end of a case that goes on after all.
    pub fn undo_met(&mut self, at: DateTime<Utc>, calendar: &Calendar) {
        if self.is_paused() {
            self.met_at = None;
        } else {
            self.take_up_again(at, calendar);
        }
    }

    /// Grants more time: the limit grows by `more` of its own unit, and the alert is lifted if the new deadline allows.
    pub fn extend(&mut self, more: u32, calendar: &Calendar, now: DateTime<Utc>) {
        self.limit.value = self.limit.value.saturating_add(more).min(Limit::MAX);
        self.recompute(calendar);
        self.alert = self.alert_due(now);
    }

    /// The alert this clock deserves at a moment.
    pub fn alert_due(&self, now: DateTime<Utc>) -> Alert {
        if now > self.until {
            Alert::Red
        } else if now >= self.amber_at {
            Alert::Amber
        } else {
            Alert::None
        }
    }

    /// The next moment at which the alert rises.
    pub fn next_alert_at(&self) -> Option<DateTime<Utc>> {
        match self.alert {
            Alert::None => Some(self.amber_at),
            Alert::Amber => Some(self.until),
            Alert::Red => None,
        }
    }
}
