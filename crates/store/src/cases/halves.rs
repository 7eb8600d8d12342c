//! A page of a slice's cases where nothing but slice and kind narrow the list: the first of each half of the slice, each read from its own index in the
//! order of the list, merged.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;
use yizhi_domain::slice::Slice;

use crate::Backend;
use crate::entity::{case_access, cases};
use crate::slice_sql::{Part, at_the_end_of_region, by_post, in_region, parts_each};

use super::filter::{CaseFilter, one_of};

/// More values than this of a filter are tested, not looked up one by one.
const SPLIT_MOST: usize = 16;

/// An index's order, and where the page before it ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Walk {
    /// Newest first.
    Recent(Option<(i64, Uuid)>),
    /// Running deadlines, earliest first.
    Due(Option<(i64, Uuid)>),
    /// Cases without a running deadline, newest first.
    Idle(Option<(i64, Uuid)>),
}

impl Walk {
    /// The condition that starts the walk, on a copy of the case's moment of recording.
    pub(super) fn start(self, recorded: impl ColumnTrait) -> Condition {
        let due = cases::Column::DueAt;
        let (running, after) = match self {
            Self::Recent(after) => (None, after.map(|(at, id)| (recorded.lte(at), recorded.lt(at), id))),
            Self::Due(after) => (Some(due.is_not_null()), after.map(|(at, id)| (due.gte(at), due.gt(at), id))),
            Self::Idle(after) => (Some(due.is_null()), after.map(|(at, id)| (recorded.lte(at), recorded.lt(at), id))),
        };
        let after = after.map(|(from, beyond, id)| {
            Condition::all().add(from).add(Condition::any().add(beyond).add(cases::Column::Id.lt(id)))
        });
        Condition::all().add_option(running).add_option(after)
    }

    pub(super) fn order(self, select: &mut SelectStatement, recorded: impl ColumnTrait) {
        match self {
            Self::Recent(_) | Self::Idle(_) => select.order_by(recorded.as_column_ref(), Order::Desc),
            Self::Due(_) => select.order_by(cases::Column::DueAt.as_column_ref(), Order::Asc),
        };
        select.order_by(cases::Column::Id.as_column_ref(), Order::Desc);
    }
}

/// What is asked of both halves.
pub(super) struct Halves<'a> {
    pub(super) slice: &'a Slice,
    pub(super) filter: &'a CaseFilter,
    /// Cases that have the words asked for.
    pub(super) words: Option<Condition>,
    pub(super) backend: Backend,
}

impl Halves<'_> {
    /// The ids of the first `room` cases of each half.
    pub(super) fn ids(&self, walk: Walk, room: u64) -> Option<SelectStatement> {
        let region = match (self.backend, walk) {
            (Backend::Sqlite, Walk::Recent(_) | Walk::Idle(_)) => at_the_end_of_region,
            _ => in_region,
        };
        let kinds = kinds(self.filter);
        let post = by_post(self.slice, &self.filter.below(), region)
            .into_iter()
            .flat_map(|seen| kinds.iter().map(move |kind| self.shown(seen.clone().add(kind.clone()), walk, room)));
        let parts = parts_each(self.slice).map(|part| self.taken_part(&part, walk, room));
        post.chain(parts).map(first_of).reduce(|mut all, next| all.union(UnionType::All, next).to_owned())
    }

    fn shown(&self, seen: Condition, walk: Walk, room: u64) -> SelectStatement {
        let recorded = cases::Column::RecordedAt;
        let mut select = Query::select();
        select.column((cases::Entity, cases::Column::Id)).column((cases::Entity, recorded)).from(cases::Entity);
        select.cond_where(seen);
        self.finish(select, walk, room, recorded)
    }

    fn taken_part(&self, part: &Part, walk: Walk, room: u64) -> SelectStatement {
        let recorded = case_access::Column::RecordedAt;
        let case = Expr::col((case_access::Entity, case_access::Column::CaseId));
        let mut select = Query::select();
        select.distinct().column((cases::Entity, cases::Column::Id)).column((case_access::Entity, recorded));
        select.column((cases::Entity, cases::Column::DueAt));
        select.from(case_access::Entity).inner_join(cases::Entity, case.equals((cases::Entity, cases::Column::Id)));
        select.cond_where(part.in_force()).cond_where(self.filter.kinds());
        self.finish(select, walk, room, recorded)
    }

    fn finish(
        &self,
        mut select: SelectStatement,
        walk: Walk,
        room: u64,
        recorded: impl ColumnTrait,
    ) -> SelectStatement {
        let words = Condition::all().add_option(self.words.clone());
        select.cond_where(self.filter.rest(recorded)).cond_where(words).cond_where(walk.start(recorded)).limit(room);
        walk.order(&mut select, recorded);
        select
    }
}

/// Sorted and limited halves may only be merged as tables of their own.
fn first_of(half: SelectStatement) -> SelectStatement {
    Query::select().column("id").from_subquery(half, "half").to_owned()
}

/// The filter by states and matters, one condition for each combination, so that each is a walk along one index.
fn kinds(filter: &CaseFilter) -> Vec<Condition> {
    let (states, matters) = (apart(&filter.states), apart(&filter.matters));
    let split = states.len() * matters.len() <= SPLIT_MOST;
    let matters = if split { matters } else { vec![filter.matters.as_slice()] };
    let pair = |state: &[String], matter: &[String]| {
        Condition::all()
            .add_option(one_of(cases::Column::State, state))
            .add_option(one_of(cases::Column::Matter, matter))
    };
    states.iter().flat_map(|state| matters.iter().map(|matter| pair(state, matter))).collect()
}

fn apart(values: &[String]) -> Vec<&[String]> {
    if values.is_empty() || values.len() > SPLIT_MOST { vec![values] } else { values.chunks(1).collect() }
}
