//! What everybody may ask for and never changes, compressed once instead of each time.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

/// By the SHA-256 of what was packed: as many as the program has files inside it.
static PACKED: LazyLock<Mutex<HashMap<[u8; 32], Bytes>>> = LazyLock::new(Mutex::default);

/// Shorter ones are sent as they are.
const SHORTEST: usize = 1024;

/// An answer with these bytes, compressed where the client takes it and it helps.
pub(crate) fn answer(asked: &HeaderMap, digest: [u8; 32], kind: &HeaderValue, bytes: impl Into<Bytes>) -> Response {
    let bytes = bytes.into();
    let mut response = if takes_gzip(asked) && bytes.len() >= SHORTEST && is_text(kind) {
        ([(header::CONTENT_ENCODING, "gzip")], packed(digest, &bytes)).into_response()
    } else {
        bytes.into_response()
    };
    response.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn packed(digest: [u8; 32], bytes: &Bytes) -> Bytes {
    let mut held = PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(packed) = held.get(&digest) {
        return packed.clone();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish()).map_or_else(|_| bytes.clone(), Bytes::from);
    held.insert(digest, packed.clone());
    packed
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let listed =
        asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    listed.map(str::trim).any(|coding| coding == "gzip" || coding.starts_with("gzip;q=1"))
}

fn is_text(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default();
    kind.starts_with("text/") || ["javascript", "json", "svg", "xml", "wasm"].iter().any(|part| kind.contains(part))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn asking(codings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(codings))])
    }

    #[tokio::test]
    async fn what_is_packed_once_is_the_same_when_unpacked() {
        let text = "易治 ".repeat(1000);
        let kind = HeaderValue::from_static("text/javascript");
        for _ in 0..2 {
            let response = answer(&asking("br, gzip"), [1; 32], &kind, text.clone());
            assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut unpacked).unwrap();
            assert_eq!((unpacked.len(), unpacked == text, body.len() < text.len()), (text.len(), true, true));
        }
        for (codings, kind, text) in [
            ("br", "text/javascript", text.as_str()),
            ("gzip;q=0", "text/javascript", &text),
            ("gzip", "image/png", &text),
            ("gzip", "text/plain", "short"),
        ] {
            let response = answer(&asking(codings), [2; 32], &HeaderValue::from_static(kind), text.to_owned());
            assert!(!response.headers().contains_key(header::CONTENT_ENCODING), "{codings} {kind}");
        }
    }
}
