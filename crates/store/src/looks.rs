//! Looks at restricted data: each a record with its place in the ledger, found again by those who audit them.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::{Map, Value};
use uuid::Uuid;
use yizhi_domain::ids::{CaseId, PersonId};
use yizhi_domain::look::{Look, LookKind};
use yizhi_domain::region::{Level, RegionPath};

use crate::case_row::micros;
use crate::entity::{cases, look, record};
use crate::{Db, Error, Recorded, Tx};

/// Moment and number of a look.
pub type LookKey = (i64, i64);

/// Which looks are asked for, the newest first.
#[derive(Clone, Debug)]
pub struct LookFilter {
    /// Whose auditor asks. Regions below a county count as that county.
    pub region: RegionPath,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    pub person: Option<PersonId>,
    pub kind: Option<LookKind>,
    pub case: Option<CaseId>,
    /// The last look of the page before.
    pub after: Option<LookKey>,
    pub limit: u64,
}

/// A look with its place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookEntry {
    pub seq: i64,
    pub look: Look,
}

impl Db {
    /// Records a look. When this returns its place in the ledger, the record is durable, and what was asked for may be shown.
    ///
    /// # Errors
    /// When it cannot be written: then nothing may be shown.
    pub async fn look(&self, seen: Look) -> Result<i64, Error> {
        self.write(seen.at, |tx| Box::pin(look_add(tx, seen.clone()))).await
    }

    /// Looks of a region, the newest first, and the key to the next page.
    ///
    /// # Errors
    /// When the database cannot answer, or a record is damaged.
    pub async fn looks(&self, filter: &LookFilter) -> Result<(Vec<LookEntry>, Option<LookKey>), Error> {
        let mut found = look::Entity::find()
            .filter(wanted(filter))
            .order_by_desc(look::Column::At)
            .order_by_desc(look::Column::Seq)
            .limit(filter.limit + 1)
            .all(self.read())
            .await?;
        let more = found.len() as u64 > filter.limit;
        found.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
        let next = found.last().filter(|_| more).map(|row| (row.at, row.seq));
        Ok((self.entries(&found).await?, next))
    }

    /// How many looks a filter finds, whatever its page.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn look_count(&self, filter: &LookFilter) -> Result<u64, Error> {
        Ok(look::Entity::find().filter(wanted(filter)).count(self.read()).await?)
    }

    /// Numbers of the cases that looks name. No slice: an auditor sees no case, only which one somebody looked at.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn look_cases(&self, ids: &[CaseId]) -> Result<Vec<(CaseId, String)>, Error> {
        let find = cases::Entity::find().select_only().columns([cases::Column::Id, cases::Column::Number]);
        let find = find.filter(cases::Column::Id.is_in(ids.iter().map(|id| id.0)));
        let rows: Vec<(Uuid, String)> = find.into_tuple().all(self.read()).await?;
        Ok(rows.into_iter().map(|(id, number)| (CaseId(id), number)).collect())
    }

    /// The case of a number, to ask for looks at it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn look_case(&self, number: &str) -> Result<Option<CaseId>, Error> {
        let find = cases::Entity::find().select_only().column(cases::Column::Id);
        let id: Option<Uuid> = find.filter(cases::Column::Number.eq(number)).into_tuple().one(self.read()).await?;
        Ok(id.map(CaseId))
    }

    /// What the records of some rows say, in the order of the rows.
    async fn entries(&self, rows: &[look::Model]) -> Result<Vec<LookEntry>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let places = rows.iter().map(|row| row.seq);
        let records = record::Entity::find().filter(record::Column::Seq.is_in(places)).all(self.read()).await?;
        let mut looks = records.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        looks.sort_unstable_by_key(|entry| std::cmp::Reverse((micros(entry.look.at), entry.seq)));
        Ok(looks)
    }
}

async fn look_add(tx: &Tx, seen: Look) -> Result<Recorded<i64>, Error> {
    let placed = tx.record_placed(seen.record()).await?;
    let region = |level| Set(seen.region().at(level).as_str().to_owned());
    let row = look::ActiveModel {
        seq: Set(*placed.value()),
        at: Set(micros(seen.at)),
        kind: Set(seen.kind.as_str().to_owned()),
        person: Set(seen.person.0),
        case_id: Set(seen.case.as_ref().map(|(case, _)| case.0)),
        province: region(Level::Province),
        city: region(Level::City),
        county: region(Level::County),
    };
    row.insert(tx.connection()).await?;
    Ok(placed)
}

fn wanted(filter: &LookFilter) -> Condition {
    use look::Column;
    let after = filter.after.map(|(at, seq)| {
        let same = Condition::all().add(Column::At.eq(at)).add(Column::Seq.lt(seq));
        Condition::all().add(Column::At.lte(at)).add(Condition::any().add(Column::At.lt(at)).add(same))
    });
    Condition::all()
        .add_option(in_region(&filter.region))
        .add_option(filter.from.map(|at| Column::At.gte(micros(at))))
        .add_option(filter.to.map(|at| Column::At.lt(micros(at))))
        .add_option(filter.person.map(|person| Column::Person.eq(person.0)))
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.as_str())))
        .add_option(filter.case.map(|case| Column::CaseId.eq(case.0)))
        .add_option(after)
}

/// Looks of a region, by the column of its level.
fn in_region(region: &RegionPath) -> Option<sea_orm::sea_query::SimpleExpr> {
    let (column, level) = match region.level()? {
        Level::Province => (look::Column::Province, Level::Province),
        Level::City => (look::Column::City, Level::City),
        _ => (look::Column::County, Level::County),
    };
    Some(column.eq(region.at(level).as_str()))
}

fn entry(row: &record::Model) -> Result<LookEntry, Error> {
    let fields = fields(&row.canonical);
    let look = fields.and_then(|fields| Look::read(&row.kind, row.subject, &fields));
    let (seq, look) = row.seq.zip(look).ok_or_else(|| Error::Corrupt(format!("record {} is no look", row.id)))?;
    Ok(LookEntry { seq, look })
}

fn fields(canonical: &[u8]) -> Option<Map<String, Value>> {
    let whole: Value = serde_json::from_slice(canonical).ok()?;
    whole.get("fields").and_then(Value::as_object).cloned()
}
