//! The change feed: one ordered list of what changed, from which live events, phones, the lake and upper levels read.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::case_row::moment;
use crate::entity::change_feed;
use crate::{Db, Error};

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    pub seq: i64,
    pub kind: String,
    pub id: Uuid,
    pub version: i32,
    pub state: String,
    pub path: String,
    pub department: Option<String>,
    pub confidential: bool,
    pub at: DateTime<Utc>,
}

impl Db {
    /// Changes after a number, in order, at most `limit`. The caller filters by slice.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn changes_after(&self, seq: i64, limit: u64) -> Result<Vec<Change>, Error> {
        let rows = change_feed::Entity::find()
            .filter(change_feed::Column::Seq.gt(seq))
            .order_by_asc(change_feed::Column::Seq)
            .limit(limit)
            .all(self.read())
            .await?;
        let change = |c: change_feed::Model| {
            Ok(Change {
                seq: c.seq,
                kind: c.kind,
                id: c.id,
                version: c.version,
                state: c.state,
                path: c.path,
                department: c.department,
                confidential: c.confidential,
                at: moment(c.at)?,
            })
        };
        rows.into_iter().map(change).collect()
    }

    /// The newest change after a number: its number, and the latest moment at which one was made; `None` where there is none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn change_newest(&self, seq: i64) -> Result<Option<(i64, DateTime<Utc>)>, Error> {
        let newest = change_feed::Entity::find()
            .select_only()
            .column_as(change_feed::Column::Seq.max(), "seq")
            .column_as(change_feed::Column::At.max(), "at")
            .filter(change_feed::Column::Seq.gt(seq));
        let (seq, at) = newest.into_tuple::<(Option<i64>, Option<i64>)>().one(self.read()).await?.unwrap_or_default();
        seq.zip(at).map(|(seq, at)| Ok((seq, moment(at)?))).transpose()
    }

    /// The number of the oldest change that is kept; `None` when nothing has changed yet.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn change_first(&self) -> Result<Option<i64>, Error> {
        let first = change_feed::Entity::find().order_by_asc(change_feed::Column::Seq).one(self.read()).await?;
        Ok(first.map(|c| c.seq))
    }

    /// The number of the newest change.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn change_last(&self) -> Result<i64, Error> {
        let last = change_feed::Entity::find().order_by_desc(change_feed::Column::Seq).one(self.read()).await?;
        Ok(last.map_or(0, |c| c.seq))
    }
}
