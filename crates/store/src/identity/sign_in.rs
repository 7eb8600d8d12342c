//! What signing in is decided from, and what failed tries, new passwords and second factors leave behind.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use yizhi_domain::ids::PersonId;

use super::entry;
use super::people::person_change;
use super::sessions::end_others;
use crate::case_row::{micros, moment};
use crate::entity::person;
use crate::{Db, Error, Recorded, Tx};

/// What signing in is decided from.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub person: PersonId,
    pub account: String,
    pub password: Option<String>,
    /// Sealed.
    pub totp: Option<Vec<u8>>,
    pub failures: i32,
    pub locked_until: Option<DateTime<Utc>>,
    pub disabled: bool,
    /// Made for demonstration.
    pub demo: bool,
}

/// Until when an account is locked after its n-th failure in a row.
pub type LockPolicy = fn(i32, DateTime<Utc>) -> Option<DateTime<Utc>>;

impl Db {
    /// What signing in as an account is decided from.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn credentials(&self, account: &str) -> Result<Option<Credentials>, Error> {
        let row = person::Entity::find().filter(person::Column::Account.eq(account)).one(self.read()).await?;
        Ok(row.map(credentials))
    }

    /// The same of a person.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn credentials_of(&self, id: PersonId) -> Result<Option<Credentials>, Error> {
        Ok(person::Entity::find_by_id(id.0).one(self.read()).await?.map(credentials))
    }

    /// Counts a failed try and locks the account as the policy says of the number reached.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn sign_in_failed(&self, id: PersonId, policy: LockPolicy, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(sign_in_failed(tx, id, policy, now))).await
    }

    /// Forgets failed tries and opens the account again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn unlock(&self, id: PersonId, by: PersonId, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(unlock(tx, id, by))).await
    }

    /// Sets a password's PHC string; the person's sessions end but the one whose digest is `keep`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn password_set(
        &self,
        id: PersonId,
        phc: String,
        keep: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(password_set(tx, id, phc.clone(), keep.clone()))).await
    }

    /// Keeps a sealed second factor of which a part still waits to be confirmed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn totp_prepare(&self, id: PersonId, sealed: Vec<u8>, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(totp_prepare(tx, id, sealed.clone()))).await
    }

    /// Sets or removes the sealed second factor; the person's sessions end but the one whose digest is `keep`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn totp_set(
        &self,
        id: PersonId,
        sealed: Option<Vec<u8>>,
        keep: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(totp_set(tx, id, sealed.clone(), keep.clone()))).await
    }
}

fn credentials(p: person::Model) -> Credentials {
    Credentials {
        person: PersonId(p.id),
        account: p.account,
        password: p.password,
        totp: p.totp,
        failures: p.failures,
        locked_until: p.locked_until.map(moment),
        disabled: p.disabled_at.is_some(),
        demo: p.demo,
    }
}

/// The count is raised before it is read, so that tries at the same moment are all counted.
async fn sign_in_failed(tx: &Tx, id: PersonId, policy: LockPolicy, now: DateTime<Utc>) -> Result<Recorded<()>, Error> {
    person::Entity::update_many()
        .col_expr(person::Column::Failures, Expr::col(person::Column::Failures).add(1))
        .filter(person::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    let row = person::Entity::find_by_id(id.0).one(tx.connection()).await?.ok_or(Error::Missing("person"))?;
    let until = policy(row.failures, now);
    let change = person::ActiveModel { locked_until: Set(until.map(micros)), ..Default::default() };
    person_change(tx, id, change).await?;
    tx.record(entry("session.failed", id, json!({ "lockedUntil": until.map(|u| u.to_rfc3339()) })), ()).await
}

async fn unlock(tx: &Tx, id: PersonId, by: PersonId) -> Result<Recorded<()>, Error> {
    let change = person::ActiveModel { failures: Set(0), locked_until: Set(None), ..Default::default() };
    person_change(tx, id, change).await?;
    tx.record(entry("person.unlock", id, json!({ "by": by })), ()).await
}

async fn password_set(tx: &Tx, id: PersonId, phc: String, keep: Vec<u8>) -> Result<Recorded<()>, Error> {
    let change = person::ActiveModel {
        password: Set(Some(phc)),
        password_at: Set(Some(tx.now_micros())),
        failures: Set(0),
        locked_until: Set(None),
        ..Default::default()
    };
    person_change(tx, id, change).await?;
    end_others(tx, id, keep).await?;
    tx.record(entry("password.set", id, json!({})), ()).await
}

async fn totp_prepare(tx: &Tx, id: PersonId, sealed: Vec<u8>) -> Result<Recorded<()>, Error> {
    person_change(tx, id, person::ActiveModel { totp: Set(Some(sealed)), ..Default::default() }).await?;
    tx.record(entry("totp.prepare", id, json!({})), ()).await
}

async fn totp_set(tx: &Tx, id: PersonId, sealed: Option<Vec<u8>>, keep: Vec<u8>) -> Result<Recorded<()>, Error> {
    let on = sealed.is_some();
    person_change(tx, id, person::ActiveModel { totp: Set(sealed), ..Default::default() }).await?;
    end_others(tx, id, keep).await?;
    tx.record(entry("totp.set", id, json!({ "on": on })), ()).await
}
