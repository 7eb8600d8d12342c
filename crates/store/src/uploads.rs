//! Uploads until a case uses them: a repeat gets the first answer, of several at once one wins, what nobody uses is counted and swept.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::{AttachmentId, PersonId};
use yizhi_domain::record::Record;

use crate::attachments::{AttachmentRow, attachment_add, attachment_row};
use crate::case_row::micros;
use crate::entity::{attachment, idempotency, person, record};
use crate::{Db, Error, Recorded, Tx};

/// What tells a repeat of an upload from another one.
#[derive(Clone, Debug)]
pub struct Asked {
    pub uploader: PersonId,
    /// The client's own.
    pub id: Option<AttachmentId>,
    /// The key of the request, if it named one.
    pub key: Option<String>,
    /// Digest of the file as it was sent, and of its name.
    pub sent: Vec<u8>,
}

/// How much of one person may wait for a case to use it.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    pub files: u64,
    pub bytes: u64,
}

/// What became of an upload.
#[derive(Clone, Debug)]
pub enum Kept {
    /// It is kept.
    New,
    /// It was kept before, as this.
    Before(Box<AttachmentRow>),
    /// Its id or key was used for something else.
    Clash,
}

/// What waits of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unused {
    pub files: u64,
    pub bytes: u64,
}

/// Rows looked at in one query.
const CHUNK: usize = 500;

impl Db {
    /// What became of the same upload before, or `None` when there was none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn upload_before(&self, asked: &Asked) -> Result<Option<Kept>, Error> {
        if let Some(before) = self.upload_of_key(asked).await? {
            return Ok(Some(before));
        }
        match self.upload_of_id(asked).await? {
            // The first of several at once may have come since its key was looked for.
            Some(Kept::Clash) => Ok(Some(self.upload_of_key(asked).await?.unwrap_or(Kept::Clash))),
            other => Ok(other),
        }
    }

    async fn upload_of_key(&self, asked: &Asked) -> Result<Option<Kept>, Error> {
        let Some(key) = &asked.key else { return Ok(None) };
        let row = idempotency::Entity::find_by_id((asked.uploader.to_string(), key.clone()));
        let Some(row) = row.one(self.read()).await? else { return Ok(None) };
        let same = row.digest == key_digest(asked) && asked.id.is_none_or(|id| id.0 == row.case_id);
        let found = if same { attachment::Entity::find_by_id(row.case_id).one(self.read()).await? } else { None };
        let found = found.map(attachment_row).transpose()?;
        Ok(Some(found.map_or(Kept::Clash, |found| Kept::Before(Box::new(found)))))
    }

    async fn upload_of_id(&self, asked: &Asked) -> Result<Option<Kept>, Error> {
        let Some(id) = asked.id else { return Ok(None) };
        // Before the upload itself, which may come in between.
        let recorded = record::Entity::find().filter(record::Column::Subject.eq(id.0)).count(self.read()).await?;
        let Some(found) = attachment::Entity::find_by_id(id.0).one(self.read()).await? else {
            // Of an upload that was swept, or of something else: its records would be taken for this one's.
            return Ok((recorded > 0).then_some(Kept::Clash));
        };
        let ours = found.uploader == asked.uploader.0 && found.erased_at.is_none();
        // A row of an earlier release has no digest.
        let same = ours && asked.key.is_none() && found.sent.as_ref().is_none_or(|sent| *sent == asked.sent);
        Ok(Some(if same { Kept::Before(Box::new(attachment_row(found)?)) } else { Kept::Clash }))
    }

    /// Keeps what is known of an uploaded file, whose bytes lie already. Of several at once with the same id or key one is kept; the others are told which.
    ///
    /// # Errors
    /// `TooManyUnused` beyond the quota; or when it cannot be written.
    pub async fn upload_keep(&self, row: AttachmentRow, asked: &Asked, quota: Quota) -> Result<Kept, Error> {
        let kept = self.write(row.created_at, |tx| Box::pin(upload_keep(tx, row.clone(), asked.clone(), quota))).await;
        match kept {
            Ok(()) => Ok(Kept::New),
            Err(error) if error.is_unique() => self.upload_before(asked).await?.ok_or(error),
            Err(error) => Err(error),
        }
    }

    /// What of a person no case uses yet.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn uploads_unused(&self, uploader: PersonId) -> Result<Unused, Error> {
        unused(self.read(), uploader).await
    }

    /// Removes what no case has used since a moment, some at once; their files are then nobody's. Whether a case uses it is asked in the statement that
    /// removes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn uploads_expire(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<AttachmentId>, Error> {
        let old = attachment::Entity::find()
            .filter(attachment::Column::CaseId.is_null())
            .filter(attachment::Column::CreatedAt.lt(micros(before)))
            .order_by_asc(attachment::Column::CreatedAt)
            .limit(CHUNK as u64)
            .all(self.read())
            .await?;
        if old.is_empty() {
            return Ok(Vec::new());
        }
        match self.write(now, |tx| Box::pin(uploads_expire(tx, old.clone()))).await {
            Err(Error::Missing(_)) => Ok(Vec::new()),
            done => done,
        }
    }

    /// Those of the names under which bytes of an attachment lie, as far as one is known by it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn attachment_files_known(&self, names: &[AttachmentId]) -> Result<HashSet<AttachmentId>, Error> {
        let mut known = HashSet::new();
        for names in names.chunks(CHUNK) {
            let names: Vec<Uuid> = names.iter().map(|name| name.0).collect();
            let own = attachment::Column::Id.is_in(names.clone()).and(attachment::Column::File.is_null());
            for condition in [own, attachment::Column::File.is_in(names.clone())] {
                let rows = attachment::Entity::find().filter(condition).all(self.read()).await?;
                known.extend(rows.into_iter().map(|row| AttachmentId(row.file.unwrap_or(row.id))));
            }
        }
        Ok(known)
    }
}

/// The key's digest covers the id that the client may have named beside it, and tells an upload from any other request.
fn key_digest(asked: &Asked) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let id = asked.id.map_or(Uuid::nil(), |id| id.0);
    Sha256::new().chain_update("upload\0").chain_update(id).chain_update(&asked.sent).finalize().to_vec()
}

async fn upload_keep(tx: &Tx, row: AttachmentRow, asked: Asked, quota: Quota) -> Result<Recorded<()>, Error> {
    // One upload of a person after the other, so that none slips past the quota. SQLite has one writer anyway.
    person::Entity::find_by_id(asked.uploader.0).lock_exclusive().one(tx.connection()).await?;
    let there = unused(tx.connection(), asked.uploader).await?;
    let bytes = there.bytes.saturating_add(u64::try_from(row.bytes).unwrap_or(0));
    let id = row.id;
    if let Some(key) = &asked.key {
        let made = idempotency::ActiveModel {
            principal: Set(asked.uploader.to_string()),
            name: Set(key.clone()),
            digest: Set(key_digest(&asked)),
            case_id: Set(id.0),
            at: Set(micros(row.created_at)),
        };
        idempotency::Entity::insert(made).exec_without_returning(tx.connection()).await?;
    }
    let done = attachment_add(tx, row, Some(asked.sent)).await?;
    // After the keys, so that a repeat is told what it is.
    if there.files >= quota.files || bytes > quota.bytes {
        return Err(Error::TooManyUnused);
    }
    Ok(done)
}

async fn uploads_expire(tx: &Tx, old: Vec<attachment::Model>) -> Result<Recorded<Vec<AttachmentId>>, Error> {
    let (mut gone, mut recorded) = (Vec::new(), None);
    for row in old {
        let done = attachment::Entity::delete_many()
            .filter(attachment::Column::Id.eq(row.id))
            .filter(attachment::Column::CaseId.is_null())
            .exec(tx.connection())
            .await?;
        if done.rows_affected == 0 {
            continue;
        }
        idempotency::Entity::delete_many()
            .filter(idempotency::Column::Principal.eq(row.uploader.to_string()))
            .filter(idempotency::Column::CaseId.eq(row.id))
            .exec(tx.connection())
            .await?;
        gone.push(AttachmentId(row.file.unwrap_or(row.id)));
        let serde_json::Value::Object(fields) = json!({ "why": "unused" }) else {
            return Err(Error::Corrupt("attachment record".to_owned()));
        };
        recorded = Some(tx.record(Record::new("attachment.expire", row.id, fields), gone.clone()).await?);
    }
    recorded.ok_or(Error::Missing("attachment"))
}

#[derive(FromQueryResult)]
struct Sum {
    files: i64,
    bytes: Option<i64>,
}

async fn unused(connection: &impl sea_orm::ConnectionTrait, uploader: PersonId) -> Result<Unused, Error> {
    let sum = attachment::Entity::find()
        .select_only()
        .column_as(attachment::Column::Id.count(), "files")
        // PostgreSQL sums whole numbers to one without limits.
        .column_as(Expr::col(attachment::Column::Bytes).sum().cast_as("bigint"), "bytes")
        .filter(attachment::Column::Uploader.eq(uploader.0))
        .filter(attachment::Column::CaseId.is_null())
        .into_model::<Sum>()
        .one(connection)
        .await?;
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(sum
        .map_or_else(Unused::default, |sum| Unused { files: number(sum.files), bytes: number(sum.bytes.unwrap_or(0)) }))
}
