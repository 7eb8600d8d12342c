//! Keys by which requests are known again. They are kept for a time, so that a client that heard no answer can ask once more.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, Statement};

use crate::case_row::micros;
use crate::{Db, Error};

/// How long a key is known.
const KEPT: TimeDelta = TimeDelta::days(7);
/// Keys removed at a time, so that nobody waits long for the writer.
const AT_ONCE: u32 = 5_000;

impl Db {
    /// Forgets keys that are older than seven days; how many.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn requests_sweep(&self, now: DateTime<Utc>) -> Result<u64, Error> {
        let sql = format!(
            "DELETE FROM idempotency WHERE (principal, name) IN (SELECT principal, name FROM idempotency WHERE at < $1 ORDER BY at LIMIT {AT_ONCE})"
        );
        let mut swept = 0;
        loop {
            let touch = self.touch().await?;
            let backend = touch.connection.get_database_backend();
            let statement = Statement::from_sql_and_values(backend, &sql, [micros(now - KEPT).into()]);
            let gone = touch.connection.execute_raw(statement).await?.rows_affected();
            swept += gone;
            if gone < u64::from(AT_ONCE) {
                return Ok(swept);
            }
        }
    }
}
