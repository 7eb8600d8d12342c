//! The queue of work for later: idempotent, with bounded retries; what fails for good waits as a dead letter for somebody to send it again. Also what
//! the SLA job needs: cases whose next alert has come.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::case::Case;
use yizhi_domain::ids::PersonId;
use yizhi_domain::record::Record;
use yizhi_domain::region::RegionPath;

use crate::case_row::{CaseRow, micros, moment};
use crate::entity::{cases, job, post};
use crate::slice_sql::within;
use crate::{Db, Error, Recorded, Tx};

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
    pub error: Option<String>,
    pub owner: Option<PersonId>,
    pub created_at: DateTime<Utc>,
}

/// Whose jobs an administrator looks after: those of people whose posts in force, if they hold any, all lie in the administrator's region.
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
/// How long a claim holds.
const LEASE: TimeDelta = TimeDelta::minutes(5);

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

    /// Claims the next job that is due, for a lease.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn job_claim(&self, now: DateTime<Utc>) -> Result<Option<JobRow>, Error> {
        let touch = self.touch().await?;
        let ready = Condition::any()
            .add(Condition::all().add(job::Column::State.eq("queued")).add(job::Column::RunAt.lte(micros(now))))
            .add(Condition::all().add(job::Column::State.eq("running")).add(job::Column::LockedUntil.lt(micros(now))));
        let Some(next) =
            job::Entity::find().filter(ready.clone()).order_by_asc(job::Column::RunAt).one(touch.connection).await?
        else {
            return Ok(None);
        };
        let claimed = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value("running"))
            .col_expr(job::Column::Attempts, Expr::value(next.attempts + 1))
            .col_expr(job::Column::LockedUntil, Expr::value(micros(now + LEASE)))
            .filter(job::Column::Id.eq(next.id))
            .filter(job::Column::Attempts.eq(next.attempts))
            .filter(ready)
            .exec(touch.connection)
            .await?;
        Ok((claimed.rows_affected == 1).then(|| job_row(next)))
    }

    /// Notes how a claimed job ended; a failed one is tried again later, or is dead after the last attempt.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn job_finish(&self, id: Uuid, outcome: Result<(), String>, now: DateTime<Utc>) -> Result<(), Error> {
        let touch = self.touch().await?;
        let Some(row) = job::Entity::find_by_id(id).one(touch.connection).await? else {
            return Ok(());
        };
        let attempts = row.attempts;
        let mut row: job::ActiveModel = row.into();
        row.locked_until = Set(None);
        match outcome {
            Ok(()) => row.state = Set("done".to_owned()),
            Err(error) => {
                row.error = Set(Some(error));
                row.state = Set(if attempts >= ATTEMPTS { "dead" } else { "queued" }.to_owned());
                row.run_at = Set(micros(now + TimeDelta::seconds(i64::from(attempts) * 30)));
            }
        }
        row.update(touch.connection).await?;
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
        Ok(rows.into_iter().map(job_row).collect())
    }

    /// A job by id.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn job(&self, id: Uuid) -> Result<Option<JobRow>, Error> {
        Ok(job::Entity::find_by_id(id).one(self.read()).await?.map(job_row))
    }

    /// Sends a dead job again.
    ///
    /// # Errors
    /// `Missing` when there is no such dead job among those of the administrator.
    pub async fn job_resend(&self, id: Uuid, kept: &JobKeeper, by: PersonId) -> Result<(), Error> {
        self.write(kept.at, |tx| Box::pin(job_resend(tx, id, kept.keeps(), by))).await
    }

    /// Open cases whose next alert has come, for the SLA job: it sees all cases, and only raises alerts.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn cases_to_alert(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<Case>, Error> {
        let rows = cases::Entity::find()
            .filter(cases::Column::NextAlertAt.lte(micros(now)))
            .order_by_asc(cases::Column::NextAlertAt)
            .limit(limit)
            .all(self.read())
            .await?;
        rows.into_iter().map(|m| CaseRow::from(m).into_case(Vec::new())).collect()
    }
}

async fn job_add(tx: &Tx, id: Uuid, kind: String, payload: String, owner: PersonId) -> Result<Recorded<Uuid>, Error> {
    let now = tx.now_micros();
    let row = job::ActiveModel {
        id: Set(id),
        kind: Set(kind.clone()),
        payload: Set(payload),
        state: Set("queued".to_owned()),
        run_at: Set(now),
        attempts: Set(0),
        locked_until: Set(None),
        done: Set(0),
        total: Set(0),
        error: Set(None),
        owner: Set(Some(owner.0)),
        created_at: Set(now),
    };
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
    let find = job::Entity::find_by_id(id).filter(job::Column::State.eq("dead")).filter(kept);
    let row = find.one(tx.connection()).await?.ok_or(Error::Missing("job"))?;
    let mut row: job::ActiveModel = row.into();
    row.state = Set("queued".to_owned());
    row.attempts = Set(0);
    row.run_at = Set(tx.now_micros());
    row.update(tx.connection()).await?;
    tx.record(Record::new("job.resend", id, fields(json!({ "by": by }))), ()).await
}

fn job_row(j: job::Model) -> JobRow {
    JobRow {
        id: j.id,
        kind: j.kind,
        payload: j.payload,
        state: j.state,
        attempts: j.attempts,
        done: j.done,
        total: j.total,
        error: j.error,
        owner: j.owner.map(PersonId),
        created_at: moment(j.created_at),
    }
}
