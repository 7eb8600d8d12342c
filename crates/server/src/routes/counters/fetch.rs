//! `GET /counters`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::role::Permission;
use yizhi_store::{Counted, CounterKey};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

/// What to count.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct CounterQuery {
    /// Code of a region; one's own if absent.
    region: Option<String>,
    /// `state` (default), `matter`, `region` (the level below) or `department`.
    by: Option<String>,
}

/// Counts of one key.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct CounterItem {
    key: String,
    name: Option<Text>,
    total: i64,
    open: i64,
    overdue: i64,
    closed: i64,
}

/// Counts of a region.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counters {
    items: Vec<CounterItem>,
    as_of: Shown,
}

/// Counts of the cases in one's slice, below a region.
#[utoipa::path(get, path = "/api/v1/counters", tag = "cases", params(CounterQuery),
    responses((status = 200, body = Counters), (status = 403, body = ProblemBody)))]
pub(crate) async fn fetch(
    who: Who,
    State(app): State<App>,
    Query(query): Query<CounterQuery>,
) -> Result<Json<Counters>, Problem> {
    who.must(Permission::ReadCounters)?;
    let region = match &query.region {
        Some(code) => crate::routes::regions::path_of(&app, &who, code)?,
        None => crate::routes::regions::top(&who),
    };
    let by = match query.by.as_deref().unwrap_or("state") {
        "state" => CounterKey::State,
        "matter" => CounterKey::Matter,
        "department" => CounterKey::Department,
        "region" => CounterKey::Village,
        _ => {
            return Err(Problem::invalid(
                "by",
                "by 只能是 state、matter、region、department。",
                "by is state, matter, region or department.",
            ));
        }
    };
    let counted = app.db().case_counters(&who.slice, &region, by).await?;
    let overdue = app.db().case_overdue(&who.slice, &region, by, who.now).await?;
    let items = gather(&who, &region, by, counted, overdue);
    Ok(Json(Counters { items, as_of: shown(who.now) }))
}

fn gather(
    who: &Who,
    region: &RegionPath,
    by: CounterKey,
    counted: Vec<Counted>,
    overdue: Vec<Counted>,
) -> Vec<CounterItem> {
    let mut items: BTreeMap<String, CounterItem> = BTreeMap::new();
    let key = |row: &Counted| shown_key(who, region, by, row.key.as_deref().unwrap_or_default());
    for row in &counted {
        let item = items.entry(key(row)).or_default();
        item.total += row.n;
        if is_last(who, &row.state) {
            item.closed += row.n;
        } else {
            item.open += row.n;
        }
    }
    for row in &overdue {
        items.entry(key(row)).or_default().overdue += row.n;
    }
    items.into_iter().map(|(key, item)| CounterItem { name: name(who, by, &key), key, ..item }).collect()
}

fn is_last(who: &Who, state: &str) -> bool {
    who.world.catalog.procedures().filter_map(|p| p.state(state)).any(|s| s.last)
}

/// Villages are rolled up to the level below the region that was asked for.
fn shown_key(who: &Who, region: &RegionPath, by: CounterKey, key: &str) -> String {
    if by != CounterKey::Village {
        return key.to_owned();
    }
    let below = Level::from_depth(region.depth() + 1).unwrap_or(Level::Village).min(Level::Village);
    let path = RegionPath::parse(key).unwrap_or_else(RegionPath::root).at(below);
    who.world.regions.by_path(&path).map(|r| r.code.to_owned()).unwrap_or_default()
}

fn name(who: &Who, by: CounterKey, key: &str) -> Option<Text> {
    let catalog = &who.world.catalog;
    match by {
        CounterKey::State => catalog.procedures().find_map(|p| p.state(key)).map(|s| (&s.name).into()),
        CounterKey::Matter => catalog.matter(key).map(|m| (&m.name).into()),
        CounterKey::Department if key.is_empty() => None,
        CounterKey::Department => Some(catalog.department_name(key).into()),
        CounterKey::Village => {
            who.world.regions.by_code(key).map(|r| Text { zh: r.name.to_owned(), en: r.name.to_owned() })
        }
    }
}
