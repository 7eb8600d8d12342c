//! `GET /looks/export`: the auditor's list as a file.

use axum::extract::State;
use axum::response::Response;
use yizhi_domain::look::LookKind;
use yizhi_domain::role::Permission;
use yizhi_domain::text::{Language, Text as Phrase};
use yizhi_store::LookFilter;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::looks;
use crate::routes::address::Query;
use crate::routes::cases::export::COLUMNS;
use crate::routes::csv::{Csv, ROWS_AT_ONCE, moment, not_too_many};
use crate::views::text::Text;

use super::list::{LooksQuery, filter, sight};
use super::view::{LookView, views};

const HEADS: [(&str, &str); 11] = [
    ("账本序号", "Place in the ledger"),
    ("时间", "Time"),
    ("种类", "Kind"),
    ("账号", "Account"),
    ("姓名", "Name"),
    ("岗位", "Post"),
    ("目的", "Purpose"),
    ("案件", "Case"),
    ("内容", "Shown"),
    ("行数", "Rows"),
    ("筛选", "Filter"),
];

/// Looks in the region of the auditor's post as CSV, at most 50,000; itself a look, recorded first.
#[utoipa::path(get, path = "/api/v1/looks/export", tag = "looks", params(LooksQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(crate) async fn export(
    mut who: Who,
    State(app): State<App>,
    Query(query): Query<LooksQuery>,
) -> Result<Response, Problem> {
    who.must(Permission::ReadTrace)?;
    who.done_reading();
    let filter = LookFilter { after: None, limit: ROWS_AT_ONCE, ..filter(&app, &who, &query).await? };
    crate::ledger::gate(&app).await?;
    let turn = app.sessions().reading().export(who.person.id).await?;
    not_too_many(app.db().calmly().look_count(&filter).await?)?;
    let csv = written(&app, &who, filter).await?;
    let csv = looks::shown(&app, &who, LookKind::Looks, sight(&query, csv.rows()), csv).await?;
    Ok(csv.into_response(who.now, turn))
}

async fn written(app: &App, who: &Who, mut filter: LookFilter) -> Result<Csv, Problem> {
    let language = current_language();
    let mut csv = Csv::new("looks", HEADS.iter().map(|(zh, en)| if language == Language::Chinese { *zh } else { *en }));
    let mut pace = app.sessions().reading().pace();
    loop {
        let (found, next) = app.db().calmly().looks(&filter).await?;
        for (view, entry) in views(app, who, &found).await?.iter().zip(&found) {
            let row = cells(view, moment(entry.look.at), language);
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

/// In the order of [`HEADS`].
fn cells(view: &LookView, at: String, language: Language) -> [String; 11] {
    let name = |text: &Text| if language == Language::Chinese { text.zh.clone() } else { text.en.clone() };
    [
        view.seq.to_string(),
        at,
        kind(view.kind).get(language).to_owned(),
        view.actor.account.clone(),
        view.actor.name.clone(),
        format!("{} {}", view.post.region_name, name(&view.post.role_name)),
        view.purpose.as_ref().map(|purpose| name(&purpose.name)).unwrap_or_default(),
        view.case.as_ref().map(|case| case.number.clone()).unwrap_or_default(),
        seen(view, language),
        view.rows.map(|rows| rows.to_string()).unwrap_or_default(),
        view.filter.clone().unwrap_or_default(),
    ]
}

/// What a look shows beside the columns of an export.
const PARTS: [(&str, &str, &str); 6] = [
    ("reporter.name", "反映人姓名", "Reporter's name"),
    ("reporter.phone", "反映人电话", "Reporter's phone"),
    ("detail", "案情", "The case"),
    ("timeline", "经过", "Timeline"),
    ("attachment", "附件", "Attachment"),
    ("receipt", "存证回执", "Receipt"),
];

/// What was seen, in words. The columns of the list of looks are always the same.
fn seen(view: &LookView, language: Language) -> String {
    if view.kind == LookKind::Looks {
        return String::new();
    }
    let known = || COLUMNS.iter().chain(&PARTS);
    let word = |field: &String| {
        let named = known().find(|(name, ..)| name == field);
        named.map_or_else(|| field.clone(), |(_, zh, en)| Phrase::new(*zh, *en).get(language).to_owned())
    };
    let comma = if language == Language::Chinese { "、" } else { ", " };
    view.fields.iter().map(word).collect::<Vec<_>>().join(comma)
}

fn kind(kind: LookKind) -> Phrase {
    match kind {
        LookKind::Unmask => Phrase::new("查看明文", "Unmasked"),
        LookKind::Export => Phrase::new("导出案件", "Export of cases"),
        LookKind::Read => Phrase::new("查看保密案件", "Confidential case read"),
        LookKind::Looks => Phrase::new("查看审计", "Audit of looks"),
    }
}
