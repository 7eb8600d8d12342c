//! `GET /cases`: lists with filters.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yizhi_domain::case::Alert;
use yizhi_domain::role::Permission;
use yizhi_domain::search;
use yizhi_domain::written::{self as texts, line_cut};
use yizhi_store::{CaseFilter, Mine, Sort};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::routes::address::Query;
use crate::routes::moment::{Since, Until, written};
use crate::routes::page::{Page, PageQuery, cursor};
use crate::views::case::{CaseItem, in_grid, item};

/// Most codes in one filter, and the longest, in characters.
const CODES_MAX: usize = 50;
const CODE_MAX: usize = 64;
/// As much of a filter as a record of a look keeps, in characters.
const SAID_MAX: usize = CODES_MAX * (CODE_MAX + 1);

/// Filters of a list; absent ones do not filter.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub(crate) struct ListQuery {
    /// Words in title, description, number or matter: at most 100 characters and 16 words. Signs alone find nothing.
    q: Option<String>,
    /// States, comma-separated, at most 50.
    state: Option<String>,
    /// Codes of matters, comma-separated, at most 50.
    matter: Option<String>,
    /// Code of a region or grid.
    region: Option<String>,
    department: Option<String>,
    /// Open and past the present deadline.
    overdue: Option<bool>,
    /// `amber` or `red`.
    alert: Option<String>,
    /// `true`: open work of my post; `reported`: what I reported.
    mine: Option<String>,
    /// Recorded at or after: a moment, or a day from its beginning.
    #[param(value_type = Option<String>, example = "2026-11-01")]
    since: Option<Since>,
    /// Recorded before a moment, or until a day is over.
    #[param(value_type = Option<String>, example = "2026-11-30")]
    until: Option<Until>,
    /// `recent` (default) or `due`.
    sort: Option<String>,
    /// Also count all.
    total: Option<bool>,
    cursor: Option<String>,
    limit: Option<u64>,
}

/// Cases of one's slice.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(ListQuery), responses((status = 200, body = Page<CaseItem>)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<CaseItem>>, Problem> {
    who.must(Permission::ReadCases)?;
    let filter = filter(&app, &who, &query)?;
    let (cases, next) = app.db().case_list(&who.slice, &filter).await?;
    let total = match query.total {
        Some(true) => Some(app.db().case_count(&who.slice, &filter).await?),
        _ => None,
    };
    let places = app.places();
    let items = cases.iter().map(|c| in_grid(&places, item(&who.world, c))).collect();
    Ok(Json(Page { items, next: next.map(cursor), total }))
}

impl ListQuery {
    /// The whole list, not a page of it.
    pub(super) fn whole(self) -> Self {
        Self { cursor: None, limit: None, total: None, ..self }
    }

    /// What the list is narrowed by, for the record of a look. Of words only that there were some: they may name somebody.
    pub(super) fn said(&self) -> Option<String> {
        let text = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!("{name}={}", line_cut(value, SAID_MAX)))
        };
        let said = [
            self.q.as_ref().filter(|q| search::Query::read(q) != Ok(search::Query::Anything)).map(|_| "q=*".to_owned()),
            text("state", &self.state),
            text("matter", &self.matter),
            text("region", &self.region),
            text("department", &self.department),
            self.overdue.map(|overdue| format!("overdue={overdue}")),
            text("alert", &self.alert),
            text("mine", &self.mine),
            self.since.map(|Since(at)| format!("since={}", written(at))),
            self.until.map(|Until(at)| format!("until={}", written(at))),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join("&"))
    }
}

pub(super) fn filter(app: &App, who: &Who, query: &ListQuery) -> Result<CaseFilter, Problem> {
    let page = PageQuery { cursor: query.cursor.clone(), limit: query.limit };
    Ok(CaseFilter {
        query: words(query.q.as_deref())?,
        states: listed("state", query.state.as_deref())?,
        matters: listed("matter", query.matter.as_deref())?,
        region: query.region.as_deref().map(|code| crate::routes::regions::path_of(app, who, code)).transpose()?,
        department: department(query.department.as_deref())?,
        overdue_at: query.overdue.unwrap_or(false).then_some(who.now),
        alert: query.alert.as_deref().map(alert).transpose()?,
        mine: query.mine.as_deref().map(|m| mine(who, m)).transpose()?.flatten(),
        since: query.since.map(|Since(at)| at),
        until: query.until.map(|Until(at)| at),
        sort: sort(query)?,
        after: page.after()?,
        limit: page.limit()?,
    })
}

/// What somebody typed to find cases by.
fn words(typed: Option<&str>) -> Result<search::Query, Problem> {
    search::Query::read(typed.unwrap_or_default()).map_err(|fault| {
        let hint = fault.hint();
        Problem::invalid("q", hint.zh, hint.en)
    })
}

fn department(code: Option<&str>) -> Result<Option<String>, Problem> {
    let code = texts::optional_line(code.unwrap_or_default(), CODE_MAX);
    let code = code.map_err(|fault| Problem::written("department", fault))?;
    Ok(Some(code).filter(|code| !code.is_empty()))
}

/// Codes between commas.
pub(in crate::routes) fn listed(field: &str, text: Option<&str>) -> Result<Vec<String>, Problem> {
    let codes = text.into_iter().flat_map(|t| t.split(','));
    let codes =
        codes.map(|code| texts::optional_line(code, CODE_MAX)).filter(|code| !matches!(code, Ok(c) if c.is_empty()));
    let codes: Vec<String> = codes.collect::<Result<_, _>>().map_err(|fault| Problem::written(field, fault))?;
    if codes.len() <= CODES_MAX {
        return Ok(codes);
    }
    Err(Problem::invalid(field, format!("最多选{CODES_MAX}项。"), format!("At most {CODES_MAX} of them.")))
}

fn alert(text: &str) -> Result<Alert, Problem> {
    match text {
        "amber" => Ok(Alert::Amber),
        "red" => Ok(Alert::Red),
        _ => Err(Problem::invalid("alert", "alert 只能是 amber 或 red。", "alert is amber or red.")),
    }
}

fn sort(query: &ListQuery) -> Result<Sort, Problem> {
    match query.sort.as_deref() {
        Some("due") => Ok(Sort::Due),
        Some("recent") => Ok(Sort::Recent),
        None if query.mine.as_deref() == Some("true") => Ok(Sort::Due),
        None => Ok(Sort::Recent),
        Some(_) => Err(Problem::invalid("sort", "sort 只能是 recent 或 due。", "sort is recent or due.")),
    }
}

fn mine(who: &Who, text: &str) -> Result<Option<Mine>, Problem> {
    match text {
        "false" => Ok(None),
        "true" => Ok(Some(Mine::Inbox {
            role: who.post.role.clone(),
            path: who.post.path.clone(),
            department: who.post.department.clone(),
            person: who.person.id,
        })),
        "reported" => Ok(Some(Mine::Reported(who.person.id))),
        _ => Err(Problem::invalid("mine", "mine 只能是 true、false 或 reported。", "mine is true, false or reported.")),
    }
}
