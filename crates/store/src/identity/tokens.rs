//! Programs' tokens and one-time sign-in links. Only digests are kept.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::{PersonId, PostId};

use super::{CHUNK, entry, recorded};
use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::{api_token, login_link};
use crate::rows::Cell;
use crate::{Db, Error, Recorded, Tx};

/// A token of a program; the token is its digest.
#[derive(Clone, Debug)]
pub struct ApiToken {
    pub token: Vec<u8>,
    pub person: PersonId,
    pub post: PostId,
}

/// What a token is for and how far it goes.
#[derive(Clone, Debug)]
pub struct TokenTerms {
    pub name: String,
    /// JSON; `None`: all that the post may do.
    pub scope: Option<String>,
    pub expires_at: DateTime<Utc>,
}

/// A token as kept.
#[derive(Clone, Debug)]
pub struct TokenRow {
    /// From the digest: what is shown, and by which it is revoked.
    pub id: Uuid,
    pub token: Vec<u8>,
    pub person: PersonId,
    pub post: PostId,
    pub name: Option<String>,
    pub scope: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The longest that a token lives, also one from before tokens had an end.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// A one-time link; the token is its digest.
#[derive(Clone, Debug)]
pub struct LoginLink {
    pub token: Vec<u8>,
    pub person: PersonId,
    pub goto: String,
}

impl Db {
    /// Keeps a program's token that may do all that its post may, for a year, made by the operator of the machine.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn api_token_add(&self, token: ApiToken, now: DateTime<Utc>) -> Result<(), Error> {
        let terms = TokenTerms { name: String::new(), scope: None, expires_at: now + TimeDelta::days(365) };
        self.api_token_grant(token, terms, None, now).await
    }

    /// Keeps a program's token; `by` is its owner, or nobody where the operator of the machine makes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn api_token_grant(
        &self,
        token: ApiToken,
        terms: TokenTerms,
        by: Option<PersonId>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(api_token_add(tx, token.clone(), terms.clone(), by))).await
    }

    /// The program's token of a digest, unless revoked or over.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn api_token(&self, token: &[u8], now: DateTime<Utc>) -> Result<Option<TokenRow>, Error> {
        let row = api_token::Entity::find_by_id(token.to_vec()).one(self.read()).await?;
        let row = row.filter(|t| t.revoked_at.is_none()).map(token_row).transpose()?;
        Ok(row.filter(|t| now < t.expires_at))
    }

    /// Tokens of these people that are not revoked or over, the newest first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn api_tokens(&self, people: &[PersonId], now: DateTime<Utc>) -> Result<Vec<TokenRow>, Error> {
        let rows = api_token::Entity::find()
            .filter(api_token::Column::Person.is_in(people.iter().map(|p| p.0)))
            .filter(api_token::Column::RevokedAt.is_null())
            .order_by_desc(api_token::Column::CreatedAt)
            .all(self.read())
            .await?;
        let all: Vec<TokenRow> = rows.into_iter().map(token_row).collect::<Result<_, _>>()?;
        Ok(all.into_iter().filter(|t| now < t.expires_at).collect())
    }

    /// Revokes one of a person's tokens, or all of them.
    ///
    /// # Errors
    /// `Missing` when there is none.
    pub async fn api_token_revoke(
        &self,
        person: PersonId,
        one: Option<Vec<u8>>,
        by: PersonId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(api_token_revoke(tx, person, one.clone(), by))).await
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

fn token_row(t: api_token::Model) -> Result<TokenRow, Error> {
    let created_at = moment(t.created_at)?;
    let longest = created_at + LONGEST;
    Ok(TokenRow {
        id: t.token.get(..16).and_then(|b| Uuid::from_slice(b).ok()).unwrap_or_default(),
        token: t.token,
        person: PersonId(t.person),
        post: PostId(t.post),
        name: t.name.filter(|n| !n.is_empty()),
        scope: t.scope,
        created_at,
        expires_at: maybe_moment(t.expires_at)?.map_or(longest, |at| at.min(longest)),
    })
}

async fn api_token_add(
    tx: &Tx,
    token: ApiToken,
    terms: TokenTerms,
    by: Option<PersonId>,
) -> Result<Recorded<()>, Error> {
    let fields = json!({
        "by": by, "atMachine": by.is_none(), "post": token.post, "name": terms.name, "scope": terms.scope,
        "expiresAt": terms.expires_at.to_rfc3339(),
    });
    let model = api_token::ActiveModel {
        token: Set(token.token),
        person: Set(token.person.0),
        post: Set(token.post.0),
        created_at: Set(tx.now_micros()),
        revoked_at: Set(None),
        name: Set(Some(terms.name)),
        scope: Set(terms.scope),
        expires_at: Set(Some(micros(terms.expires_at))),
    };
    api_token::Entity::insert(model).exec_without_returning(tx.connection()).await?;
    recorded(tx, entry("token.add", token.person, fields), ()).await
}

async fn api_token_revoke(
    tx: &Tx,
    person: PersonId,
    one: Option<Vec<u8>>,
    by: PersonId,
) -> Result<Recorded<()>, Error> {
    let all = one.is_none();
    let changed = revoke(tx, person, one).await?;
    if changed == 0 {
        return Err(Error::Missing("token"));
    }
    recorded(tx, entry("token.revoke", person, json!({ "by": by, "all": all, "tokens": changed })), ()).await
}

/// Revokes all tokens of a person, within what ends them.
pub(super) async fn revoke_all(tx: &Tx, person: PersonId) -> Result<(), Error> {
    revoke(tx, person, None).await.map(|_| ())
}

async fn revoke(tx: &Tx, person: PersonId, one: Option<Vec<u8>>) -> Result<u64, Error> {
    let mut which = api_token::Entity::update_many()
        .col_expr(api_token::Column::RevokedAt, Expr::value(tx.now_micros()))
        .filter(api_token::Column::Person.eq(person.0))
        .filter(api_token::Column::RevokedAt.is_null());
    if let Some(token) = one {
        which = which.filter(api_token::Column::Token.eq(token));
    }
    Ok(which.exec(tx.connection()).await?.rows_affected)
}

async fn login_links_add(tx: &Tx, links: Vec<LoginLink>) -> Result<Recorded<()>, Error> {
    let subject = links.first().map_or(PersonId(Uuid::nil()), |l| l.person);
    let people: Vec<PersonId> = links.iter().map(|l| l.person).collect();
    let keys: Vec<Vec<Cell>> = links.iter().map(|l| vec![l.token.clone().into()]).collect();
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
    let mut record = entry("link.add", subject, json!({ "people": people }));
    tx.prove(&mut record, "login_link", &keys).await?;
    tx.record(record, ()).await
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
    let row =
        login_link::Entity::find_by_id(token.clone()).one(tx.connection()).await?.ok_or(Error::Missing("link"))?;
    let (person, goto) = (PersonId(row.person), row.goto);
    let mut record = entry("link.use", person, json!({}));
    tx.prove(&mut record, "login_link", &[vec![token.into()]]).await?;
    tx.record(record, (person, goto)).await
}
