//! Everything that is kept of a case, read and locked in the transaction that will change it.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use yizhi_domain::case::Case;
use yizhi_domain::erasure::{Kept, KeptFile, KeptStep};
use yizhi_domain::ids::AttachmentId;
use yizhi_domain::procedure::Tone;
use yizhi_domain::role::Family;
use yizhi_domain::world::World;

use crate::case_row::CaseRow;
use crate::entity::{attachment, cases, record};
use crate::{Error, Tx};

/// A case with its records and files.
pub(super) struct Held {
    pub(super) case: Case,
    contact: bool,
    /// The records of its steps, oldest first.
    pub(super) records: Vec<record::Model>,
    /// What they say, in the same order.
    pub(super) steps: Vec<KeptStep>,
    pub(super) files: Vec<attachment::Model>,
    kept_files: Vec<KeptFile>,
}

/// The kind of a record that is a step of a case.
const STEP: &str = "case.step";

impl Held {
    /// Reads and locks the case that `find` finds; `None` when there is none.
    pub(super) async fn lock(tx: &Tx, find: Select<cases::Entity>, world: &World) -> Result<Option<Self>, Error> {
        let Some(model) = find.lock_exclusive().one(tx.connection()).await? else {
            return Ok(None);
        };
        let contact = model.contact.is_some();
        let case = CaseRow::from(model).into_case(Vec::new())?;
        let records = record::Entity::find()
            .filter(record::Column::Subject.eq(case.id.0))
            .filter(record::Column::Kind.eq(STEP))
            .order_by_asc(record::Column::Seq)
            .all(tx.connection())
            .await?;
        let files = attachment::Entity::find()
            .filter(attachment::Column::CaseId.eq(case.id.0))
            .order_by_asc(attachment::Column::Id)
            .all(tx.connection())
            .await?;
        let kept_file = |f: &attachment::Model| KeptFile { id: AttachmentId(f.id), erased: f.erased_at.is_some() };
        let kept_files = files.iter().map(kept_file).collect();
        let steps = records.iter().map(|record| step(record, world)).collect::<Result<_, _>>()?;
        Ok(Some(Self { case, contact, records, steps, files, kept_files }))
    }

    pub(super) fn kept(&self) -> Kept<'_> {
        Kept { case: &self.case, contact: self.contact, steps: &self.steps, files: &self.kept_files }
    }
}

fn step(record: &record::Model, world: &World) -> Result<KeptStep, Error> {
    let step = KeptStep::read(&record.canonical);
    let mut step = step.ok_or_else(|| Error::Corrupt(format!("record {} is no step", record.id)))?;
    let role = step.text("role").and_then(|role| world.catalog.roles().get(role));
    step.resident = role.is_some_and(|role| role.family == Family::Citizen);
    Ok(step)
}

/// How the state that a case is in ends it, says its procedure.
pub(super) fn tone(case: &Case, world: &World) -> Option<Tone> {
    let procedure = world.release(&case.release)?.procedure(&case.procedure)?;
    procedure.state(&case.state).map(|state| state.tone)
}
