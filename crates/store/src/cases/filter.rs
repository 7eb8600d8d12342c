//! What a list of cases is asked for, and its filters as conditions.

use chrono::{DateTime, Utc};
use sea_orm::sea_query;
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;
use yizhi_domain::case::Alert;
use yizhi_domain::ids::PersonId;
use yizhi_domain::region::RegionPath;
use yizhi_domain::search::Query;

use crate::case_row::micros;
use crate::entity::{assignment, cases};
use crate::slice_sql::in_region;

/// Which cases count as mine.
#[derive(Clone, Debug)]
pub enum Mine {
    /// Open work of the post: held by its role at its region, by nobody else in person; or at a region above it, by this person.
    Inbox {
        role: String,
        path: RegionPath,
        department: Option<String>,
        person: PersonId,
    },
    Reported(PersonId),
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Newest first.
    #[default]
    Recent,
    /// Most urgent first; then cases without a running deadline, newest first.
    Due,
}

/// What a list asks for. Empty fields do not filter.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    pub query: Query,
    pub states: Vec<String>,
    pub matters: Vec<String>,
    pub region: Option<RegionPath>,
    pub department: Option<String>,
    /// Open and past the present deadline at this moment.
    pub overdue_at: Option<DateTime<Utc>>,
    pub alert: Option<Alert>,
    pub mine: Option<Mine>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub sort: Sort,
    /// The sort key and id of the last item of the page before.
    pub after: Option<(i64, Uuid)>,
    pub limit: u64,
}

impl CaseFilter {
    /// The region asked for: the root if none.
    pub(super) fn below(&self) -> RegionPath {
        self.region.clone().unwrap_or_else(RegionPath::root)
    }

    /// Whether a filter with an index of its own leaves few cases: somebody's work, overdue cases.
    pub(super) fn is_narrow(&self) -> bool {
        self.mine.is_some() || self.overdue_at.is_some() || self.alert.is_some()
    }

    /// The filters that make a list narrow.
    pub(super) fn narrowing(&self) -> Condition {
        let overdue = self.overdue_at.map(|now| cases::Column::DueAt.lt(micros(now)));
        let alert = self.alert.map(|alert| {
            Condition::all().add(cases::Column::Alert.eq(alert as i16)).add(cases::Column::ClosedAt.is_null())
        });
        Condition::all().add_option(overdue).add_option(alert).add_option(self.mine.as_ref().map(mine_condition))
    }

    /// Region, states and matters.
    pub(super) fn kinds(&self) -> Condition {
        let state = one_of(cases::Column::State, &self.states);
        let matter = one_of(cases::Column::Matter, &self.matters);
        Condition::all().add(in_region(&self.below())).add_option(state).add_option(matter)
    }

    /// Department and time, on a copy of the case's moment of recording.
    pub(super) fn rest(&self, recorded: impl ColumnTrait) -> Condition {
        let department = self.department.as_deref().map(|code| cases::Column::Department.eq(code));
        Condition::all()
            .add_option(department)
            .add_option(self.since.map(|at| recorded.gte(micros(at))))
            .add_option(self.until.map(|at| recorded.lt(micros(at))))
    }
}

/// Equality for a single value, which leaves the order of an index intact.
pub(super) fn one_of(column: cases::Column, values: &[String]) -> Option<sea_orm::sea_query::SimpleExpr> {
    match values {
        [] => None,
        [one] => Some(column.eq(one.as_str())),
        several => Some(column.is_in(several)),
    }
}

fn mine_condition(mine: &Mine) -> Condition {
    let (role, path, department, person) = match mine {
        Mine::Reported(person) => return Condition::all().add(cases::Column::Reporter.eq(person.0)),
        Mine::Inbox { role, path, department, person } => (role, path, department, person),
    };
    let department = match department {
        Some(code) => assignment::Column::Department.eq(code.as_str()),
        None => assignment::Column::Department.is_null(),
    };
    let named = assignment::Column::Person.eq(person.0);
    let free = Condition::any().add(assignment::Column::Person.is_null()).add(named.clone());
    let here = Condition::all().add(assignment::Column::Path.eq(path.as_str())).add(free);
    let above = std::iter::successors(path.parent(), RegionPath::parent).map(|above| above.as_str().to_owned());
    let handed_to_me = Condition::all().add(assignment::Column::Path.is_in(above)).add(named);
    let held = sea_query::Query::select()
        .column(assignment::Column::CaseId)
        .from(assignment::Entity)
        .and_where(assignment::Column::LeftAt.is_null())
        .and_where(assignment::Column::Role.eq(role.as_str()))
        .and_where(department)
        .cond_where(Condition::any().add(here).add(handed_to_me))
        .to_owned();
    Condition::all().add(cases::Column::Id.in_subquery(held))
}
