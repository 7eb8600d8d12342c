//! Failed tries to sign in, counted by keyed digests: alike for accounts that exist and for names that do not, on all servers, across restarts, and
//! never more rows than a bound.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};

use super::LockPolicy;
use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::sign_in_guard;
use crate::{Db, Error};

/// Failures count together as long as no day passes between two.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(24);
/// Rows kept after a sweep: the latest.
const MOST: u64 = 50_000;

/// What a try is counted under.
#[derive(Clone, Debug)]
pub struct GuardName {
    pub name: Vec<u8>,
    /// By which all names of an account are found.
    pub account: Vec<u8>,
}

impl Db {
    /// Until when one of these names is closed, the latest.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn guard_until(&self, names: &[GuardName]) -> Result<Option<DateTime<Utc>>, Error> {
        let names = names.iter().map(|n| n.name.clone());
        let rows =
            sign_in_guard::Entity::find().filter(sign_in_guard::Column::Name.is_in(names)).all(self.read()).await?;
        maybe_moment(rows.into_iter().filter_map(|r| r.until_at).max())
    }

    /// Until when the accounts of these digests are closed to somebody, by account.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn guard_accounts(
        &self,
        accounts: Vec<Vec<u8>>,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Vec<u8>, DateTime<Utc>)>, Error> {
        let rows = sign_in_guard::Entity::find()
            .filter(sign_in_guard::Column::Account.is_in(accounts))
            .filter(sign_in_guard::Column::UntilAt.gt(micros(now)))
            .order_by_asc(sign_in_guard::Column::UntilAt)
            .all(self.read())
            .await?;
        let closed = rows.into_iter().filter_map(|r| Some((r.account, r.until_at?)));
        closed.map(|(account, until)| Ok((account, moment(until)?))).collect()
    }

    /// Counts a failure and closes the name as the policy says of the number reached. Tries at the same moment are all counted.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn guard_failed(
        &self,
        name: &GuardName,
        policy: LockPolicy,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let touch = self.touch().await?;
        let sql = "INSERT INTO sign_in_guard (name, account, failures, at) VALUES ($1, $2, 1, $3) ON CONFLICT (name) DO UPDATE SET \
                   failures = CASE WHEN sign_in_guard.at < $4 THEN 1 ELSE sign_in_guard.failures + 1 END, at = $3 RETURNING failures";
        let values = [
            name.name.clone().into(),
            name.account.clone().into(),
            micros(now).into(),
            micros(now - FORGOTTEN_AFTER).into(),
        ];
        let backend = touch.connection.get_database_backend();
        let row = touch.connection.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        let failures: i32 = row.ok_or(Error::Missing("failure"))?.try_get("", "failures")?;
        let until = policy(failures, now);
        sign_in_guard::Entity::update_many()
            .col_expr(sign_in_guard::Column::UntilAt, Expr::value(until.map(micros)))
            .filter(sign_in_guard::Column::Name.eq(name.name.clone()))
            .exec(touch.connection)
            .await?;
        Ok(until)
    }

    /// Forgets the failures of a name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn guard_forget(&self, name: &GuardName) -> Result<(), Error> {
        let touch = self.touch().await?;
        sign_in_guard::Entity::delete_by_id(name.name.clone()).exec(touch.connection).await?;
        Ok(())
    }

    /// Forgets the failures of an account from everywhere.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn guard_open(&self, account: Vec<u8>) -> Result<(), Error> {
        let touch = self.touch().await?;
        let all = sign_in_guard::Entity::delete_many().filter(sign_in_guard::Column::Account.eq(account));
        all.exec(touch.connection).await?;
        Ok(())
    }

    /// Removes what is forgotten, and the oldest beyond the bound.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn guard_sweep(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let touch = self.touch().await?;
        let old = sign_in_guard::Column::At.lt(micros(now - FORGOTTEN_AFTER));
        sign_in_guard::Entity::delete_many().filter(old).exec(touch.connection).await?;
        let oldest_kept: Option<i64> = sign_in_guard::Entity::find()
            .select_only()
            .column(sign_in_guard::Column::At)
            .order_by_desc(sign_in_guard::Column::At)
            .offset(MOST)
            .limit(1)
            .into_tuple()
            .one(touch.connection)
            .await?;
        if let Some(at) = oldest_kept {
            let beyond = sign_in_guard::Entity::delete_many().filter(sign_in_guard::Column::At.lte(at));
            beyond.exec(touch.connection).await?;
        }
        Ok(())
    }
}
