//! What happens around every answer, from the outside in. It is one layer: each request copies the layers that a route has, and each of them copies those
//! within, so that sixteen of them cost a request more than some answers do.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::auth::{host, strangers};
use crate::error::{CURRENT_LANGUAGE, language_of};
use crate::routes::health::Timed;
use crate::routes::parameters::Parameters;
use crate::routes::{asked, framed, sound};
use crate::vital;

/// Browsers that came over HTTPS once come no other way for a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' blob: data: https://*.tianditu.gov.cn; worker-src 'self' blob:; \
     style-src 'self' 'unsafe-inline'; connect-src 'self' https://*.tianditu.gov.cn; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
);

/// The server, and what parameters its addresses have.
pub(crate) type Around = (App, Arc<Parameters>);

/// Answers in the language of who asks, with the headers that every answer has.
pub(crate) async fn around(State((app, known)): State<Around>, request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let of_the_api = request.uri().path().starts_with("/api/");
    let mut response = CURRENT_LANGUAGE.scope(language, admitted(&app, &known, request, next, of_the_api)).await;
    add_headers(response.headers_mut(), of_the_api, app.config().secure_cookies);
    response
}

/// Headers of every answer; what a route says itself stays. Nothing of the API stays in a browser or proxy unless its route says how.
fn add_headers(headers: &mut HeaderMap, of_the_api: bool, over_https: bool) {
    let usual = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("permissions-policy"), HeaderValue::from_static("geolocation=(self), camera=(self)")),
    ];
    let no_store = of_the_api.then_some((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    let hsts = over_https.then_some((header::STRICT_TRANSPORT_SECURITY, HSTS));
    for (name, value) in usual.into_iter().chain(no_store).chain(hsts) {
        headers.entry(name).or_insert(value);
    }
}

/// Answers requests to our names, strangers' in turn.
async fn admitted(app: &App, known: &Parameters, mut request: Request, next: Next, of_the_api: bool) -> Response {
    if let Some(problem) = host::misdirected(app, &request) {
        return problem.into_response();
    }
    let _turn = strangers::turn(app, &mut request).await;
    let timed = Timed::start(&request);
    let response = match of_the_api {
        true => vital::guarded(app, checked(known, request, next)).await,
        false => checked(known, request, next).await,
    };
    timed.answered(response.status());
    if of_the_api { framed::as_problem(response) } else { response }
}

/// Answers what can be read and means what it says.
async fn checked(known: &Parameters, request: Request, next: Next) -> Response {
    let wrong = sound::unsound(request.uri()).or_else(|| asked::unheeded(&request));
    match wrong.or_else(|| known.unknown(&request)) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}
