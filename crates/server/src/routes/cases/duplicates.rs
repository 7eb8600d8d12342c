//! Cases that may be the same: of a case, or of a report being written.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::case::{DESCRIPTION_MAX, TITLE_MAX};
use yizhi_domain::role::Permission;
use yizhi_domain::written;
use yizhi_store::{Duplicate, Near};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::moment::Moment;
use crate::routes::page::Page;
use crate::routes::valid::Valid;
use crate::views::attachment::AttachmentView;
use crate::views::case::{CaseItem, in_grid, item};

use super::place::{PlaceInput, both, no_grid, point};

/// A likely duplicate.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DuplicateView {
    case: CaseItem,
    /// Metres, where both places are points.
    distance: Option<f64>,
    /// Whether both are in one grid. Where a place is no more than a grid, that is all that is known of their distance.
    same_grid: bool,
    /// 0 to 1.
    similarity: f64,
    hours_apart: f64,
    attachments: Vec<AttachmentView>,
}

/// A report being written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DraftInput {
    matter: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    location: PlaceInput,
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<Moment>,
}

/// Cases near this one in place, time and words.
#[utoipa::path(get, path = "/api/v1/cases/{id}/duplicates", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Page<DuplicateView>), (status = 404, body = ProblemBody)))]
pub(crate) async fn of_case(
    who: Who,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Page<DuplicateView>>, Problem> {
    who.must(Permission::ReadCases)?;
    let case = super::found::find(&app, &who, &name).await?.case;
    let grid = case.grid.is_some().then(|| case.path.clone());
    if case.location.is_none() && grid.is_none() {
        return Ok(Json(Page::whole(Vec::new())));
    }
    let near = Near {
        except: Some(case.id),
        family: family(&who, &case.matter)?,
        text: format!("{} {}", case.body.title, case.body.description),
        place: case.location,
        grid,
        at: case.occurred_at,
    };
    found(&app, &who, &near).await
}

/// Cases near a report that is being written.
#[utoipa::path(post, path = "/api/v1/cases/duplicates", tag = "cases", request_body = DraftInput,
    responses((status = 200, body = Page<DuplicateView>), (status = 422, body = ProblemBody)))]
pub(crate) async fn of_draft(
    who: Who,
    State(app): State<App>,
    Valid(draft): Valid<DraftInput>,
) -> Result<Json<Page<DuplicateView>>, Problem> {
    who.must(Permission::ReportCase)?;
    let _turn = app.sessions().reading().read(who.person.id).await?;
    let title = written::optional_line(&draft.title, TITLE_MAX).map_err(|f| Problem::written("title", f))?;
    let description = written::optional_lines(&draft.description, DESCRIPTION_MAX);
    let description = description.map_err(|f| Problem::written("description", f))?;
    let places = app.places();
    let (place, grid) = match (both(&draft.location)?, &draft.location.grid) {
        (Some((lon, lat)), _) => {
            let at = point(lon, lat, draft.location.crs.as_deref())?;
            (Some((at.lon, at.lat)), places.locate(at).map(|g| g.path.clone()))
        }
        (None, Some(code)) => (None, Some(places.by_code(code).ok_or_else(|| no_grid(code))?.path.clone())),
        (None, None) => return Ok(Json(Page::whole(Vec::new()))),
    };
    let near = Near {
        except: None,
        family: family(&who, &draft.matter)?,
        text: format!("{title} {description}"),
        place,
        grid,
        at: draft.occurred_at.map_or(who.now, |Moment(at)| at),
    };
    found(&app, &who, &near).await
}

fn family(who: &Who, matter: &str) -> Result<String, Problem> {
    let found = who.world.catalog.matter(matter).map(|m| m.family().to_owned());
    found.ok_or_else(|| Problem::invalid("matter", "事项目录里没有这个事项。", "The catalog has no such matter."))
}

async fn found(app: &App, who: &Who, near: &Near) -> Result<Json<Page<DuplicateView>>, Problem> {
    let duplicates = app.db().case_duplicates(&who.slice, near).await?;
    let ids: Vec<_> = duplicates.iter().map(|d| d.case.id).collect();
    let places = app.places();
    let mut files = app.db().attachments_of(&ids).await?;
    let view = |d: &Duplicate| {
        let (own, rest): (Vec<_>, Vec<_>) = files.drain(..).partition(|f| f.case == Some(d.case.id));
        files = rest;
        DuplicateView {
            case: in_grid(&places, item(&who.world, &d.case)),
            distance: d.distance,
            same_grid: d.same_grid,
            similarity: d.similarity,
            hours_apart: d.hours_apart,
            attachments: own.into_iter().map(Into::into).collect(),
        }
    };
    let items = duplicates.iter().map(view).collect();
    Ok(Json(Page::whole(items)))
}
