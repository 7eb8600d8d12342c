//! `POST /people`: an account for somebody new, who chooses their own password.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::codes::Phone;
use yizhi_domain::directory::{PersonBrief, Post};
use yizhi_domain::ids::PersonId;
use yizhi_domain::role::Permission;
use yizhi_domain::written;
use yizhi_store::{NewCode, Opening, PersonRow};

use crate::app::App;
use crate::auth::Who;
use crate::auth::once::{Part, new_code};
use crate::error::{Problem, ProblemBody};
use crate::keys::random10;
use crate::routes::proposals::view::{ProposalView, proposal};
use crate::routes::valid::Valid;

use super::activation::{ActivationView, told};
use super::managed::Managed;
use super::post_input::{PostInput, row};
use super::proposed::{apart, new_proposal};
use super::view::{ManagedPerson, people};

/// Somebody new. Nobody chooses a password for them.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonInput {
    /// 3 to 32 small letters, digits, `.`, `_` or `-`, beginning with a letter or digit.
    account: String,
    name: String,
    /// Mobile number; kept sealed.
    phone: Option<String>,
    /// The first post; more are given one by one.
    post: Option<PostInput>,
}

/// Somebody new, and the one-time code for their first password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonCreated {
    #[serde(flatten)]
    person: ManagedPerson,
    activation: ActivationView,
    /// Where the post takes a second person, who then tells the second half of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

const NAME_MAX: usize = 50;

/// Opens an account, with a first post if one is named. Repeating answers 409: the account is there.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = PersonInput,
    responses((status = 201, body = PersonCreated), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    who: Who,
    State(app): State<App>,
    headers: HeaderMap,
    Valid(input): Valid<PersonInput>,
) -> Result<(StatusCode, Json<PersonCreated>), Problem> {
    who.must(Permission::ManagePeople)?;
    let brief = brief(&who, &input)?;
    let phone = phone(&app, input.phone.as_deref())?;
    let post = match &input.post {
        Some(given) => Some(given.settle(&app, &who, brief.id).await?),
        None => None,
    };
    let (code, kept) = new_code(who.now);
    let roles = who.world.catalog.roles();
    let takes_two = post.as_ref().is_some_and(|p| roles.get(&p.role).is_none_or(yizhi_domain::role::Role::takes_two));
    let opening = opening(&app, &who, &brief, phone, post.as_ref().filter(|_| !takes_two), kept.clone());
    let proposed = post.as_ref().filter(|_| takes_two);
    let new = proposed.map(|p| (new_proposal(&who, row(p), kept.clone()), apart(&who, p)));
    let opening = Opening { proposal: new, ..opening };
    app.db().person_open(opening, who.now).await.map_err(|e| taken(e, &brief.account))?;
    app.reload_directory().await?;
    let given: Vec<&Post> = post.iter().filter(|_| !takes_two).collect();
    let managed = Managed { person: &brief, posts: given };
    let person = people(&app, &who, &[managed]).await?.pop().ok_or_else(Problem::not_found)?;
    let kept_proposal = match proposed {
        Some(post) => app.db().proposal(post.id.0).await?,
        None => None,
    };
    let proposal = match kept_proposal {
        Some(row) => Some(proposal(&app, &who, &row).await?),
        None => None,
    };
    let activation = told(&headers, code, &kept, takes_two.then_some(Part::First));
    Ok((StatusCode::CREATED, Json(PersonCreated { person, activation, proposal })))
}

fn opening(
    app: &App,
    who: &Who,
    brief: &PersonBrief,
    phone: Option<Vec<u8>>,
    post: Option<&Post>,
    code: NewCode,
) -> Opening {
    Opening {
        person: PersonRow {
            id: brief.id,
            account: brief.account.clone(),
            name: brief.name.clone(),
            phone,
            password: None,
            created_at: who.now,
            disabled_at: None,
            demo: app.config().demo,
        },
        post: post.map(row),
        proposal: None,
        code,
        by: Some(who.person.id),
        reason: None,
    }
}

fn brief(who: &Who, input: &PersonInput) -> Result<PersonBrief, Problem> {
    let account = input.account.trim();
    if !is_account(account) {
        return Err(Problem::invalid(
            "account",
            "账号由3到32个小写字母、数字、点、下划线、短横线组成，以字母或数字开头。",
            "An account has 3 to 32 small letters, digits, dots, underscores or hyphens, and begins with a letter or digit.",
        ));
    }
    let name = written::line(&input.name, NAME_MAX).map_err(|fault| Problem::written("name", fault))?;
    Ok(PersonBrief { id: PersonId::at(who.now, random10()), account: account.to_owned(), name })
}

/// Whether a text may be the name of an account.
pub(crate) fn is_account(account: &str) -> bool {
    (3..=32).contains(&account.len())
        && account.starts_with(|c: char| c.is_ascii_alphanumeric())
        && account.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

fn phone(app: &App, given: Option<&str>) -> Result<Option<Vec<u8>>, Problem> {
    let Some(text) = given.map(str::trim).filter(|p| !p.is_empty()) else {
        return Ok(None);
    };
    let mobile = Phone::mobile(text)
        .ok_or_else(|| Problem::invalid("phone", "请填写11位手机号码。", "Give a mobile number of 11 digits."))?;
    let sealed = app.keys().seal(mobile.as_str());
    sealed.map(Some).ok_or_else(|| Problem::internal(&"a phone number could not be sealed"))
}

fn taken(error: yizhi_store::Error, account: &str) -> Problem {
    match error {
        yizhi_store::Error::Taken("account") => Problem::new(
            StatusCode::CONFLICT,
            "taken",
            format!("账号“{account}”已经有人使用，请换一个。"),
            format!("The account “{account}” is taken; choose another."),
        )
        .with_field("account"),
        other => other.into(),
    }
}
