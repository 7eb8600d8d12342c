//! Where proofs begin: what stands in a proven table when the first server that proves it starts, said in records once.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Statement, Value as SqlValue};
use serde_json::{Value, json};
use uuid::Uuid;
use yizhi_domain::record::Record;

use crate::cells;
use crate::rows::Cell;
use crate::{Backend, Db, Error, Recorded, Tx};

use super::{By, CHUNK, PROVEN, Proven, entry, sql_value};

/// The subject of the records that say what stood when proofs began.
const BEGIN: Uuid = Uuid::from_u128(0x7072_6f6f_6673_4265_8000_6769_6e00_0001);
const BEGIN_KIND: &str = "proof.begin";
impl Db {
    /// Says in records what stands in the tables that records prove from now on, where none has said it. `yizhi ledger verify` asks a record for every
    /// row from then on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn proofs_begin(&self, now: chrono::DateTime<chrono::Utc>) -> Result<(), Error> {
        if self.proofs_missing().await?.is_empty() {
            return Ok(());
        }
        self.write(now, |tx| Box::pin(begin(tx))).await
    }

    /// Proven tables that no record has begun to prove.
    async fn proofs_missing(&self) -> Result<Vec<&'static Proven>, Error> {
        missing(self.read()).await
    }
}

async fn missing(connection: &impl ConnectionTrait) -> Result<Vec<&'static Proven>, Error> {
    let sql = "SELECT canonical FROM record WHERE subject = $1 AND kind = $2";
    let values: [SqlValue; 2] = [BEGIN.into(), BEGIN_KIND.into()];
    let query = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let mut begun = BTreeSet::new();
    for row in connection.query_all_raw(query).await? {
        let canonical: Vec<u8> = row.try_get("", "canonical")?;
        let said: Value = serde_json::from_slice(&canonical).map_err(|e| Error::Corrupt(e.to_string()))?;
        let tables = said["fields"]["begins"].as_array().cloned().unwrap_or_default();
        begun.extend(tables.iter().filter_map(|table| table.as_str().map(str::to_owned)));
    }
    Ok(PROVEN.iter().filter(|proven| !begun.contains(proven.table.name)).collect())
}

async fn begin(tx: &Tx) -> Result<Recorded<()>, Error> {
    let tables = missing(tx.connection()).await?;
    if tx.backend() == Backend::Postgres && !tables.is_empty() {
        let names: Vec<&str> = tables.iter().map(|proven| proven.table.name).collect();
        tx.connection().execute_unprepared(&format!("LOCK TABLE {} IN SHARE MODE", names.join(", "))).await?;
    }
    for proven in &tables {
        if let By::County(_) = proven.by {
            let digests = tx.all_counties(proven.table.name).await?;
            let fields = json!({ "counties": { "table": proven.table.name, "digests": digests } });
            tx.record(begun(fields), ()).await?;
            continue;
        }
        let mut after: Option<Vec<Cell>> = None;
        loop {
            let (condition, values) = match &after {
                None => ("1 = 1".to_owned(), Vec::new()),
                Some(key) => {
                    let names: Vec<&str> = proven.table.columns.iter().take(key.len()).map(|(name, _)| *name).collect();
                    let marks: Vec<String> = (1..=key.len()).map(|n| format!("${n}")).collect();
                    (format!("({}) > ({})", names.join(", "), marks.join(", ")), key.iter().map(sql_value).collect())
                }
            };
            let backend = tx.connection().get_database_backend();
            let query = Statement::from_sql_and_values(backend, proven.in_order(&condition, CHUNK), values);
            let found = tx.connection().query_all_raw(query).await?;
            let mut said = Vec::with_capacity(found.len());
            for row in &found {
                let cells = cells::of_query(row, &proven.table)?;
                said.extend(Some(proven.row(&cells)).filter(|row| proven.counts(row)).map(|row| entry(&row, false)));
                after = Some(cells.into_iter().take(proven.table.key).collect());
            }
            if !said.is_empty() {
                tx.record(begun(json!({ "proves": said })), ()).await?;
            }
            if found.len() < CHUNK {
                break;
            }
        }
    }
    let names: Vec<&str> = tables.iter().map(|proven| proven.table.name).collect();
    tx.record(begun(json!({ "begins": names })), ()).await
}

fn begun(fields: Value) -> Record {
    let fields = if let Value::Object(fields) = fields { fields } else { serde_json::Map::new() };
    Record::new(BEGIN_KIND, BEGIN, fields)
}
