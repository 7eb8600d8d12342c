//! A proposal: what, on whose authority, why.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use yizhi_domain::case::Actor;
use yizhi_domain::erasure::{Erasure, Field, Kept, Refusal, State, authorises, check_reason};
use yizhi_domain::ids::{CaseId, ErasureId, PersonId};
use yizhi_domain::slice::Slice;
use yizhi_domain::world::World;

use crate::case_row::{CaseRow, micros};
use crate::entity::{cases, erasure};
use crate::hot::random10;
use crate::slice_sql::cases_in;
use crate::{Db, Error, Recorded, Tx};

use super::held::{Held, tone};

/// What somebody proposes. Both cases must be in the slice.
#[derive(Clone)]
pub struct Proposal {
    pub case: CaseId,
    pub fields: Vec<Field>,
    pub authority: CaseId,
    pub reason: String,
    pub by: PersonId,
    pub actor: Actor,
    pub slice: Slice,
    pub world: Arc<World>,
    pub now: DateTime<Utc>,
}

impl Db {
    /// Keeps a proposal until somebody else decides it.
    ///
    /// # Errors
    /// `Missing` for a case that is not in the slice, `Erasure` for what is not to be proposed.
    pub async fn erasure_propose(&self, proposal: Proposal) -> Result<Erasure, Error> {
        let (now, proposal) = (proposal.now, Arc::new(proposal));
        self.write(now, |tx| Box::pin(propose(tx, proposal.clone()))).await
    }
}

async fn propose(tx: &Tx, proposal: Arc<Proposal>) -> Result<Recorded<Erasure>, Error> {
    let Proposal { slice, world, by, actor, now, .. } = &*proposal;
    let in_slice = |id: CaseId| cases_in(slice).filter(cases::Column::Id.eq(id.0));
    let held = Held::lock(tx, in_slice(proposal.case), world).await?.ok_or(Error::Missing("case"))?;
    let authority = in_slice(proposal.authority).one(tx.connection()).await?.ok_or(Error::Missing("case"))?;
    let authority = CaseRow::from(authority).into_case(Vec::new())?;
    authorises(&authority, tone(&authority, world), held.case.id)?;
    let fields = Erasure::fields(proposal.fields.clone())?;
    check(tx, &held.kept(), &fields, &proposal).await?;
    let erasure = Erasure {
        id: ErasureId::at(*now, random10()),
        case: held.case.id,
        number: held.case.number.clone(),
        fields,
        authority: (authority.id, authority.number),
        reason: proposal.reason.clone(),
        proposed_by: *by,
        proposed_at: *now,
        state: State::Proposed,
        decision: None,
    };
    erasure::Entity::insert(row(&erasure)).exec_without_returning(tx.connection()).await?;
    let mut record = erasure.proposed(actor);
    tx.prove(&mut record, "erasure", &[vec![erasure.id.0.into()]]).await?;
    tx.record(record, erasure).await
}

async fn check(tx: &Tx, kept: &Kept<'_>, fields: &[Field], proposal: &Proposal) -> Result<(), Error> {
    for field in fields {
        kept.check(*field)?;
    }
    let open = erasure::Entity::find()
        .filter(erasure::Column::CaseId.eq(kept.case.id.0))
        .filter(erasure::Column::State.eq(State::Proposed.as_str()))
        .all(tx.connection())
        .await?;
    for other in open {
        let other = super::erasure_of(other)?;
        if let Some(field) = fields.iter().find(|field| other.fields.contains(field)) {
            return Err(Refusal::Proposed(*field).into());
        }
    }
    let values = fields.iter().filter_map(|field| kept.value(*field));
    Ok(check_reason(&proposal.reason, values)?)
}

fn row(erasure: &Erasure) -> erasure::ActiveModel {
    erasure::ActiveModel {
        id: Set(erasure.id.0),
        case_id: Set(erasure.case.0),
        number: Set(erasure.number.clone()),
        fields: Set(
            serde_json::Value::from(erasure.fields.iter().map(Field::to_string).collect::<Vec<_>>()).to_string()
        ),
        authority: Set(erasure.authority.0.0),
        authority_number: Set(erasure.authority.1.clone()),
        reason: Set(erasure.reason.clone()),
        state: Set(erasure.state.as_str().to_owned()),
        proposed_by: Set(erasure.proposed_by.0),
        proposed_at: Set(micros(erasure.proposed_at)),
        ..<erasure::ActiveModel as ActiveModelTrait>::default()
    }
}
