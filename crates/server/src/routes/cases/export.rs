//! `GET /cases/export`: a list of cases as a file.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use yizhi_domain::look::LookKind;
use yizhi_domain::purpose::PurposeKind;
use yizhi_domain::role::Permission;
use yizhi_domain::text::{Language, Text as Phrase};
use yizhi_store::CaseFilter;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::looks::{self, Sight};
use crate::routes::address::Query;
use crate::routes::csv::{Csv, ROWS_AT_ONCE, moment, not_too_many};
use crate::views::case::{CaseItem, item};
use crate::views::text::Text;

use super::list::{ListQuery, filter};

/// What for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub(crate) struct ExportQuery {
    /// Code of a purpose that the present post may claim.
    #[serde(default)]
    purpose: String,
}

/// Columns: the name by which a record of a look knows them, and their heads.
pub(crate) const COLUMNS: [(&str, &str, &str); 14] = [
    ("number", "编号", "Number"),
    ("title", "标题", "Title"),
    ("matter", "事项", "Matter"),
    ("state", "状态", "State"),
    ("region", "地区", "Region"),
    ("grid", "网格", "Grid"),
    ("department", "责任部门", "Department"),
    ("confidential", "保密", "Confidential"),
    ("occurredAt", "发生时间", "Occurred"),
    ("recordedAt", "受理时间", "Recorded"),
    ("dueAt", "本环节期限", "Stage due"),
    ("overallDueAt", "全案期限", "Case due"),
    ("closedAt", "办结时间", "Closed"),
    ("alert", "预警", "Alert"),
];

/// Cases of one's slice, with the filters of the list, as CSV: masked as in the list, at most 50,000. The look is recorded first.
#[utoipa::path(get, path = "/api/v1/cases/export", tag = "cases", params(ExportQuery, ListQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(crate) async fn export(
    mut who: Who,
    State(app): State<App>,
    Query(export): Query<ExportQuery>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    who.must(Permission::ReadCases)?;
    who.done_reading();
    let purpose = looks::claim(&who, &export.purpose, PurposeKind::Export)?;
    let query = query.whole();
    let filter = filter(&app, &who, &query)?;
    crate::ledger::gate(&app).await?;
    let turn = app.sessions().reading().export(who.person.id).await?;
    not_too_many(app.db().calmly().case_count(&who.slice, &filter).await?)?;
    let csv = written(&app, &who, filter).await?;
    let fields = COLUMNS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let sight = Sight { purpose: Some(purpose), fields, rows: Some(csv.rows()), filter: query.said(), case: None };
    let csv = looks::shown(&app, &who, LookKind::Export, sight, csv).await?;
    Ok(csv.into_response(who.now, turn))
}

async fn written(app: &App, who: &Who, mut filter: CaseFilter) -> Result<Csv, Problem> {
    let language = current_language();
    let heads = COLUMNS.iter().map(|(_, zh, en)| if language == Language::Chinese { *zh } else { *en });
    let mut csv = Csv::new("cases", heads);
    filter.limit = ROWS_AT_ONCE;
    let mut pace = app.sessions().reading().pace();
    loop {
        let (cases, next) = app.db().calmly().case_list(&who.slice, &filter).await?;
        for case in &cases {
            let row = cells(&item(&who.world, case), case, language);
            csv.row(row.iter().map(String::as_str));
        }
        not_too_many(csv.rows())?;
        filter.after = next;
        if filter.after.is_none() {
            return Ok(csv);
        }
        pace.rest().await;
    }
}

/// In the order of [`COLUMNS`].
fn cells(item: &CaseItem, case: &yizhi_store::CaseBrief, language: Language) -> [String; 14] {
    let name = |text: &Text| if language == Language::Chinese { text.zh.clone() } else { text.en.clone() };
    let yes = Phrase::new("是", "yes");
    let open = case.closed_at.is_none();
    [
        item.number.clone(),
        item.title.clone(),
        name(&item.matter.name),
        name(&item.state_name),
        item.region.path.join(""),
        item.grid.clone().unwrap_or_default(),
        item.department_name.as_ref().map(name).unwrap_or_default(),
        if item.confidential { yes.get(language).to_owned() } else { String::new() },
        moment(case.occurred_at),
        moment(case.recorded_at),
        case.due_at().filter(|_| open).map(moment).unwrap_or_default(),
        case.overall_due_at().map(moment).unwrap_or_default(),
        case.closed_at.map(moment).unwrap_or_default(),
        alert(item.alert).get(language).to_owned(),
    ]
}

fn alert(code: &str) -> Phrase {
    match code {
        "amber" => Phrase::new("临期", "near"),
        "red" => Phrase::new("超期", "overdue"),
        "paused" => Phrase::new("暂停", "paused"),
        _ => Phrase::default(),
    }
}
