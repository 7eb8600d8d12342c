//! Programs' tokens and one-time sign-in links. Only digests are kept.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::{PersonId, PostId};

use super::{CHUNK, entry};
use crate::case_row::micros;
use crate::entity::{api_token, login_link};
use crate::{Db, Error, Recorded, Tx};

/// A token of a program; the token is its digest.
#[derive(Clone, Debug)]
pub struct ApiToken {
    pub token: Vec<u8>,
    pub person: PersonId,
    pub post: PostId,
}

/// A one-time link; the token is its digest.
#[derive(Clone, Debug)]
pub struct LoginLink {
    pub token: Vec<u8>,
    pub person: PersonId,
    pub goto: String,
}

impl Db {
    /// Keeps a program's token.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn api_token_add(&self, token: ApiToken, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(api_token_add(tx, token.clone()))).await
    }

    /// The program's token of a digest, unless revoked.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn api_token(&self, token: &[u8]) -> Result<Option<ApiToken>, Error> {
        let row = api_token::Entity::find_by_id(token.to_vec()).one(self.read()).await?;
        let live = row.filter(|t| t.revoked_at.is_none());
        Ok(live.map(|t| ApiToken { token: t.token, person: PersonId(t.person), post: PostId(t.post) }))
    }

    /// Keeps one-time links.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn login_links_add(&self, links: Vec<LoginLink>, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(login_links_add(tx, links.clone()))).await
    }

    /// Uses a one-time link made at `since` or later: whose it is and where it leads. A second use finds nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn login_link_use(
        &self,
        token: &[u8],
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<(PersonId, String)>, Error> {
        let token = token.to_vec();
        let used = self.write(now, |tx| Box::pin(login_link_use(tx, token.clone(), micros(since)))).await;
        match used {
            Err(Error::Missing(_)) => Ok(None),
            other => other.map(Some),
        }
    }
}

async fn api_token_add(tx: &Tx, token: ApiToken) -> Result<Recorded<()>, Error> {
    let model = api_token::ActiveModel {
        token: Set(token.token),
        person: Set(token.person.0),
        post: Set(token.post.0),
        created_at: Set(tx.now_micros()),
        revoked_at: Set(None),
    };
    api_token::Entity::insert(model).exec_without_returning(tx.connection()).await?;
    tx.record(entry("token.add", token.person, json!({ "post": token.post })), ()).await
}

async fn login_links_add(tx: &Tx, links: Vec<LoginLink>) -> Result<Recorded<()>, Error> {
    let subject = links.first().map_or(PersonId(Uuid::nil()), |l| l.person);
    let people: Vec<PersonId> = links.iter().map(|l| l.person).collect();
    let rows: Vec<login_link::ActiveModel> = links
        .into_iter()
        .map(|l| login_link::ActiveModel {
            token: Set(l.token),
            person: Set(l.person.0),
            goto: Set(l.goto),
            created_at: Set(tx.now_micros()),
            used_at: Set(None),
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        login_link::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.connection()).await?;
    }
    tx.record(entry("link.add", subject, json!({ "people": people })), ()).await
}

/// Marking it as used comes first and decides: of two uses at once, one changes no row.
async fn login_link_use(tx: &Tx, token: Vec<u8>, since: i64) -> Result<Recorded<(PersonId, String)>, Error> {
    let used = login_link::Entity::update_many()
        .col_expr(login_link::Column::UsedAt, Expr::value(tx.now_micros()))
        .filter(login_link::Column::Token.eq(token.clone()))
        .filter(login_link::Column::UsedAt.is_null())
        .filter(login_link::Column::CreatedAt.gte(since))
        .exec(tx.connection())
        .await?;
    if used.rows_affected != 1 {
        return Err(Error::Missing("link"));
    }
    let row = login_link::Entity::find_by_id(token).one(tx.connection()).await?.ok_or(Error::Missing("link"))?;
    let (person, goto) = (PersonId(row.person), row.goto);
    tx.record(entry("link.use", person, json!({})), (person, goto)).await
}
