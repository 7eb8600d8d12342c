//! What people were told about cases.

use chrono::{DateTime, Utc};
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
        let principals: Vec<String> = slice.principals().iter().map(Principal::to_string).collect();
        let rows = notice::Entity::find()
            .filter(notice::Column::Principal.is_in(principals))
            .order_by_desc(notice::Column::At)
            .limit(limit)
            .all(self.read())
            .await?;
        let row =
            |n: notice::Model| NoticeRow { case: CaseId(n.case_id), text: Text::new(n.zh, n.en), at: moment(n.at) };
        Ok(rows.into_iter().map(row).collect())
    }
}
