//! The door to what is not for everybody: what was asked for leaves only once the look at it is recorded, with a purpose where one must be claimed.

use axum::http::StatusCode;
use yizhi_domain::case::Case;
use yizhi_domain::look::{Look, LookKind};
use yizhi_domain::purpose::{Purpose, PurposeKind};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;

/// What somebody is about to see.
#[derive(Debug, Default)]
pub(crate) struct Sight<'a> {
    pub(crate) purpose: Option<&'a Purpose>,
    pub(crate) case: Option<&'a Case>,
    /// Names of what is shown.
    pub(crate) fields: Vec<String>,
    pub(crate) rows: Option<u64>,
    pub(crate) filter: Option<String>,
}

/// Hands out what was asked for, once the look at it is durable.
///
/// # Errors
/// When the look cannot be recorded; then nothing is handed out.
pub(crate) async fn shown<T>(app: &App, who: &Who, kind: LookKind, sight: Sight<'_>, what: T) -> Result<T, Problem> {
    let look = Look {
        kind,
        at: who.now,
        person: who.person.id,
        post: who.actor().into(),
        purpose: sight.purpose.map(|purpose| purpose.code.clone()),
        case: sight.case.map(|case| (case.id, case.path.clone())),
        fields: sight.fields,
        rows: sight.rows,
        filter: sight.filter,
    };
    app.db().look(look).await?;
    Ok(what)
}

/// Reading a part of a case. It is a look when the case is confidential and the reader takes no part in it.
///
/// # Errors
/// When the purpose, if one is claimed, is none of the reader's, or the look cannot be recorded.
pub(crate) async fn read(app: &App, who: &Who, case: &Case, part: &str, purpose: Option<&str>) -> Result<(), Problem> {
    if !case.confidential || case.takes_part(&who.actor()) {
        return Ok(());
    }
    let purpose = purpose.map(|code| claim(who, code, PurposeKind::Read)).transpose()?;
    let sight = Sight { purpose, case: Some(case), fields: vec![part.to_owned()], ..Sight::default() };
    shown(app, who, LookKind::Read, sight, ()).await
}

/// The purpose that somebody claims.
///
/// # Errors
/// 422 when it is none, 403 when the present post may not claim it for this.
pub(crate) fn claim<'w>(who: &'w Who, code: &str, kind: PurposeKind) -> Result<&'w Purpose, Problem> {
    if code.is_empty() {
        return Err(Problem::invalid(
            "purpose",
            "请说明目的（purpose）：从 GET /api/v1/purposes 列出的目的中选一个。",
            "Say what for (purpose): choose one of those that GET /api/v1/purposes lists.",
        ));
    }
    let purpose = who.world.catalog.purpose(code).ok_or_else(|| {
        Problem::invalid(
            "purpose",
            format!("没有“{code}”这个目的，请从列出的目的中选择。"),
            format!("There is no purpose “{code}”; choose one of those listed."),
        )
    })?;
    if purpose.may_be_claimed(&who.role.code, kind) {
        return Ok(purpose);
    }
    let name = &purpose.name;
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "purpose_not_allowed",
        format!("您当前的岗位不能为“{}”做这件事，请换一个本岗位可用的目的，或切换岗位。", name.zh),
        format!(
            "Your present post may not do this for “{}”; choose another purpose, or switch to another post.",
            name.en
        ),
    )
    .with_field("purpose"))
}
