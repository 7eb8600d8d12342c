//! `GET /me/notices`, `GET /me/notices/unread`, `POST /me/notices/read`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use yizhi_store::{NoticeRow, UNREAD_MAX};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::page::{Page, PageQuery, cursor};
use crate::routes::valid::Valid;
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

/// Most notices marked at once.
const MARKED_MAX: usize = 200;

/// Which notices, and how many.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct NoticeQuery {
    /// Only those not read yet.
    unread: Option<bool>,
    cursor: Option<String>,
    /// 1 to 200, 50 if absent.
    limit: Option<u64>,
}

/// Something one was told about a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeView {
    #[schema(value_type = uuid::Uuid)]
    id: Uuid,
    /// Id of the case.
    case: String,
    number: String,
    text: Text,
    at: Shown,
    /// Whether oneself has read it. What is told to a post or a department is read by each for themselves.
    read: bool,
}

impl From<NoticeRow> for NoticeView {
    fn from(notice: NoticeRow) -> Self {
        Self {
            id: notice.id,
            case: notice.case.to_string(),
            number: notice.number,
            text: notice.text.into(),
            at: shown(notice.at),
            read: notice.read,
        }
    }
}

/// How many notices one has not read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Unread {
    unread: u64,
    /// There are more than `unread` says.
    more: bool,
}

/// What one has read: these, or everything up to now.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadInput {
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>)]
    ids: Vec<Uuid>,
    #[serde(default)]
    all: bool,
}

/// Notices to oneself, one's post and one's department, newest first. Those about cases that one does not see, or no more, are left out.
#[utoipa::path(get, path = "/api/v1/me/notices", tag = "me", params(NoticeQuery),
    responses((status = 200, body = Page<NoticeView>), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn notices(
    who: Who,
    State(app): State<App>,
    Query(query): Query<NoticeQuery>,
) -> Result<Json<Page<NoticeView>>, Problem> {
    let page = PageQuery { cursor: query.cursor, limit: query.limit };
    let (after, limit) = (page.after()?, page.limit()?);
    let unread = query.unread.unwrap_or(false);
    let (found, next) = app.db().notices(&who.slice, who.person.id, unread, after, limit).await?;
    Ok(Json(Page { items: found.into_iter().map(Into::into).collect(), next: next.map(cursor), total: None }))
}

/// How many notices one has not read.
#[utoipa::path(get, path = "/api/v1/me/notices/unread", tag = "me",
    responses((status = 200, body = Unread), (status = 401, body = ProblemBody)))]
pub(crate) async fn notices_unread(who: Who, State(app): State<App>) -> Result<Json<Unread>, Problem> {
    let unread = app.db().notices_unread(&who.slice, who.person.id).await?;
    Ok(Json(Unread { unread, more: unread >= UNREAD_MAX }))
}

/// Marks notices as read by oneself.
#[utoipa::path(post, path = "/api/v1/me/notices/read", tag = "me", request_body = ReadInput,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn notices_read(
    who: Who,
    State(app): State<App>,
    Valid(input): Valid<ReadInput>,
) -> Result<StatusCode, Problem> {
    if input.ids.len() > MARKED_MAX {
        return Err(Problem::invalid(
            "ids",
            format!("一次最多标记{MARKED_MAX}条，请分几次，或全部标为已读。"),
            format!("At most {MARKED_MAX} at once; mark the rest later, or mark all as read."),
        ));
    }
    if input.all {
        app.db().notices_read_all(who.person.id, who.now).await?;
    } else {
        app.db().notices_read(&who.slice, who.person.id, &input.ids, who.now).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
