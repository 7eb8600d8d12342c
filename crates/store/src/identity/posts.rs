//! Posts: a person's role in a region, for a time.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::region::RegionPath;

use super::{entry, recorded, taken};
use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::{api_token, person, post, post_proposal, session};
use crate::{Db, Error, Recorded, Tx};

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

impl Db {
    /// All posts that have not ended.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn posts(&self, now: DateTime<Utc>) -> Result<Vec<PostRow>, Error> {
        let rows = post::Entity::find().filter(not_ended(micros(now))).all(self.read()).await?;
        Ok(self.readable("post", rows, |p| p.id.to_string(), post_row))
    }

    /// Gives a person a post, unless they hold the same one or one of the roles in `apart`, now or later.
    ///
    /// # Errors
    /// `Taken("id")` for the id of another, `Taken("post")` for the same one, `Taken("role")` for one that must be kept apart, `Missing` when there is no such person.
    pub async fn post_add(
        &self,
        row: PostRow,
        apart: Vec<String>,
        by: PersonId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(post_add(tx, row.clone(), apart.clone(), by))).await
    }

    /// Ends a post, and the sessions and tokens in it.
    ///
    /// # Errors
    /// `Missing` when there is no such post.
    pub async fn post_end(&self, id: PostId, by: PersonId, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(post_end(tx, id, by))).await
    }
}

fn not_ended(now: i64) -> Condition {
    Condition::any().add(post::Column::UntilAt.is_null()).add(post::Column::UntilAt.gt(now))
}

/// The person's row is locked first, so that two posts given at once are checked one after the other on PostgreSQL too.
async fn post_add(tx: &Tx, row: PostRow, apart: Vec<String>, by: PersonId) -> Result<Recorded<()>, Error> {
    let holder = person::Entity::find_by_id(row.person.0).lock_exclusive().one(tx.connection()).await?;
    holder.ok_or(Error::Missing("person"))?;
    id_unproposed(tx, row.id.0).await?;
    post_refused(tx, &row, &apart).await?;
    let mut fields = post_record(&row);
    fields["by"] = json!(by);
    let person = row.person;
    post_insert(tx, row).await?;
    recorded(tx, entry("post.add", person, fields), ()).await
}

/// Fails when there is a post of that id, or when the person holds the same post, or one that must be kept apart from it, now or later.
pub(super) async fn post_refused(tx: &Tx, row: &PostRow, apart: &[String]) -> Result<(), Error> {
    if post::Entity::find_by_id(row.id.0).one(tx.connection()).await?.is_some() {
        return Err(Error::Taken("id"));
    }
    let held = post::Entity::find()
        .filter(post::Column::Person.eq(row.person.0))
        .filter(not_ended(tx.now_micros()))
        .all(tx.connection())
        .await?;
    if held.iter().any(|h| apart.contains(&h.role)) {
        return Err(Error::Taken("role"));
    }
    if held.iter().any(|h| is_same(h, row)) {
        return Err(Error::Taken("post"));
    }
    Ok(())
}

/// Fails when there is a proposal of that id, open or decided.
pub(super) async fn id_unproposed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let proposed = post_proposal::Entity::find_by_id(id).one(tx.connection()).await?;
    if proposed.is_some() { Err(Error::Taken("id")) } else { Ok(()) }
}

pub(super) async fn post_insert(tx: &Tx, row: PostRow) -> Result<(), Error> {
    let inserted = post::Entity::insert(post_model(row)).exec_without_returning(tx.connection()).await;
    inserted.map(drop).map_err(Error::from).map_err(taken("id"))
}

/// Everything that a row of a post says, for its record.
pub(super) fn post_record(row: &PostRow) -> serde_json::Value {
    json!({
        "post": row.id, "person": row.person, "role": row.role, "region": row.path, "department": row.department,
        "from": row.from.to_rfc3339(), "until": row.until.map(|at| at.to_rfc3339()),
    })
}

fn is_same(held: &post::Model, row: &PostRow) -> bool {
    let place = held.role == row.role && held.path == row.path && held.department == row.department;
    let begins_in_time = row.until.is_none_or(|until| held.from_at < micros(until));
    let ends_in_time = held.until_at.is_none_or(|until| micros(row.from) < until);
    place && begins_in_time && ends_in_time
}

async fn post_end(tx: &Tx, id: PostId, by: PersonId) -> Result<Recorded<()>, Error> {
    let row = post::Entity::find_by_id(id.0).one(tx.connection()).await?.ok_or(Error::Missing("post"))?;
    let person = PersonId(row.person);
    let mut row: post::ActiveModel = row.into();
    row.until_at = Set(Some(tx.now_micros()));
    row.update(tx.connection()).await?;
    session::Entity::delete_many().filter(session::Column::Post.eq(id.0)).exec(tx.connection()).await?;
    api_token::Entity::update_many()
        .col_expr(api_token::Column::RevokedAt, Expr::value(tx.now_micros()))
        .filter(api_token::Column::Post.eq(id.0))
        .filter(api_token::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    let until = tx.now().to_rfc3339();
    recorded(tx, entry("post.end", person, json!({ "by": by, "post": id, "person": person, "until": until })), ()).await
}

pub(super) fn post_model(p: PostRow) -> post::ActiveModel {
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

fn post_row(p: post::Model) -> Result<PostRow, Error> {
    RegionPath::parse(&p.path).ok_or_else(|| Error::Corrupt(format!("post {}: path", p.id)))?;
    Ok(PostRow {
        id: PostId(p.id),
        person: PersonId(p.person),
        role: p.role,
        path: p.path,
        department: p.department,
        from: moment(p.from_at)?,
        until: maybe_moment(p.until_at)?,
    })
}
