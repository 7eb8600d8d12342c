//! Where the three administrators of a region are held by one above it: a village of three people cannot staff three administrators.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};
use serde_json::json;
use yizhi_domain::ids::PersonId;

use super::entry;
use crate::case_row::{micros, moment};
use crate::entity::administration;
use crate::{Db, Error, Recorded, Tx};

/// A choice as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administration {
    /// The region that has no administrators of its own.
    pub path: String,
    /// The region above it whose administrators it has.
    pub held_by: String,
    /// `None`: the operator of the machine.
    pub chosen_by: Option<PersonId>,
    pub at: DateTime<Utc>,
}

impl Db {
    /// All choices, by path.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn administrations(&self) -> Result<Vec<Administration>, Error> {
        let rows = administration::Entity::find().order_by_asc(administration::Column::Path).all(self.read()).await?;
        let choice = |a: administration::Model| {
            Ok(Administration {
                path: a.path,
                held_by: a.held_by,
                chosen_by: a.chosen_by.map(PersonId),
                at: moment(a.at)?,
            })
        };
        rows.into_iter().map(choice).collect()
    }

    /// Records that a region's administrators are held by one above it, or, without `held_by`, no longer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn administration_set(
        &self,
        path: &str,
        held_by: Option<&str>,
        by: PersonId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let (path, held_by) = (path.to_owned(), held_by.map(str::to_owned));
        self.write(now, |tx| Box::pin(administration_set(tx, path.clone(), held_by.clone(), by))).await
    }
}

async fn administration_set(
    tx: &Tx,
    path: String,
    held_by: Option<String>,
    by: PersonId,
) -> Result<Recorded<()>, Error> {
    let fields = json!({ "by": by, "region": path, "heldBy": held_by });
    let key = path.clone();
    match held_by {
        Some(held_by) => {
            let row = administration::ActiveModel {
                path: Set(path),
                held_by: Set(held_by),
                chosen_by: Set(Some(by.0)),
                at: Set(micros(tx.now())),
            };
            let again = OnConflict::column(administration::Column::Path)
                .update_columns([
                    administration::Column::HeldBy,
                    administration::Column::ChosenBy,
                    administration::Column::At,
                ])
                .to_owned();
            administration::Entity::insert(row).on_conflict(again).exec_without_returning(tx.connection()).await?;
        }
        None => {
            administration::Entity::delete_by_id(path).exec(tx.connection()).await?;
        }
    }
    let mut record = entry("administration.set", by, fields);
    tx.prove(&mut record, "administration", &[vec![key.into()]]).await?;
    tx.record(record, ()).await
}
