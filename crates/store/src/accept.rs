//! The way out for a store that other keys were used on: records whose tag does not fit are named, and taken into the ledger by a decision that is a
//! record itself. What they say is not touched; one whose bytes do not lead to its commitment is never accepted.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait as _, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::uuid_v7;
use yizhi_domain::record::{self, Record};

use crate::case_row::moment;
use crate::entity::record as row;
use crate::fingerprints::Fingerprint;
use crate::{Db, Error, Recorded, Tx};

/// A record whose tag is not that of this installation's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    pub seq: i64,
    pub id: Uuid,
    pub kind: String,
    pub at: DateTime<Utc>,
    pub commitment: [u8; 32],
    /// Whether its bytes lead to its commitment: what it says was not changed.
    pub sound: bool,
}

/// What somebody who answers for the machine decides.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// Records to take into the ledger though their tags do not fit.
    pub misfits: Vec<Misfit>,
    /// Records that are in the ledger already, whose tags follow a new key.
    pub retagged: Vec<Misfit>,
    /// Keys that take the place of those noted before.
    pub keys: Vec<Fingerprint>,
    /// The log begins again, under the key that is noted now.
    pub new_log: bool,
    pub reason: String,
}

/// Records read at once, and named in one record of the decision.
const CHUNK: usize = 500;

impl Db {
    /// Records from a number on whose tag does not fit the key of tags, in their order.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn ledger_misfits(&self, from: i64) -> Result<Vec<Misfit>, Error> {
        let mut from = from.max(self.ledger_row().await?.untagged);
        let mut misfits = Vec::new();
        loop {
            let find = row::Entity::find().filter(row::Column::Seq.gte(from)).order_by_asc(row::Column::Seq);
            let rows = find.limit(CHUNK as u64).all(self.read()).await?;
            let Some(last) = rows.last().and_then(|last| last.seq) else { return Ok(misfits) };
            from = last + 1;
            for row in rows {
                misfits.extend(self.misfit(row)?);
            }
        }
    }

    fn misfit(&self, row: row::Model) -> Result<Option<Misfit>, Error> {
        let commitment: Option<[u8; 32]> = row.commitment.try_into().ok();
        let fits = |commitment| self.tags().fits(row.id, commitment, row.tag.as_deref().unwrap_or_default());
        if commitment.as_ref().is_some_and(fits) {
            return Ok(None);
        }
        let sound = commitment.is_some_and(|c| record::verify(&row.canonical, &row.salts, &c).is_ok());
        let (at, commitment) = (moment(row.recorded_at)?, commitment.unwrap_or([0; 32]));
        Ok(row.seq.map(|seq| Misfit { seq, id: row.id, kind: row.kind, at, commitment, sound }))
    }

    /// Carries out a decision; the records of it say so.
    ///
    /// # Errors
    /// `Missing` when one of the records is no longer as it was found; nothing is changed then.
    pub async fn ledger_accept(&self, decision: Acceptance, now: DateTime<Utc>) -> Result<(), Error> {
        let untagged = self.ledger_row().await?.untagged;
        let border = self.tags().border(untagged);
        let others = decision.misfits.iter().chain(&decision.retagged);
        let retagged: Vec<_> = others.map(|m| (m.clone(), self.tags().tag(m.id, &m.commitment))).collect();
        let decision = Arc::new((decision, retagged, border));
        self.write(now, |tx| {
            let decision = decision.clone();
            Box::pin(async move {
                let (decision, retagged, border) = &*decision;
                take_in(tx, retagged).await?;
                note_keys(tx, decision, border.clone(), untagged).await?;
                told(tx, decision, now).await
            })
        })
        .await
    }
}

/// Gives records the tag they need.
async fn take_in(tx: &Tx, retagged: &[(Misfit, Option<Vec<u8>>)]) -> Result<(), Error> {
    for (misfit, tag) in retagged {
        let same: [Value; 3] = [tag.clone().into(), misfit.id.into(), misfit.commitment.to_vec().into()];
        if run(tx, "UPDATE record SET tag = $1 WHERE id = $2 AND commitment = $3", same).await? != 1 {
            return Err(Error::Missing("record"));
        }
    }
    Ok(())
}

async fn note_keys(tx: &Tx, decision: &Acceptance, border: Option<Vec<u8>>, untagged: i64) -> Result<(), Error> {
    for key in &decision.keys {
        let print: [Value; 3] = [key.name.into(), key.digest.to_vec().into(), tx.now_micros().into()];
        let sql = "INSERT INTO key_fingerprint (name, digest, at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, at = excluded.at";
        run(tx, sql, print).await?;
    }
    run(tx, "UPDATE ledger SET untagged_tag = $1 WHERE untagged = $2", [border.into(), untagged.into()]).await?;
    if decision.new_log {
        run(tx, "UPDATE ledger SET size = 0, root = NULL", []).await?;
    }
    run(tx, "UPDATE ledger SET fault = NULL, fault_at = NULL", []).await?;
    Ok(())
}

/// Writes the decision: at least one record, and one for each chunk of what was accepted.
async fn told(tx: &Tx, decision: &Acceptance, now: DateTime<Utc>) -> Result<Recorded<()>, Error> {
    let subject = uuid_v7(now, crate::hot::random10());
    let names: Vec<&str> = decision.keys.iter().map(|key| key.name).collect();
    let mut parts: Vec<_> = decision.misfits.chunks(CHUNK).collect();
    let last = parts.pop().unwrap_or_default();
    let record = |part: &[Misfit]| {
        let records: Vec<_> = part.iter().map(named).collect();
        let fields = json!({ "reason": decision.reason, "records": records, "retagged": decision.retagged.len(), "keys": names, "newLog": decision.new_log });
        Record::new("ledger.accept", subject, fields.as_object().cloned().unwrap_or_default())
    };
    for part in parts {
        tx.record(record(part), ()).await?;
    }
    tx.record(record(last), ()).await
}

fn named(misfit: &Misfit) -> serde_json::Value {
    let commitment = crate::state::hex(misfit.commitment);
    json!({ "seq": misfit.seq, "id": misfit.id, "commitment": commitment })
}

async fn run<const N: usize>(tx: &Tx, sql: &str, values: [Value; N]) -> Result<u64, Error> {
    let connection = tx.connection();
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}
