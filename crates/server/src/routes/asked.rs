//! Requests that may be sent again when no answer was heard: what was asked is kept as a keyed digest of all of it, so that a repeat is told from another
//! request under the same key. Every route that takes an `Idempotency-Key` or a client's id takes its body through here.

use axum::extract::{FromRequest, MatchedPath, Request};
use axum::http::{HeaderMap, Method};
use hmac::{Hmac, Mac as _};
use serde::de::DeserializeOwned;
use sha2::Sha256;
use yizhi_domain::record::canonical_json;
use yizhi_store::Idempotency;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;

use super::valid;

/// The header that names a request.
pub(crate) const HEADER: &str = "idempotency-key";
/// Longest key, in characters.
const KEY_MAX: usize = 200;

/// Endpoints that know a repeat by its key. All others refuse the header: a client that sends it must not believe that it was heeded.
pub(crate) const REPEATABLE: [(&str, &str); 3] =
    [("POST", "/api/v1/attachments"), ("POST", "/api/v1/cases"), ("POST", "/api/v1/cases/{id}/actions/{action}")];

/// A JSON body with what makes its request known again.
pub(crate) struct Asked<T> {
    pub(crate) input: T,
    key: Option<String>,
    /// Method, path and body, in one text for each request.
    said: String,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let key = key(request.headers())?;
        let head = format!("{} {}", request.method(), request.uri().path());
        let value = valid::body(request, state).await?;
        let body = canonical_json(&value).map_err(|_| {
            Problem::invalid("body", "数字太大，请写成文字。", "A number is too large; write it as text.")
        })?;
        Ok(Self { input: valid::parsed(value)?, key, said: format!("{head}\n{body}") })
    }
}

impl<T> Asked<T> {
    /// What the store knows the request by, where it has a key; also for a request that brings an id of its client's.
    pub(crate) fn idempotency(&self, app: &App, who: &Who, with_id: bool) -> Option<Idempotency> {
        if self.key.is_none() && !with_id {
            return None;
        }
        let digest = digest(app, who, self.said.as_bytes())?;
        Some(Idempotency { principal: who.person.id.to_string(), key: self.key.clone(), digest })
    }
}

/// The key that a request names.
///
/// # Errors
/// 422 for one that is empty, too long, given twice, or has signs that no key has.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(HEADER).iter();
    let (first, second) = (given.next(), given.next());
    let Some(first) = first else {
        return Ok(None);
    };
    let text = first.to_str().ok().map(str::trim).filter(|k| !k.is_empty() && k.len() <= KEY_MAX && second.is_none());
    let text = text.filter(|k| k.bytes().all(|b| b.is_ascii_graphic()));
    text.map(|k| Some(k.to_owned())).ok_or_else(|| {
        Problem::invalid(
            "Idempotency-Key",
            format!("请求头 Idempotency-Key 要有一个且只有一个，1到{KEY_MAX}个字母、数字或符号，不含空格。"),
            format!("Send one header Idempotency-Key of 1 to {KEY_MAX} letters, digits or signs without blanks."),
        )
    })
}

/// A digest of something asked by somebody in a post, from which it cannot be guessed without the keys of this installation.
pub(crate) fn digest(app: &App, who: &Who, said: &[u8]) -> Option<Vec<u8>> {
    let mac = Hmac::<Sha256>::new_from_slice(&app.keys().request()).ok()?;
    let mac = mac.chain_update(who.post.id.0.as_bytes()).chain_update(said);
    Some(mac.finalize().into_bytes().to_vec())
}

/// What is wrong with a request that has the header where nothing would heed it.
pub(crate) fn unheeded(request: &Request) -> Option<Problem> {
    let unsafe_method = !request.method().is_safe() && request.method() != Method::OPTIONS;
    (unsafe_method && request.headers().contains_key(HEADER) && !is_repeatable(request)).then(|| {
        Problem::invalid(
            "Idempotency-Key",
            "这个接口不认请求头 Idempotency-Key，请去掉后再发。重复提交会按内容另行判断。",
            "This endpoint does not heed the header Idempotency-Key; leave it out.",
        )
    })
}

fn is_repeatable(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    REPEATABLE.iter().any(|(method, known)| request.method().as_str() == *method && path == Some(*known))
}
