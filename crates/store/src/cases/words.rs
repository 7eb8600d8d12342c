//! Finding cases by words, in the index of words of each database.

use sea_orm::sea_query::Expr;
use sea_orm::{Condition, ConnectionTrait, Statement};
use yizhi_domain::search::Query;

use crate::{Backend, Db, Error};

/// Words found in more cases than this are common: a list is then read in its own order, and each case asked for the words.
const COMMON: i64 = 2_000;

impl Db {
    /// The cases that have all words of a query, none where it has no words; `None` when nothing was asked.
    pub(super) async fn words(&self, query: &Query) -> Result<Option<Condition>, Error> {
        let Query::Words(tokens) = query else {
            return Ok(None);
        };
        let found = match self.backend() {
            _ if tokens.is_empty() => Expr::cust("1 = 0"),
            Backend::Postgres => in_vectors(tokens),
            Backend::Sqlite => self.in_index(tokens).await?,
        };
        Ok(Some(Condition::all().add(found)))
    }

    /// SQLite cannot tell a common word from a rare one, so they are counted, as far as it matters. The sign before `rowid` keeps it from looking the
    /// cases up one by one.
    async fn in_index(&self, tokens: &[String]) -> Result<Expr, Error> {
        let quoted: Vec<String> = tokens.iter().map(|t| format!("\"{t}\"")).collect();
        let wanted = quoted.join(" AND ");
        let limit = COMMON + 1;
        let count = format!(
            "SELECT COUNT(*) AS n FROM (SELECT rowid FROM case_search WHERE case_search MATCH ? LIMIT {limit}) AS found"
        );
        let reader = self.read();
        let ask = Statement::from_sql_and_values(reader.get_database_backend(), count, [wanted.as_str().into()]);
        let found: i64 = reader.query_one_raw(ask).await?.map_or(Ok(0), |row| row.try_get("", "n"))?;
        let sign = if found > COMMON { "+" } else { "" };
        Ok(Expr::cust_with_values(
            format!("{sign}cases.rowid IN (SELECT rowid FROM case_search WHERE case_search MATCH ?)"),
            [wanted],
        ))
    }
}

fn in_vectors(tokens: &[String]) -> Expr {
    let quoted: Vec<String> = tokens.iter().map(|t| format!("'{t}'")).collect();
    Expr::cust_with_values(
        "cases.id IN (SELECT case_id FROM case_search WHERE tokens @@ $1::tsquery)",
        [quoted.join(" & ")],
    )
}
