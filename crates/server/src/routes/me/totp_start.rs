//! `POST /me/totp`: a secret for the phone, in force after its first code.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::sign_in::{Proof, prove};
use crate::auth::totp::{SecondFactor, new_secret, qr_svg, uri};
use crate::auth::{Arriving, Who};
use crate::error::{Problem, ProblemBody};
use crate::routes::valid::Valid;

/// What proves that the owner asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotpProof {
    /// The present password.
    pub(super) current: Option<String>,
    /// What the present phone shows, where there is one.
    pub(super) code: Option<String>,
}

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

/// Makes a new secret. It counts after `PUT /me/totp`; until then the present one does. The password is shown first, and the code of the present phone where
/// there is one.
#[utoipa::path(post, path = "/api/v1/me/totp", tag = "me", request_body = TotpProof,
    responses((status = 200, body = TotpSetup), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn totp_start(
    Arriving(who): Arriving,
    State(app): State<App>,
    Valid(proof): Valid<TotpProof>,
) -> Result<Json<TotpSetup>, Problem> {
    who.must_be_in_person()?;
    prove(&app, who.person.id, Proof { password: proof.current.unwrap_or_default(), code: proof.code }).await?;
    let (before, held) = factor(&app, &who).await?;
    let secret = new_secret();
    let prepared = SecondFactor { pending: Some(secret.clone()), ..held };
    let sealed = prepared.seal(app.keys()).ok_or_else(|| Problem::internal(&"a second factor could not be sealed"))?;
    app.db().totp_prepare(who.person.id, before, sealed, who.now).await?;
    let uri = uri(&secret, &who.person.account).ok_or_else(|| Problem::internal(&"no address for a second factor"))?;
    let qr = qr_svg(&uri).ok_or_else(|| Problem::internal(&"no QR code for a second factor"))?;
    Ok(Json(TotpSetup { secret, uri, qr }))
}

/// The second factor as kept, sealed and opened.
pub(super) async fn factor(app: &App, who: &Who) -> Result<(Option<Vec<u8>>, SecondFactor), Problem> {
    let kept = app.db().credentials_of(who.person.id).await?.ok_or_else(Problem::no_session)?;
    let factor = SecondFactor::open(app.keys(), kept.totp.as_deref());
    let factor = factor.ok_or_else(|| Problem::internal(&"a sealed second factor cannot be opened"))?;
    Ok((kept.totp, factor))
}
