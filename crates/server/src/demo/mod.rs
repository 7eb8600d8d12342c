//! `yizhi demo`: a true place with invented people and ninety days of simulated cases, so that a newcomer sees a working platform in a minute.
//! Everything made here is marked as simulated (模拟数据) and only ever served to this machine.

mod error;
mod ground;
mod history;
mod links;
mod names;
mod people;
mod phrases;
mod picture;
mod place;
mod play;
mod progress;
pub(crate) mod rewrite;
mod witnesses;

use std::net::SocketAddr;

use chrono::{DateTime, TimeDelta, Utc};
use yizhi_domain::clock::Clock as _;
use yizhi_domain::ids::CaseId;
use yizhi_domain::region::RegionPath;
use yizhi_ledger::note::VerifierKey;
use yizhi_store::Db;

use crate::app::{App, Config, SystemClock};
use crate::cli::home::Home;
use crate::cli::{CliError, out, serve};
use crate::keys::Keys;
use crate::ledger::LogName;

use history::Plan;
use place::Place;
use witnesses::Witnesses;

pub use error::DemoError;
pub(crate) use progress::Progress;

/// What the demo is asked for.
pub struct Request {
    pub home: Home,
    pub listen: SocketAddr,
    /// The log's name, if one was asked for.
    pub log_name: Option<LogName>,
    /// Six digits each; empty: those loaded before, or the home county.
    pub places: Vec<String>,
    /// Cases of the history, over all places.
    pub cases: usize,
    /// Prepare and end.
    pub load_only: bool,
    pub config: Config,
}

const HOME_COUNTY: &str = "350302";
/// Cases of the history where nothing else is asked for.
pub const CASES: usize = 20_000;

/// Names of settings.
const IS_DEMO: &str = "demo";
const PLACES: &str = "demo.places";
const PLAYED: &str = "demo.played";

/// Whether a data folder was made by the demo.
///
/// # Errors
/// When the database cannot answer.
pub async fn is_demo(db: &Db) -> Result<bool, yizhi_store::Error> {
    Ok(db.setting(IS_DEMO).await?.is_some())
}

/// Refuses to show a demo to anybody but this machine: its passwords lie in a file and its roles can be switched without one.
///
/// # Errors
/// When the address is reachable from elsewhere.
pub fn loopback_only(listen: SocketAddr) -> Result<(), CliError> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(CliError::Said(format!(
        "演示模式只能监听本机地址，不能用 {listen}；请改用 127.0.0.1 或 [::1]。\n\
         The demo may only listen on this machine, not on {listen}: use 127.0.0.1 or [::1]."
    )))
}

/// Prepares the demo, plays the main job once, and serves.
///
/// # Errors
/// When something cannot be prepared, or the address cannot be listened on.
pub async fn run(request: Request) -> Result<(), CliError> {
    loopback_only(request.listen)?;
    let (db, keys) = request.home.named_installation(request.log_name.as_ref()).await?;
    let _held = request.home.hold()?;
    let places = claim(&db, &request).await?;
    let first_start = !all_loaded(&db, &places).await?;
    for place in &places {
        settle(&db, &keys, &request, place, SystemClock.now()).await?;
    }
    let witnesses = attend(&request, keys.log().verifier()).await?;
    let ledger = witnesses.as_ref().map_or_else(|| request.config.ledger.clone(), Witnesses::policy);
    let config = Config { demo: true, ledger, ..request.config.clone() };
    let app = request.home.app(config, db, keys).await?;
    tell_histories(&app, &places, request.cases).await?;
    if first_start {
        app.db().analyze().await?;
    }
    if request.load_only {
        out::line(format_args!("准备完毕 Ready：{}", request.home.data().display()));
        app.db().close().await?;
        return Ok(());
    }
    let listener = serve::listen(request.listen).await?;
    let base = format!("http://{}", request.listen);
    let played = played(&app, &places[0]).await?;
    links::print(&app, &base, played.case, &played.path).await?;
    out::line(format_args!("\n演示已启动 Serving the demo: {base}  （Ctrl-C 停止 to stop）"));
    serve::run(app, listener).await
}

/// Witnesses of its own, unless others are named or nothing will be served.
async fn attend(request: &Request, log: &VerifierKey) -> Result<Option<Witnesses>, CliError> {
    if request.load_only || !request.config.ledger.witnesses.is_empty() {
        return Ok(None);
    }
    Ok(Some(Witnesses::start(request.home.data(), log, "warn").await?))
}

/// The case of the main job, and where it is.
#[derive(serde::Serialize, serde::Deserialize)]
struct Played {
    case: CaseId,
    path: RegionPath,
}

/// Marks the folder as a demo's and reads the places, unless the folder serves a real installation.
async fn claim(db: &Db, request: &Request) -> Result<Vec<Place>, CliError> {
    if !is_demo(db).await? && !db.people().await?.is_empty() {
        return Err(CliError::Said(
            "这个数据目录里有正式的账号，不能用作演示；请换一个空目录。\n\
             This folder holds real accounts and cannot become a demo; choose an empty one."
                .to_owned(),
        ));
    }
    let before = db.setting(PLACES).await?.unwrap_or_default();
    let mut loaded: Vec<String> = before.split(',').filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let mut wanted = if request.places.is_empty() { loaded.clone() } else { request.places.clone() };
    if wanted.is_empty() {
        wanted.push(HOME_COUNTY.to_owned());
    }
    let places: Vec<Place> = wanted.iter().map(|county| Place::load(county)).collect::<Result<_, _>>()?;
    loaded.extend(wanted);
    loaded.sort_unstable();
    loaded.dedup();
    let now = SystemClock.now();
    db.setting_set(IS_DEMO, "true", now).await?;
    db.setting_set(PLACES, &loaded.join(","), now).await?;
    Ok(places)
}

fn mark(place: &Place) -> String {
    format!("demo.loaded.{}", place.county)
}

async fn all_loaded(db: &Db, places: &[Place]) -> Result<bool, CliError> {
    for place in places {
        if db.setting(&mark(place)).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Ground and people of a place, unless it is complete.
async fn settle(db: &Db, keys: &Keys, request: &Request, place: &Place, now: DateTime<Utc>) -> Result<(), CliError> {
    if db.setting(&mark(place)).await?.is_some() {
        return Ok(());
    }
    let since = now - TimeDelta::days(history::DAYS + 10);
    let progress = Progress::start(format!("{} 区划与网格 Divisions and grids", place.name), 1);
    let grids = ground::lay(db, place, since).await?;
    progress.done(&format!("{} 个区划，{} 个网格", place.divisions.len(), grids.len()));
    let (catalog, _) = crate::loading::shipped_catalog().map_err(DemoError::from)?;
    let staffing =
        people::Staffing { db, keys, data: request.home.data(), place, catalog: &catalog, grids: &grids, since };
    Ok(people::settle(&staffing).await?)
}

/// Histories of the places that have none yet. Each keeps its plan until it is complete, so that a start after an interruption goes on with it.
async fn tell_histories(app: &App, places: &[Place], cases: usize) -> Result<(), CliError> {
    let all: usize = places.iter().map(|p| p.grids).sum();
    let mut before = 0;
    for place in places {
        let share = cases * (before + place.grids) / all.max(1) - cases * before / all.max(1);
        before += place.grids;
        if app.db().setting(&mark(place)).await?.is_some() {
            continue;
        }
        let plan = plan(app, place, share).await?;
        let progress = Progress::start(format!("{} 九十天案件 Ninety days of cases", place.name), plan.cases as u64);
        history::tell(app, place, &plan, &progress).await?;
        crate::jobs::queue_stage_days_again(app).await?;
        progress.done(&format!("{} 件（模拟数据）", plan.cases));
        app.db().setting_set(&mark(place), "true", app.now()).await?;
    }
    Ok(())
}

async fn plan(app: &App, place: &Place, cases: usize) -> Result<Plan, CliError> {
    let name = format!("demo.plan.{}", place.county);
    let damaged = |e: serde_json::Error| DemoError::Damaged(format!("{name}: {e}"));
    if let Some(kept) = app.db().setting(&name).await? {
        return Ok(serde_json::from_str(&kept).map_err(damaged)?);
    }
    let plan = Plan { now: app.now(), cases };
    app.db().setting_set(&name, &serde_json::to_string(&plan).map_err(damaged)?, app.now()).await?;
    Ok(plan)
}

/// Plays the main job unless it was played before.
async fn played(app: &App, place: &Place) -> Result<Played, CliError> {
    let damaged = |e: serde_json::Error| DemoError::Damaged(format!("{PLAYED}: {e}"));
    if let Some(kept) = app.db().setting(PLAYED).await? {
        return Ok(serde_json::from_str(&kept).map_err(damaged)?);
    }
    let case = play::perform(app, place).await?;
    let played = Played { case: case.id, path: case.path.clone() };
    app.db().setting_set(PLAYED, &serde_json::to_string(&played).map_err(damaged)?, app.now()).await?;
    Ok(played)
}
