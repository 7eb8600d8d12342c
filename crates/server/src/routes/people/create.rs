//! `POST /people`: an account for somebody new.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::codes::Mobile;
use yizhi_domain::directory::PersonBrief;
use yizhi_domain::ids::PersonId;
use yizhi_domain::role::Permission;
use yizhi_domain::written;
use yizhi_store::{PersonRow, PersonStanding};

use crate::app::App;
use crate::auth::{Who, password};
use crate::error::{Problem, ProblemBody};
use crate::keys::random10;
use crate::routes::valid::Valid;

use super::post_input::{PostInput, row};
use super::view::{ManagedPerson, person};

/// Somebody new.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct PersonInput {
    /// 3 to 32 small letters, digits, `.`, `_` or `-`, beginning with a letter or digit.
    account: String,
    name: String,
    /// Mobile number; kept sealed.
    phone: Option<String>,
    /// To begin with; made by the server if absent.
    password: Option<String>,
    /// The first post; more are given one by one.
    post: Option<PostInput>,
}

/// Somebody new, with the password to begin with where the server made it: it is told this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonCreated {
    #[serde(flatten)]
    person: ManagedPerson,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_password: Option<String>,
}

const NAME_MAX: usize = 50;

/// Opens an account, with a first post if one is named. Repeating answers 409: the account is there.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = PersonInput,
    responses((status = 201, body = PersonCreated), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    who: Who,
    State(app): State<App>,
    Valid(input): Valid<PersonInput>,
) -> Result<(StatusCode, Json<PersonCreated>), Problem> {
    who.must(Permission::ManagePeople)?;
    let brief = brief(&who, &input)?;
    let phone = phone(&app, input.phone.as_deref())?;
    let post = input.post.as_ref().map(|p| p.settle(&app, &who, brief.id)).transpose()?;
    let (password, made) = first_password(&input)?;
    let phc = password::hash_in_background(password.clone()).await;
    let phc = phc.ok_or_else(|| Problem::internal(&"a password could not be hashed"))?;
    let kept = PersonRow {
        id: brief.id,
        account: brief.account.clone(),
        name: brief.name.clone(),
        phone: phone.clone(),
        password: Some(phc),
        created_at: who.now,
        disabled_at: None,
        demo: app.config().demo,
    };
    let posts = post.iter().map(row).collect();
    app.db().people_add(vec![kept], posts, Some(who.person.id), who.now).await.map_err(|e| taken(e, &brief.account))?;
    app.reload().await?;
    let standing = PersonStanding { id: brief.id, phone, totp: None, locked_until: None };
    let person = person(&app, &who, &brief, &post.iter().collect::<Vec<_>>(), Some(&standing));
    Ok((StatusCode::CREATED, Json(PersonCreated { person, initial_password: made.then_some(password) })))
}

fn brief(who: &Who, input: &PersonInput) -> Result<PersonBrief, Problem> {
    let account = input.account.trim();
    let sound = (3..=32).contains(&account.len())
        && account.starts_with(|c: char| c.is_ascii_alphanumeric())
        && account.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
    if !sound {
        return Err(Problem::invalid(
            "account",
            "账号由3到32个小写字母、数字、点、下划线、短横线组成，以字母或数字开头。",
            "An account has 3 to 32 small letters, digits, dots, underscores or hyphens, and begins with a letter or digit.",
        ));
    }
    let name = written::line(&input.name, NAME_MAX).map_err(|fault| Problem::written("name", fault))?;
    Ok(PersonBrief { id: PersonId::at(who.now, random10()), account: account.to_owned(), name })
}

fn phone(app: &App, given: Option<&str>) -> Result<Option<Vec<u8>>, Problem> {
    let Some(text) = given.map(str::trim).filter(|p| !p.is_empty()) else {
        return Ok(None);
    };
    let mobile = Mobile::parse(text)
        .map_err(|_| Problem::invalid("phone", "请填写11位手机号码。", "Give a mobile number of 11 digits."))?;
    let sealed = app.keys().seal(mobile.as_str());
    sealed.map(Some).ok_or_else(|| Problem::internal(&"a phone number could not be sealed"))
}

/// The password to begin with, and whether it was made here.
fn first_password(input: &PersonInput) -> Result<(String, bool), Problem> {
    let Some(given) = input.password.as_deref().filter(|p| !p.is_empty()) else {
        return Ok((password::initial(&input.account), true));
    };
    match password::flaw(given, &input.account) {
        Some(flaw) => Err(Problem::invalid("password", flaw.zh, flaw.en)),
        None => Ok((given.to_owned(), false)),
    }
}

fn taken(error: yizhi_store::Error, account: &str) -> Problem {
    match error {
        yizhi_store::Error::Taken(_) => Problem::new(
            StatusCode::CONFLICT,
            "taken",
            format!("账号“{account}”已经有人使用，请换一个。"),
            format!("The account “{account}” is taken; choose another."),
        )
        .with_field("account"),
        other => other.into(),
    }
}
