//! Cases carried through their lives at the store itself: one report and seven later steps, each by somebody of the demo who may take it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Map;
use yizhi_domain::case::{Action, Actor, Draft, Target};
use yizhi_domain::clock::Clock as _;
use yizhi_domain::directory::Post;
use yizhi_domain::ids::CaseId;
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::world::World;
use yizhi_server::app::{App, SystemClock};
use yizhi_store::{Command, Intent};

use crate::ledger::Failure;

const MATTER: &str = "event-0110";
const STEPS: [&str; 7] = ["verify", "register", "dispatch", "accept", "finish", "check", "close"];

/// When a step was durable.
pub(crate) type Taken = DateTime<Utc>;

/// The people of one village who carry a case.
struct Crew {
    village: RegionPath,
    citizen: Actor,
    worker: Actor,
    operator: Actor,
    dispatcher: Actor,
    handler: Actor,
    verifier: Actor,
}

/// Crews of all villages that have one.
pub(crate) struct Lives {
    world: Arc<World>,
    department: String,
    crews: Vec<Crew>,
}

impl Lives {
    pub(crate) fn new(world: &Arc<World>) -> Result<Self, Failure> {
        let department = world.catalog.matter(MATTER).ok_or("the catalog has no such matter")?.department.clone();
        let workers = world.directory.posts().filter(|p| p.role == "grid_worker");
        let mut villages: Vec<&RegionPath> = workers.map(|p| &p.path).collect();
        villages.sort_unstable();
        villages.dedup();
        let crews: Vec<Crew> = villages.into_iter().filter_map(|village| crew(world, village, &department)).collect();
        if crews.is_empty() {
            return Err("no village has all it needs: load a demo first".into());
        }
        Ok(Self { world: world.clone(), department, crews })
    }

    /// One case from its report to its close.
    pub(crate) async fn live(&self, app: &App, turn: usize, taken: &mut Vec<Taken>) -> Result<(), Failure> {
        let crew = &self.crews[turn % self.crews.len()];
        let id = CaseId::at(SystemClock.now(), rand::random());
        let draft = Box::new(self.draft(id, crew));
        let report = Intent::Report { matter: MATTER.to_owned(), draft, contact: None };
        let mut case = self.apply(app, report, &crew.citizen).await?;
        taken.push(SystemClock.now());
        for code in STEPS {
            let (actor, note) = match code {
                "verify" => (&crew.worker, "现场看过，属实。"),
                "register" | "close" => (&crew.operator, ""),
                "dispatch" => (&crew.dispatcher, ""),
                "check" => (&crew.verifier, "现场复查，已清理。"),
                _ => (&crew.handler, "已组织人员清运，地面冲洗干净，并告知周边住户投放时间。"),
            };
            let to = (code == "dispatch").then(|| Target::Department(self.department.clone()));
            let note = note.to_owned();
            let mut data = serde_json::Map::new();
            if code == "verify" {
                data.insert("found".to_owned(), true.into());
            }
            let action = Action { to, note, data, version: Some(case.version), ..Action::new(code) };
            case = self.apply(app, Intent::Act { case: id, action, slice: None }, actor).await?;
            taken.push(SystemClock.now());
        }
        Ok(())
    }

    async fn apply(&self, app: &App, intent: Intent, actor: &Actor) -> Result<Arc<yizhi_domain::case::Case>, Failure> {
        let (actor, world, now) = (actor.clone(), self.world.clone(), SystemClock.now());
        Ok(app.db().apply(Command { intent, actor, world, now, idempotency: None }).await?.case)
    }

    fn draft(&self, id: CaseId, crew: &Crew) -> Draft {
        Draft {
            id,
            number: String::new(),
            release: String::new(),
            title: format!("{}号楼前垃圾堆放多日没有清运", id.0.as_u128() % 300),
            description: "楼道口和垃圾桶旁堆了好几袋生活垃圾，天热有异味，老人孩子进出不便，请尽快派人清运。"
                .to_owned(),
            path: crew.village.clone(),
            grid: None,
            location: None,
            data: Map::new(),
            attachments: Vec::new(),
            condition: None,
            occurred_at: SystemClock.now(),
            reporter: crew.citizen.person,
            confidential: false,
            demo: true,
        }
    }
}

fn crew(world: &World, village: &RegionPath, department: &str) -> Option<Crew> {
    let (township, county) = (village.at(Level::Township), village.at(Level::County));
    let holding = |role: &str, path: &RegionPath, department: Option<&str>| {
        let fits = |p: &&Post| p.role == role && p.path == *path && p.department.as_deref() == department;
        world.directory.posts().find(fits).map(actor)
    };
    Some(Crew {
        village: village.clone(),
        citizen: holding("citizen", &county, None)?,
        worker: holding("grid_worker", village, None)?,
        operator: holding("operator", &township, None)?,
        dispatcher: holding("dispatcher", &township, None)?,
        handler: holding("department_handler", &county, Some(department))?,
        verifier: holding("verifier", &township, None)?,
    })
}

fn actor(post: &Post) -> Actor {
    let Post { person, role, path, department, .. } = post.clone();
    Actor { person: Some(person), role, path, department }
}
