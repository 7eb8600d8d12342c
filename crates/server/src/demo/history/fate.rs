//! What will become of a simulated case: drawn once from its own seed, so that a history that was interrupted goes on as it would have.

use rand::Rng;
use rand::rngs::StdRng;

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Closed,
    Rejected,
    /// Merged into the case it repeats.
    Merged,
}

/// Who reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    GridWorker,
    Citizen,
    /// An operator for somebody who called the hotline.
    Hotline,
    WindowClerk,
    Verifier,
}

impl Source {
    pub(super) fn role(self) -> &'static str {
        match self {
            Self::GridWorker => "grid_worker",
            Self::Citizen => "citizen",
            Self::Hotline => "operator",
            Self::WindowClerk => "window_clerk",
            Self::Verifier => "verifier",
        }
    }

    /// Whether somebody else's name and phone are taken down.
    pub(super) fn takes_contact(self) -> bool {
        matches!(self, Self::Citizen | Self::Hotline | Self::WindowClerk)
    }
}

/// Shares of a stage's limit that the stages take; above 1 is late.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paces {
    pub(super) verify: f64,
    pub(super) register: f64,
    pub(super) dispatch: f64,
    pub(super) accept: f64,
    pub(super) finish: f64,
    pub(super) check: f64,
    pub(super) close: f64,
}

/// The course of a case.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    pub(super) ending: Ending,
    pub(super) source: Source,
    pub(super) paces: Paces,
    /// Whether a grid worker verifies and checks, or a verifier.
    pub(super) worker_verifies: bool,
    pub(super) worker_checks: bool,
    pub(super) confidential: bool,
    /// Dispatched to the wrong department first.
    pub(super) astray: bool,
    pub(super) extended: bool,
    /// Days of suspension.
    pub(super) suspended: Option<u32>,
    pub(super) reworked: bool,
    pub(super) reopened: bool,
    pub(super) supervised: bool,
    pub(super) commented: bool,
    /// Score and hours after closing.
    pub(super) rating: Option<(u32, f64)>,
    /// Chooses among people who could do the same work.
    pub(super) turn: usize,
}

const REJECTED: f64 = 0.045;

impl Fate {
    pub(super) fn draw(rng: &mut StdRng) -> Self {
        let source = source(rng);
        let ending = if rng.random_bool(REJECTED) { Ending::Rejected } else { Ending::Closed };
        Self {
            ending,
            source,
            paces: paces(rng),
            worker_verifies: source != Source::GridWorker && rng.random_bool(0.75),
            worker_checks: rng.random_bool(0.45),
            confidential: rng.random_bool(0.003),
            astray: rng.random_bool(0.03),
            extended: rng.random_bool(0.025),
            suspended: rng.random_bool(0.015).then(|| rng.random_range(4..40)),
            reworked: rng.random_bool(0.05),
            reopened: rng.random_bool(0.008),
            supervised: rng.random_bool(0.015),
            commented: rng.random_bool(0.05),
            rating: rating(rng, source),
            turn: rng.random_range(0..1_000),
        }
    }

    /// The fate of a report that repeats another.
    pub(super) fn of_repeat(rng: &mut StdRng) -> Self {
        let mut fate = Self::draw(rng);
        fate.ending = Ending::Merged;
        fate.source = Source::Citizen;
        fate.confidential = false;
        fate.commented = false;
        fate
    }
}

fn source(rng: &mut StdRng) -> Source {
    match rng.random_range(0..100) {
        0..56 => Source::GridWorker,
        56..82 => Source::Citizen,
        82..92 => Source::Hotline,
        92..97 => Source::WindowClerk,
        _ => Source::Verifier,
    }
}

fn paces(rng: &mut StdRng) -> Paces {
    Paces {
        verify: pace(rng, 0.012, 0.02, 0.45),
        register: pace(rng, 0.012, 0.03, 0.6),
        dispatch: pace(rng, 0.012, 0.03, 0.6),
        accept: if rng.random_bool(0.12) { rng.random_range(0.25..0.7) } else { rng.random_range(0.02..0.2) },
        finish: pace(rng, 0.055, 0.11, 0.75),
        check: pace(rng, 0.02, 0.04, 0.7),
        close: pace(rng, 0.012, 0.03, 0.6),
    }
}

/// Mostly early, sometimes close to the end of the limit, seldom late.
fn pace(rng: &mut StdRng, late: f64, close: f64, usual: f64) -> f64 {
    let kind: f64 = rng.random();
    if kind < late {
        rng.random_range(1.04..1.7)
    } else if kind < late + close {
        rng.random_range(0.82..0.98)
    } else {
        0.03 + usual * rng.random::<f64>().powf(1.6)
    }
}

fn rating(rng: &mut StdRng, source: Source) -> Option<(u32, f64)> {
    let share = if source == Source::GridWorker { 0.55 } else { 0.8 };
    rng.random_bool(share).then(|| {
        let score = match rng.random_range(0..100) {
            0..62 => 5,
            62..86 => 4,
            86..94 => 3,
            94..97 => 2,
            _ => 1,
        };
        (score, rng.random_range(0.5..50.0))
    })
}
