//! Takes values out of wherever the database has them. The list of copies is in docs/SECURITY.md; whoever adds a copy adds it here.

use std::collections::BTreeSet;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement,
    Value,
};
use uuid::Uuid;
use yizhi_domain::case::{Case, MERGED};
use yizhi_domain::erasure::{Field, KeptStep, Taken};
use yizhi_domain::ids::{AttachmentId, PersonId};
use yizhi_domain::record::Sealed;
use yizhi_domain::slice::Principal;
use yizhi_domain::world::World;

use crate::case_row::{body_text, search_tokens};
use crate::cases::index;
use crate::entity::{attachment, case_access, cases, notice, record};
use crate::{Backend, Error, Tx};

use super::held::Held;

/// The kind of an attachment's record.
const UPLOAD: &str = "attachment.add";
/// Its fields that tell of the file, of where it was taken, and who uploaded it.
const OF_FILE: &[&str] = &["digest", "name", "place", "size", "takenAt", "thumbnail"];
const OF_PLACE: &[&str] = &["place"];
const OF_UPLOADER: &[&str] = &["uploader"];

/// Takes fields out of everything that is kept of a case.
pub(super) async fn take(tx: &Tx, held: &Held, fields: &[Field], world: &World) -> Result<Taken, Error> {
    let (kept, mut case) = (held.kept(), held.case.clone());
    let (by_resident, mut taken) = (kept.by_resident(), Taken::default());
    for field in fields {
        taken.row.extend(kept.columns(*field));
        case.erase(*field, by_resident);
    }
    for (record, step) in held.records.iter().zip(&held.steps) {
        let names: BTreeSet<_> = fields.iter().flat_map(|field| kept.leaves(*field, step)).collect();
        take_from_record(tx, record, names, &mut taken).await?;
    }
    take_from_row(tx, &case, &taken.row).await?;
    take_from_index(tx, &case, world).await?;
    forget_requests(tx, held).await?;
    take_files(tx, fields, &mut taken).await?;
    if fields.contains(&Field::Location) {
        take_places_of_files(tx, held, &mut taken).await?;
    }
    if let Some(reporter) = held.case.reporter.filter(|_| fields.contains(&Field::Reporter) && by_resident) {
        take_account(tx, held, reporter, &mut taken).await?;
    }
    tx.change(&case).await?;
    Ok(taken)
}

/// A record that does not lead to its commitment is left alone: erasing must not hide that it was changed.
async fn take_from_record(
    tx: &Tx,
    record: &record::Model,
    names: BTreeSet<&'static str>,
    taken: &mut Taken,
) -> Result<(), Error> {
    if names.is_empty() {
        return Ok(());
    }
    let corrupt = |what: &str| Error::Corrupt(format!("record {}: {what}", record.id));
    let seq = record.seq.ok_or_else(|| corrupt("no place in the ledger"))?;
    let commitment = record.commitment.as_slice().try_into().map_err(|_| corrupt("commitment"))?;
    let mut sealed = Sealed { canonical: record.canonical.clone(), salts: record.salts.clone(), commitment };
    sealed.verify()?;
    for name in &names {
        sealed = sealed.erase(name)?;
    }
    let row = record::ActiveModel {
        id: Set(record.id),
        canonical: Set(sealed.canonical),
        salts: Set(sealed.salts),
        ..<record::ActiveModel as ActiveModelTrait>::default()
    };
    record::Entity::update(row).exec(tx.connection()).await?;
    taken.records.push((seq, names.into_iter().collect()));
    Ok(())
}

async fn take_from_row(tx: &Tx, case: &Case, columns: &[&str]) -> Result<(), Error> {
    let mut row = cases::ActiveModel {
        id: Set(case.id.0),
        body: Set(body_text(&case.body)?),
        reporter: Set(case.reporter.map(|r| r.0)),
        ..<cases::ActiveModel as ActiveModelTrait>::default()
    };
    if columns.contains(&"contact") {
        row.contact = Set(None);
    }
    if columns.contains(&"location") {
        (row.lon, row.lat, row.cell) = (Set(None), Set(None), Set(None));
    }
    cases::Entity::update(row).exec(tx.connection()).await?;
    Ok(())
}

async fn take_from_index(tx: &Tx, case: &Case, world: &World) -> Result<(), Error> {
    let matter = world.release(&case.release).unwrap_or(&world.catalog).matter(&case.matter);
    let tokens = search_tokens(case, matter.map(|m| m.name.zh.as_str()).unwrap_or_default());
    match tx.backend() {
        Backend::Sqlite => {
            let [forget, note] = index::SQLITE;
            run(tx, forget, [case.id.0.into()]).await?;
            run(tx, note, [case.id.0.into(), tokens.into()]).await
        }
        Backend::Postgres => run(tx, index::POSTGRES, [case.id.0.into(), tokens.into()]).await,
    }
}

/// What makes requests repeatable is a digest of what was asked. Who has the keys of the installation could guess a short text from it.
async fn forget_requests(tx: &Tx, held: &Held) -> Result<(), Error> {
    run(tx, "UPDATE cases SET asked = NULL WHERE id = $1", [held.case.id.0.into()]).await?;
    let asked: BTreeSet<&str> = held.steps.iter().filter_map(|step| step.text("actor")).collect();
    for person in asked {
        let sql = "DELETE FROM idempotency WHERE principal = $1 AND case_id = $2";
        run(tx, sql, [person.into(), held.case.id.0.into()]).await?;
    }
    Ok(())
}

/// The row stays, so that a step still tells that something was shown with it.
async fn take_files(tx: &Tx, fields: &[Field], taken: &mut Taken) -> Result<(), Error> {
    let named = fields.iter().filter_map(|field| if let Field::Attachment(id) = field { Some(*id) } else { None });
    for AttachmentId(id) in named {
        let row = attachment::ActiveModel {
            id: Set(id),
            name: Set(String::new()),
            bytes: Set(0),
            width: Set(None),
            height: Set(None),
            lon: Set(None),
            lat: Set(None),
            taken_at: Set(None),
            thumbnail: Set(false),
            erased_at: Set(Some(tx.now_micros())),
            digest: Set(None),
            thumbnail_digest: Set(None),
            sent: Set(None),
            ..<attachment::ActiveModel as ActiveModelTrait>::default()
        };
        let row = attachment::Entity::update(row).exec(tx.connection()).await?;
        // The request that brought it has a digest of it too.
        let sql = "DELETE FROM idempotency WHERE principal = $1 AND case_id = $2";
        run(tx, sql, [row.uploader.to_string().into(), id.into()]).await?;
        taken.files.push(AttachmentId(id));
    }
    let ids: Vec<Uuid> = taken.files.iter().map(|id| id.0).collect();
    take_from_uploads(tx, &ids, OF_FILE, taken).await
}

/// Takes fields out of the records of uploads, as far as they have them.
async fn take_from_uploads(tx: &Tx, files: &[Uuid], names: &[&'static str], taken: &mut Taken) -> Result<(), Error> {
    if files.is_empty() {
        return Ok(());
    }
    let records = record::Entity::find()
        .filter(record::Column::Subject.is_in(files.iter().copied()))
        .filter(record::Column::Kind.eq(UPLOAD))
        .order_by_asc(record::Column::Seq)
        .all(tx.connection())
        .await?;
    for record in &records {
        let said = KeptStep::read(&record.canonical);
        let said = said.ok_or_else(|| Error::Corrupt(format!("record {} is no upload", record.id)))?;
        let names = names.iter().copied().filter(|name| said.has(name)).collect();
        take_from_record(tx, record, names, taken).await?;
    }
    Ok(())
}

/// Where the photos were taken is where the case is.
async fn take_places_of_files(tx: &Tx, held: &Held, taken: &mut Taken) -> Result<(), Error> {
    run(tx, "UPDATE attachment SET lon = NULL, lat = NULL WHERE case_id = $1", [held.case.id.0.into()]).await?;
    // What an erasure of the file itself took is gone already.
    let erased = |id: &Uuid| taken.files.contains(&AttachmentId(*id));
    let files: Vec<Uuid> = held.files.iter().map(|file| file.id).filter(|id| !erased(id)).collect();
    take_from_uploads(tx, &files, OF_PLACE, taken).await
}

/// What leads from the case to a resident's account: their part in it, what they were told, what they uploaded.
async fn take_account(tx: &Tx, held: &Held, reporter: PersonId, taken: &mut Taken) -> Result<(), Error> {
    let (case, principal) = (held.case.id.0, Principal::Person(reporter).to_string());
    let joined = held.case.duplicate_of.map(|into| into.0);
    case_access::Entity::delete_many()
        .filter(case_access::Column::Principal.eq(principal.as_str()))
        .filter(
            case_access::Column::CaseId
                .eq(case)
                .or(case_access::Column::CaseId.is_in(joined).and(case_access::Column::Why.eq(MERGED))),
        )
        .exec(tx.connection())
        .await?;
    notice::Entity::delete_many()
        .filter(notice::Column::Principal.eq(principal.as_str()))
        .filter(notice::Column::CaseId.eq(case))
        .exec(tx.connection())
        .await?;
    let uploads: Vec<Uuid> = held.files.iter().filter(|f| f.uploader == reporter.0).map(|f| f.id).collect();
    take_from_uploads(tx, &uploads, OF_UPLOADER, taken).await?;
    for id in uploads {
        run(tx, "UPDATE attachment SET uploader = $2 WHERE id = $1", [id.into(), Uuid::nil().into()]).await?;
        let sql = "DELETE FROM idempotency WHERE principal = $1 AND case_id = $2";
        run(tx, sql, [reporter.to_string().into(), id.into()]).await?;
    }
    Ok(())
}

async fn run(tx: &Tx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<(), Error> {
    let statement = Statement::from_sql_and_values(tx.connection().get_database_backend(), sql, values);
    tx.connection().execute_raw(statement).await?;
    Ok(())
}
