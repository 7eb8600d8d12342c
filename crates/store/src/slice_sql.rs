//! The slice as SQL. The same predicate as `Slice::admits`; a property test holds the two and a naive oracle together.
//!
//! A slice is a disjunction, and a disjunction has no index. So it is written in three ways: [`admitted`] filters what another condition has made
//! few; [`by_post`] and [`Part`] are its two halves, each of which an index serves in the order of a list; [`by_part`] leads to the cases of
//! those who see nothing but what they take part in.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::slice::{Principal, Scope, Slice};

use crate::case_row::micros;
use crate::entity::{case_access, cases};

/// A region and everything below it, as a range of a path column.
pub(crate) fn within<C: ColumnTrait>(column: C, region: &RegionPath) -> Condition {
    let (from, to) = region.range();
    Condition::all().add(column.gte(from)).add_option(to.map(|to| column.lt(to)))
}

/// Cases in a region, as equality of the column of its level: what follows in the level's index is in the order of time.
pub(crate) fn in_region(region: &RegionPath) -> Condition {
    Condition::all()
        .add_option(level_column(region).map(|column| Expr::col((cases::Entity, column)).eq(region.as_str())))
}

/// [`in_region`] for a page from the end of the level's index. SQLite weighs a scan of everything against reading the whole of a large region, and
/// does not see that a page ends early: it is told that the region is small.
pub(crate) fn at_the_end_of_region(region: &RegionPath) -> Condition {
    let hint =
        |column: &str| Expr::cust_with_values(format!("likelihood(cases.{column} = ?, 0.0625)"), [region.as_str()]);
    Condition::all().add_option(level_column(region).map(hint))
}

fn level_column(region: &RegionPath) -> Option<&'static str> {
    match region.level()? {
        Level::Grid => Some("path"),
        level => Some(level.as_str()),
    }
}

/// The cases a slice admits, to be tested one by one.
pub(crate) fn admitted(slice: &Slice) -> Condition {
    let parts = parts(slice).map(|part| Expr::exists(part.of_case()));
    Condition::any().add_option(by_post(slice, &RegionPath::root(), in_region)).add_option(parts).add(never())
}

/// Keeps an empty disjunction false.
fn never() -> SimpleExpr {
    Expr::val(1).eq(0)
}

/// What the post alone shows below a region, which `region` turns into SQL; `None` when it shows nothing there.
pub(crate) fn by_post(
    slice: &Slice,
    below: &RegionPath,
    region: impl FnOnce(&RegionPath) -> Condition,
) -> Option<Condition> {
    let (path, department) = match slice.scope() {
        Scope::Nothing => return None,
        Scope::Region(path) => (path, None),
        Scope::Department { path, department } => (path, Some(department)),
    };
    let led = department.map(|code| cases::Column::Department.eq(code.as_str()));
    let open = Condition::all().add(cases::Column::Confidential.eq(false));
    narrower(path, below).map(|both| open.add(region(both)).add_option(led))
}

/// The narrower of two regions on one line; `None` when they are apart.
pub(crate) fn narrower<'a>(a: &'a RegionPath, b: &'a RegionPath) -> Option<&'a RegionPath> {
    if a.contains(b) { Some(b) } else { b.contains(a).then_some(a) }
}

/// The cases that the slice's principals take part in, found from their parts.
pub(crate) fn by_part(slice: &Slice) -> Condition {
    match parts(slice) {
        None => Condition::all().add(never()),
        Some(parts) => Condition::all().add(cases::Column::Id.in_subquery(parts.case_ids())),
    }
}

/// Parts in force, of some principals.
pub(crate) struct Part {
    principals: Vec<String>,
    at: i64,
}

/// The parts of all the slice's principals; `None` when it has none.
fn parts(slice: &Slice) -> Option<Part> {
    let principals: Vec<String> = slice.principals().iter().map(Principal::to_string).collect();
    (!principals.is_empty()).then(|| Part { principals, at: micros(slice.at()) })
}

/// The parts of each principal alone.
pub(crate) fn parts_each(slice: &Slice) -> impl Iterator<Item = Part> {
    let at = micros(slice.at());
    slice.principals().iter().map(move |p| Part { principals: vec![p.to_string()], at })
}

impl Part {
    pub(crate) fn in_force(&self) -> Condition {
        let ended =
            Condition::any().add(case_access::Column::Until.is_null()).add(case_access::Column::Until.gt(self.at));
        let mine = match self.principals.as_slice() {
            [one] => case_access::Column::Principal.eq(one.as_str()),
            several => case_access::Column::Principal.is_in(several),
        };
        Condition::all().add(mine).add(ended)
    }

    /// Rows of this part in the case at hand.
    fn of_case(&self) -> SelectStatement {
        let same =
            Expr::col((case_access::Entity, case_access::Column::CaseId)).equals((cases::Entity, cases::Column::Id));
        let mut select = Query::select();
        select.expr(Expr::val(1)).from(case_access::Entity).and_where(same).cond_where(self.in_force());
        select
    }

    fn case_ids(&self) -> SelectStatement {
        let mut select = Query::select();
        select.column(case_access::Column::CaseId).from(case_access::Entity).cond_where(self.in_force());
        select
    }
}

/// Ordinary finder of cases in a slice, to be narrowed by a condition that has an index.
pub(crate) fn cases_in(slice: &Slice) -> sea_orm::Select<cases::Entity> {
    use sea_orm::QueryFilter;
    cases::Entity::find().filter(admitted(slice))
}
