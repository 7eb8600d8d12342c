//! Lists of cases: pages by key, and counts.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Order};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;
use yizhi_domain::slice::{Scope, Slice};

use crate::case_row::CaseRow;
use crate::entity::cases;
use crate::slice_sql::{admitted, by_part, by_post, in_region};
use crate::{Db, Error};

use super::CaseBrief;
use super::filter::{CaseFilter, Sort};
use super::halves::{Halves, Walk};

/// Sort keys of [`Sort::Due`] count down from here for cases without a running deadline, so that they follow all others, newest first.
const IDLE: i64 = i64::MAX;
/// No deadline is as late, and no key of an idle case as early: the year 148,000.
const BETWEEN: i64 = i64::MAX / 2;

/// Sort key and id of a case.
type Key = (i64, Uuid);

impl Db {
    /// One page of the slice's cases, and the key to the next page.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_list(&self, slice: &Slice, filter: &CaseFilter) -> Result<(Vec<CaseBrief>, Option<Key>), Error> {
        let wanted = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let words = self.words(&filter.query).await?;
        let room = filter.limit + 1;
        let mut models = if filter.is_narrow() {
            self.narrow_page(slice, filter, words).await?
        } else {
            let halves = Halves { slice, filter, words, backend: self.backend() };
            match filter.sort {
                Sort::Recent => self.walk(&halves, Walk::Recent(filter.after), room).await?,
                Sort::Due => self.due_page(&halves, room).await?,
            }
        };
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
        let words = self.words(&filter.query).await?;
        if filter.is_narrow() {
            return Ok(narrowed(slice, filter, words).count(self.read()).await?);
        }
        let wanted = filter.kinds().add(filter.rest(cases::Column::RecordedAt)).add_option(words);
        let Some(seen) = by_post(slice, &filter.below(), in_region) else {
            return Ok(cases::Entity::find().filter(by_part(slice)).filter(wanted).count(self.read()).await?);
        };
        let shown = cases::Entity::find().filter(seen.clone()).filter(wanted.clone()).count(self.read()).await?;
        let unseen = Expr::expr(CaseStatement::new().case(seen, 0).finally(1)).eq(1);
        let besides = cases::Entity::find().filter(by_part(slice)).filter(wanted).filter(unseen);
        Ok(shown + besides.count(self.read()).await?)
    }

    async fn walk(&self, halves: &Halves<'_>, walk: Walk, room: u64) -> Result<Vec<cases::Model>, Error> {
        let Some(ids) = halves.ids(walk, room) else {
            return Ok(Vec::new());
        };
        let mut find = cases::Entity::find().filter(cases::Column::Id.in_subquery(ids)).limit(room);
        walk.order(QuerySelect::query(&mut find), cases::Column::RecordedAt);
        Ok(find.all(self.read()).await?)
    }

    /// Running deadlines first; what is left of the page is filled with the newest of the others.
    async fn due_page(&self, halves: &Halves<'_>, room: u64) -> Result<Vec<cases::Model>, Error> {
        let after = halves.filter.after;
        let idle_after = after.filter(|(key, _)| *key > BETWEEN).map(|(key, id)| (IDLE - key, id));
        let mut models = match idle_after {
            None => self.walk(halves, Walk::Due(after), room).await?,
            Some(_) => Vec::new(),
        };
        let left = room.saturating_sub(models.len() as u64);
        if left > 0 {
            models.extend(self.walk(halves, Walk::Idle(idle_after), left).await?);
        }
        Ok(models)
    }

    async fn narrow_page(
        &self,
        slice: &Slice,
        filter: &CaseFilter,
        words: Option<Condition>,
    ) -> Result<Vec<cases::Model>, Error> {
        let find = narrowed(slice, filter, words).limit(filter.limit + 1);
        let find = match (filter.sort, filter.overdue_at) {
            (Sort::Recent, _) => walked(find, Walk::Recent(filter.after)),
            (Sort::Due, Some(_)) => walked(find, Walk::Due(filter.after)),
            (Sort::Due, None) => by_urgency(find, filter.after),
        };
        Ok(find.all(self.read()).await?)
    }
}

fn narrowed(slice: &Slice, filter: &CaseFilter, words: Option<Condition>) -> Select<cases::Entity> {
    let own = *slice.scope() == Scope::Nothing && filter.mine.is_none();
    let slice = if own { by_part(slice) } else { admitted(slice) };
    let wanted = filter.narrowing().add(filter.kinds()).add(filter.rest(cases::Column::RecordedAt));
    cases::Entity::find().filter(slice).filter(wanted.add_option(words))
}

fn walked(mut find: Select<cases::Entity>, walk: Walk) -> Select<cases::Entity> {
    walk.order(QuerySelect::query(&mut find), cases::Column::RecordedAt);
    find.filter(walk.start(cases::Column::RecordedAt))
}

fn by_urgency(find: Select<cases::Entity>, after: Option<Key>) -> Select<cases::Entity> {
    let key = || Expr::cust(format!("COALESCE(cases.due_at, {IDLE} - cases.recorded_at)"));
    let after = after.map(|(at, id)| {
        let tied = Condition::all().add(key().eq(at)).add(cases::Column::Id.lt(id));
        Condition::any().add(key().gt(at)).add(tied)
    });
    let find = find.order_by(key(), Order::Asc).order_by_desc(cases::Column::Id);
    find.filter(Condition::all().add_option(after))
}

fn sort_key(model: &cases::Model, sort: Sort) -> i64 {
    match sort {
        Sort::Recent => model.recorded_at,
        Sort::Due => model.due_at.unwrap_or(IDLE - model.recorded_at),
    }
}
