//! Reading cases, always through a slice.

mod confidential;
mod counters;
mod duplicates;
mod filter;
mod halves;
pub(crate) mod index;
mod list;
mod places;
mod words;

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use uuid::Uuid;
use yizhi_domain::case::{Assignment, Case};
use yizhi_domain::ids::{CaseId, RecordId};
use yizhi_domain::json;
use yizhi_domain::slice::{Access, Slice};

pub use confidential::ConfidentialRow;
pub use counters::{Counted, CounterKey};
pub use duplicates::{Duplicate, Near};
pub use filter::{CaseFilter, Mine, Sort};
pub use places::PlacePoint;

use crate::access::parse_principal;
use crate::case_row::{AssignmentRow, CaseRow, maybe_moment, moment};
use crate::entity::{assignment, case_access, cases, record};
use crate::slice_sql::cases_in;
use crate::{Db, Error};

/// A case in a list: without its assignments.
pub type CaseBrief = Case;

/// One entry of a case's trace.
#[derive(Clone, Debug)]
pub struct TraceEntry {
    pub id: RecordId,
    /// Its place in the ledger.
    pub ledger: Option<i64>,
    /// The fields of the record.
    pub fields: Value,
    /// Names of fields whose values were erased.
    pub erased: Vec<String>,
}

/// A case as fetched, with what is kept beside it.
#[derive(Clone, Debug)]
pub struct CaseFetched {
    pub case: Case,
    /// The reporter's name and phone, sealed.
    pub contact: Option<Vec<u8>>,
}

/// The kind of record that is a step of a case. Looks at a case are about it too, and no part of its trace.
const STEP: &str = "case.step";

impl From<cases::Model> for CaseRow {
    fn from(m: cases::Model) -> Self {
        Self {
            id: m.id,
            number: m.number,
            matter: m.matter,
            procedure: m.procedure,
            release: m.release,
            state: m.state,
            version: m.version,
            path: m.path,
            grid: m.grid,
            lon: m.lon,
            lat: m.lat,
            department: m.department,
            confidential: m.confidential,
            demo: m.demo,
            reporter: m.reporter,
            occurred_at: m.occurred_at,
            recorded_at: m.recorded_at,
            closed_at: m.closed_at,
            duplicate_of: m.duplicate_of,
            body: m.body,
        }
    }
}

impl From<assignment::Model> for AssignmentRow {
    fn from(m: assignment::Model) -> Self {
        Self {
            case_id: m.case_id,
            n: m.n,
            stage: m.stage,
            kind: m.kind,
            role: m.role,
            path: m.path,
            department: m.department,
            person: m.person,
            opened_at: m.opened_at,
            due_at: m.due_at,
            left_at: m.left_at,
            outcome: m.outcome,
            version: m.version,
            left_by: m.left_by,
        }
    }
}

impl Db {
    /// A case by id, if the slice admits it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_fetch(&self, id: CaseId, slice: &Slice) -> Result<Option<CaseFetched>, Error> {
        self.case_one(cases_in(slice).filter(cases::Column::Id.eq(id.0))).await
    }

    /// A case by its number, if the slice admits it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_fetch_by_number(&self, number: &str, slice: &Slice) -> Result<Option<CaseFetched>, Error> {
        self.case_one(cases_in(slice).filter(cases::Column::Number.eq(number))).await
    }

    async fn case_one(&self, find: sea_orm::Select<cases::Entity>) -> Result<Option<CaseFetched>, Error> {
        let Some(model) = find.one(self.read()).await? else {
            return Ok(None);
        };
        let work = self.assignments(model.id).await?;
        let contact = model.contact.clone();
        Ok(Some(CaseFetched { case: CaseRow::from(model).into_case(work)?, contact }))
    }

    async fn assignments(&self, case: Uuid) -> Result<Vec<Assignment>, Error> {
        let rows = assignment::Entity::find()
            .filter(assignment::Column::CaseId.eq(case))
            .order_by_asc(assignment::Column::N)
            .all(self.read())
            .await?;
        rows.into_iter().map(|row| AssignmentRow::from(row).into_assignment()).collect()
    }

    /// The trace of a case, oldest first. The caller has fetched the case through a slice.
    ///
    /// # Errors
    /// When the database cannot answer, or a record is damaged.
    pub async fn case_trace(&self, case: &CaseFetched) -> Result<Vec<TraceEntry>, Error> {
        let rows = record::Entity::find()
            .filter(record::Column::Subject.eq(case.case.id.0))
            .filter(record::Column::Kind.eq(STEP))
            .order_by_asc(record::Column::Seq)
            .all(self.read())
            .await?;
        rows.into_iter().map(trace_entry).collect()
    }

    /// Who takes part in some cases, for filtering live events of them. A part that cannot be read admits nobody.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn parts_of(&self, cases: &[Uuid]) -> Result<HashMap<Uuid, Vec<Access>>, Error> {
        let mut found: HashMap<Uuid, Vec<Access>> = HashMap::new();
        let several = case_access::Column::CaseId.is_in(cases.iter().copied());
        for row in case_access::Entity::find().filter(several).all(self.read()).await? {
            let moments = moment(row.since).and_then(|since| Ok((since, maybe_moment(row.until)?)));
            if let Ok(access) = moments.and_then(|(since, until)| parse_principal(&row.principal, since, until)) {
                found.entry(row.case_id).or_default().push(access);
            }
        }
        Ok(found)
    }
}

#[derive(serde::Deserialize)]
struct Whole {
    fields: Value,
    #[serde(default)]
    erased: Vec<String>,
}

fn trace_entry(row: record::Model) -> Result<TraceEntry, Error> {
    let whole = json::read_kept(&row.canonical).and_then(|whole| serde_json::from_value(whole).ok());
    let Whole { fields, erased } =
        whole.ok_or_else(|| Error::Corrupt(format!("record {} is not the text of a record", row.id)))?;
    Ok(TraceEntry { id: RecordId(row.id), ledger: row.seq, fields, erased })
}
