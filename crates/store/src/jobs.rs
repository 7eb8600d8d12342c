//! The queue of work for later: claimed by one worker at a time for a lease, tried a bounded number of times; what fails for good waits as a dead letter
//! for somebody to send it again. Who lost a claim, because its lease ran out, can no longer say how the job fares.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement, UpdateMany, Value,
};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::PersonId;
use yizhi_domain::record::Record;
use yizhi_domain::region::RegionPath;
use yizhi_domain::text::Text;

use crate::case_row::{micros, moment};
use crate::entity::{job, post};
use crate::slice_sql::within;
use crate::{Backend, Db, Error, Recorded, Tx};

/// A job as kept.
#[derive(Clone, Debug)]
pub struct JobRow {
    pub id: Uuid,
    pub kind: String,
    pub payload: String,
    /// `queued`, `running`, `done` or `dead`.
    pub state: String,
    pub attempts: i32,
    pub done: i64,
    pub total: i64,
    pub error: Option<Text>,
    pub owner: Option<PersonId>,
    pub created_at: DateTime<Utc>,
    /// Drawn for the claim under which it runs.
    holder: Option<Uuid>,
}

/// Whose jobs an administrator looks after: those of people whose posts in force, if they hold any, all lie in the administrator's region, and those
/// of the platform itself.
#[derive(Clone, Debug)]
pub struct JobKeeper {
    pub region: RegionPath,
    pub at: DateTime<Utc>,
}

impl JobKeeper {
    fn keeps(&self) -> SimpleExpr {
        let in_force =
            Condition::any().add(post::Column::UntilAt.is_null()).add(post::Column::UntilAt.gt(micros(self.at)));
        let mut elsewhere = Query::select();
        elsewhere
            .expr(Expr::val(1))
            .from(post::Entity)
            .and_where(Expr::col((post::Entity, post::Column::Person)).equals((job::Entity, job::Column::Owner)))
            .cond_where(in_force)
            .cond_where(within(post::Column::Path, &self.region).not());
        Expr::exists(elsewhere).not()
    }
}

/// Attempts after which a job is dead.
const ATTEMPTS: i32 = 5;
/// How long a claim holds unless progress is told.
pub const JOB_LEASE: TimeDelta = TimeDelta::minutes(5);
/// After each failed attempt the next waits by so much longer.
const BACKOFF: TimeDelta = TimeDelta::seconds(30);

/// The next job that is due, of the kinds that `{kinds}` stands for. PostgreSQL passes over those that another worker is just claiming; SQLite has
/// one writer.
const CLAIM: &str = "UPDATE job SET state = 'running', attempts = attempts + 1, locked_until = $2, holder = $3 WHERE id = (\
     SELECT id FROM job WHERE (state = 'queued' AND run_at <= $1 OR state = 'running' AND locked_until < $1) AND kind IN ({kinds}) \
     ORDER BY run_at, id LIMIT 1{skip}) RETURNING *";

impl Db {
    /// Queues work for later, for whoever started it: the job's id.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn job_add(
        &self,
        kind: &str,
        payload: &serde_json::Value,
        owner: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Uuid, Error> {
        let id = yizhi_domain::ids::uuid_v7(now, crate::hot::random10());
        let (kind, payload) = (kind.to_owned(), payload.to_string());
        self.write(now, |tx| Box::pin(job_add(tx, id, kind.clone(), payload.clone(), owner))).await
    }

    /// Queues work of the platform itself under a name. Where a job of that name is there already, in whatever state, nothing happens: `false`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn job_add_once(
        &self,
        name: &str,
        kind: &str,
        payload: &serde_json::Value,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let id = yizhi_domain::ids::uuid_v7(now, crate::hot::random10());
        let row = new_row(id, kind, payload.to_string(), micros(now));
        let row = job::ActiveModel { name: Set(Some(name.to_owned())), ..row };
        let there = OnConflict::new().do_nothing().to_owned();
        let touch = self.touch().await?;
        let added = job::Entity::insert(row).on_conflict(there).exec_without_returning(touch.connection).await?;
        Ok(added == 1)
    }

    /// Claims the next job of some kinds that is due, for a lease. One whose worker was lost each time is dead.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn job_claim(&self, kinds: &[&str], now: DateTime<Utc>) -> Result<Option<JobRow>, Error> {
        let touch = self.touch().await?;
        let lost = Text::new(
            "每次都在中途停下，没有说明原因；请看服务器日志。",
            "It was broken off each time without a reason; see the server's log.",
        );
        let lapsed = Condition::all()
            .add(job::Column::State.eq("running"))
            .add(job::Column::LockedUntil.lt(micros(now)))
            .add(job::Column::Attempts.gte(ATTEMPTS));
        dead(job::Entity::update_many().filter(lapsed), &lost).exec(touch.connection).await?;
        let backend = touch.connection.get_database_backend();
        let marks: Vec<String> = (4..).take(kinds.len()).map(|n| format!("${n}")).collect();
        let skip = if self.backend() == Backend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = CLAIM.replace("{kinds}", &marks.join(", ")).replace("{skip}", skip);
        let holder = Uuid::from_bytes(rand::random());
        let own: [Value; 3] = [micros(now).into(), micros(now + JOB_LEASE).into(), holder.into()];
        let values = own.into_iter().chain(kinds.iter().map(|kind| Value::from(*kind)));
        let claim = job::Entity::find().from_raw_sql(Statement::from_sql_and_values(backend, sql, values));
        claim.one(touch.connection).await?.map(job_row).transpose()
    }

    /// Notes how far a claimed job is, and holds the claim for another lease. `false`: the claim is lost, and another worker does the job.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn job_progress(
        &self,
        claimed: &JobRow,
        done: i64,
        total: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let touch = self.touch().await?;
        let held = held(claimed)
            .col_expr(job::Column::Done, Expr::value(done))
            .col_expr(job::Column::Total, Expr::value(total))
            .col_expr(job::Column::LockedUntil, Expr::value(micros(now + JOB_LEASE)));
        Ok(held.exec(touch.connection).await?.rows_affected == 1)
    }

    /// Notes how a claimed job ended; a failed one is tried again later, or is dead after the last attempt. `false`: the claim was lost before, and
    /// nothing is noted.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn job_finish(
        &self,
        claimed: &JobRow,
        outcome: Result<(), Text>,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let touch = self.touch().await?;
        let ended = match outcome {
            Ok(()) => held(claimed)
                .col_expr(job::Column::State, Expr::value("done"))
                .col_expr(job::Column::Error, Expr::value(None::<String>))
                .col_expr(job::Column::ErrorZh, Expr::value(None::<String>))
                .col_expr(job::Column::LockedUntil, Expr::value(None::<i64>))
                .col_expr(job::Column::Holder, Expr::value(None::<Uuid>)),
            Err(why) if claimed.attempts >= ATTEMPTS => dead(held(claimed), &why),
            Err(why) => queued(held(claimed), now + BACKOFF * claimed.attempts)
                .col_expr(job::Column::Error, Expr::value(why.en))
                .col_expr(job::Column::ErrorZh, Expr::value(why.zh)),
        };
        Ok(ended.exec(touch.connection).await?.rows_affected == 1)
    }

    /// Gives a claimed job back undone, as if it had not been claimed: this process is told to stop.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn job_return(&self, claimed: &JobRow, now: DateTime<Utc>) -> Result<(), Error> {
        let touch = self.touch().await?;
        let back = queued(held(claimed), now).col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).sub(1));
        back.exec(touch.connection).await?;
        Ok(())
    }

    /// Removes jobs that are done and were queued before a moment.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn jobs_sweep(&self, before: DateTime<Utc>) -> Result<(), Error> {
        let over = Condition::all().add(job::Column::State.eq("done")).add(job::Column::RunAt.lt(micros(before)));
        let touch = self.touch().await?;
        job::Entity::delete_many().filter(over).exec(touch.connection).await?;
        Ok(())
    }

    /// Removes jobs of a kind that wait or are done, so that they can be queued anew.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn jobs_forget(&self, kind: &str) -> Result<(), Error> {
        let touch = self.touch().await?;
        let idle = job::Entity::delete_many().filter(job::Column::Kind.eq(kind));
        idle.filter(job::Column::State.is_in(["queued", "done"])).exec(touch.connection).await?;
        Ok(())
    }

    /// Jobs in a state that a region's administrator looks after, newest first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn jobs_in(&self, state: &str, kept: &JobKeeper, limit: u64) -> Result<Vec<JobRow>, Error> {
        let rows = job::Entity::find()
            .filter(job::Column::State.eq(state))
            .filter(kept.keeps())
            .order_by_desc(job::Column::RunAt)
            .limit(limit)
            .all(self.read())
            .await?;
        rows.into_iter().map(job_row).collect()
    }

    /// A job by id.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn job(&self, id: Uuid) -> Result<Option<JobRow>, Error> {
        job::Entity::find_by_id(id).one(self.read()).await?.map(job_row).transpose()
    }

    /// Sends a dead job again.
    ///
    /// # Errors
    /// `Missing` when there is no such dead job among those of the administrator.
    pub async fn job_resend(&self, id: Uuid, kept: &JobKeeper, by: PersonId) -> Result<(), Error> {
        self.write(kept.at, |tx| Box::pin(job_resend(tx, id, kept.keeps(), by))).await
    }
}

/// The job, as long as the claim holds.
fn held(claimed: &JobRow) -> UpdateMany<job::Entity> {
    let running = job::Entity::update_many().filter(job::Column::Id.eq(claimed.id));
    running.filter(job::Column::State.eq("running")).filter(job::Column::Holder.eq(claimed.holder))
}

fn queued(update: UpdateMany<job::Entity>, at: DateTime<Utc>) -> UpdateMany<job::Entity> {
    update
        .col_expr(job::Column::State, Expr::value("queued"))
        .col_expr(job::Column::RunAt, Expr::value(micros(at)))
        .col_expr(job::Column::LockedUntil, Expr::value(None::<i64>))
        .col_expr(job::Column::Holder, Expr::value(None::<Uuid>))
}

fn dead(update: UpdateMany<job::Entity>, why: &Text) -> UpdateMany<job::Entity> {
    update
        .col_expr(job::Column::State, Expr::value("dead"))
        .col_expr(job::Column::Error, Expr::value(why.en.clone()))
        .col_expr(job::Column::ErrorZh, Expr::value(why.zh.clone()))
        .col_expr(job::Column::LockedUntil, Expr::value(None::<i64>))
        .col_expr(job::Column::Holder, Expr::value(None::<Uuid>))
}

fn new_row(id: Uuid, kind: &str, payload: String, now: i64) -> job::ActiveModel {
    job::ActiveModel {
        id: Set(id),
        kind: Set(kind.to_owned()),
        payload: Set(payload),
        state: Set("queued".to_owned()),
        run_at: Set(now),
        attempts: Set(0),
        locked_until: Set(None),
        done: Set(0),
        total: Set(0),
        error: Set(None),
        owner: Set(None),
        created_at: Set(now),
        name: Set(None),
        holder: Set(None),
        error_zh: Set(None),
    }
}

async fn job_add(tx: &Tx, id: Uuid, kind: String, payload: String, owner: PersonId) -> Result<Recorded<Uuid>, Error> {
    let row = job::ActiveModel { owner: Set(Some(owner.0)), ..new_row(id, &kind, payload, tx.now_micros()) };
    row.insert(tx.connection()).await?;
    tx.record(Record::new("job.add", id, fields(json!({ "kind": kind, "owner": owner }))), id).await
}

fn fields(value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    match value {
        serde_json::Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    }
}

async fn job_resend(tx: &Tx, id: Uuid, kept: SimpleExpr, by: PersonId) -> Result<Recorded<()>, Error> {
    // One statement, so that two administrators do not both send it.
    let again = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("queued"))
        .col_expr(job::Column::Attempts, Expr::value(0))
        .col_expr(job::Column::RunAt, Expr::value(tx.now_micros()))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::State.eq("dead"))
        .filter(kept);
    if again.exec(tx.connection()).await?.rows_affected == 0 {
        return Err(Error::Missing("job"));
    }
    tx.record(Record::new("job.resend", id, fields(json!({ "by": by }))), ()).await
}

fn job_row(j: job::Model) -> Result<JobRow, Error> {
    // What failed before the second language was kept has one text.
    let error = j.error.map(|en| Text::new(j.error_zh.unwrap_or_else(|| en.clone()), en));
    Ok(JobRow {
        id: j.id,
        kind: j.kind,
        payload: j.payload,
        state: j.state,
        attempts: j.attempts,
        done: j.done,
        total: j.total,
        error,
        owner: j.owner.map(PersonId),
        created_at: moment(j.created_at)?,
        holder: j.holder,
    })
}
