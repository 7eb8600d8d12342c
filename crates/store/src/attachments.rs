//! Photos and clips: what is known of them. Their bytes are in the object store.

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use yizhi_domain::ids::{AttachmentId, CaseId, PersonId};
use yizhi_domain::record::Record;

use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::attachment;
use crate::state::hex;
use crate::{Db, Error, Recorded, Tx};

/// A photo or clip as kept.
#[derive(Clone, Debug)]
pub struct AttachmentRow {
    pub id: AttachmentId,
    pub case: Option<CaseId>,
    pub uploader: PersonId,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub width: Option<i32>,
    pub height: Option<i32>,
    /// Where it was taken: longitude, latitude in degrees, WGS-84.
    pub place: Option<(f64, f64)>,
    pub taken_at: Option<DateTime<Utc>>,
    pub thumbnail: bool,
    /// What the kept bytes are; nothing for files older than content hashes.
    pub content: ContentDigests,
    /// Under which name its bytes lie.
    pub file: AttachmentId,
    /// Its bytes are gone; that it was there is still told.
    pub erased: bool,
    pub created_at: DateTime<Utc>,
}

/// The SHA-256 of the bytes that are kept of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentDigests {
    pub file: Option<[u8; 32]>,
    /// Of its small picture.
    pub thumbnail: Option<[u8; 32]>,
}

impl ContentDigests {
    /// Of the bytes as they will be kept.
    pub fn of(file: &[u8], thumbnail: Option<&[u8]>) -> Self {
        let digest = |bytes: &[u8]| Sha256::digest(bytes).into();
        Self { file: Some(digest(file)), thumbnail: thumbnail.map(digest) }
    }
}

impl Db {
    /// Keeps what is known of a file of the platform's own, such as a picture of the demo. People's come through [`Db::upload_keep`].
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn attachment_add(&self, row: AttachmentRow) -> Result<(), Error> {
        let now = row.created_at;
        self.write(now, |tx| Box::pin(attachment_add(tx, row.clone(), None))).await
    }

    /// One attachment. The caller checks the slice of its case, or that the asker uploaded it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn attachment(&self, id: AttachmentId) -> Result<Option<AttachmentRow>, Error> {
        attachment::Entity::find_by_id(id.0).one(self.read()).await?.map(attachment_row).transpose()
    }

    /// The attachments of cases that were fetched through a slice, oldest first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn attachments_of(&self, cases: &[CaseId]) -> Result<Vec<AttachmentRow>, Error> {
        let ids: Vec<Uuid> = cases.iter().map(|c| c.0).collect();
        let rows = attachment::Entity::find()
            .filter(attachment::Column::CaseId.is_in(ids))
            .order_by_asc(attachment::Column::Id)
            .all(self.read())
            .await?;
        rows.into_iter().map(attachment_row).collect()
    }
}

pub(crate) async fn attachment_add(tx: &Tx, row: AttachmentRow, sent: Option<Vec<u8>>) -> Result<Recorded<()>, Error> {
    let fields = json!({
        "uploader": row.uploader,
        "mediaType": row.media_type,
        "bytes": row.bytes,
        "digest": row.content.file.map(hex),
        "thumbnail": row.content.thumbnail.map(hex),
        "file": row.file,
        "name": row.name,
        "size": row.width.zip(row.height).map(|(width, height)| [width, height]),
        "place": row.place.map(|(lon, lat)| [lon, lat]),
        "takenAt": row.taken_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)),
    });
    let id = row.id;
    let model = attachment::ActiveModel {
        id: Set(row.id.0),
        case_id: Set(row.case.map(|c| c.0)),
        uploader: Set(row.uploader.0),
        name: Set(row.name),
        media_type: Set(row.media_type),
        bytes: Set(row.bytes),
        width: Set(row.width),
        height: Set(row.height),
        lon: Set(row.place.map(|p| p.0)),
        lat: Set(row.place.map(|p| p.1)),
        taken_at: Set(row.taken_at.map(micros)),
        thumbnail: Set(row.thumbnail),
        erased_at: Set(None),
        created_at: Set(micros(row.created_at)),
        digest: Set(row.content.file.map(|digest| digest.to_vec())),
        thumbnail_digest: Set(row.content.thumbnail.map(|digest| digest.to_vec())),
        file: Set((row.file != row.id).then_some(row.file.0)),
        sent: Set(sent),
    };
    attachment::Entity::insert(model).exec_without_returning(tx.connection()).await?;
    let serde_json::Value::Object(fields) = fields else { return Err(Error::Corrupt("attachment record".to_owned())) };
    tx.record(Record::new("attachment.add", id.0, fields), ()).await
}

pub(crate) fn attachment_row(a: attachment::Model) -> Result<AttachmentRow, Error> {
    Ok(AttachmentRow {
        id: AttachmentId(a.id),
        case: a.case_id.map(CaseId),
        uploader: PersonId(a.uploader),
        name: a.name,
        media_type: a.media_type,
        bytes: a.bytes,
        width: a.width,
        height: a.height,
        place: a.lon.zip(a.lat),
        taken_at: maybe_moment(a.taken_at)?,
        thumbnail: a.thumbnail,
        content: ContentDigests {
            file: a.digest.and_then(|digest| digest.try_into().ok()),
            thumbnail: a.thumbnail_digest.and_then(|digest| digest.try_into().ok()),
        },
        file: AttachmentId(a.file.unwrap_or(a.id)),
        erased: a.erased_at.is_some(),
        created_at: moment(a.created_at)?,
    })
}
