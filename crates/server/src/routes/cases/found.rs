//! Finding the case an address names, in the slice of who asks.

use yizhi_domain::ids::CaseId;
use yizhi_store::{AttachmentRow, CaseFetched};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::views;

/// A case by id or number, if the slice admits it.
pub(in crate::routes) async fn find(app: &App, who: &Who, name: &str) -> Result<CaseFetched, Problem> {
    find_any(app, who, name).await?.ok_or_else(Problem::not_found)
}

/// The same, for who has something of their own to say when there is none.
pub(in crate::routes) async fn find_any(app: &App, who: &Who, name: &str) -> Result<Option<CaseFetched>, Problem> {
    Ok(match name.parse::<CaseId>() {
        Ok(id) => app.db().case_fetch(id, &who.slice).await?,
        Err(_) => app.db().case_fetch_by_number(name, &who.slice).await?,
    })
}

/// Photos and clips of a case that was found.
pub(super) async fn attachments(app: &App, case: &yizhi_domain::case::Case) -> Result<Vec<AttachmentRow>, Problem> {
    if case.body.attachments.is_empty() {
        return Ok(Vec::new());
    }
    Ok(app.db().attachments_of(&[case.id]).await?)
}

/// The whole view of a case just written.
pub(super) async fn view(
    app: &App,
    who: &Who,
    case: &yizhi_domain::case::Case,
    contact: Option<&[u8]>,
) -> Result<views::case::CaseView, Problem> {
    let files = attachments(app, case).await?;
    Ok(views::case::case(app, who, case, contact, files))
}
