//! `GET /calendar/due`: a deadline and the days that made it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yizhi_domain::calendar::{Counting, Limit};
use yizhi_domain::clock::china;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::moment::Moment;
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

/// A limit from a moment.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct DueQuery {
    /// When it starts.
    #[param(value_type = String, format = DateTime)]
    from: Moment,
    /// Such as `3 工作日`, `24 小时`, `2 working days`.
    limit: String,
    /// `same_time` (default) or `end_of_day`.
    counting: Option<String>,
    /// Code of the region whose calendar counts; one's own if absent.
    region: Option<String>,
}

/// A day on the way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayView {
    #[schema(value_type = String, format = Date)]
    date: chrono::NaiveDate,
    working: bool,
    note: Option<Text>,
}

/// A deadline.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DueView {
    due_at: Shown,
    provisional: bool,
    days: Vec<DayView>,
}

/// Longest span whose days are listed.
const DAYS: i64 = 400;

/// The deadline of a limit from a moment, on the working calendar.
#[utoipa::path(get, path = "/api/v1/calendar/due", tag = "calendar", params(DueQuery),
    responses((status = 200, body = DueView), (status = 422, body = ProblemBody)))]
pub(crate) async fn due(
    who: Who,
    State(app): State<App>,
    Query(query): Query<DueQuery>,
) -> Result<Json<DueView>, Problem> {
    let counting = match query.counting.as_deref().unwrap_or("same_time") {
        "same_time" => Counting::SameTime,
        "end_of_day" => Counting::EndOfDay,
        _ => {
            return Err(Problem::invalid(
                "counting",
                "counting 只能是 same_time 或 end_of_day。",
                "counting is same_time or end_of_day.",
            ));
        }
    };
    let limit = Limit::parse(&query.limit, counting).map_err(|fault| {
        let hint = fault.hint();
        Problem::invalid("limit", hint.zh, hint.en)
    })?;
    let path = match &query.region {
        Some(code) => crate::routes::regions::path_of(&app, &who, code)?,
        None => who.post.path.clone(),
    };
    let calendar = who.world.calendar(&path);
    let Moment(from) = query.from;
    let due = calendar.due(from, &limit);
    let (first, last) = (from.with_timezone(&china()).date_naive(), due.at.with_timezone(&china()).date_naive());
    let shown_until = last.min(first + chrono::TimeDelta::days(DAYS));
    let days = calendar
        .days(first, shown_until)
        .map(|d| DayView { date: d.date, working: d.working, note: d.note.map(Into::into) })
        .collect();
    Ok(Json(DueView { due_at: shown(due.at), provisional: due.provisional, days }))
}
