//! What people were told about cases, and what of it they have read. A notice to a role or a department is read by each person for themselves; one about a
//! case that the slice does not admit, or no more, is not shown.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SelectStatement, UnionType};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use yizhi_domain::ids::{CaseId, PersonId};
use yizhi_domain::slice::{Principal, Slice};
use yizhi_domain::text::Text;

use crate::case_row::{micros, moment};
use crate::entity::{cases, notice, notice_read, person};
use crate::slice_sql::cases_in;
use crate::{Db, Error};

/// Unread notices are counted up to here: nobody reads the difference.
pub const UNREAD_MAX: u64 = 100;
/// Most notices marked at once.
const MARKED_MAX: usize = 200;

/// Moment and id of a notice.
type Key = (i64, Uuid);

/// One notice.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    pub id: Uuid,
    pub case: CaseId,
    pub number: String,
    pub text: Text,
    pub at: DateTime<Utc>,
    pub read: bool,
}

/// What is asked of the notices to a principal.
struct Wanted {
    after: Option<Key>,
    /// Not read by this person, and newer than what was marked as read as a whole.
    unread_by: Option<(Uuid, Option<i64>)>,
    limit: u64,
}

impl Db {
    /// One page of the notices to the slice's principals, newest first, as a person has read them, and the key to the next page.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn notices(
        &self,
        slice: &Slice,
        reader: PersonId,
        unread: bool,
        after: Option<Key>,
        limit: u64,
    ) -> Result<(Vec<NoticeRow>, Option<Key>), Error> {
        let marked = self.marked_until(reader).await?;
        let unread_by = unread.then_some((reader.0, marked));
        let mut rows = self.told(slice, &Wanted { after, unread_by, limit: limit + 1 }).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|n| (n.at, n.id));
        let numbers = self.numbers(slice, &rows).await?;
        let ids = rows.iter().map(|n| n.id);
        let read = notice_read::Entity::find()
            .filter(notice_read::Column::Person.eq(reader.0))
            .filter(notice_read::Column::Notice.is_in(ids))
            .all(self.read())
            .await?;
        let read: HashSet<Uuid> = read.into_iter().map(|r| r.notice).collect();
        let row = |n: notice::Model| {
            let Some(number) = numbers.get(&n.case_id).cloned() else { return Ok(None) };
            Ok(Some(NoticeRow {
                number,
                id: n.id,
                case: CaseId(n.case_id),
                text: Text::new(n.zh, n.en),
                at: moment(n.at)?,
                read: read.contains(&n.id) || marked.is_some_and(|until| n.at <= until),
            }))
        };
        let rows: Vec<Option<NoticeRow>> = rows.into_iter().map(row).collect::<Result<_, Error>>()?;
        Ok((rows.into_iter().flatten().collect(), next))
    }

    /// How many notices a person has not read, up to [`UNREAD_MAX`].
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn notices_unread(&self, slice: &Slice, reader: PersonId) -> Result<u64, Error> {
        let unread_by = Some((reader.0, self.marked_until(reader).await?));
        let rows = self.told(slice, &Wanted { after: None, unread_by, limit: UNREAD_MAX }).await?;
        let numbers = self.numbers(slice, &rows).await?;
        Ok(rows.iter().filter(|n| numbers.contains_key(&n.case_id)).count() as u64)
    }

    /// Marks notices as read by a person; what is not theirs to see stays as it is.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn notices_read(
        &self,
        slice: &Slice,
        reader: PersonId,
        ids: &[Uuid],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let to: Vec<String> = slice.principals().iter().map(Principal::to_string).collect();
        let ids = ids.iter().copied().take(MARKED_MAX);
        let mine = notice::Entity::find()
            .filter(notice::Column::Id.is_in(ids))
            .filter(notice::Column::Principal.is_in(to))
            .all(self.read())
            .await?;
        let marks = mine.into_iter().map(|n| notice_read::ActiveModel {
            person: Set(reader.0),
            notice: Set(n.id),
            at: Set(micros(now)),
        });
        let marks: Vec<_> = marks.collect();
        if marks.is_empty() {
            return Ok(());
        }
        let touch = self.touch().await?;
        let key = [notice_read::Column::Person, notice_read::Column::Notice];
        notice_read::Entity::insert_many(marks)
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(touch.connection)
            .await?;
        Ok(())
    }

    /// Marks all notices up to now as read by a person.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn notices_read_all(&self, reader: PersonId, now: DateTime<Utc>) -> Result<(), Error> {
        let touch = self.touch().await?;
        person::Entity::update_many()
            .col_expr(person::Column::NoticesReadAt, Expr::value(micros(now)))
            .filter(person::Column::Id.eq(reader.0))
            .exec(touch.connection)
            .await?;
        Ok(())
    }

    async fn marked_until(&self, reader: PersonId) -> Result<Option<i64>, Error> {
        let row = person::Entity::find_by_id(reader.0).one(self.read()).await?;
        Ok(row.and_then(|person| person.notices_read_at))
    }

    /// Numbers of the cases of notices that the slice admits.
    async fn numbers(&self, slice: &Slice, rows: &[notice::Model]) -> Result<HashMap<Uuid, String>, Error> {
        let ids: HashSet<Uuid> = rows.iter().map(|n| n.case_id).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found: Vec<(Uuid, String)> = cases_in(slice)
            .filter(cases::Column::Id.is_in(ids))
            .select_only()
            .column(cases::Column::Id)
            .column(cases::Column::Number)
            .into_tuple()
            .all(self.read())
            .await?;
        Ok(found.into_iter().collect())
    }

    async fn told(&self, slice: &Slice, wanted: &Wanted) -> Result<Vec<notice::Model>, Error> {
        let newest = slice.principals().iter().map(|principal| newest_to(principal, wanted));
        let Some(ids) = newest.reduce(|mut all, next| all.union(UnionType::All, next).to_owned()) else {
            return Ok(Vec::new());
        };
        let rows = notice::Entity::find()
            .filter(notice::Column::Id.in_subquery(ids))
            .order_by_desc(notice::Column::At)
            .order_by_desc(notice::Column::Id)
            .limit(wanted.limit)
            .all(self.read())
            .await?;
        Ok(rows)
    }
}

/// The ids of the newest notices to one principal, read from the end of its range in the index.
fn newest_to(principal: &Principal, wanted: &Wanted) -> SelectStatement {
    let after = wanted.after.map(|(at, id)| {
        let older = Condition::any().add(notice::Column::At.lt(at)).add(notice::Column::Id.lt(id));
        Condition::all().add(notice::Column::At.lte(at)).add(older)
    });
    let unread = wanted.unread_by.map(|(reader, marked)| {
        let same =
            Expr::col((notice_read::Entity, notice_read::Column::Notice)).equals((notice::Entity, notice::Column::Id));
        let read = Query::select()
            .expr(Expr::val(1))
            .from(notice_read::Entity)
            .and_where(notice_read::Column::Person.eq(reader))
            .and_where(same)
            .to_owned();
        let newer = marked.map(|until| notice::Column::At.gt(until));
        Condition::all().add(Expr::exists(read).not()).add_option(newer)
    });
    let newest = Query::select()
        .columns([notice::Column::Id, notice::Column::At])
        .from(notice::Entity)
        .and_where(notice::Column::Principal.eq(principal.to_string()))
        .cond_where(Condition::all().add_option(after).add_option(unread))
        .order_by(notice::Column::At, Order::Desc)
        .order_by(notice::Column::Id, Order::Desc)
        .limit(wanted.limit)
        .to_owned();
    Query::select().column(notice::Column::Id).from_subquery(newest, "newest").to_owned()
}
