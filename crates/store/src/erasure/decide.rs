//! The decision, by another person than the one who proposed.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use yizhi_domain::case::Actor;
use yizhi_domain::erasure::{Decision, Erasure, Field, State, authorises, check_note};
use yizhi_domain::ids::{CaseId, ErasureId, PersonId};
use yizhi_domain::world::World;

use crate::case_row::{CaseRow, micros};
use crate::entity::{cases, erasure};
use crate::hot::change_record;
use crate::rows::Cell;
use crate::state::position;
use crate::{Db, Error, Recorded, Tx};

use super::held::{Held, tone};
use super::{rest, restate, take};

/// Who decides, for the cases of their post's region.
#[derive(Clone)]
pub struct Decider {
    pub by: PersonId,
    pub actor: Actor,
    pub world: Arc<World>,
    pub now: DateTime<Utc>,
}

impl Db {
    /// Carries an erasure out. When this returns, the values are gone from the database and from
    /// this program's memory of cases; [`Db::erasure_rest`] tells what is left to do.
    ///
    /// # Errors
    /// `Missing` when there is none in the region, `Erasure` when it cannot be decided so.
    pub async fn erasure_confirm(&self, id: ErasureId, decider: Decider) -> Result<Erasure, Error> {
        let done = self.write(decider.now, |tx| Box::pin(confirm(tx, id, decider.clone()))).await?;
        let (erasure, touched) = done;
        touched.into_iter().for_each(|case| self.forget(case));
        Ok(erasure)
    }

    /// Refuses an erasure, and says why.
    ///
    /// # Errors
    /// As [`Db::erasure_confirm`].
    pub async fn erasure_refuse(&self, id: ErasureId, note: String, decider: Decider) -> Result<Erasure, Error> {
        self.write(decider.now, |tx| Box::pin(refuse(tx, id, note.clone(), decider.clone()))).await
    }
}

/// The erasure, and the cases that are not as they were.
async fn confirm(tx: &Tx, id: ErasureId, decider: Decider) -> Result<Recorded<(Erasure, Vec<CaseId>)>, Error> {
    let (mut erasure, held) = decidable(tx, id, &decider).await?;
    let authority = cases::Entity::find_by_id(erasure.authority.0.0).one(tx.connection()).await?;
    let authority = CaseRow::from(authority.ok_or(Error::Missing("case"))?).into_case(Vec::new())?;
    authorises(&authority, tone(&authority, &decider.world), erasure.case)?;
    for field in &erasure.fields {
        held.kept().check(*field)?;
    }
    let before = restate::load(tx, erasure.case.0).await?;
    // The account of who reported takes part in the case that this one was merged into, too.
    let joined = held.case.duplicate_of.filter(|_| erasure.fields.contains(&Field::Reporter));
    let joined = match joined {
        Some(case) => Some((case, restate::load(tx, case.0).await?)),
        None => None,
    };
    let taken = take::take(tx, &held, &erasure.fields, &decider.world).await?;
    rest::note(tx, &taken.files).await?;
    decide(tx, &mut erasure, State::Done, String::new(), &decider).await?;
    let mut record = erasure.done(&decider.actor, &taken, decider.now);
    restate::keep(tx, erasure.case.0, before).await?.say(&mut record.fields);
    tx.prove(&mut record, "erasure", &[vec![erasure.id.0.into()]]).await?;
    let touched = std::iter::once(erasure.case).chain(joined.as_ref().map(|(case, _)| *case)).collect();
    let done = tx.record(record, (erasure, touched)).await?;
    if let Some((case, before)) = joined.filter(|(_, before)| !before.case.is_empty()) {
        let number = before.case.get(position("number")).and_then(Cell::text).unwrap_or_default().to_owned();
        let stated = restate::keep(tx, case.0, before).await?;
        let record = change_record(case, &number, &json!({ "erasure": id }), &stated, decider.now);
        tx.record(record, ()).await?;
    }
    Ok(done)
}

async fn refuse(tx: &Tx, id: ErasureId, note: String, decider: Decider) -> Result<Recorded<Erasure>, Error> {
    check_note(&note)?;
    let (mut erasure, _) = decidable(tx, id, &decider).await?;
    decide(tx, &mut erasure, State::Refused, note.clone(), &decider).await?;
    let mut record = erasure.refused(&decider.actor, &note, decider.now);
    tx.prove(&mut record, "erasure", &[vec![erasure.id.0.into()]]).await?;
    tx.record(record, erasure).await
}

/// The erasure and its case, both locked, if this person may decide it now.
async fn decidable(tx: &Tx, id: ErasureId, decider: &Decider) -> Result<(Erasure, Held), Error> {
    let row = erasure::Entity::find_by_id(id.0).lock_exclusive().one(tx.connection()).await?;
    let erasure = super::erasure_of(row.ok_or(Error::Missing("erasure"))?)?;
    let find = cases::Entity::find().filter(cases::Column::Id.eq(erasure.case.0));
    let held = Held::lock(tx, find, &decider.world).await?;
    let held = held.filter(|held| decider.actor.path.contains(&held.case.path)).ok_or(Error::Missing("erasure"))?;
    erasure.decidable_by(decider.by)?;
    Ok((erasure, held))
}

async fn decide(tx: &Tx, erasure: &mut Erasure, state: State, note: String, decider: &Decider) -> Result<(), Error> {
    let row = erasure::ActiveModel {
        id: Set(erasure.id.0),
        state: Set(state.as_str().to_owned()),
        decided_by: Set(Some(decider.by.0)),
        decided_at: Set(Some(micros(decider.now))),
        note: Set(Some(note.clone()).filter(|note| !note.is_empty())),
        ..<erasure::ActiveModel as ActiveModelTrait>::default()
    };
    erasure::Entity::update(row).exec(tx.connection()).await?;
    erasure.state = state;
    erasure.decision = Some(Decision { by: decider.by, at: decider.now, note });
    Ok(())
}
