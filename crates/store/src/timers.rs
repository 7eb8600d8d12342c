//! Timers of cases: which alerts have come, and which of them the procedure refused to raise. A refused one is tried again after a growing pause and
//! holds up no other; the alert itself stays due in the row of its case.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;
use yizhi_domain::ids::CaseId;
use yizhi_domain::region::RegionPath;
use yizhi_domain::slice::Slice;
use yizhi_domain::text::Text;

use crate::case_row::{micros, moment};
use crate::entity::{cases, timer_refusal};
use crate::slice_sql::{admitted, in_region};
use crate::{Db, Error};

/// An open case whose next alert has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTimer {
    pub case: CaseId,
    pub number: String,
    /// When the alert was due, in microseconds since 1970.
    at: i64,
}

/// A timer that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerRefusal {
    pub case: CaseId,
    pub number: String,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// Since when it is refused, and how often it was.
    pub since: DateTime<Utc>,
    pub tries: i32,
    pub retry_at: DateTime<Utc>,
    /// Why, last time.
    pub code: String,
    pub why: Text,
}

/// How many timers are refused for a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimersRefused {
    pub code: String,
    pub why: Text,
    pub cases: i64,
    pub since: DateTime<Utc>,
}

/// The first pause after a refusal; each further one is twice as long, up to the longest.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST: TimeDelta = TimeDelta::hours(6);

#[derive(FromQueryResult)]
struct DueRow {
    id: Uuid,
    number: String,
    next_alert_at: i64,
}

#[derive(FromQueryResult)]
struct RefusedRow {
    case_id: Uuid,
    number: String,
    next_alert_at: i64,
    since: i64,
    tries: i32,
    retry_at: i64,
    code: String,
    zh: String,
    en: String,
}

#[derive(FromQueryResult)]
struct CountedRow {
    code: String,
    zh: String,
    en: String,
    cases: i64,
    since: i64,
}

impl Db {
    /// Open cases whose next alert has come, the oldest first, after the one seen last; without those whose timer was refused and waits for its next
    /// try. For the timer job: it sees all cases, and only raises alerts.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn cases_to_alert(
        &self,
        now: DateTime<Utc>,
        after: Option<&DueTimer>,
        limit: u64,
    ) -> Result<Vec<DueTimer>, Error> {
        let mut waits = Query::select();
        waits
            .expr(Expr::val(1))
            .from(timer_refusal::Entity)
            .and_where(
                Expr::col((timer_refusal::Entity, timer_refusal::Column::CaseId))
                    .equals((cases::Entity, cases::Column::Id)),
            )
            .and_where(timer_refusal::Column::RetryAt.gt(micros(now)));
        let beyond = after.map(|last| {
            let same =
                Condition::all().add(cases::Column::NextAlertAt.eq(last.at)).add(cases::Column::Id.gt(last.case.0));
            let later = Condition::any().add(cases::Column::NextAlertAt.gt(last.at)).add(same);
            // The bound by itself, for the index.
            Condition::all().add(cases::Column::NextAlertAt.gte(last.at)).add(later)
        });
        let rows: Vec<DueRow> = cases::Entity::find()
            .select_only()
            .columns([cases::Column::Id, cases::Column::Number, cases::Column::NextAlertAt])
            .filter(cases::Column::NextAlertAt.lte(micros(now)))
            .filter(Condition::all().add_option(beyond))
            .filter(Expr::exists(waits).not())
            .order_by_asc(cases::Column::NextAlertAt)
            .order_by_asc(cases::Column::Id)
            .limit(limit)
            .into_model()
            .all(self.read())
            .await?;
        let due = |row: DueRow| DueTimer { case: CaseId(row.id), number: row.number, at: row.next_alert_at };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Notes that a case's timer was refused, and when it is tried again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn timer_refused(&self, case: CaseId, code: &str, why: &Text, now: DateTime<Utc>) -> Result<(), Error> {
        let touch = self.touch().await?;
        let before = timer_refusal::Entity::find_by_id(case.0).one(touch.connection).await?;
        let (since, tries) = before.map_or((micros(now), 1), |row| (row.since, row.tries.saturating_add(1)));
        let row = timer_refusal::ActiveModel {
            case_id: Set(case.0),
            since: Set(since),
            tries: Set(tries),
            tried_at: Set(micros(now)),
            retry_at: Set(micros(now + pause_after(tries))),
            code: Set(code.to_owned()),
            zh: Set(why.zh.clone()),
            en: Set(why.en.clone()),
        };
        use timer_refusal::Column::{Code, En, RetryAt, TriedAt, Tries, Zh};
        let again = OnConflict::column(timer_refusal::Column::CaseId)
            .update_columns([Tries, TriedAt, RetryAt, Code, Zh, En])
            .to_owned();
        timer_refusal::Entity::insert(row).on_conflict(again).exec_without_returning(touch.connection).await?;
        Ok(())
    }

    /// Strikes out the refusals of cases whose timers are no longer due: they went through, or somebody has acted.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn timer_refusals_sweep(&self, now: DateTime<Utc>) -> Result<(), Error> {
        if timer_refusal::Entity::find().one(self.read()).await?.is_none() {
            return Ok(());
        }
        let mut due = Query::select();
        due.expr(Expr::val(1))
            .from(cases::Entity)
            .and_where(
                Expr::col((cases::Entity, cases::Column::Id))
                    .equals((timer_refusal::Entity, timer_refusal::Column::CaseId)),
            )
            .and_where(cases::Column::NextAlertAt.lte(micros(now)));
        let touch = self.touch().await?;
        timer_refusal::Entity::delete_many().filter(Expr::exists(due).not()).exec(touch.connection).await?;
        Ok(())
    }

    /// Refused timers of the slice's cases, the longest refused first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn timers_refused(
        &self,
        slice: &Slice,
        now: DateTime<Utc>,
        after: Option<(i64, Uuid)>,
        limit: u64,
    ) -> Result<Vec<TimerRefusal>, Error> {
        let beyond = after.map(|(since, case)| {
            let same = Condition::all()
                .add(timer_refusal::Column::Since.eq(since))
                .add(timer_refusal::Column::CaseId.gt(case));
            Condition::any().add(timer_refusal::Column::Since.gt(since)).add(same)
        });
        let rows: Vec<RefusedRow> = self
            .refusals_due(now)
            .columns([
                timer_refusal::Column::CaseId,
                timer_refusal::Column::Since,
                timer_refusal::Column::Tries,
                timer_refusal::Column::RetryAt,
                timer_refusal::Column::Code,
                timer_refusal::Column::Zh,
                timer_refusal::Column::En,
            ])
            .column(cases::Column::Number)
            .column(cases::Column::NextAlertAt)
            .filter(admitted(slice))
            .filter(Condition::all().add_option(beyond))
            .order_by_asc(timer_refusal::Column::Since)
            .order_by_asc(timer_refusal::Column::CaseId)
            .limit(limit)
            .into_model()
            .all(self.read())
            .await?;
        let refusal = |row: RefusedRow| {
            Ok(TimerRefusal {
                case: CaseId(row.case_id),
                number: row.number,
                due: moment(row.next_alert_at)?,
                since: moment(row.since)?,
                tries: row.tries,
                retry_at: moment(row.retry_at)?,
                code: row.code,
                why: Text::new(row.zh, row.en),
            })
        };
        rows.into_iter().map(refusal).collect()
    }

    /// Why timers of a region's cases are refused, and how many for each reason, the most first. It names no case: for those who look after the
    /// platform and see none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn timers_refused_counted(
        &self,
        region: &RegionPath,
        now: DateTime<Utc>,
    ) -> Result<Vec<TimersRefused>, Error> {
        let rows: Vec<CountedRow> = self
            .refusals_due(now)
            .columns([timer_refusal::Column::Code, timer_refusal::Column::Zh, timer_refusal::Column::En])
            .column_as(timer_refusal::Column::CaseId.count(), "cases")
            .column_as(timer_refusal::Column::Since.min(), "since")
            .filter(in_region(region))
            .group_by(timer_refusal::Column::Code)
            .group_by(timer_refusal::Column::Zh)
            .group_by(timer_refusal::Column::En)
            .order_by_desc(timer_refusal::Column::CaseId.count())
            .limit(100)
            .into_model()
            .all(self.read())
            .await?;
        let counted = |row: CountedRow| {
            Ok(TimersRefused {
                code: row.code,
                why: Text::new(row.zh, row.en),
                cases: row.cases,
                since: moment(row.since)?,
            })
        };
        rows.into_iter().map(counted).collect()
    }

    /// Refusals of timers that are still due, beside their cases.
    fn refusals_due(&self, now: DateTime<Utc>) -> sea_orm::Select<timer_refusal::Entity> {
        let case = timer_refusal::Entity::belongs_to(cases::Entity)
            .from(timer_refusal::Column::CaseId)
            .to(cases::Column::Id)
            .into();
        timer_refusal::Entity::find()
            .select_only()
            .join(JoinType::InnerJoin, case)
            .filter(cases::Column::NextAlertAt.lte(micros(now)))
    }
}

fn pause_after(tries: i32) -> TimeDelta {
    let doubled = u32::try_from(tries.clamp(1, 16) - 1).unwrap_or(0);
    Ord::min(LONGEST, PAUSE * 2_i32.pow(doubled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest() {
        let minutes: Vec<i64> = (1..=11).map(|tries| pause_after(tries).num_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
        assert_eq!(pause_after(i32::MAX), LONGEST);
    }
}
