//! The index of words, for a case that is there already: what is written when a value is erased, and when the folding of words changed.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use uuid::Uuid;
use yizhi_domain::search;
use yizhi_domain::world::World;

use crate::case_row::{CaseRow, search_text};
use crate::entity::cases;
use crate::{Backend, Db, Error};

/// Forgets the words of a case, and notes new ones.
pub(crate) const SQLITE: [&str; 2] = [
    "DELETE FROM case_search WHERE rowid = (SELECT rowid FROM cases WHERE id = $1)",
    "INSERT INTO case_search (rowid, tokens) SELECT rowid, $2 FROM cases WHERE id = $1",
];

/// Notes other words of a case.
pub(crate) const POSTGRES: &str = "UPDATE case_search SET tokens = \
     array_to_tsvector(ARRAY(SELECT DISTINCT t FROM UNNEST(string_to_array($2, ' ')) AS t WHERE t <> '')) WHERE case_id = $1";

/// The same, unless the case has changed since it was read. The case stays locked, so that an erasure comes before or after.
const POSTGRES_UNCHANGED: &str = "UPDATE case_search SET tokens = \
     array_to_tsvector(ARRAY(SELECT DISTINCT t FROM UNNEST(string_to_array($2, ' ')) AS t WHERE t <> '')) \
     WHERE case_id = (SELECT id FROM cases WHERE id = $1 AND body = $3 FOR UPDATE)";

impl Db {
    /// Notes the words of the next cases after `after` anew, as they are folded now; the last of them, or `None` when there are no more. No data of
    /// anybody changes.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn search_refold(&self, after: Option<Uuid>, limit: u64, world: &World) -> Result<Option<Uuid>, Error> {
        // On SQLite nobody else writes until this is dropped.
        let touch = self.touch().await?;
        let mut find = cases::Entity::find().order_by_asc(cases::Column::Id).limit(limit);
        if let Some(after) = after {
            find = find.filter(cases::Column::Id.gt(after));
        }
        let models = find.all(touch.connection).await?;
        let last = models.last().map(|m| m.id);
        for model in models {
            let (id, body) = (model.id, model.body.clone());
            let case = CaseRow::from(model).into_case(Vec::new())?;
            let matter = world.release(&case.release).unwrap_or(&world.catalog).matter(&case.matter);
            let text = search_text(&case, matter.map(|m| m.name.zh.as_str()).unwrap_or_default());
            if !search::is_folded_anew(&text) {
                continue;
            }
            let tokens = search::index_tokens(&text);
            let backend = touch.connection.get_database_backend();
            match self.backend() {
                Backend::Sqlite => {
                    let [forget, note] = SQLITE;
                    let forget = Statement::from_sql_and_values(backend, forget, [id.into()]);
                    touch.connection.execute_raw(forget).await?;
                    let note = Statement::from_sql_and_values(backend, note, [id.into(), tokens.into()]);
                    touch.connection.execute_raw(note).await?;
                }
                Backend::Postgres => {
                    let values = [id.into(), tokens.into(), body.into()];
                    let note = Statement::from_sql_and_values(backend, POSTGRES_UNCHANGED, values);
                    touch.connection.execute_raw(note).await?;
                }
            }
        }
        Ok(last)
    }
}
