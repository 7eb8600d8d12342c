//! People, posts, sessions, tokens. Secrets arrive here hashed or sealed.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::record::Record;

use crate::case_row::{micros, moment};
use crate::entity::{api_token, login_link, person, post, session};
use crate::{Db, Error, Recorded, Tx};

/// A person as kept.
#[derive(Clone, Debug)]
pub struct PersonRow {
    pub id: PersonId,
    pub account: String,
    pub name: String,
    /// Sealed.
    pub phone: Option<Vec<u8>>,
    /// PHC string of argon2id; `None`: cannot sign in with a password.
    pub password: Option<String>,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub demo: bool,
}

/// What signing in is decided from.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub person: PersonId,
    pub password: Option<String>,
    /// Sealed secret.
    pub totp: Option<Vec<u8>>,
    pub failures: i32,
    pub locked_until: Option<DateTime<Utc>>,
    pub disabled: bool,
}

/// A post as kept.
#[derive(Clone, Debug)]
pub struct PostRow {
    pub id: PostId,
    pub person: PersonId,
    pub role: String,
    pub path: String,
    pub department: Option<String>,
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

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

const CHUNK: usize = 500;

impl Db {
    /// Everybody, with accounts in order.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn people(&self) -> Result<Vec<PersonRow>, Error> {
        let rows = person::Entity::find().order_by_asc(person::Column::Account).all(self.read()).await?;
        Ok(rows.into_iter().map(person_row).collect())
    }

    /// All posts that have not ended.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn posts(&self, now: DateTime<Utc>) -> Result<Vec<PostRow>, Error> {
        let open = Condition::any().add(post::Column::UntilAt.is_null()).add(post::Column::UntilAt.gt(micros(now)));
        let rows = post::Entity::find().filter(open).all(self.read()).await?;
        Ok(rows.into_iter().map(post_row).collect())
    }

    /// Adds people with their posts.
    ///
    /// # Errors
    /// `Taken` when an account is there already.
    pub async fn people_add(
        &self,
        people: Vec<PersonRow>,
        posts: Vec<PostRow>,
        by: Option<PersonId>,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        let done = self.write(now, |tx| Box::pin(people_add(tx, people.clone(), posts.clone(), by))).await;
        done.map_err(|e| if is_unique(&e) { Error::Taken("account") } else { e })
    }

    /// Ends a post.
    ///
    /// # Errors
    /// `Missing` when there is no such post.
    pub async fn post_end(&self, id: PostId, by: PersonId, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(post_end(tx, id, by))).await
    }

    /// What signing in as an account is decided from.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn credentials(&self, account: &str) -> Result<Option<Credentials>, Error> {
        let row = person::Entity::find().filter(person::Column::Account.eq(account)).one(self.read()).await?;
        Ok(row.map(|p| Credentials {
            person: PersonId(p.id),
            password: p.password,
            totp: p.totp,
            failures: p.failures,
            locked_until: p.locked_until.map(moment),
            disabled: p.disabled_at.is_some(),
        }))
    }

    /// Counts a failed try, and locks until a moment if given.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn sign_in_failed(
        &self,
        id: PersonId,
        locked_until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(sign_in_failed(tx, id, locked_until))).await
    }

    /// Forgets failed tries and opens the account again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn unlock(&self, id: PersonId, by: PersonId, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(unlock(tx, id, by))).await
    }

    /// Sets a password's PHC string; other sessions end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn password_set(
        &self,
        id: PersonId,
        phc: String,
        keep: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(password_set(tx, id, phc.clone(), keep.clone()))).await
    }

    /// Sets or removes the sealed TOTP secret.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn totp_set(&self, id: PersonId, secret: Option<Vec<u8>>, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(totp_set(tx, id, secret.clone()))).await
    }

    /// The sealed phone of a person.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn sealed_phone(&self, id: PersonId) -> Result<Option<Vec<u8>>, Error> {
        Ok(person::Entity::find_by_id(id.0).one(self.read()).await?.and_then(|p| p.phone))
    }

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
        Ok(row.map(|s| SessionRow {
            token: s.token,
            person: PersonId(s.person),
            post: PostId(s.post),
            csrf: s.csrf,
            created_at: moment(s.created_at),
            seen_at: moment(s.seen_at),
            expires_at: moment(s.expires_at),
        }))
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

    /// Uses a one-time link made after `since`: whose it is and where it leads. A second use finds nothing.
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

fn is_unique(error: &Error) -> bool {
    matches!(error, Error::SeaOrm(e) if matches!(e.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))))
}

fn entry(kind: &str, person: PersonId, fields: serde_json::Value) -> Record {
    let serde_json::Value::Object(fields) = fields else { return Record::new(kind, person.0, serde_json::Map::new()) };
    Record::new(kind, person.0, fields)
}

async fn people_add(
    tx: &Tx,
    people: Vec<PersonRow>,
    posts: Vec<PostRow>,
    by: Option<PersonId>,
) -> Result<Recorded<usize>, Error> {
    let subject = people.first().map(|p| p.id).or(posts.first().map(|p| p.person)).unwrap_or(PersonId(Uuid::nil()));
    let fields = json!({
        "by": by,
        "accounts": people.iter().map(|p| &p.account).collect::<Vec<_>>(),
        "posts": posts.iter().map(|p| json!([p.person, p.role, p.path, p.department])).collect::<Vec<_>>(),
    });
    let count = people.len();
    let rows: Vec<person::ActiveModel> = people.into_iter().map(person_model).collect();
    for chunk in rows.chunks(CHUNK) {
        person::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.connection()).await?;
    }
    let rows: Vec<post::ActiveModel> = posts.into_iter().map(post_model).collect();
    for chunk in rows.chunks(CHUNK) {
        post::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.connection()).await?;
    }
    tx.record(entry("people.add", subject, fields), count).await
}

fn person_model(p: PersonRow) -> person::ActiveModel {
    let created = micros(p.created_at);
    person::ActiveModel {
        id: Set(p.id.0),
        account: Set(p.account),
        name: Set(p.name),
        phone: Set(p.phone),
        password_at: Set(p.password.as_ref().map(|_| created)),
        password: Set(p.password),
        totp: Set(None),
        failures: Set(0),
        locked_until: Set(None),
        created_at: Set(created),
        disabled_at: Set(p.disabled_at.map(micros)),
        demo: Set(p.demo),
    }
}

fn post_model(p: PostRow) -> post::ActiveModel {
    post::ActiveModel {
        id: Set(p.id.0),
        person: Set(p.person.0),
        role: Set(p.role),
        path: Set(p.path),
        department: Set(p.department),
        from_at: Set(micros(p.from)),
        until_at: Set(p.until.map(micros)),
    }
}

async fn post_end(tx: &Tx, id: PostId, by: PersonId) -> Result<Recorded<()>, Error> {
    let row = post::Entity::find_by_id(id.0).one(tx.connection()).await?.ok_or(Error::Missing("post"))?;
    let person = PersonId(row.person);
    let mut row: post::ActiveModel = row.into();
    row.until_at = Set(Some(tx.now_micros()));
    row.update(tx.connection()).await?;
    session::Entity::delete_many().filter(session::Column::Post.eq(id.0)).exec(tx.connection()).await?;
    tx.record(entry("post.end", person, json!({ "by": by, "post": id })), ()).await
}

async fn person_change(tx: &Tx, id: PersonId, change: person::ActiveModel) -> Result<(), Error> {
    let mut change = change;
    change.id = Set(id.0);
    change.update(tx.connection()).await?;
    Ok(())
}

async fn sign_in_failed(tx: &Tx, id: PersonId, until: Option<DateTime<Utc>>) -> Result<Recorded<()>, Error> {
    person::Entity::update_many()
        .col_expr(person::Column::Failures, Expr::col(person::Column::Failures).add(1))
        .col_expr(person::Column::LockedUntil, Expr::value(until.map(micros)))
        .filter(person::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    tx.record(entry("session.failed", id, json!({ "lockedUntil": until.map(|u| u.to_rfc3339()) })), ()).await
}

async fn unlock(tx: &Tx, id: PersonId, by: PersonId) -> Result<Recorded<()>, Error> {
    let change = person::ActiveModel { failures: Set(0), locked_until: Set(None), ..Default::default() };
    person_change(tx, id, change).await?;
    tx.record(entry("person.unlock", id, json!({ "by": by })), ()).await
}

async fn password_set(tx: &Tx, id: PersonId, phc: String, keep: Vec<u8>) -> Result<Recorded<()>, Error> {
    let change =
        person::ActiveModel { password: Set(Some(phc)), password_at: Set(Some(tx.now_micros())), ..Default::default() };
    person_change(tx, id, change).await?;
    session::Entity::delete_many()
        .filter(session::Column::Person.eq(id.0))
        .filter(session::Column::Token.ne(keep))
        .exec(tx.connection())
        .await?;
    tx.record(entry("password.set", id, json!({})), ()).await
}

async fn totp_set(tx: &Tx, id: PersonId, secret: Option<Vec<u8>>) -> Result<Recorded<()>, Error> {
    let on = secret.is_some();
    person_change(tx, id, person::ActiveModel { totp: Set(secret), ..Default::default() }).await?;
    tx.record(entry("totp.set", id, json!({ "on": on })), ()).await
}

async fn session_open(tx: &Tx, row: SessionRow) -> Result<Recorded<()>, Error> {
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
    tx.record(entry("session.open", row.person, json!({ "post": row.post })), ()).await
}

async fn session_post(tx: &Tx, token: Vec<u8>, person: PersonId, to: PostId) -> Result<Recorded<()>, Error> {
    session::Entity::update_many()
        .col_expr(session::Column::Post, Expr::value(to.0))
        .filter(session::Column::Token.eq(token))
        .exec(tx.connection())
        .await?;
    tx.record(entry("session.post", person, json!({ "post": to })), ()).await
}

async fn session_close(tx: &Tx, token: Vec<u8>, person: PersonId) -> Result<Recorded<()>, Error> {
    session::Entity::delete_by_id(token).exec(tx.connection()).await?;
    tx.record(entry("session.close", person, json!({})), ()).await
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
    login_link::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    tx.record(entry("link.add", subject, json!({ "people": people })), ()).await
}

async fn login_link_use(tx: &Tx, token: Vec<u8>, since: i64) -> Result<Recorded<(PersonId, String)>, Error> {
    let row = login_link::Entity::find_by_id(token)
        .filter(login_link::Column::UsedAt.is_null())
        .filter(login_link::Column::CreatedAt.gte(since))
        .limit(1)
        .one(tx.connection())
        .await?
        .ok_or(Error::Missing("link"))?;
    let (person, goto) = (PersonId(row.person), row.goto.clone());
    let mut used: login_link::ActiveModel = row.into();
    used.used_at = Set(Some(tx.now_micros()));
    used.update(tx.connection()).await?;
    tx.record(entry("link.use", person, json!({})), (person, goto)).await
}

fn person_row(p: person::Model) -> PersonRow {
    PersonRow {
        id: PersonId(p.id),
        account: p.account,
        name: p.name,
        phone: p.phone,
        password: p.password,
        created_at: moment(p.created_at),
        disabled_at: p.disabled_at.map(moment),
        demo: p.demo,
    }
}

fn post_row(p: post::Model) -> PostRow {
    PostRow {
        id: PostId(p.id),
        person: PersonId(p.person),
        role: p.role,
        path: p.path,
        department: p.department,
        from: moment(p.from_at),
        until: p.until_at.map(moment),
    }
}
