//! The life of one simulated case, and of the report that repeats it if there is one: both go through time together, so that the second finds the
//! first open.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng;
use rand::SeedableRng;
use rand::rngs::StdRng;
use yizhi_domain::case::{Actor, Case, Draft};
use yizhi_domain::ids::CaseId;
use yizhi_domain::world::World;
use yizhi_store::{Command, Idempotency, Intent};

use crate::app::App;
use crate::demo::error::DemoError;
use crate::demo::names;
use crate::demo::phrases::{Phrases, Spot};
use crate::places::Places;
use crate::views::case::contact_text;

use super::crew::Crew;
use super::fate::{Fate, Source};
use super::moves::{self, Move, Scene};
use super::scenery::{Ground, Scenery};

/// Everything the lives share.
pub(super) struct Stage {
    pub(super) app: App,
    pub(super) world: Arc<World>,
    pub(super) places: Arc<Places>,
    pub(super) crew: Crew,
    pub(super) phrases: Phrases,
    pub(super) scenery: Scenery,
    /// Nothing happens from here on.
    pub(super) until: DateTime<Utc>,
}

/// A case with its fate.
struct Story {
    fate: Fate,
    matter: String,
    condition: Option<String>,
    reported_at: DateTime<Utc>,
    reporter: Actor,
    draft: Draft,
    contact: Option<Vec<u8>>,
    /// Draws the notes.
    rng: StdRng,
    case: Option<Arc<Case>>,
    /// When the last step was taken.
    last: DateTime<Utc>,
    asides: Vec<&'static str>,
}

/// One case, or two about the same thing.
pub(super) struct Life {
    first: Story,
    repeat: Option<Story>,
}

/// Nothing happens twice to a case at once.
const APART: TimeDelta = TimeDelta::seconds(5);
const ASIDES: [&str; 2] = ["supervise", "comment"];

impl Life {
    /// Draws what happens.
    ///
    /// # Errors
    /// When nobody in the place could report it.
    pub(super) fn draw(stage: &Stage, at: DateTime<Utc>, repeated: bool, rng: &mut StdRng) -> Result<Self, DemoError> {
        let ground = stage.scenery.pick(rng);
        let matter = stage.phrases.matter(rng);
        let place = ground.point(&stage.places, rng);
        let first = Story::draw(stage, ground, Fate::draw(rng), &matter.code, place, at, rng)?;
        let repeat = if repeated {
            let near = ground.beside(place, &stage.places, rng);
            let later = at + TimeDelta::minutes(rng.random_range(8..150));
            let later = later.min(stage.until - TimeDelta::seconds(1)).max(at);
            Some(Story::draw(stage, ground, Fate::of_repeat(rng), &matter.code, near, later, rng)?)
        } else {
            None
        };
        Ok(Self { first, repeat })
    }

    /// Lives until the history's end; returns how many cases it was.
    ///
    /// # Errors
    /// When a step is not taken.
    pub(super) async fn live(mut self, stage: &Stage) -> Result<u64, DemoError> {
        loop {
            let first = self.first.next(stage, None);
            let open = self.first.case.as_ref().filter(|c| c.closed_at.is_none() && !c.confidential);
            let target = open.map(|c| c.number.clone());
            let second = self.repeat.as_ref().and_then(|r| r.next(stage, target.as_deref()));
            let (story, step) = match (first, second) {
                (first, Some(second)) if first.as_ref().is_none_or(|f| second.at() < f.at()) => {
                    (self.repeat.as_mut(), second)
                }
                (Some(first), _) => (Some(&mut self.first), first),
                (None, _) => break,
            };
            let (Some(story), true) = (story, step.at() < stage.until) else { break };
            story.take(stage, step).await?;
        }
        let told = [Some(&self.first), self.repeat.as_ref()];
        Ok(told.into_iter().flatten().filter(|s| s.case.is_some()).count() as u64)
    }
}

enum Next {
    Report(DateTime<Utc>),
    Move(Box<Move>),
}

impl Next {
    fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Report(at) => *at,
            Self::Move(step) => step.at,
        }
    }
}

impl Story {
    fn draw(
        stage: &Stage,
        ground: &Ground,
        fate: Fate,
        matter: &str,
        place: (f64, f64),
        at: DateTime<Utc>,
        rng: &mut StdRng,
    ) -> Result<Self, DemoError> {
        let role = fate.source.role();
        let nobody = || DemoError::Nobody(stage.world.catalog.role_name(role).zh);
        let reporter = stage.crew.at(role, &ground.path, fate.turn).ok_or_else(nobody)?;
        let phrases = stage.phrases.by_code(matter).ok_or_else(|| DemoError::Damaged(matter.to_owned()))?;
        let spot = Spot { village: &ground.village, urban: ground.urban };
        let (title, description) = stage.phrases.report(phrases, &spot, rng);
        let contact = fate.source.takes_contact().then(|| contact(stage, rng)).flatten();
        let draft = Draft {
            id: CaseId::at(at, rng.random()),
            number: String::new(),
            release: String::new(),
            title,
            description,
            path: ground.path.clone(),
            grid: Some(ground.code.clone()),
            location: Some(place),
            data: serde_json::Map::new(),
            attachments: Vec::new(),
            condition: None,
            occurred_at: at - TimeDelta::minutes(occurred_before(fate.source, rng)),
            reporter: reporter.person,
            confidential: fate.confidential,
            demo: true,
        };
        Ok(Self {
            fate,
            matter: matter.to_owned(),
            condition: phrases.condition.clone(),
            reported_at: at,
            reporter,
            draft,
            contact,
            rng: StdRng::seed_from_u64(rng.random()),
            case: None,
            last: at,
            asides: Vec::new(),
        })
    }

    fn next(&self, stage: &Stage, merge_into: Option<&str>) -> Option<Next> {
        let Some(case) = &self.case else {
            return Some(Next::Report(self.reported_at));
        };
        let scene = Scene {
            world: &stage.world,
            crew: &stage.crew,
            fate: &self.fate,
            condition: self.condition.as_deref(),
            merge_into,
            asides: &self.asides,
        };
        let mut step = moves::next(&scene, case)?;
        step.at = step.at.max(self.last + APART);
        Some(Next::Move(Box::new(step)))
    }

    async fn take(&mut self, stage: &Stage, next: Next) -> Result<(), DemoError> {
        let (now, name, intent, actor) = match next {
            Next::Report(at) => (at, "report".to_owned(), self.report(), self.reporter.clone()),
            Next::Move(step) => self.act(stage, *step),
        };
        self.last = now;
        let idempotency = ASIDES.contains(&name.as_str()).then(|| self.once(&name));
        let command = Command { intent, actor, world: stage.world.clone(), now, idempotency };
        let applied = stage.app.db().apply(command).await.map_err(|source| {
            let number = self.case.as_ref().map(|c| c.number.clone()).unwrap_or_default();
            DemoError::Step { step: format!("{name} {number}"), source: Box::new(source) }
        })?;
        if let Some(aside) = ASIDES.into_iter().find(|a| *a == name) {
            self.asides.push(aside);
        }
        self.case = Some(applied.case);
        Ok(())
    }

    fn report(&self) -> Intent {
        Intent::Report {
            matter: self.matter.clone(),
            draft: Box::new(self.draft.clone()),
            contact: self.contact.clone(),
        }
    }

    fn act(&mut self, stage: &Stage, step: Move) -> (DateTime<Utc>, String, Intent, Actor) {
        let Move { at, actor, mut action } = step;
        let is_repeat = action.code == "reject" && self.fate.ending == super::fate::Ending::Merged;
        action.note = if is_repeat {
            stage.phrases.repeat_note().to_owned()
        } else {
            stage.phrases.note(&action.code, &self.matter, &mut self.rng)
        };
        let name = action.code.clone();
        (at, name, Intent::Act { case: self.draft.id, action, slice: None }, actor)
    }

    /// Steps that leave no mark on the case by which a second try could tell that they were taken.
    fn once(&self, name: &str) -> Idempotency {
        let key = format!("{}-{name}", self.draft.id);
        Idempotency { principal: "demo".to_owned(), digest: key.clone().into_bytes(), key: Some(key) }
    }
}

fn contact(stage: &Stage, rng: &mut StdRng) -> Option<Vec<u8>> {
    let (name, phone) = (names::name(rng), names::phone(rng.random_range(0..10_000)));
    stage.app.keys().seal(&contact_text(&name, &phone))
}

/// Minutes between what happened and the report.
fn occurred_before(source: Source, rng: &mut StdRng) -> i64 {
    match source {
        Source::GridWorker | Source::Verifier => rng.random_range(1..12),
        Source::Citizen | Source::Hotline | Source::WindowClerk => rng.random_range(5..600),
    }
}
