//! Deciding whether somebody is who they say. An account that does not exist costs the same time, is locked by the same rule and gets the same answer
//! as one that does.

use std::net::IpAddr;

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use yizhi_domain::ids::PersonId;
use yizhi_store::Credentials;

use crate::app::App;
use crate::error::Problem;

use super::extract::UNREADABLE;
use super::lockout::locked_until;
use super::password;
use super::totp::{SecondFactor, step_of};

/// One try.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub account: String,
    pub password: String,
    /// Code of the second factor.
    pub totp: Option<String>,
    pub address: Option<IpAddr>,
}

/// Who signs in by account, password and, where the person has one, second factor.
///
/// # Errors
/// 401 or 429; failures of the store.
pub async fn sign_in(app: &App, attempt: Attempt) -> Result<PersonId, Problem> {
    let door = app.sessions().door();
    door.admit(attempt.address, app.now())?;
    let _turn = door.turn().await?;
    let now = app.now();
    door.admit(attempt.address, now)?;
    let found = app.db().credentials(&attempt.account).await?.filter(|c| !c.disabled && c.password.is_some());
    let Some(known) = found else {
        return Err(turn_away(app, attempt, now).await);
    };
    if !prove(app, &known, attempt.password, now).await? {
        door.failed(attempt.address, now);
        return Err(wrong_credentials());
    }
    match second_factor(app, &known, attempt.totp.as_deref(), now)? {
        Second::Fine => Ok(known.person),
        Second::Missing => Err(totp_required()),
        Second::Wrong => {
            door.failed(attempt.address, now);
            app.db().sign_in_failed(known.person, locked_until, now).await?;
            Err(wrong_code())
        }
    }
}

async fn turn_away(app: &App, attempt: Attempt, now: DateTime<Utc>) -> Problem {
    let door = app.sessions().door();
    if let Some(problem) = locked(door.strangers().locked_until(&attempt.account), now) {
        return problem;
    }
    password::verify_in_background(attempt.password, password::NOBODYS.to_owned()).await;
    door.strangers().failed(&attempt.account, now);
    door.failed(attempt.address, now);
    wrong_credentials()
}

/// Whether a person knows their password; a wrong one counts towards the lock. Hold a turn of the door meanwhile.
async fn prove(app: &App, known: &Credentials, given: String, now: DateTime<Utc>) -> Result<bool, Problem> {
    if let Some(problem) = locked(known.locked_until, now) {
        return Err(problem);
    }
    let phc = known.password.clone().unwrap_or_default();
    let right = password::verify_in_background(given, phc).await;
    if !right {
        app.db().sign_in_failed(known.person, locked_until, now).await?;
    }
    Ok(right)
}

/// Whether somebody signed in knows the account's password.
///
/// # Errors
/// 429 while the account is locked; failures of the store.
pub async fn knows_password(app: &App, person: PersonId, given: String) -> Result<bool, Problem> {
    let _turn = app.sessions().door().turn().await?;
    let now = app.now();
    let known = app.db().credentials_of(person).await?.ok_or_else(Problem::no_session)?;
    prove(app, &known, given, now).await
}

/// Whether a one-time link may let somebody in: it replaces the password, but not a second factor.
///
/// # Errors
/// Failures of the store.
pub async fn may_use_link(app: &App, person: PersonId) -> Result<bool, Problem> {
    let Some(known) = app.db().credentials_of(person).await?.filter(|c| !c.disabled) else {
        return Ok(false);
    };
    let factor = SecondFactor::open(app.keys(), known.totp.as_deref()).ok_or_else(|| Problem::internal(&UNREADABLE))?;
    Ok(factor.active.is_none() || app.config().demo)
}

enum Second {
    Fine,
    Missing,
    Wrong,
}

fn second_factor(app: &App, known: &Credentials, code: Option<&str>, now: DateTime<Utc>) -> Result<Second, Problem> {
    let factor = SecondFactor::open(app.keys(), known.totp.as_deref()).ok_or_else(|| Problem::internal(&UNREADABLE))?;
    let Some(secret) = factor.active else {
        return Ok(Second::Fine);
    };
    let Some(code) = code.filter(|c| !c.trim().is_empty()) else {
        return Ok(Second::Missing);
    };
    let step = step_of(&secret, &known.account, code, now);
    let fresh = step.is_some_and(|s| app.sessions().door().use_step(known.person, s));
    Ok(if fresh { Second::Fine } else { Second::Wrong })
}

fn wrong_credentials() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "账号或密码不对。请检查大小写后再试；忘记密码请联系管理员。",
        "Account or password is wrong. Check capitals and try again; if you forgot it, ask your administrator.",
    )
}

fn wrong_code() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "动态验证码不对，或已经用过。请等手机显示新的验证码后再试。",
        "The code is wrong or was used before. Wait for your phone to show a new one.",
    )
    .with_field("totp")
}

fn totp_required() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "totp_required",
        "请输入手机验证器上的动态验证码。",
        "Enter the code that your phone's authenticator shows.",
    )
    .with_field("totp")
}

/// The problem of an account that is locked, if it is.
fn locked(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Problem> {
    let left = until.filter(|until| now < *until)? - now;
    let seconds = u32::try_from((left + TimeDelta::milliseconds(999)).num_seconds()).unwrap_or(u32::MAX);
    let problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "locked_out",
        format!("连续输错次数过多，账号已暂时锁定，请{seconds}秒后再试，或联系管理员解锁。"),
        format!(
            "Too many wrong tries: the account is locked. Try again in {seconds} seconds, or ask your administrator."
        ),
    );
    Some(problem.with_retry_after(seconds))
}
