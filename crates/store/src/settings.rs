//! Small named values of this installation: that it is a demo, how far work of the platform has come. Setting one is a record, for rights rest on some of
//! them; progress is not.

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, Set, sea_query::OnConflict};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::record::Record;

use crate::entity::setting;
use crate::{Db, Error, Recorded, Tx};

/// Names of what is only progress of work, and not proven.
pub(crate) const PROGRESS: &[&str] = &["search_folding", "search_refolded", "stage_day.queued", DIVISIONS];

/// How far the import of a division list has come: [`BEGUN`] and the counties of the list, until all of it is in.
pub const DIVISIONS: &str = "region.import";
/// It has begun.
pub const BEGUN: &str = "begun";

/// The name that the log was given at its first start.
pub const LOG_NAME: &str = "ledger.name";

impl Db {
    /// A setting's value.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(setting::Entity::find_by_id(name).one(self.read()).await?.map(|s| s.value))
    }

    /// Notes how far work of the platform itself has come: no decision and no right rests on it, so it is no record.
    ///
    /// # Errors
    /// `Missing` for a name that is not one of those, or when it cannot be written.
    pub async fn setting_note(&self, name: &str, value: &str) -> Result<(), Error> {
        if !PROGRESS.contains(&name) {
            return Err(Error::Missing("progress"));
        }
        let touch = self.touch().await?;
        let noted = setting::Entity::insert(row(name, value)).on_conflict(again());
        noted.exec_without_returning(touch.connection).await?;
        Ok(())
    }

    /// Sets a value.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn setting_set(&self, name: &str, value: &str, now: DateTime<Utc>) -> Result<(), Error> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write(now, |tx| Box::pin(setting_set(tx, name.clone(), value.clone()))).await
    }
}

async fn setting_set(tx: &Tx, name: String, value: String) -> Result<Recorded<()>, Error> {
    let set = setting::Entity::insert(row(&name, &value)).on_conflict(again());
    set.exec_without_returning(tx.connection()).await?;
    let fields = serde_json::Map::from_iter([("name".to_owned(), json!(name))]);
    let mut record = Record::new("setting.set", Uuid::nil(), fields);
    tx.prove(&mut record, "setting", &[vec![name.into()]]).await?;
    tx.record(record, ()).await
}

fn row(name: &str, value: &str) -> setting::ActiveModel {
    setting::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) }
}

fn again() -> OnConflict {
    OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned()
}
