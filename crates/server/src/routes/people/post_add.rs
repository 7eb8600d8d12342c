//! `POST /people/{account}/posts`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use yizhi_domain::directory::Post;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::auth::families::kept_apart;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::valid::Valid;

use super::managed;
use super::post_input::{PostInput, row};
use super::view::{PostView, post};

/// Gives somebody a post. Nobody holds posts of two of the three administrators' families.
#[utoipa::path(post, path = "/api/v1/people/{account}/posts", tag = "people", request_body = PostInput,
    params(("account" = String, Path)),
    responses((status = 201, body = PostView), (status = 200, body = PostView, description = "already given"),
              (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn post_add(
    who: Who,
    State(app): State<App>,
    Path(account): Path<String>,
    Valid(input): Valid<PostInput>,
) -> Result<(StatusCode, Json<PostView>), Problem> {
    who.must(Permission::ManagePeople)?;
    let holder = managed::other(&who, &account)?;
    let asked = input.settle(&app, &who, holder.person.id)?;
    if let Some(given) = holder.posts.iter().find(|p| p.id == asked.id) {
        return repeated(&app, &who, given, &asked);
    }
    let apart = who.world.catalog.roles().get(&asked.role).map(|r| kept_apart(who.world.catalog.roles(), r));
    let added = app.db().post_add(row(&asked), apart.unwrap_or_default(), who.person.id, who.now).await;
    added.map_err(refused)?;
    app.reload().await?;
    Ok((StatusCode::CREATED, Json(post(&app, &who.world, &asked))))
}

fn repeated(app: &App, who: &Who, given: &Post, asked: &Post) -> Result<(StatusCode, Json<PostView>), Problem> {
    let same = given.role == asked.role && given.path == asked.path && given.department == asked.department;
    if same {
        return Ok((StatusCode::OK, Json(post(app, &who.world, given))));
    }
    Err(Problem::new(
        StatusCode::CONFLICT,
        "key_reused",
        "这个编号已用于另一个岗位，请换一个新的。",
        "This id was used for another post; take a new one.",
    ))
}

fn refused(error: yizhi_store::Error) -> Problem {
    match error {
        yizhi_store::Error::Taken("role") => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "separation_of_duties",
            "三员分立：系统、安全、审计管理员不能由同一人担任，请另选他人。",
            "System, security and audit administrators are kept apart: choose somebody else for this post.",
        )
        .with_field("role"),
        yizhi_store::Error::Taken(_) => Problem::new(
            StatusCode::CONFLICT,
            "already_held",
            "此人已有这个岗位，不用再加。",
            "This person holds that post already.",
        ),
        other => other.into(),
    }
}
