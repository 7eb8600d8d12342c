//! The one mapping of failures to HTTP: RFC 9457 problems with a stable code and a sentence in the caller's language that says how to mend it.
//! What is our fault is logged here, once, and told without details.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use yizhi_domain::case::Refusal;
use yizhi_domain::erasure;
use yizhi_domain::text::{Language, Text};
use yizhi_domain::written::WrittenFault;
use yizhi_store::{ApplyError, TwoPeople};

/// A request that failed.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Box<Text>,
    field: Option<String>,
    current: Option<Box<serde_json::Value>>,
    retry_after: Option<u32>,
}

/// The body of a problem (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// Stable, for programs.
    pub code: &'static str,
    /// What happened and how to mend it, in the language of `Accept-Language`.
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The present state of the resource, after a conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<serde_json::Value>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { status, code, detail: Box::new(Text::new(zh, en)), field: None, current: None, retry_after: None }
    }

    /// What happened and how to mend it, in a language.
    pub fn detail_in(&self, language: Language) -> String {
        self.detail.get(language).to_owned()
    }

    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "没有找到，或不在您的职责范围内。",
            "Not found, or not within your responsibility.",
        )
    }

    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "您当前的岗位不能做这件事。如果您有其他岗位，请先切换。",
            "Your present post may not do this. If you hold another post, switch to it.",
        )
    }

    pub fn no_session() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "no_session", "请先登录。", "Please sign in.")
    }

    pub fn invalid(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", zh, en);
        problem.field = Some(field.into());
        problem
    }

    /// A text that is not taken, with its field.
    pub fn written(field: impl Into<String>, fault: WrittenFault) -> Self {
        let hint = fault.hint();
        Self::invalid(field, hint.zh, hint.en)
    }

    pub fn slow_down(seconds: u32) -> Self {
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "slow_down",
            format!("请求太频繁，请{seconds}秒后再试。"),
            format!("Too many requests; try again in {seconds} seconds."),
        );
        problem.retry_after = Some(seconds);
        problem
    }

    /// Something of ours failed: logged in full, told in general.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "服务出错了，什么都没有保存。请稍后再试，仍不行请联系管理员。",
            "Something failed here and nothing was saved. Try again later; if it persists, tell the administrator.",
        )
    }

    fn too_slow() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_slow",
            "查询时间太长，已停止。请缩小范围或减少条件后再试。",
            "The query took too long and was stopped. Narrow it down and try again.",
        )
        .with_retry_after(5)
    }

    /// The database could not be asked, or went away meanwhile: of what was being saved it is not known whether it was.
    pub(crate) fn unreachable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "database_unreachable",
            "数据库没有应答。请稍后再试；刚才如在保存，请先看是否已存上。一直这样请告诉管理员。",
            "The database does not answer. Try again later; if you were saving, look first whether it was saved. Tell the administrator if it stays so.",
        )
        .with_retry_after(2)
    }

    pub(crate) fn disk_full() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk_full",
            "服务器存储空间已满，这次没有保存。请联系管理员清理后再试。",
            "The server's disk is full; nothing was saved. Ask the administrator to free space, then try again.",
        )
    }

    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    pub fn with_current(mut self, current: Option<serde_json::Value>) -> Self {
        self.current = current.map(Box::new);
        self
    }

    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub fn refused(refusal: &Refusal, current: Option<serde_json::Value>) -> Self {
        let status = match refusal {
            Refusal::UnknownAction(_) => StatusCode::NOT_FOUND,
            Refusal::NotPossibleNow { .. } | Refusal::VersionConflict { .. } => StatusCode::CONFLICT,
            Refusal::RoleMayNot { .. } | Refusal::NotYours { .. } | Refusal::Guard(_) => StatusCode::FORBIDDEN,
            Refusal::Undecided(_)
            | Refusal::Missing { .. }
            | Refusal::Invalid { .. }
            | Refusal::NobodyThere { .. }
            | Refusal::NoLimit(_)
            | Refusal::NotInCatalog(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let detail = Box::new(refusal.message());
        Self {
            status,
            code: refusal.code(),
            detail,
            field: refusal.field().map(str::to_owned),
            current: current.filter(|_| status == StatusCode::CONFLICT).map(Box::new),
            retry_after: None,
        }
    }
}

impl From<yizhi_store::Error> for Problem {
    fn from(error: yizhi_store::Error) -> Self {
        match error {
            e if e.is_full() => Self::disk_full(),
            e if e.is_too_slow() => Self::too_slow(),
            e if e.is_unreachable() => {
                tracing::warn!(error = %e, "the database was not reached");
                Self::unreachable()
            }
            yizhi_store::Error::Missing(_) => Self::not_found(),
            yizhi_store::Error::Erasure(refusal) => refusal.into(),
            yizhi_store::Error::TwoPeople(why) => two_people(why),
            yizhi_store::Error::Taken("id") => Self::new(
                StatusCode::CONFLICT,
                "key_reused",
                "这个编号已用于另一个岗位，请换一个新的。",
                "This id was used for another post; take a new one.",
            ),
            yizhi_store::Error::Taken("role") => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "separation_of_duties",
                "三员分立：系统、安全、审计管理员不能互相兼任，也不能兼任其他岗位，请另选他人。",
                "System, security and audit administrators are kept apart and hold no other posts: choose somebody else.",
            )
            .with_field("role"),
            yizhi_store::Error::Taken("post") => Self::new(
                StatusCode::CONFLICT,
                "already_held",
                "此人已有这个岗位，不用再加。",
                "This person holds that post already.",
            ),
            yizhi_store::Error::Taken("second factor") => Self::new(
                StatusCode::CONFLICT,
                "changed_meanwhile",
                "动态验证码的设置刚刚在别处改过，请重新开始。",
                "The second factor was just changed elsewhere; begin again.",
            ),
            yizhi_store::Error::Taken(what) => Self::new(
                StatusCode::CONFLICT,
                "taken",
                "已经有同名的了，请换一个。",
                format!("That {what} is taken; choose another."),
            ),
            e => Self::internal(&e),
        }
    }
}

/// Why two people are not two.
fn two_people(why: TwoPeople) -> Problem {
    let (status, code, zh, en) = match why {
        TwoPeople::TakesTwo => (
            StatusCode::CONFLICT,
            "takes_two",
            "这件事要由两位管理员办理，请重新提交。",
            "This takes two administrators; ask again.",
        ),
        TwoPeople::OwnProposal => (
            StatusCode::FORBIDDEN,
            "own_proposal",
            "提出的人不能自己确认，请由另一位管理员确认。",
            "Who proposed it cannot confirm it; another administrator does.",
        ),
        TwoPeople::Oneself => (
            StatusCode::FORBIDDEN,
            "own_account",
            "不能确认与自己有关的事，请由另一位管理员办理。",
            "Nobody decides about themselves; another administrator does.",
        ),
        TwoPeople::SameFamily => (
            StatusCode::FORBIDDEN,
            "same_family",
            "要由另一类管理员确认：系统、安全、审计三类中与提出人不同的一类。",
            "An administrator of another family confirms: system, security or audit, not that of who proposed it.",
        ),
        TwoPeople::NotVouched => (
            StatusCode::FORBIDDEN,
            "not_vouched",
            "您的账号是由一个人单独开通或重置的，暂时不能确认。请由两位管理员为您重新激活。",
            "Your account was opened or reset by one person alone, so it cannot confirm yet. Have two administrators give you a new activation.",
        ),
        TwoPeople::Decided => (
            StatusCode::CONFLICT,
            "decided_already",
            "这件事已经有了结果，或已过期。",
            "This was decided already, or has lapsed.",
        ),
        TwoPeople::Waiting => (
            StatusCode::CONFLICT,
            "proposed_already",
            "同样的事已在等待确认，不用再提。",
            "The same waits for confirmation already.",
        ),
    };
    Problem::new(status, code, zh, en)
}

impl From<erasure::Refusal> for Problem {
    fn from(refusal: erasure::Refusal) -> Self {
        let status = match refusal.kind() {
            erasure::Kind::Input => StatusCode::UNPROCESSABLE_ENTITY,
            erasure::Kind::Conflict => StatusCode::CONFLICT,
            erasure::Kind::Forbidden => StatusCode::FORBIDDEN,
        };
        let text = refusal.message();
        let problem = Self::new(status, refusal.code(), text.zh, text.en);
        match refusal.field() {
            Some(field) => problem.with_field(field),
            None => problem,
        }
    }
}

impl From<crate::loading::LoadError> for Problem {
    fn from(error: crate::loading::LoadError) -> Self {
        Self::internal(&error)
    }
}

impl From<ApplyError> for Problem {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::NotFound => Self::not_found(),
            ApplyError::Refused { refusal, .. } => Self::refused(&refusal, None),
            ApplyError::KeyReused => Self::new(
                StatusCode::CONFLICT,
                "key_reused",
                "这个编号已用于另一次提交，内容和这次不同。请核对原来那次的结果；要另外提交，请换一个新编号。",
                "This key or id was used for a request that asked something else. Look at what came of it; for another request take a new one.",
            ),
            ApplyError::Busy => {
                let mut problem = Self::slow_down(1);
                problem.status = StatusCode::SERVICE_UNAVAILABLE;
                problem
            }
            ApplyError::Store(error) if error.is_full() => Self::disk_full(),
            ApplyError::Store(error) if error.is_unreachable() => {
                tracing::warn!(%error, "the database was not reached");
                Self::unreachable()
            }
            ApplyError::Store(error) => Self::internal(&error),
        }
    }
}

/// Said in the language of the request under way.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let language = current_language();
        let body = ProblemBody {
            kind: format!("urn:yizhi:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail.get(language).to_owned(),
            field: self.field,
            current: self.current.map(|c| *c),
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(crate::described::PROBLEM));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

tokio::task_local! {
    /// The language of the request under way, set by the router's first layer.
    pub static CURRENT_LANGUAGE: Language;
}

/// The language of the request under way.
pub fn current_language() -> Language {
    CURRENT_LANGUAGE.try_with(|language| *language).unwrap_or_default()
}

/// The language a caller prefers; Chinese unless English is asked for first.
pub fn language_of(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accepted.trim_start().to_ascii_lowercase().starts_with("en") { Language::English } else { Language::Chinese }
}
