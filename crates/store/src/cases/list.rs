//! Lists of cases: filters, order, keyset paging.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;
use yizhi_domain::case::Alert;
use yizhi_domain::ids::PersonId;
use yizhi_domain::region::RegionPath;
use yizhi_domain::search;
use yizhi_domain::slice::Slice;

use crate::case_row::{CaseRow, micros};
use crate::entity::{assignment, cases};
use crate::slice_sql::{cases_in, within};
use crate::{Backend, Db, Error};

use super::CaseBrief;

/// Which cases count as mine.
#[derive(Clone, Debug)]
pub enum Mine {
    /// Open work of the post: held by its role at its region, by nobody else in person.
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
    /// Most urgent first; cases without a running deadline last.
    Due,
}

/// What a list asks for. Empty fields do not filter.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    pub query: String,
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

/// Sorts cases without a deadline behind all others.
const NO_DEADLINE: i64 = i64::MAX;

impl Db {
    /// One page of the slice's cases, and the key to the next page.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_list(
        &self,
        slice: &Slice,
        filter: &CaseFilter,
    ) -> Result<(Vec<CaseBrief>, Option<(i64, Uuid)>), Error> {
        let find = ordered(self.filtered(slice, filter), filter);
        let mut models = find.limit(filter.limit + 1).all(self.read()).await?;
        let wanted = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let more = models.len() > wanted;
        models.truncate(wanted);
        let next = models.last().filter(|_| more).map(|m| (sort_key(m, filter.sort), m.id));
        let items = models.into_iter().map(|m| CaseRow::from(m).into_case(Vec::new())).collect::<Result<_, _>>()?;
        Ok((items, next))
    }

    /// How many cases the filter finds.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_count(&self, slice: &Slice, filter: &CaseFilter) -> Result<u64, Error> {
        Ok(self.filtered(slice, filter).count(self.read()).await?)
    }

    fn filtered(&self, slice: &Slice, filter: &CaseFilter) -> Select<cases::Entity> {
        let mut find = cases_in(slice);
        if !filter.states.is_empty() {
            find = find.filter(cases::Column::State.is_in(filter.states.clone()));
        }
        if !filter.matters.is_empty() {
            find = find.filter(cases::Column::Matter.is_in(filter.matters.clone()));
        }
        if let Some(region) = &filter.region {
            find = find.filter(within(cases::Column::Path, region));
        }
        if let Some(department) = &filter.department {
            find = find.filter(cases::Column::Department.eq(department.as_str()));
        }
        if let Some(now) = filter.overdue_at {
            find = find.filter(cases::Column::DueAt.lt(micros(now)));
        }
        if let Some(alert) = filter.alert {
            find = find.filter(cases::Column::Alert.eq(alert as i16)).filter(cases::Column::ClosedAt.is_null());
        }
        if let Some(since) = filter.since {
            find = find.filter(cases::Column::RecordedAt.gte(micros(since)));
        }
        if let Some(until) = filter.until {
            find = find.filter(cases::Column::RecordedAt.lt(micros(until)));
        }
        if let Some(mine) = &filter.mine {
            find = find.filter(mine_condition(mine));
        }
        match self.matching(&filter.query) {
            Some(matching) => find.filter(matching),
            None => find,
        }
    }

    fn matching(&self, query: &str) -> Option<Condition> {
        let tokens = search::query_tokens(query);
        if tokens.is_empty() {
            return None;
        }
        let expr = match self.backend() {
            Backend::Sqlite => {
                let quoted: Vec<String> = tokens.iter().map(|t| format!("\"{t}\"")).collect();
                Expr::cust_with_values(
                    "cases.rowid IN (SELECT rowid FROM case_search WHERE case_search MATCH ?)",
                    [quoted.join(" AND ")],
                )
            }
            Backend::Postgres => {
                let quoted: Vec<String> = tokens.iter().map(|t| format!("'{t}'")).collect();
                Expr::cust_with_values(
                    "cases.id IN (SELECT case_id FROM case_search WHERE tokens @@ $1::tsquery)",
                    [quoted.join(" & ")],
                )
            }
        };
        Some(Condition::all().add(expr))
    }
}

fn mine_condition(mine: &Mine) -> Condition {
    match mine {
        Mine::Reported(person) => Condition::all().add(cases::Column::Reporter.eq(person.0)),
        Mine::Inbox { role, path, department, person } => {
            let held = Query::select()
                .column(assignment::Column::CaseId)
                .from(assignment::Entity)
                .and_where(assignment::Column::LeftAt.is_null())
                .and_where(assignment::Column::Role.eq(role.as_str()))
                .and_where(assignment::Column::Path.eq(path.as_str()))
                .cond_where(match department {
                    Some(code) => Condition::all().add(assignment::Column::Department.eq(code.as_str())),
                    None => Condition::all().add(assignment::Column::Department.is_null()),
                })
                .cond_where(
                    Condition::any()
                        .add(assignment::Column::Person.is_null())
                        .add(assignment::Column::Person.eq(person.0)),
                )
                .to_owned();
            Condition::all().add(cases::Column::Id.in_subquery(held))
        }
    }
}

fn due_key() -> sea_orm::sea_query::SimpleExpr {
    Expr::cust(format!("COALESCE(cases.due_at, {NO_DEADLINE})"))
}

fn ordered(find: Select<cases::Entity>, filter: &CaseFilter) -> Select<cases::Entity> {
    use sea_orm::sea_query::{ExprTrait, Order};
    match filter.sort {
        Sort::Recent => {
            let find = find.order_by_desc(cases::Column::RecordedAt).order_by_desc(cases::Column::Id);
            match filter.after {
                None => find,
                Some((at, id)) => find
                    .filter(cases::Column::RecordedAt.lte(at))
                    .filter(Condition::any().add(cases::Column::RecordedAt.lt(at)).add(cases::Column::Id.lt(id))),
            }
        }
        Sort::Due => {
            let find = find.order_by(due_key(), Order::Asc).order_by_asc(cases::Column::Id);
            match filter.after {
                None => find,
                Some((at, id)) => find.filter(
                    Condition::any()
                        .add(due_key().gt(at))
                        .add(Condition::all().add(due_key().eq(at)).add(cases::Column::Id.gt(id))),
                ),
            }
        }
    }
}

fn sort_key(model: &cases::Model, sort: Sort) -> i64 {
    match sort {
        Sort::Recent => model.recorded_at,
        Sort::Due => model.due_at.unwrap_or(NO_DEADLINE),
    }
}
