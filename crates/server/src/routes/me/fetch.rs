//! `GET /me`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::role::{Family, Permission};

use crate::app::App;
use crate::auth::{Arriving, Who};
use crate::error::{Problem, ProblemBody};
use crate::routes::cases::confidential;
use crate::routes::session::view::{Held, SessionView, session};
use crate::views::mask;

use super::demo_accounts::{DemoAccount, demo_accounts};

/// Which rooms and acts are open to the present post. What it may do with a case is in the case.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Permissions {
    report: bool,
    matter_read: bool,
    read_cases: bool,
    read_map: bool,
    read_counters: bool,
    attach: bool,
    manage_people: bool,
    manage_duties: bool,
    /// That confidential cases exist below the county: not what they are about.
    supervise_confidential: bool,
    confirm_people: bool,
    manage_jobs: bool,
    manage_security: bool,
    read_trace: bool,
    propose_erasure: bool,
    decide_erasure: bool,
}

/// Who one is, in which post.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    #[serde(flatten)]
    session: SessionView,
    permissions: Permissions,
    /// The account's own phone, masked. Residents who report are called on it unless they leave another.
    phone: Option<String>,
    /// Whether the post is a resident's, who holds no office.
    resident: bool,
    /// Whether signing in takes a second factor.
    totp: bool,
    /// Whether the post demands one. Until it is set, nothing but `/me` and `/me/totp` is open.
    totp_required: bool,
    /// Accounts to switch to, in a demonstration.
    demo_accounts: Option<Vec<DemoAccount>>,
}

/// Who one is, in which post, and what is open to it.
#[utoipa::path(get, path = "/api/v1/me", tag = "me", responses((status = 200, body = Me), (status = 401, body = ProblemBody)))]
pub(crate) async fn fetch(Arriving(who): Arriving, State(app): State<App>) -> Result<Json<Me>, Problem> {
    let csrf = who.csrf.as_deref();
    let held = Held { person: &who.person, post: &who.post, csrf, expires_at: who.expires_at, now: who.now };
    let demo = app.config().demo;
    let phone = who.phone.as_deref().and_then(|sealed| app.keys().open_text(sealed));
    Ok(Json(Me {
        session: session(&app, &who.world, &held),
        permissions: permissions(&who),
        phone: phone.map(|phone| mask::phone(&phone)),
        resident: who.role.family == Family::Citizen,
        totp: who.second_factor,
        totp_required: !demo && who.role.family.is_administrative(),
        demo_accounts: if demo { Some(demo_accounts(&app, &who).await?) } else { None },
    }))
}

fn permissions(who: &Who) -> Permissions {
    let may = |permission| !who.confined && !who.mixed && who.role.permissions.contains(&permission);
    Permissions {
        report: may(Permission::ReportCase),
        matter_read: !who.confined && !who.mixed,
        read_cases: may(Permission::ReadCases),
        read_map: may(Permission::ReadMap),
        read_counters: may(Permission::ReadCounters),
        attach: may(Permission::Attach),
        manage_people: may(Permission::ManagePeople),
        manage_duties: may(Permission::ManageDuties),
        supervise_confidential: may(Permission::SuperviseConfidential) && confidential::answers_for(who),
        confirm_people: may(Permission::ConfirmPeople),
        manage_jobs: may(Permission::ManageJobs),
        manage_security: may(Permission::ManageSecurity),
        read_trace: may(Permission::ReadTrace),
        propose_erasure: may(Permission::ProposeErasure),
        decide_erasure: may(Permission::DecideErasure),
    }
}
