//! All routes in one place, and what is around them.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::app::App;
use crate::routes::parameters::Parameters;
use crate::routes::*;

#[derive(OpenApi)]
#[openapi(info(
    title = "Yizhi 易治",
    description = "Grassroots governance in one program. Conventions: docs/API-DESIGN.md.",
    license(name = "Apache-2.0")
))]
struct Description;

/// Bodies of JSON requests, in bytes. Uploads have their own limit, kept where they are read.
const BODY_MAX: usize = 1024 * 1024;

/// The API with its description.
pub fn api() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (router, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(meta::fetch::fetch))
        .routes(routes!(session::sign_in::sign_in, session::sign_out::sign_out))
        .routes(routes!(session::activation::activation))
        .routes(routes!(session::link::link))
        .routes(routes!(session::demo::demo))
        .routes(routes!(session::post::post))
        .routes(routes!(me::fetch::fetch))
        .routes(routes!(me::password::password))
        .routes(routes!(me::totp_start::totp_start, me::totp_confirm::totp_confirm))
        .routes(routes!(me::totp_remove::totp_remove))
        .routes(routes!(me::tokens::tokens, me::tokens::token_make))
        .routes(routes!(me::tokens::token_end))
        .routes(routes!(me::notices::notices))
        .routes(routes!(me::notices::notices_unread))
        .routes(routes!(me::notices::notices_read))
        .routes(routes!(duties::list::list, duties::add::add))
        .routes(routes!(duties::end::end))
        .routes(routes!(duties::import::import).layer(DefaultBodyLimit::max(valid::TABLE_MAX)))
        .routes(routes!(people::list::list, people::create::create))
        .routes(routes!(people::post_add::post_add))
        .routes(routes!(people::post_end::post_end))
        .routes(routes!(people::unlock::unlock))
        .routes(routes!(people::reset::reset))
        .routes(routes!(people::tokens_end::tokens_end))
        .routes(routes!(people::administration::administrations, people::administration::administration_set))
        .routes(routes!(proposals::list::list))
        .routes(routes!(proposals::confirm::confirm))
        .routes(routes!(proposals::refuse::refuse))
        .routes(routes!(jobs::fetch::fetch))
        .routes(routes!(jobs::dead::dead))
        .routes(routes!(jobs::resend::resend))
        .routes(routes!(timers::list::list))
        .routes(routes!(timers::counted::counted))
        .routes(routes!(regions::list::list))
        .routes(routes!(regions::fetch::fetch))
        .routes(routes!(regions::outline::outline))
        .routes(routes!(grids::list::list))
        .routes(routes!(grids::locate::locate))
        .routes(routes!(grids::search::search))
        .routes(routes!(matters::list::list))
        .routes(routes!(matters::fetch::fetch))
        .routes(routes!(departments::list::list))
        .routes(routes!(cases::list::list, cases::report::report))
        .routes(routes!(cases::confidential::confidential))
        .routes(routes!(cases::export::export))
        .routes(routes!(cases::fetch::fetch))
        .routes(routes!(cases::unmask::unmask))
        .routes(routes!(cases::timeline::timeline))
        .routes(routes!(cases::duplicates::of_case))
        .routes(routes!(cases::duplicates::of_draft))
        .routes(routes!(cases::act::act))
        .routes(routes!(cases::receipt::receipt))
        .routes(routes!(erasures::of_case::erasures, erasures::propose::erase))
        .routes(routes!(erasures::list::list))
        .routes(routes!(erasures::confirm::confirm))
        .routes(routes!(erasures::refuse::refuse))
        .routes(routes!(purposes::list::list))
        .routes(routes!(looks::list::list))
        .routes(routes!(looks::export::export))
        .routes(routes!(looks::receipt::receipt))
        .routes(routes!(ledger::status::status))
        .routes(routes!(attachments::upload::upload).layer(DefaultBodyLimit::disable()))
        .routes(routes!(attachments::fetch::fetch))
        .routes(routes!(attachments::thumbnail::thumbnail))
        .routes(routes!(counters::fetch::fetch))
        .routes(routes!(map::cases::cases))
        .routes(routes!(live::stream::stream))
        .routes(routes!(calendar::due::due))
        .split_for_parts();
    name_operations(&mut description);
    crate::described::name_refusals(&mut description);
    (router, description)
}

/// Handlers are named within their feature; the description names an operation once for all: `cases_fetch`.
fn name_operations(description: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let mut nouns = path.trim_start_matches("/api/v1/").split('/').filter(|part| *part != "admin");
        let noun = nouns.next().unwrap_or_default();
        for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
            operation.operation_id = operation.operation_id.take().map(|verb| format!("{noun}_{verb}"));
        }
    }
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (api, description) = api();
    let known = Arc::new(Parameters::of(&description));
    let layers = ServiceBuilder::new()
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state((app.clone(), known), crate::around::around))
        .layer(DefaultBodyLimit::max(BODY_MAX));
    api.merge(health::routes(description))
        .merge(ledger::routes())
        .fallback(crate::routes::web::serve)
        .layer(layers)
        .with_state(app)
}
