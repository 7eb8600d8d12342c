//! `GET /me/notices`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yizhi_store::NoticeRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::page::{Page, PageQuery};
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

/// How many.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct NoticeQuery {
    /// 1 to 200, 50 if absent.
    limit: Option<u64>,
}

/// Something one was told about a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeView {
    /// Id of the case.
    case: String,
    text: Text,
    at: Shown,
}

impl From<NoticeRow> for NoticeView {
    fn from(notice: NoticeRow) -> Self {
        Self { case: notice.case.to_string(), text: notice.text.into(), at: shown(notice.at) }
    }
}

/// The newest notices to oneself, one's post and one's department.
#[utoipa::path(get, path = "/api/v1/me/notices", tag = "me", params(NoticeQuery),
    responses((status = 200, body = Page<NoticeView>), (status = 401, body = ProblemBody)))]
pub(crate) async fn notices(
    who: Who,
    State(app): State<App>,
    Query(query): Query<NoticeQuery>,
) -> Result<Json<Page<NoticeView>>, Problem> {
    let limit = PageQuery { cursor: None, limit: query.limit }.limit()?;
    let found = app.db().notices(&who.slice, limit).await?;
    Ok(Json(Page::whole(found.into_iter().map(Into::into).collect())))
}
