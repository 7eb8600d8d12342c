//! Which names this server answers to. A page of another site that has its name point here (DNS rebinding) is refused: in a demonstration, whose roles
//! are switched without a password, only the names of this machine are answered.

use axum::extract::Request;
use axum::http::header;
use axum::http::{Method, StatusCode};

use crate::app::App;
use crate::error::Problem;

/// Paths that a balancer asks by address.
pub(super) const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// What is wrong with a request to a name that is not ours.
pub(crate) fn misdirected(app: &App, request: &Request) -> Option<Problem> {
    let names = asked(request);
    // A browser always names one. Two that differ are how something in between is led astray.
    let ours = match names.split_first() {
        None => !app.config().demo,
        Some((first, others)) => is_ours(app, first) && others.iter().all(|other| other == first),
    };
    let probe = PROBES.contains(&request.uri().path());
    (!ours && !probe || request.method() == Method::CONNECT).then(|| {
        Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "unknown_host",
            "这个地址不是本平台的，请用管理员告知的网址访问。",
            "This is not an address of this server; use the one that your administrator told you.",
        )
    })
}

/// The names asked for, in small letters and without their ports: in the head, and where the whole address is asked for, as proxies are.
fn asked(request: &Request) -> Vec<String> {
    let heads = request.headers().get_all(header::HOST).iter().map(|v| v.to_str().unwrap_or("?"));
    let whole = request.uri().authority().map(axum::http::uri::Authority::as_str);
    heads.chain(whole).map(without_port).collect()
}

fn without_port(named: &str) -> String {
    let bare = match named.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, _)) => inner,
        None => named.rsplit_once(':').map_or(named, |(name, _)| name),
    };
    bare.trim_end_matches('.').to_ascii_lowercase()
}

fn is_ours(app: &App, host: &str) -> bool {
    let config = app.config();
    if config.demo {
        return matches!(host, "localhost" | "127.0.0.1" | "::1");
    }
    config.hosts.is_empty() || config.hosts.iter().any(|own| without_port(own) == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_writings_do_not_matter() {
        for (named, wanted) in [
            ("Localhost:8080", "localhost"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]:8080", "::1"),
            ("[::1]", "::1"),
            ("yizhi.example.", "yizhi.example"),
            ("localhost.evil.example:80", "localhost.evil.example"),
        ] {
            assert_eq!(without_port(named), wanted);
        }
    }
}
