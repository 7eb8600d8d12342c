//! Small named values of this installation: its name, that it is a demo, its keys' fingerprints.

use sea_orm::{EntityTrait, Set, sea_query::OnConflict};

use crate::entity::setting;
use crate::{Db, Error};

impl Db {
    /// A setting's value.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(setting::Entity::find_by_id(name).one(self.read()).await?.map(|s| s.value))
    }

    /// Sets an operational value.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn setting_set(&self, name: &str, value: &str) -> Result<(), Error> {
        let touch = self.touch().await?;
        let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
        setting::Entity::insert(row)
            .on_conflict(OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned())
            .exec_without_returning(touch.connection)
            .await?;
        Ok(())
    }
}
