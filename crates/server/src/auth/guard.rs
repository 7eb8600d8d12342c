//! Under which names a try to sign in is counted, and how it is closed. A browser that is known for the account has its own count. Anybody else is counted
//! by account and network, and, against guesses from many networks, by account as a whole.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use yizhi_domain::ids::PersonId;
use yizhi_store::{GuardName, LockPolicy};

use crate::app::App;
use crate::error::Problem;

use super::addresses::network;
use super::device::digest;
use super::lockout::{locked_until, locked_until_widely};

/// Longest account name that is looked up, in bytes. A longer one belongs to nobody.
const NAME_MAX: usize = 128;

/// What a try is counted under, each with its rule.
#[derive(Clone, Debug)]
pub(super) struct Guard(Vec<(GuardName, LockPolicy)>);

impl Guard {
    /// Of a try from outside.
    pub(super) fn of(app: &App, account: &str, address: Option<IpAddr>, device: Option<&str>) -> Self {
        let name =
            |parts: &[&[u8]]| GuardName { name: digest(app.keys(), parts), account: account_digest(app, account) };
        let account = account.as_bytes();
        if let Some(device) = device {
            return Self(vec![(name(&[b"device", account, device.as_bytes()]), locked_until)]);
        }
        let from = address.map(|a| network(a).to_string()).unwrap_or_default();
        Self(vec![
            (name(&[b"network", account, from.as_bytes()]), locked_until),
            (name(&[b"anywhere", account]), locked_until_widely),
        ])
    }

    /// Of somebody signed in who proves their password or code again.
    pub(super) fn of_session(app: &App, person: PersonId, account: &str) -> Self {
        let name = digest(app.keys(), &[b"session", person.0.as_bytes()]);
        Self(vec![(GuardName { name, account: account_digest(app, account) }, locked_until)])
    }

    /// Until when it is closed, if it is.
    pub(super) async fn until(&self, app: &App, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Problem> {
        let names: Vec<GuardName> = self.0.iter().map(|(name, _)| name.clone()).collect();
        Ok(app.db().guard_until(&names).await?.filter(|until| now < *until))
    }

    /// Counts a failure: until when it is closed then.
    pub(super) async fn failed(&self, app: &App, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Problem> {
        let mut latest = None;
        for (name, policy) in &self.0 {
            latest = latest.max(app.db().guard_failed(name, *policy, now).await?);
        }
        Ok(latest)
    }

    /// Forgets the failures of this place. Those of the account as a whole fade by themselves: they may be a stranger's.
    pub(super) async fn forget(&self, app: &App) -> Result<(), Problem> {
        if let Some((name, _)) = self.0.first() {
            app.db().guard_forget(name).await?;
        }
        Ok(())
    }
}

/// By which the failures of an account are found, whoever made them.
pub fn account_digest(app: &App, account: &str) -> Vec<u8> {
    digest(app.keys(), &[b"account", account.as_bytes()])
}

/// An account's name as it is looked up: what is too long is nobody's, and is not carried about.
pub(super) fn bounded(account: &str) -> &str {
    if account.len() <= NAME_MAX { account } else { "" }
}

/// The problem of an account that is closed.
pub(super) fn closed(until: DateTime<Utc>, now: DateTime<Utc>) -> Problem {
    let left = until - now;
    let seconds = u32::try_from((left + TimeDelta::milliseconds(999)).num_seconds()).unwrap_or(u32::MAX);
    Problem::new(
        axum::http::StatusCode::TOO_MANY_REQUESTS,
        "locked_out",
        format!("连续输错次数过多，从这里登录已暂停，请{seconds}秒后再试，或联系管理员解锁。"),
        format!("Too many wrong tries: signing in from here is closed. Try again in {seconds} seconds, or ask your administrator."),
    )
    .with_retry_after(seconds)
}
