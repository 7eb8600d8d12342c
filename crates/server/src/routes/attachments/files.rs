//! The bytes of attachments in the file store, and who may have them.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use yizhi_domain::ids::AttachmentId;
use yizhi_domain::role::Permission;
use yizhi_store::AttachmentRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::looks;
use crate::uploads::stored;

/// Photos of people's homes and complaints stay in no browser's cache: the next at this desk may be somebody else.
const KEPT: HeaderValue = HeaderValue::from_static("private, no-store");
/// A file is looked at, never run.
const INERT: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// An attachment that the caller may see: their own until a case uses it, afterwards whatever belongs to a case of their slice. Where seeing it is a
/// look, that is recorded before this returns.
pub(super) async fn visible(app: &App, who: &Who, id: &str) -> Result<AttachmentRow, Problem> {
    who.must(Permission::ReadCases)?;
    let id: AttachmentId = id.parse().map_err(|_| Problem::not_found())?;
    let row = app.db().attachment(id).await?.ok_or_else(Problem::not_found)?;
    match row.case {
        None if row.uploader == who.person.id => {}
        None => return Err(Problem::not_found()),
        Some(case) => {
            let found = app.db().case_fetch(case, &who.slice).await?.ok_or_else(Problem::not_found)?;
            if row.erased {
                return Err(erased());
            }
            looks::read(app, who, &found.case, "attachment", None).await?;
        }
    }
    Ok(row)
}

fn erased() -> Problem {
    Problem::new(
        StatusCode::GONE,
        "erased",
        "这个附件已依法删除，不能再查看。",
        "This attachment was erased on a lawful request and can no longer be seen.",
    )
}

/// The bytes as a response, with a name if they have one.
pub(super) async fn send(
    app: &App,
    path: &Path,
    media_type: &str,
    name: Option<&str>,
) -> Result<Response<Body>, Problem> {
    let found = app.objects().get(path).await.map_err(|e| stored(&e))?;
    let length = found.meta.size;
    let mut response = Response::new(Body::from_stream(found.into_stream()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::CACHE_CONTROL, KEPT);
    headers.insert(header::CONTENT_SECURITY_POLICY, INERT);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(kind) = HeaderValue::from_str(media_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(Ok(disposition)) = name.map(|n| HeaderValue::from_str(&disposition(n))) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Shown in the page, saved under its name (RFC 6266, RFC 8187).
fn disposition(name: &str) -> String {
    use std::fmt::Write as _;
    let mut out = "inline; filename*=UTF-8''".to_owned();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_in_headers() {
        assert_eq!(disposition("a b.jpg"), "inline; filename*=UTF-8''a%20b.jpg");
        assert_eq!(disposition("门\"\r\n.png"), "inline; filename*=UTF-8''%E9%97%A8%22%0D%0A.png");
    }
}
