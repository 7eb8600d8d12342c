//! Sessions: opened, used, moved to another post, ended.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use yizhi_domain::ids::{PersonId, PostId};

use super::entry;
use super::people::person_change;
use crate::case_row::{micros, moment};
use crate::entity::{person, session};
use crate::{Db, Error, Recorded, Tx};

/// A session as kept; the token is its digest.
#[derive(Clone, Debug)]
pub struct SessionRow {
    pub token: Vec<u8>,
    pub person: PersonId,
    pub post: PostId,
    pub csrf: String,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl Db {
    /// Opens a session.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn session_open(&self, row: SessionRow) -> Result<(), Error> {
        let now = row.created_at;
        self.write(now, |tx| Box::pin(session_open(tx, row.clone()))).await
    }

    /// The session of a token's digest.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn session(&self, token: &[u8]) -> Result<Option<SessionRow>, Error> {
        let row = session::Entity::find_by_id(token.to_vec()).one(self.read()).await?;
        row.map(|s| {
            Ok(SessionRow {
                token: s.token,
                person: PersonId(s.person),
                post: PostId(s.post),
                csrf: s.csrf,
                created_at: moment(s.created_at)?,
                seen_at: moment(s.seen_at)?,
                expires_at: moment(s.expires_at)?,
            })
        })
        .transpose()
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn session_seen(&self, token: &[u8], at: DateTime<Utc>) -> Result<(), Error> {
        let touch = self.touch().await?;
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(micros(at)))
            .filter(session::Column::Token.eq(token.to_vec()))
            .exec(touch.connection)
            .await?;
        Ok(())
    }

    /// Acts in another post from now on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn session_post(
        &self,
        token: &[u8],
        person: PersonId,
        to: PostId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let token = token.to_vec();
        self.write(now, |tx| Box::pin(session_post(tx, token.clone(), person, to))).await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn session_close(&self, token: &[u8], person: PersonId, now: DateTime<Utc>) -> Result<(), Error> {
        let token = token.to_vec();
        self.write(now, |tx| Box::pin(session_close(tx, token.clone(), person))).await
    }

    /// Removes sessions that are over.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn sessions_sweep(&self, now: DateTime<Utc>) -> Result<u64, Error> {
        let touch = self.touch().await?;
        let over = session::Column::ExpiresAt.lt(micros(now));
        Ok(session::Entity::delete_many().filter(over).exec(touch.connection).await?.rows_affected)
    }
}

async fn session_open(tx: &Tx, row: SessionRow) -> Result<Recorded<()>, Error> {
    let key = row.token.clone();
    let model = session::ActiveModel {
        token: Set(row.token),
        person: Set(row.person.0),
        post: Set(row.post.0),
        csrf: Set(row.csrf),
        created_at: Set(micros(row.created_at)),
        seen_at: Set(micros(row.seen_at)),
        expires_at: Set(micros(row.expires_at)),
    };
    session::Entity::insert(model).exec_without_returning(tx.connection()).await?;
    let change = person::ActiveModel { failures: Set(0), locked_until: Set(None), ..Default::default() };
    person_change(tx, row.person, change).await?;
    let mut record = entry("session.open", row.person, json!({ "post": row.post }));
    tx.prove(&mut record, "session", &[vec![key.into()]]).await?;
    tx.record(record, ()).await
}

async fn session_post(tx: &Tx, token: Vec<u8>, person: PersonId, to: PostId) -> Result<Recorded<()>, Error> {
    session::Entity::update_many()
        .col_expr(session::Column::Post, Expr::value(to.0))
        .filter(session::Column::Token.eq(token.clone()))
        .exec(tx.connection())
        .await?;
    let mut record = entry("session.post", person, json!({ "post": to }));
    tx.prove(&mut record, "session", &[vec![token.into()]]).await?;
    tx.record(record, ()).await
}

async fn session_close(tx: &Tx, token: Vec<u8>, person: PersonId) -> Result<Recorded<()>, Error> {
    session::Entity::delete_by_id(token).exec(tx.connection()).await?;
    tx.record(entry("session.close", person, json!({})), ()).await
}

/// Ends all sessions of a person but one.
pub(super) async fn end_others(tx: &Tx, person: PersonId, keep: Vec<u8>) -> Result<(), Error> {
    session::Entity::delete_many()
        .filter(session::Column::Person.eq(person.0))
        .filter(session::Column::Token.ne(keep))
        .exec(tx.connection())
        .await?;
    Ok(())
}
