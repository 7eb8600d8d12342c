//! Catalog releases, kept as their files under their content address.

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, Set, sea_query::OnConflict};
use yizhi_domain::catalog::Files;

use crate::case_row::micros;
use crate::entity::catalog_release;
use crate::{Db, Error};

impl Db {
    /// Keeps a release; keeping it again changes nothing, since its id is the digest of its content.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn release_keep(&self, id: &str, files: &Files, now: DateTime<Utc>) -> Result<(), Error> {
        let text = serde_json::to_string(files).map_err(|e| Error::Corrupt(e.to_string()))?;
        let touch = self.touch().await?;
        let row =
            catalog_release::ActiveModel { id: Set(id.to_owned()), files: Set(text), created_at: Set(micros(now)) };
        catalog_release::Entity::insert(row)
            .on_conflict(OnConflict::column(catalog_release::Column::Id).do_nothing().to_owned())
            .exec_without_returning(touch.connection)
            .await?;
        Ok(())
    }

    /// All releases kept, by id.
    ///
    /// # Errors
    /// When the database cannot answer, or a release is damaged.
    pub async fn releases(&self) -> Result<Vec<(String, Files)>, Error> {
        let rows = catalog_release::Entity::find().all(self.read()).await?;
        let parse = |r: catalog_release::Model| {
            let files = serde_json::from_str(&r.files).map_err(|e| Error::Corrupt(format!("release {}: {e}", r.id)))?;
            Ok((r.id, files))
        };
        rows.into_iter().map(parse).collect()
    }
}
