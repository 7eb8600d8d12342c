//! What all ways in have in common: a post is chosen, a session opened, the one before it ended.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use chrono::{DateTime, Utc};
use yizhi_domain::directory::{Directory, Post};
use yizhi_domain::ids::PersonId;

use crate::app::App;
use crate::auth::{Via, cookie_digest, find, open_session, session_cookie};
use crate::error::Problem;

use super::view::{Held, SessionView, session};

/// A session that was just opened, with its cookie.
pub(super) type Entered = (StatusCode, HeaderMap, Json<SessionView>);

/// Opens a session for a person whose identity is established.
pub(super) async fn enter(
    app: &App,
    person: PersonId,
    headers: &HeaderMap,
    goto: Option<String>,
) -> Result<Entered, Problem> {
    let (world, now) = (app.world(), app.now());
    let brief = world.directory.person(person).ok_or_else(no_post)?;
    let post = first_post(&world.directory, person, now).ok_or_else(no_post)?;
    let (token, row) = open_session(app, person, post.id).await?;
    leave(app, headers, now).await?;
    let held = Held { person: brief, post, csrf: Some(&row.csrf), expires_at: Some(row.expires_at), now };
    let view = SessionView { goto, ..session(app, &world, &held) };
    let mut cookies = HeaderMap::new();
    cookie_add(&mut cookies, &session_cookie(app, &token))?;
    Ok((StatusCode::CREATED, cookies, Json(view)))
}

/// Adds a cookie to an answer.
pub(super) fn cookie_add(headers: &mut HeaderMap, cookie: &str) -> Result<(), Problem> {
    let value = HeaderValue::from_str(cookie).map_err(|e| Problem::internal(&e))?;
    headers.append(header::SET_COOKIE, value);
    Ok(())
}

/// The post somebody acts in who has not chosen: the one held longest.
pub(crate) fn first_post(directory: &Directory, person: PersonId, now: DateTime<Utc>) -> Option<&Post> {
    directory.posts_of(person, now).min_by_key(|p| (p.from, p.id))
}

/// Ends the session that the browser still held.
async fn leave(app: &App, headers: &HeaderMap, now: DateTime<Utc>) -> Result<(), Problem> {
    let Some(digest) = cookie_digest(app, headers) else {
        return Ok(());
    };
    if let Some(former) = find(app, &digest, Via::Cookie, now).await? {
        app.db().session_close(&digest, former.person, now).await?;
        app.sessions().remove(&digest);
    }
    Ok(())
}

fn no_post() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "no_post",
        "您目前没有岗位，不能使用平台。请联系管理员。",
        "You hold no post at present. Ask your administrator.",
    )
}
