//! The slice as SQL. The same predicate as `Slice::admits`; a property test holds the two and a naive oracle together.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait};
use yizhi_domain::region::RegionPath;
use yizhi_domain::slice::{Principal, Scope, Slice};

use crate::case_row::micros;
use crate::entity::{case_access, cases};

/// A region and everything below it, as a range of a path column.
pub(crate) fn within<C: ColumnTrait>(column: C, region: &RegionPath) -> Condition {
    let (from, to) = region.range();
    Condition::all().add(column.gte(from)).add_option(to.map(|to| column.lt(to)))
}

/// The cases a slice admits.
pub(crate) fn visible(slice: &Slice) -> Condition {
    Condition::any().add_option(by_post(slice)).add_option(by_part(slice)).add(never())
}

/// Keeps an empty disjunction false.
fn never() -> sea_orm::sea_query::SimpleExpr {
    Expr::val(1).eq(0)
}

fn by_post(slice: &Slice) -> Option<Condition> {
    let open = cases::Column::Confidential.eq(false);
    match slice.scope() {
        Scope::Nothing => None,
        Scope::Region(path) => Some(Condition::all().add(open).add(within(cases::Column::Path, path))),
        Scope::Department { path, department } => Some(
            Condition::all()
                .add(open)
                .add(within(cases::Column::Path, path))
                .add(cases::Column::Department.eq(department.as_str())),
        ),
    }
}

fn by_part(slice: &Slice) -> Option<Condition> {
    if slice.principals().is_empty() {
        return None;
    }
    let at = micros(slice.at());
    let principals: Vec<String> = slice.principals().iter().map(Principal::to_string).collect();
    let parts = Query::select()
        .column(case_access::Column::CaseId)
        .from(case_access::Entity)
        .and_where(case_access::Column::Principal.is_in(principals))
        .and_where(case_access::Column::Since.lte(at))
        .cond_where(Condition::any().add(case_access::Column::Until.is_null()).add(case_access::Column::Until.gt(at)))
        .to_owned();
    Some(Condition::all().add(cases::Column::Id.in_subquery(parts)))
}

/// Ordinary finder of cases in a slice.
pub(crate) fn cases_in(slice: &Slice) -> sea_orm::Select<cases::Entity> {
    use sea_orm::QueryFilter;
    cases::Entity::find().filter(visible(slice))
}
