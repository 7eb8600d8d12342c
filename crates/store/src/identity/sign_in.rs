//! What signing in is decided from, and what failed tries, new passwords and second factors leave behind.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};
use serde_json::json;
use yizhi_domain::ids::PersonId;

use super::people::person_change;
use super::sessions::end_others;
use super::tokens;
use super::{entry, recorded};
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
    /// Sealed.
    pub phone: Option<Vec<u8>>,
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
        row.map(credentials).transpose()
    }

    /// The same of a person.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn credentials_of(&self, id: PersonId) -> Result<Option<Credentials>, Error> {
        person::Entity::find_by_id(id.0).one(self.read()).await?.map(credentials).transpose()
    }

    /// Records a failed try on an account, and until when it is closed to who tried.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn sign_in_failed(
        &self,
        id: PersonId,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let fields = json!({ "lockedUntil": until.map(|u| u.to_rfc3339()) });
        self.write(now, |tx| {
            let fields = fields.clone();
            Box::pin(async move { tx.record(entry("session.failed", id, fields), ()).await })
        })
        .await
    }

    /// Uses up the code of a time step, on all servers at once: `false` if it, or a later one, was used before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn totp_step_use(&self, id: PersonId, step: u64) -> Result<bool, Error> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let touch = self.touch().await?;
        let used = person::Entity::update_many()
            .col_expr(person::Column::TotpStep, Expr::value(step))
            .filter(person::Column::Id.eq(id.0))
            .filter(Condition::any().add(person::Column::TotpStep.is_null()).add(person::Column::TotpStep.lt(step)))
            .exec(touch.connection)
            .await?;
        Ok(used.rows_affected == 1)
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

    /// Keeps a sealed second factor of which a part still waits to be confirmed, in the place of the one that was read.
    ///
    /// # Errors
    /// `Taken` when it was changed meanwhile.
    pub async fn totp_prepare(
        &self,
        id: PersonId,
        before: Option<Vec<u8>>,
        sealed: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(totp_prepare(tx, id, before.clone(), sealed.clone()))).await
    }

    /// Sets or removes the sealed second factor in the place of the one that was read; `step` is that of the code which confirmed it. The person's
    /// sessions end but the one whose digest is `keep`.
    ///
    /// # Errors
    /// `Taken` when it was changed meanwhile.
    pub async fn totp_set(
        &self,
        id: PersonId,
        before: Option<Vec<u8>>,
        sealed: Option<(Vec<u8>, u64)>,
        keep: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(totp_set(tx, id, before.clone(), sealed.clone(), keep.clone()))).await
    }
}

fn credentials(p: person::Model) -> Result<Credentials, Error> {
    Ok(Credentials {
        person: PersonId(p.id),
        account: p.account,
        password: p.password,
        totp: p.totp,
        phone: p.phone,
        disabled: p.disabled_at.is_some(),
        demo: p.demo,
    })
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
    tokens::revoke_all(tx, id).await?;
    recorded(tx, entry("password.set", id, json!({})), ()).await
}

async fn totp_prepare(tx: &Tx, id: PersonId, before: Option<Vec<u8>>, sealed: Vec<u8>) -> Result<Recorded<()>, Error> {
    totp_replace(tx, id, before, Some(sealed), None).await?;
    recorded(tx, entry("totp.prepare", id, json!({})), ()).await
}

async fn totp_set(
    tx: &Tx,
    id: PersonId,
    before: Option<Vec<u8>>,
    sealed: Option<(Vec<u8>, u64)>,
    keep: Vec<u8>,
) -> Result<Recorded<()>, Error> {
    let on = sealed.is_some();
    let (sealed, step) = sealed.map_or((None, None), |(sealed, step)| (Some(sealed), Some(step)));
    totp_replace(tx, id, before, sealed, Some(step)).await?;
    end_others(tx, id, keep).await?;
    recorded(tx, entry("totp.set", id, json!({ "on": on })), ()).await
}

/// Two who change it at once, from what both had read, do not undo each other. A new secret begins with its own steps.
async fn totp_replace(
    tx: &Tx,
    id: PersonId,
    before: Option<Vec<u8>>,
    sealed: Option<Vec<u8>>,
    step: Option<Option<u64>>,
) -> Result<(), Error> {
    let as_read = match before {
        Some(before) => person::Column::Totp.eq(before),
        None => person::Column::Totp.is_null(),
    };
    let mut change = person::Entity::update_many()
        .col_expr(person::Column::Totp, Expr::value(sealed))
        .filter(person::Column::Id.eq(id.0))
        .filter(as_read);
    if let Some(step) = step {
        let step = step.map(|s| i64::try_from(s).unwrap_or(i64::MAX));
        change = change.col_expr(person::Column::TotpStep, Expr::value(step));
    }
    if change.exec(tx.connection()).await?.rows_affected == 1 { Ok(()) } else { Err(Error::Taken("second factor")) }
}
