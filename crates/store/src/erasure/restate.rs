//! What an erasure makes of the state that a case's records commit to: leaves of what was taken keep their hashes and lose their salts.

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;
use yizhi_domain::record::Gone;

use crate::cells;
use crate::rows::{self, Cell, Table};
use crate::state::{CaseRows, Stated, position};
use crate::{Backend, Error, Tx};

/// The rows of a case, locked.
pub(super) async fn load(tx: &Tx, case: Uuid) -> Result<CaseRows, Error> {
    let lock = if tx.backend() == Backend::Postgres { " FOR UPDATE" } else { "" };
    let mut found = CaseRows::new(read(tx, &rows::CASES, "id", case, lock).await?.pop().unwrap_or_default());
    for cells in read(tx, &rows::ASSIGNMENT, "case_id", case, "").await? {
        found.put_work(cells);
    }
    for cells in read(tx, &rows::ACCESS, "case_id", case, "").await? {
        found.put_access(cells);
    }
    Ok(found)
}

async fn read(tx: &Tx, table: &Table, key: &str, case: Uuid, lock: &str) -> Result<Vec<Vec<Cell>>, Error> {
    let sql = format!("SELECT {} FROM {} WHERE {key} = $1{lock}", table.list(), table.name);
    let query = Statement::from_sql_and_values(tx.connection().get_database_backend(), sql, [case.into()]);
    let found = tx.connection().query_all_raw(query).await?;
    found.iter().map(|row| cells::of_query(row, table)).collect()
}

/// Keeps the leaves of the case as it stands now; `before` is how it stood before values were taken out.
pub(super) async fn keep(tx: &Tx, case: Uuid, mut before: CaseRows) -> Result<Stated, Error> {
    let now = load(tx, case).await?;
    let stated = before.restate(case, Gone::Erased, tx.tags(), |rows| *rows = now);
    let leaves = match before.case.get(position("leaves")) {
        Some(Cell::Blob(bytes)) => bytes.clone(),
        _ => return Err(Error::Corrupt(format!("case {case}: leaves"))),
    };
    let sql = "UPDATE cases SET leaves = $2 WHERE id = $1";
    let values = [case.into(), leaves.into()];
    let query = Statement::from_sql_and_values(tx.connection().get_database_backend(), sql, values);
    tx.connection().execute_raw(query).await?;
    Ok(stated)
}
