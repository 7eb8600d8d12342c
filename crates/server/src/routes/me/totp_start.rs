//! `POST /me/totp`: a secret for the phone, in force after its first code.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::totp::{SecondFactor, new_secret, qr_svg, uri};
use crate::auth::{Arriving, Who};
use crate::error::{Problem, ProblemBody};

/// What an authenticator needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSetup {
    /// Base32, for typing.
    secret: String,
    /// `otpauth://…`
    uri: String,
    /// The address as a QR code, in SVG.
    qr: String,
}

/// Makes a new secret. It counts after `PUT /me/totp`; until then the present one does.
#[utoipa::path(post, path = "/api/v1/me/totp", tag = "me",
    responses((status = 200, body = TotpSetup), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(crate) async fn totp_start(Arriving(who): Arriving, State(app): State<App>) -> Result<Json<TotpSetup>, Problem> {
    who.must_be_in_person()?;
    let secret = new_secret();
    let factor = SecondFactor { pending: Some(secret.clone()), ..factor(&app, &who).await? };
    let sealed = factor.seal(app.keys()).ok_or_else(|| Problem::internal(&"a second factor could not be sealed"))?;
    app.db().totp_prepare(who.person.id, sealed, who.now).await?;
    let uri = uri(&secret, &who.person.account).ok_or_else(|| Problem::internal(&"no address for a second factor"))?;
    let qr = qr_svg(&uri).ok_or_else(|| Problem::internal(&"no QR code for a second factor"))?;
    Ok(Json(TotpSetup { secret, uri, qr }))
}

/// The second factor as kept.
pub(super) async fn factor(app: &App, who: &Who) -> Result<SecondFactor, Problem> {
    let kept = app.db().credentials_of(who.person.id).await?.ok_or_else(Problem::no_session)?;
    let factor = SecondFactor::open(app.keys(), kept.totp.as_deref());
    factor.ok_or_else(|| Problem::internal(&"a sealed second factor cannot be opened"))
}
