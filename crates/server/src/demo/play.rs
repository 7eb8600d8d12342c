//! The main job once before your eyes, modelled on a published case: a restaurant on the main street vents its fumes at the back door, a citizen
//! complains, and nine steps later the citizen says how it went.

use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStoreExt as _;
use rand::Rng;
use serde_json::{Map, Value, json};
use yizhi_domain::case::{Action, Actor, Case, Draft, Target};
use yizhi_domain::clock::china;
use yizhi_domain::ids::{AttachmentId, CaseId};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_store::{AttachmentRow, Command, Intent};

use crate::app::App;
use crate::cli::out;
use crate::divisions::short_village;
use crate::places::Grid;
use crate::uploads;
use crate::views::case::contact_text;

use super::error::DemoError;
use super::history::Crew;
use super::picture;
use super::place::Place;

const MATTER: &str = "event-0194";
const CONDITION: &str = "direct_vent";
const DEPARTMENT: &str = "city_management";
/// So that the steps can be read as they come, and stand at different moments.
const BREATH: Duration = Duration::from_millis(300);
const STEPS: usize = 9;

/// One step of the job.
struct Cue {
    role: &'static str,
    code: &'static str,
    note: &'static str,
    data: Value,
    to: Option<&'static str>,
}

/// Plays the job in a place and prints it; returns the case.
///
/// # Errors
/// When a step is not taken.
pub(super) async fn perform(app: &App, place: &Place) -> Result<Arc<Case>, DemoError> {
    let world = app.world();
    let crew = Crew::new(&world.directory, &place.path);
    let grid = central_grid(app, place).ok_or_else(|| DemoError::Damaged(format!("{}: no grids", place.county)))?;
    let citizen = crew.at("citizen", &grid.path, 0).ok_or_else(|| DemoError::Nobody("居民".to_owned()))?;
    out::line("");
    out::line(format_args!(
        "演示一件事的全过程：{}一家饭馆从后门直排油烟，居民投诉。 One job from beginning to end: fumes at a back door.",
        place.main_street
    ));
    let draft = draft(app, place, &grid, &citizen).await?;
    let id = draft.id;
    let contact = app.keys().seal(&contact_text("陈女士", &super::names::phone(1_234)));
    let report = Intent::Report { matter: MATTER.to_owned(), draft: Box::new(draft), contact };
    let mut case = take(app, "report", report, &citizen, 1).await?;
    for (n, cue) in cues().into_iter().enumerate() {
        tokio::time::sleep(BREATH).await;
        let actor = match cue.code {
            "rate" => Some(citizen.clone()),
            _ => crew.holder(&case, cue.role, 0),
        };
        let actor = actor.ok_or_else(|| DemoError::Nobody(world.catalog.role_name(cue.role).zh))?;
        let attachments = match cue.code {
            "finish" => photo(app, grid.center, &actor, "整改后.jpg", picture::after()).await?,
            _ => None,
        };
        let action = Action {
            attachments: attachments.into_iter().collect(),
            code: cue.code.to_owned(),
            version: Some(case.version),
            note: cue.note.to_owned(),
            to: cue.to.map(|to| Target::Department(to.to_owned())),
            data: if let Value::Object(data) = cue.data { data } else { Map::new() },
        };
        case = take(app, cue.code, Intent::Act { case: id, action, slice: None }, &actor, n + 2).await?;
    }
    Ok(case)
}

fn cues() -> Vec<Cue> {
    let cue = |role, code, note, data| Cue { role, code, note, data, to: None };
    let dispatch = Cue {
        role: "dispatcher",
        code: "dispatch",
        note: "请到场查处，并督促安装净化设施。",
        data: json!({}),
        to: Some(DEPARTMENT),
    };
    vec![
        cue("grid_worker", "verify", "已到现场：后门有一根风管直接排出油烟，未见净化器。", json!({ "found": true })),
        cue("operator", "register", "", json!({ "condition": CONDITION })),
        dispatch,
        cue("department_handler", "accept", "", json!({})),
        cue("department_handler", "finish", "已责令停止直排，商户当日装好油烟净化器，烟道改至楼顶。", json!({})),
        cue("verifier", "check", "现场复查：净化器运行正常，后门无油烟，楼上住户表示可以开窗。", json!({})),
        cue("operator", "close", "", json!({})),
        cue("citizen", "rate", "处理得很快，谢谢。", json!({ "score": 5, "solved": true })),
    ]
}

/// The grid at the middle of the first street (街道) of the county.
fn central_grid(app: &App, place: &Place) -> Option<Grid> {
    let (world, places) = (app.world(), app.places());
    let mut townships: Vec<_> = world.regions.children(&place.path).collect();
    townships.sort_by_key(|t| !t.name.ends_with("街道"));
    let (lon, lat) = townships.first()?.center?;
    let at = places.locate(yizhi_grid::LonLat::new(lon, lat))?;
    Some(Grid::clone(at))
}

async fn draft(app: &App, place: &Place, grid: &Grid, citizen: &Actor) -> Result<Draft, DemoError> {
    let now = app.now();
    let village =
        app.world().regions.by_path(&grid.path.at(Level::Village)).map(|r| short_village(r.name)).unwrap_or_default();
    let street = &place.main_street;
    let photo = photo(app, grid.center, citizen, "后门油烟.jpg", picture::before()).await?;
    Ok(Draft {
        id: CaseId::at(now, rand::rng().random()),
        number: String::new(),
        release: String::new(),
        title: format!("{street}一家饭馆后门直排油烟"),
        description: format!(
            "{village}{street}中段一家饭馆没有装净化器，中午和晚上油烟从后门的风管直接排到小巷里，楼上住户不敢开窗，已经持续一个多星期。"
        ),
        path: grid.path.clone(),
        grid: Some(grid.code.clone()),
        location: Some(grid.center),
        data: Map::new(),
        attachments: photo.into_iter().collect(),
        condition: Some(CONDITION.to_owned()),
        occurred_at: now - chrono::TimeDelta::minutes(25),
        reporter: citizen.person,
        confidential: false,
        demo: true,
    })
}

/// Keeps a picture as if the actor had uploaded it.
async fn photo(
    app: &App,
    place: (f64, f64),
    actor: &Actor,
    name: &str,
    picture: Option<Vec<u8>>,
) -> Result<Option<AttachmentId>, DemoError> {
    let (Some(bytes), Some(uploader)) = (picture, actor.person) else {
        return Ok(None);
    };
    let Ok(finished) = uploads::finish(&mut std::io::Cursor::new(bytes)) else {
        return Ok(None);
    };
    let now = app.now();
    let id = AttachmentId::at(now, rand::rng().random());
    let damaged = |e: object_store::Error| DemoError::Damaged(e.to_string());
    let row = AttachmentRow { place: Some(place), taken_at: Some(now), ..finished.row(id, uploader, name, now) };
    if let Some(small) = finished.cleaned.thumbnail {
        app.objects().put(&uploads::thumbnail_key(id), small.into()).await.map_err(damaged)?;
    }
    app.objects().put(&uploads::key(id), finished.bytes.into()).await.map_err(damaged)?;
    app.db().attachment_add(row).await?;
    Ok(Some(id))
}

async fn take(app: &App, code: &str, intent: Intent, actor: &Actor, n: usize) -> Result<Arc<Case>, DemoError> {
    let now = app.now();
    let command = Command { intent, actor: actor.clone(), world: app.world(), now, idempotency: None };
    let applied = app.db().apply(command).await;
    let case = applied.map_err(|source| DemoError::Step { step: code.to_owned(), source: Box::new(source) })?.case;
    tell(app, code, actor, &case, n);
    Ok(case)
}

/// Prints a step: what, who, when, and where the case stands after it.
fn tell(app: &App, code: &str, actor: &Actor, case: &Case, n: usize) {
    let world = app.world();
    let procedure = world.catalog.procedure(&case.procedure);
    let action = procedure
        .and_then(|p| p.action(code))
        .map_or(("上报", "Report"), |a| (a.name.zh.as_str(), a.name.en.as_str()));
    let state = procedure.map(|p| p.state_name(&case.state)).unwrap_or_default();
    let time = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&china()).format("%Y-%m-%d %H:%M:%S").to_string();
    let moment = case.assignments.iter().filter_map(|a| a.left).max().unwrap_or(case.recorded_at);
    out::line(format_args!("[{n}/{STEPS}] {} {}", action.0, action.1));
    out::line(format_args!("      {}    {}", person(app, actor), time(moment)));
    let due = case.due_at().filter(|_| case.closed_at.is_none());
    let due = due.map(|at| format!("    截止 due {}", time(at))).unwrap_or_default();
    out::line(format_args!("      → {} {}{due}", state.zh, state.en));
}

fn person(app: &App, actor: &Actor) -> String {
    let world = app.world();
    let name = actor.person.and_then(|p| world.directory.person(p)).map_or("", |p| p.name.as_str());
    let region = |path: &RegionPath| world.regions.holding(path).map(|r| r.name.to_owned()).unwrap_or_default();
    let department = actor.department.as_deref().map(|d| world.catalog.department_name(d).zh).unwrap_or_default();
    format!("{name}（{}{department}{}）", region(&actor.path), world.catalog.role_name(&actor.role).zh)
}
