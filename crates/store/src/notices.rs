//! What people were told about cases.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Order, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use yizhi_domain::ids::CaseId;
use yizhi_domain::slice::{Principal, Slice};
use yizhi_domain::text::Text;

use crate::case_row::moment;
use crate::entity::notice;
use crate::{Db, Error};

/// One notice.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    pub case: CaseId,
    pub text: Text,
    pub at: DateTime<Utc>,
}

impl Db {
    /// The newest notices to the slice's principals.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn notices(&self, slice: &Slice, limit: u64) -> Result<Vec<NoticeRow>, Error> {
        let newest = slice.principals().iter().map(|principal| newest_to(principal, limit));
        let Some(ids) = newest.reduce(|mut all, next| all.union(UnionType::All, next).to_owned()) else {
            return Ok(Vec::new());
        };
        let rows = notice::Entity::find()
            .filter(notice::Column::Id.in_subquery(ids))
            .order_by_desc(notice::Column::At)
            .order_by_desc(notice::Column::Id)
            .limit(limit)
            .all(self.read())
            .await?;
        let row =
            |n: notice::Model| NoticeRow { case: CaseId(n.case_id), text: Text::new(n.zh, n.en), at: moment(n.at) };
        Ok(rows.into_iter().map(row).collect())
    }
}

/// The ids of the newest notices to one principal, read from the end of its range in the index.
fn newest_to(principal: &Principal, limit: u64) -> SelectStatement {
    let newest = Query::select()
        .columns([notice::Column::Id, notice::Column::At])
        .from(notice::Entity)
        .and_where(notice::Column::Principal.eq(principal.to_string()))
        .order_by(notice::Column::At, Order::Desc)
        .order_by(notice::Column::Id, Order::Desc)
        .limit(limit)
        .to_owned();
    Query::select().column(notice::Column::Id).from_subquery(newest, "newest").to_owned()
}
