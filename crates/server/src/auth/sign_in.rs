//! Deciding whether somebody is who they say. Every try does the same work: whether the account exists, is closed, has no password yet, or the password
//! is wrong, one password is checked and one failure is counted, and the answer comes after that.

use std::net::IpAddr;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use yizhi_domain::ids::PersonId;
use yizhi_store::Credentials;

use crate::app::App;
use crate::error::Problem;

use super::extract::UNREADABLE;
use super::guard::{Guard, bounded, closed};
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
    /// The browser, where it has signed in to this account before.
    pub device: Option<String>,
}

/// Who signs in by account, password and, where the person has one, second factor.
///
/// # Errors
/// 401 or 429; failures of the store.
pub async fn sign_in(app: &App, attempt: Attempt) -> Result<PersonId, Problem> {
    let door = app.sessions().door();
    let account = bounded(&attempt.account);
    // Who is known here does not wait for what others of the same network did.
    let address = attempt.address.filter(|_| attempt.device.is_none());
    let guard = Guard::of(app, account, attempt.address, attempt.device.as_deref());
    door.admit(address, app.now())?;
    let _turn = door.turn(attempt.device.is_some()).await?;
    let now = app.now();
    door.admit(address, now)?;
    let found = app.db().credentials(account).await?.filter(|c| !c.disabled && c.password.is_some());
    let until = guard.until(app, now).await?;
    let phc = found.as_ref().and_then(|c| c.password.clone()).unwrap_or_else(|| password::NOBODYS.to_owned());
    let right = door.check(attempt.password, phc).await;
    if let Some(until) = until {
        door.failed(address, now);
        return Err(closed(until, now));
    }
    let Some(known) = found.as_ref().filter(|_| right) else {
        return Err(failed(app, &guard, found.as_ref(), address, now, wrong_credentials()).await);
    };
    match second_factor(app, known, attempt.totp.as_deref(), now).await? {
        Second::Fine => {
            guard.forget(app).await?;
            Ok(known.person)
        }
        Second::Missing => Err(totp_required()),
        Second::Wrong => Err(failed(app, &guard, Some(known), address, now, wrong_code()).await),
    }
}

/// Counts a failure. That of a known account is recorded beside the answer, which must not take longer for it.
async fn failed(
    app: &App,
    guard: &Guard,
    known: Option<&Credentials>,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
    problem: Problem,
) -> Problem {
    app.sessions().door().failed(address, now);
    let until = match guard.failed(app, now).await {
        Ok(until) => until,
        Err(problem) => return problem,
    };
    let (db, person) = (app.db().clone(), known.map(|k| k.person));
    tokio::spawn(async move {
        let Some(person) = person else { return };
        if let Err(error) = db.sign_in_failed(person, until, now).await {
            tracing::error!(%error, "a failed try is not recorded");
        }
    });
    problem
}

/// What somebody signed in shows once more, before something that changes how they sign in.
#[derive(Clone, Debug)]
pub struct Proof {
    pub password: String,
    /// The code of the second factor in force, where there is one.
    pub code: Option<String>,
}

/// Goes on only if somebody signed in knows their password and has their second factor, where there is one. The code is used up. Each wrong one counts.
///
/// # Errors
/// 422 names the field, 429 after too many; failures of the store.
pub async fn prove(app: &App, person: PersonId, proof: Proof) -> Result<(), Problem> {
    let now = app.now();
    let (known, guard) = password_proven(app, person, proof.password).await?;
    match second_factor(app, &known, proof.code.as_deref(), now).await? {
        Second::Fine => guard.forget(app).await,
        Second::Missing => Err(Problem::invalid(
            "code",
            "请再输入手机验证器上现在显示的动态验证码。",
            "Enter the code that your phone's authenticator shows now as well.",
        )
        .with_code("totp_required")),
        Second::Wrong => {
            let problem = Problem::invalid(
                "code",
                "动态验证码不对，或已经用过。请等手机显示新的验证码后再试。",
                "The code is wrong or was used before. Wait for your phone to show a new one.",
            );
            Err(failed(app, &guard, Some(&known), None, now, problem.with_code("wrong_code")).await)
        }
    }
}

/// Counts a wrong code of somebody signed in.
///
/// # Errors
/// 429 after too many; failures of the store.
pub async fn count_failure(app: &App, person: PersonId, account: &str) -> Result<(), Problem> {
    let now = app.now();
    let guard = Guard::of_session(app, person, account);
    if let Some(until) = guard.until(app, now).await? {
        return Err(closed(until, now));
    }
    guard.failed(app, now).await.map(|_| ())
}

async fn password_proven(app: &App, person: PersonId, given: String) -> Result<(Credentials, Guard), Problem> {
    let _turn = app.sessions().door().turn(true).await?;
    let now = app.now();
    let known = app.db().credentials_of(person).await?.ok_or_else(Problem::no_session)?;
    let guard = Guard::of_session(app, person, &known.account);
    if let Some(until) = guard.until(app, now).await? {
        return Err(closed(until, now));
    }
    let phc = known.password.clone().unwrap_or_else(|| password::NOBODYS.to_owned());
    if app.sessions().door().check(given, phc).await {
        return Ok((known, guard));
    }
    Err(failed(app, &guard, Some(&known), None, now, wrong_password()).await)
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

async fn second_factor(
    app: &App,
    known: &Credentials,
    code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Second, Problem> {
    let factor = SecondFactor::open(app.keys(), known.totp.as_deref()).ok_or_else(|| Problem::internal(&UNREADABLE))?;
    let Some(secret) = factor.active else {
        return Ok(Second::Fine);
    };
    let Some(code) = code.filter(|c| !c.trim().is_empty()) else {
        return Ok(Second::Missing);
    };
    let Some(step) = step_of(&secret, &known.account, code, now) else {
        return Ok(Second::Wrong);
    };
    Ok(if app.db().totp_step_use(known.person, step).await? { Second::Fine } else { Second::Wrong })
}

fn wrong_password() -> Problem {
    Problem::invalid("current", "现在的密码不对。", "That is not the present password.").with_code("wrong_password")
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
