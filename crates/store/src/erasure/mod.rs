//! Erasing fields of a case: proposed by one person, decided by another, carried out in one transaction with its record.
//!
//! | module | what it does |
//! |---|---|
//! | `propose` | checks a proposal and keeps it |
//! | `decide` | carries it out, or refuses it |
//! | `held` | everything that is kept of a case |
//! | `take` | takes values out of row, records, index and whatever else names them |
//! | `restate` | the leaves that the case's records commit to, without the values |
//! | `rest` | what can only be done after the transaction |
//!
//! Beside `hot` this is the only place that writes the table `cases`, and the only one that changes a record: what is erased leaves the text, and the
//! commitment stays.

mod decide;
mod held;
mod propose;
mod rest;
mod restate;
mod take;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use yizhi_domain::erasure::{Decision, Erasure, State};
use yizhi_domain::ids::{CaseId, ErasureId, PersonId};
use yizhi_domain::region::RegionPath;
use yizhi_domain::slice::Slice;

pub use decide::Decider;
pub use propose::Proposal;
pub use rest::Rest;

use crate::case_row::moment;
use crate::entity::{cases, erasure};
use crate::slice_sql::{admitted, within};
use crate::{Db, Error};

/// The cases whose erasures somebody sees: those of a slice, or, for who decides without seeing cases, those of a region.
#[derive(Clone, Copy, Debug)]
pub enum ErasureScope<'a> {
    Slice(&'a Slice),
    Region(&'a RegionPath),
}

impl ErasureScope<'_> {
    fn condition(self) -> Condition {
        match self {
            Self::Slice(slice) => admitted(slice),
            Self::Region(region) => within(cases::Column::Path, region),
        }
    }
}

impl Db {
    /// Erasures of the cases in a scope, the newest first, and the key to go on from, which is given back as `after`.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn erasures(
        &self,
        scope: ErasureScope<'_>,
        state: Option<State>,
        after: Option<(i64, Uuid)>,
        limit: u64,
    ) -> Result<(Vec<Erasure>, Option<(i64, Uuid)>), Error> {
        let mut of_scope = Query::select();
        of_scope
            .expr(Expr::val(1))
            .from(cases::Entity)
            .and_where(Expr::col((cases::Entity, cases::Column::Id)).equals((erasure::Entity, erasure::Column::CaseId)))
            .cond_where(scope.condition());
        let mut find = erasure::Entity::find().filter(Expr::exists(of_scope));
        if let Some(state) = state {
            find = find.filter(erasure::Column::State.eq(state.as_str()));
        }
        if let Some((at, id)) = after {
            let same = erasure::Column::ProposedAt.eq(at).and(erasure::Column::Id.lt(id));
            find = find.filter(Condition::any().add(erasure::Column::ProposedAt.lt(at)).add(same));
        }
        let rows = find
            .order_by_desc(erasure::Column::ProposedAt)
            .order_by_desc(erasure::Column::Id)
            .limit(limit)
            .all(self.read())
            .await?;
        let full = u64::try_from(rows.len()).is_ok_and(|n| n == limit);
        let next = rows.last().filter(|_| full).map(|last| (last.proposed_at, last.id));
        Ok((rows.into_iter().map(erasure_of).collect::<Result<_, _>>()?, next))
    }

    /// The erasures of one case, by its id or number, the newest first; `None` when the scope does not have it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn erasures_of(&self, scope: ErasureScope<'_>, case: &str) -> Result<Option<Vec<Erasure>>, Error> {
        let named = match case.parse::<CaseId>() {
            Ok(id) => cases::Column::Id.eq(id.0),
            Err(_) => cases::Column::Number.eq(case),
        };
        let Some(found) = cases::Entity::find().filter(named).filter(scope.condition()).one(self.read()).await? else {
            return Ok(None);
        };
        let rows = erasure::Entity::find()
            .filter(erasure::Column::CaseId.eq(found.id))
            .order_by_desc(erasure::Column::ProposedAt)
            .all(self.read())
            .await?;
        // Whoever decides erasures sees no cases: a confidential one with nothing to decide is, to them, not there.
        if rows.is_empty() && found.confidential && matches!(scope, ErasureScope::Region(_)) {
            return Ok(None);
        }
        rows.into_iter().map(erasure_of).collect::<Result<_, _>>().map(Some)
    }
}

fn erasure_of(row: erasure::Model) -> Result<Erasure, Error> {
    let corrupt = |what: &str| Error::Corrupt(format!("erasure {}: {what}", row.id));
    let decision = |(by, at): (Uuid, i64)| {
        Ok::<_, Error>(Decision { by: PersonId(by), at: moment(at)?, note: row.note.clone().unwrap_or_default() })
    };
    Ok(Erasure {
        id: ErasureId(row.id),
        case: CaseId(row.case_id),
        fields: serde_json::from_str(&row.fields).map_err(|_| corrupt("fields"))?,
        authority: (CaseId(row.authority), row.authority_number.clone()),
        proposed_by: PersonId(row.proposed_by),
        proposed_at: moment(row.proposed_at)?,
        state: State::parse(&row.state).ok_or_else(|| corrupt("state"))?,
        decision: row.decided_by.zip(row.decided_at).map(decision).transpose()?,
        number: row.number,
        reason: row.reason,
    })
}
