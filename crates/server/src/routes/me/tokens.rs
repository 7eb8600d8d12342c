//! `GET`, `POST /me/tokens` and `DELETE /me/tokens/{id}`: tokens of one's own programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::role::Permission;
use yizhi_domain::written;
use yizhi_store::{ApiToken, TokenRow, TokenTerms};

use crate::app::App;
use crate::auth::sign_in::{Proof, prove};
use crate::auth::{Scope, Who};
use crate::error::{Problem, ProblemBody};
use crate::keys::new_token;
use crate::routes::address::Path;
use crate::routes::page::Page;
use crate::routes::people::view::{PostView, post};
use crate::routes::valid::Valid;
use crate::views::time::{Shown, shown};

const NAME_MAX: usize = 60;
const LONGEST_DAYS: u16 = 365;
/// Tokens that one person may have at a time.
const MOST: usize = 20;

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TokenInput {
    /// What it is for.
    name: String,
    /// Only reading.
    read_only: bool,
    /// Permissions of the present post that the token has, by the names in the catalog: `read_cases`, `report_case`, …
    permissions: Vec<String>,
    /// 1 to 365.
    days: u16,
    /// The present password.
    current: String,
    /// What the phone shows, where a second factor is in force.
    code: Option<String>,
}

/// A token as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenView {
    id: String,
    /// Absent for one made at the command line without a name.
    name: Option<String>,
    read_only: bool,
    /// Absent: all that the post may do.
    permissions: Option<Vec<String>>,
    post: Option<PostView>,
    created_at: Shown,
    expires_at: Shown,
}

/// A token just made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenMade {
    /// Told this once.
    token: String,
    #[serde(flatten)]
    view: TokenView,
}

/// One's own tokens in force, the newest first.
#[utoipa::path(get, path = "/api/v1/me/tokens", tag = "me",
    responses((status = 200, body = Page<TokenView>), (status = 401, body = ProblemBody)))]
pub(crate) async fn tokens(who: Who, State(app): State<App>) -> Result<Json<Page<TokenView>>, Problem> {
    let rows = app.db().api_tokens(&[who.person.id], who.now).await?;
    Ok(Json(Page::whole(rows.iter().map(|row| view(&app, &who, row)).collect())))
}

/// Makes a token for a program that acts in one's present post. It ends after its days, with the password, or with the post.
#[utoipa::path(post, path = "/api/v1/me/tokens", tag = "me", request_body = TokenInput,
    responses((status = 201, body = TokenMade), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn token_make(
    who: Who,
    State(app): State<App>,
    Valid(input): Valid<TokenInput>,
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    who.must_be_in_person()?;
    if who.role.family.is_administrative() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "token_not_allowed",
            "管理员岗位不能建程序令牌。",
            "Administrators' posts have no tokens for programs.",
        ));
    }
    let name = written::line(&input.name, NAME_MAX).map_err(|fault| Problem::written("name", fault))?;
    let scope = scope(&who, &input)?;
    if !(1..=LONGEST_DAYS).contains(&input.days) {
        return Err(Problem::invalid(
            "days",
            format!("有效期是1到{LONGEST_DAYS}天。"),
            format!("A token lives 1 to {LONGEST_DAYS} days."),
        ));
    }
    if app.db().api_tokens(&[who.person.id], who.now).await?.len() >= MOST {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "too_many_tokens",
            format!("最多同时有{MOST}个令牌，请先停用不用的。"),
            format!("There are {MOST} tokens at most; end one that is not used."),
        ));
    }
    prove(&app, who.person.id, Proof { password: input.current, code: input.code }).await?;
    let (token, digest) = new_token();
    let row = ApiToken { token: digest, person: who.person.id, post: who.post.id };
    let terms = TokenTerms { name, scope: scope.text(), expires_at: who.now + TimeDelta::days(input.days.into()) };
    app.db().api_token_grant(row.clone(), terms, Some(who.person.id), who.now).await?;
    let kept = app.db().api_token(&row.token, who.now).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, Json(TokenMade { token, view: view(&app, &who, &kept) })))
}

/// Ends one of one's own tokens at once.
#[utoipa::path(delete, path = "/api/v1/me/tokens/{id}", tag = "me", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn token_end(who: Who, State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    who.must_be_in_person()?;
    let rows = app.db().api_tokens(&[who.person.id], who.now).await?;
    let row = rows.into_iter().find(|row| row.id.to_string() == id).ok_or_else(Problem::not_found)?;
    app.db().api_token_revoke(who.person.id, Some(row.token.clone()), who.person.id, who.now).await?;
    app.sessions().remove(&row.token);
    Ok(StatusCode::NO_CONTENT)
}

/// What is asked for, never more than the post has.
fn scope(who: &Who, input: &TokenInput) -> Result<Scope, Problem> {
    let named = |text: &String| -> Option<Permission> {
        let permission = serde_json::from_value(serde_json::Value::String(text.clone())).ok()?;
        who.role.permissions.contains(&permission).then_some(permission)
    };
    let permissions: Option<Vec<Permission>> = input.permissions.iter().map(named).collect();
    match permissions {
        Some(permissions) if !permissions.is_empty() => Ok(Scope { read_only: input.read_only, permissions }),
        _ => Err(Problem::invalid(
            "permissions",
            "请至少选择一项本岗位已有的权限。",
            "Choose at least one permission that your post has.",
        )),
    }
}

fn view(app: &App, who: &Who, row: &TokenRow) -> TokenView {
    let scope = row.scope.as_deref().map(Scope::parse);
    let name_of = |p: &Permission| serde_json::to_value(p).ok().and_then(|v| v.as_str().map(str::to_owned));
    let held = who.world.directory.post(row.person, row.post, who.now);
    TokenView {
        id: row.id.to_string(),
        name: row.name.clone(),
        read_only: scope.as_ref().is_some_and(|s| s.read_only),
        permissions: scope.map(|s| s.permissions.iter().filter_map(name_of).collect()),
        post: held.map(|p| post(app, &who.world, p)),
        created_at: shown(row.created_at),
        expires_at: shown(row.expires_at),
    }
}
