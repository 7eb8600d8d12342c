//! From a request to who is asking.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use chrono::{DateTime, Utc};
use yizhi_domain::case::Actor;
use yizhi_domain::directory::{PersonBrief, Post};
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::role::{Permission, Role};
use yizhi_domain::slice::Slice;
use yizhi_domain::world::World;
use yizhi_store::SessionRow;

use crate::app::App;
use crate::error::Problem;
use crate::keys::{new_token, token_digest};

use super::{ABSOLUTE, Cached, IDLE};

/// Name of the session cookie.
pub const COOKIE: &str = "yizhi_session";

/// How a request named itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Cookie,
    Token,
}

/// Who is asking: a person in one post, at a moment, with the world as it was then.
#[derive(Clone)]
pub struct Who {
    pub person: PersonBrief,
    pub post: Post,
    pub role: Role,
    pub slice: Slice,
    pub now: DateTime<Utc>,
    pub world: Arc<World>,
    pub via: Via,
    /// Digest of the session's token.
    pub digest: Vec<u8>,
    pub csrf: Option<String>,
    pub expires_at: Option<DateTime<Utc>>,
}

impl Who {
    /// Goes on only if the role has a permission.
    ///
    /// # Errors
    /// 403.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        if self.role.permissions.contains(&permission) { Ok(()) } else { Err(Problem::forbidden()) }
    }

    pub fn actor(&self) -> Actor {
        Actor {
            person: Some(self.person.id),
            role: self.post.role.clone(),
            path: self.post.path.clone(),
            department: self.post.department.clone(),
        }
    }
}

impl FromRequestParts<App> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (token, via) = named(&parts.headers).ok_or_else(Problem::no_session)?;
        let digest = token_digest(&token);
        let now = app.now();
        let cached = find(app, &digest, via, now).await?.ok_or_else(Problem::no_session)?;
        app.sessions().take(&digest, app.config().rate, now).map_err(Problem::slow_down)?;
        if via == Via::Cookie {
            check_csrf(&parts.method, &parts.headers, cached.csrf.as_deref())?;
        }
        let world = app.world();
        let person = world.directory.person(cached.person).cloned().ok_or_else(Problem::no_session)?;
        let post = world.directory.post(cached.person, cached.post, now).cloned().ok_or_else(Problem::no_session)?;
        let role = world.catalog.roles().get(&post.role).cloned().ok_or_else(Problem::no_session)?;
        let slice = Slice::of_post(&role, &post, now);
        let (csrf, expires_at) = (cached.csrf, cached.expires_at);
        Ok(Self { person, post, role, slice, now, world, via, digest, csrf, expires_at })
    }
}

fn named(headers: &HeaderMap) -> Option<(String, Via)> {
    let bearer =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return Some((token.trim().to_owned(), Via::Token));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    cookies
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| (token.to_owned(), Via::Cookie))
}

/// The session or token of a digest, if it is not over.
///
/// # Errors
/// When the database cannot answer.
pub async fn find(app: &App, digest: &[u8], via: Via, now: DateTime<Utc>) -> Result<Option<Cached>, Problem> {
    if let Some(cached) = app.sessions().get(digest, now) {
        return Ok(Some(cached).filter(|c| is_live(c, now)));
    }
    let found = match via {
        Via::Token => app.db().api_token(digest).await?.map(|t| Cached {
            person: t.person,
            post: t.post,
            csrf: None,
            expires_at: None,
            seen_at: now,
            read_at: now,
        }),
        Via::Cookie => app.db().session(digest).await?.map(|s| Cached {
            person: s.person,
            post: s.post,
            csrf: Some(s.csrf),
            expires_at: Some(s.expires_at),
            seen_at: s.seen_at,
            read_at: now,
        }),
    };
    let Some(cached) = found.filter(|c| is_live(c, now)) else {
        return Ok(None);
    };
    if via == Via::Cookie {
        app.db().session_seen(digest, now).await?;
    }
    app.sessions().put(digest.to_vec(), cached.clone());
    Ok(Some(cached))
}

fn is_live(cached: &Cached, now: DateTime<Utc>) -> bool {
    cached.expires_at.is_none_or(|at| now < at && now - cached.seen_at < IDLE)
}

/// A browser says where a request comes from; then the page must prove that it is ours. Programs that are no browser cannot be misled into asking.
fn check_csrf(method: &Method, headers: &HeaderMap, expected: Option<&str>) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let refused = || {
        Problem::new(
            StatusCode::FORBIDDEN,
            "csrf",
            "页面已过期，请刷新后再试。",
            "The page is out of date; reload it and try again.",
        )
    };
    match headers.get("x-csrf-token").and_then(|v| v.to_str().ok()) {
        Some(given) if Some(given) == expected => Ok(()),
        Some(_) => Err(refused()),
        None => {
            let browser = ["origin", "sec-fetch-site", "referer"].iter().any(|name| headers.contains_key(*name));
            if browser { Err(refused()) } else { Ok(()) }
        }
    }
}

/// Opens a session for a person in a post: the token for the cookie, and what is kept.
///
/// # Errors
/// When it cannot be written.
pub async fn open_session(app: &App, person: PersonId, post: PostId) -> Result<(String, SessionRow), Problem> {
    let (token, digest) = new_token();
    let (csrf, _) = new_token();
    let now = app.now();
    let row =
        SessionRow { token: digest, person, post, csrf, created_at: now, seen_at: now, expires_at: now + ABSOLUTE };
    app.db().session_open(row.clone()).await?;
    Ok((token, row))
}

/// The `Set-Cookie` value of a session; an empty token removes it.
pub fn session_cookie(app: &App, token: &str) -> String {
    let age = if token.is_empty() { 0 } else { ABSOLUTE.num_seconds() };
    let secure = if app.config().secure_cookies { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}")
}
