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

use super::reading::{ReadTurn, too_many};
use super::scope::Scope;
use super::strangers::Turn;
use super::totp::SecondFactor;
use super::{ABSOLUTE, Cached, IDLE};

/// Name of the session cookie, where it does not travel over HTTPS.
pub const COOKIE: &str = "yizhi_session";

/// The name of a cookie. Over HTTPS it has the prefix by which browsers take it from this very host and from no page without encryption.
pub(super) fn secure_name(app: &App, name: &str) -> String {
    if app.config().secure_cookies { format!("__Host-{name}") } else { name.to_owned() }
}

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
    /// Whether the person has a second factor in force.
    pub second_factor: bool,
    /// The phone of the account, sealed.
    pub phone: Option<Arc<[u8]>>,
    /// Whether the post demands a second factor that the person has not set.
    pub confined: bool,
    /// Whether the post is one of the three administrators' and the person holds one of another family beside it.
    pub mixed: bool,
    /// The turn of a request that only reads.
    reading: Option<Arc<ReadTurn>>,
}

impl Who {
    /// Goes on only if the role has a permission.
    ///
    /// # Errors
    /// 403.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        if self.role.permissions.contains(&permission) { Ok(()) } else { Err(Problem::forbidden()) }
    }

    /// Goes on only for a person at a screen: a program's token must not change how its owner signs in.
    ///
    /// # Errors
    /// 403.
    pub fn must_be_in_person(&self) -> Result<(), Problem> {
        if self.via == Via::Cookie {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "session_only",
            "程序令牌不能做这件事，请用账号登录后再做。",
            "A program's token may not do this; sign in with the account.",
        ))
    }

    /// Gives the turn of reading back: what goes on for long must not keep the person's other requests waiting.
    pub(crate) fn done_reading(&mut self) {
        self.reading = None;
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

/// Somebody signed in who may still have to set a second factor. Only what leads there, or out, takes this; all else takes [`Who`].
#[derive(Clone)]
pub struct Arriving(pub Who);

impl FromRequestParts<App> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Arriving(who) = Arriving::from_request_parts(parts, app).await?;
        if who.confined {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "totp_setup",
                "这个岗位必须使用动态验证码。请先在“我的设置”中绑定，再继续。",
                "This post needs a second factor. Set it up in your settings first.",
            ));
        }
        if who.mixed {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "separation_of_duties",
                "三员分立：管理员不能兼任其他岗位。请切换到其他岗位办事，或由另一位管理员先结束其中一个岗位。",
                "The three administrators hold no other posts. Act in your other post, or have another administrator end one of the two.",
            ));
        }
        Ok(who)
    }
}

impl FromRequestParts<App> for Arriving {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (token, via) = named(app, &parts.headers).ok_or_else(Problem::no_session)?;
        let digest = token_digest(&token);
        let now = app.now();
        let cached = find(app, &digest, via, now).await?.ok_or_else(Problem::no_session)?;
        if let Some(turn) = parts.extensions.get::<Turn>() {
            turn.give_back();
        }
        if let Err(seconds) = app.sessions().take(&digest, app.config().rate, now) {
            return Err(too_many(seconds).await);
        }
        if via == Via::Cookie {
            check_csrf(&parts.method, &parts.headers, cached.csrf.as_deref())?;
        }
        let reading = match parts.method.is_safe() {
            true => Some(Arc::new(app.sessions().reading().read(cached.person).await?)),
            false => None,
        };
        let world = app.world();
        let person = world.directory.person(cached.person).cloned().ok_or_else(Problem::no_session)?;
        let post = world.directory.post(cached.person, cached.post, now).cloned().ok_or_else(Problem::no_session)?;
        let mut role = world.catalog.roles().get(&post.role).cloned().ok_or_else(Problem::no_session)?;
        let administrative = role.family.is_administrative();
        if via == Via::Token {
            if administrative {
                return Err(no_program());
            }
            if let Some(scope) = &cached.scope {
                scope.admits(&parts.method)?;
                scope.narrow(&mut role);
            }
        }
        let slice = Slice::of_post(&role, &post, now);
        let demo = app.config().demo;
        let family_of = |post: &Post| world.catalog.roles().get(&post.role).map(|r| r.family);
        let others = |post: &Post| family_of(post) != Some(role.family);
        let mixed = administrative && !demo && world.directory.posts_of(person.id, now).any(others);
        let Cached { csrf, expires_at, second_factor, phone, .. } = cached;
        let confined = via == Via::Cookie && !demo && administrative && !second_factor;
        Ok(Self(Who {
            person,
            post,
            role,
            slice,
            now,
            world,
            via,
            digest,
            csrf,
            expires_at,
            second_factor,
            phone,
            confined,
            mixed,
            reading,
        }))
    }
}

/// A program has no second factor, which administrators must have.
fn no_program() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "token_not_allowed",
        "管理员岗位不能用程序令牌，请用账号和动态验证码登录。",
        "Administrators' posts take no program's token; sign in with account and code.",
    )
}

pub(super) fn named(app: &App, headers: &HeaderMap) -> Option<(String, Via)> {
    let bearer =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return Some((token.trim().to_owned(), Via::Token));
    }
    cookie_named(headers, &secure_name(app, COOKIE)).map(|token| (token, Via::Cookie))
}

/// The value of a cookie.
pub(super) fn cookie_named(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    cookies
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(held, _)| *held == name)
        .map(|(_, value)| value.to_owned())
}

/// The session a request names by its cookie, whether or not it is still live: its digest.
pub fn cookie_digest(app: &App, headers: &HeaderMap) -> Option<Vec<u8>> {
    named(app, headers).filter(|(_, via)| *via == Via::Cookie).map(|(token, _)| token_digest(&token))
}

/// The session or token of a digest, if it is not over; this is a use of it.
///
/// # Errors
/// When the database cannot answer.
pub async fn find(app: &App, digest: &[u8], via: Via, now: DateTime<Utc>) -> Result<Option<Cached>, Problem> {
    match app.sessions().get(digest, now).filter(|c| c.noted) {
        Some(cached) => Ok(fitting(cached, via, now)),
        None => read(app, digest, via, now, true).await,
    }
}

/// The same without using it: what the server does of its own accord, such as telling a page that lies open of changes, keeps no session alive.
///
/// # Errors
/// When the database cannot answer.
pub async fn peek(app: &App, digest: &[u8], via: Via, now: DateTime<Utc>) -> Result<Option<Cached>, Problem> {
    match app.sessions().get(digest, now) {
        Some(cached) => Ok(fitting(cached, via, now)),
        None => read(app, digest, via, now, false).await,
    }
}

fn fitting(cached: Cached, via: Via, now: DateTime<Utc>) -> Option<Cached> {
    Some(cached).filter(|c| c.via == via && is_live(c, now))
}

async fn read(app: &App, digest: &[u8], via: Via, now: DateTime<Utc>, used: bool) -> Result<Option<Cached>, Problem> {
    let found = match via {
        Via::Token => read_token(app, digest, now).await?,
        Via::Cookie => read_session(app, digest, now, used).await?,
    };
    if let Some(cached) = &found {
        app.sessions().put(digest.to_vec(), cached.clone());
    }
    Ok(found)
}

async fn read_token(app: &App, digest: &[u8], now: DateTime<Utc>) -> Result<Option<Cached>, Problem> {
    let Some(t) = app.db().api_token(digest, now).await? else {
        return Ok(None);
    };
    let owner = app.db().credentials_of(t.person).await?;
    Ok(Some(Cached {
        scope: t.scope.as_deref().map(Scope::parse),
        person: t.person,
        post: t.post,
        via: Via::Token,
        csrf: None,
        expires_at: Some(t.expires_at),
        seen_at: now,
        read_at: now,
        noted: true,
        second_factor: false,
        phone: owner.and_then(|c| c.phone).map(Arc::from),
    }))
}

/// Reads a session; if it is used, it was seen now.
async fn read_session(app: &App, digest: &[u8], now: DateTime<Utc>, used: bool) -> Result<Option<Cached>, Problem> {
    let Some(row) = app.db().session(digest).await? else {
        return Ok(None);
    };
    let mut cached = Cached {
        person: row.person,
        post: row.post,
        via: Via::Cookie,
        csrf: Some(row.csrf),
        expires_at: Some(row.expires_at),
        seen_at: row.seen_at,
        read_at: now,
        noted: used,
        second_factor: false,
        scope: None,
        phone: None,
    };
    if !is_live(&cached, now) {
        return Ok(None);
    }
    if used {
        app.db().session_seen(digest, now).await?;
        cached.seen_at = now;
    }
    let owner = app.db().credentials_of(row.person).await?;
    let (totp, phone) = owner.map(|c| (c.totp, c.phone)).unwrap_or_default();
    cached.second_factor = has_second_factor(app, totp.as_deref())?;
    cached.phone = phone.map(Arc::from);
    Ok(Some(cached))
}

fn has_second_factor(app: &App, sealed: Option<&[u8]>) -> Result<bool, Problem> {
    let factor = SecondFactor::open(app.keys(), sealed);
    Ok(factor.ok_or_else(|| Problem::internal(&UNREADABLE))?.active.is_some())
}

/// Logged when the key file does not fit the database.
pub(super) const UNREADABLE: &str = "a sealed second factor cannot be opened: is seal.key the one of this database?";

fn is_live(cached: &Cached, now: DateTime<Utc>) -> bool {
    let is_used = cached.via == Via::Token || now - cached.seen_at < IDLE;
    is_used && cached.expires_at.is_none_or(|at| now < at)
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

/// Opens a session for a person in a post: the token for the cookie, and the row as kept.
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
    let name = secure_name(app, COOKIE);
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}")
}
