//! The form of an upload: read piece by piece, its file written to the disk under no name, so that nothing of it stays whatever happens.

use std::fs::File;
use std::path::Path;

use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;
use yizhi_domain::ids::AttachmentId;
use yizhi_uploads::BYTES_MAX;

use crate::app::App;
use crate::error::Problem;
use crate::routes::client_id::made_by_client;

use super::body::{Flow, paced};
use super::name::file_name;
use super::{Limits, words};

/// The form around the file, in bytes.
const AROUND: u64 = 64 * 1024;
/// Longest text of another part.
const TEXT_MAX: usize = 200;

/// What was sent.
#[derive(Debug)]
pub(crate) struct Form {
    /// The client's own id.
    pub(crate) id: Option<AttachmentId>,
    pub(super) name: String,
    pub(super) file: File,
    /// Digest of name and file.
    pub(super) sent: Vec<u8>,
}

/// How long a request says it is, or the most it may be.
///
/// # Errors
/// 413 when that is too long.
pub(crate) fn announced(request: &Request) -> Result<u64, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    let most = BYTES_MAX + AROUND;
    let length = length.unwrap_or(most);
    if length > most { Err(words::too_large()) } else { Ok(length) }
}

/// Reads the form.
///
/// # Errors
/// What is wrong with it, or 507 when the disk is full.
pub(crate) async fn receive(app: &App, request: Request) -> Result<Form, Problem> {
    let limits = *app.uploads().limits();
    let flow = Flow::default();
    let (parts, body) = request.into_parts();
    let body = Body::from_stream(paced(body, BYTES_MAX + AROUND, limits, &flow));
    let multipart = Multipart::from_request(Request::from_parts(parts, body), &()).await;
    let multipart = multipart.map_err(|_| words::not_a_form())?;
    Reading { folder: app.config().data.join("incoming"), flow, limits }.parts(multipart).await
}

struct Reading {
    folder: std::path::PathBuf,
    flow: Flow,
    limits: Limits,
}

impl Reading {
    async fn parts(&mut self, mut multipart: Multipart) -> Result<Form, Problem> {
        let (mut id, mut file) = (None, None);
        while let Some(field) = multipart.next_field().await.map_err(|_| self.ended())? {
            self.flow.taken();
            match field.name() {
                Some("id") if id.is_none() => id = Some(self.id(field).await?),
                Some("file") if file.is_none() => file = Some(self.file(field).await?),
                Some("id" | "file") => return Err(twice()),
                _ => self.skip(field).await?,
            }
        }
        let (name, file, sent) = file.ok_or_else(|| {
            Problem::invalid("file", "请选择要上传的文件。", "Choose a file: it goes into the part `file` of the form.")
        })?;
        Ok(Form { id, name, file, sent })
    }

    async fn id(&self, mut field: Field<'_>) -> Result<AttachmentId, Problem> {
        let wrong = || Problem::invalid("id", "编号要是 UUID。", "The id must be a UUID.");
        let mut text = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(|_| self.ended())? {
            self.flow.taken();
            text.extend_from_slice(&piece);
            if text.len() > TEXT_MAX {
                return Err(wrong());
            }
        }
        let id: Uuid = std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()).ok_or_else(wrong)?;
        made_by_client(id).map(AttachmentId)
    }

    async fn file(&self, mut field: Field<'_>) -> Result<(String, File, Vec<u8>), Problem> {
        let name = file_name(field.file_name().unwrap_or_default());
        let unwritable = |e: std::io::Error| words::unwritable(&e);
        let mut file = tokio::fs::File::from_std(unnamed(&self.folder).map_err(unwritable)?);
        let (mut digest, mut bytes) = (Sha256::new(), 0);
        while let Some(piece) = field.chunk().await.map_err(|_| self.ended())? {
            self.flow.taken();
            bytes += piece.len() as u64;
            if bytes > BYTES_MAX {
                return Err(words::too_large());
            }
            digest.update(&piece);
            file.write_all(&piece).await.map_err(unwritable)?;
        }
        file.flush().await.map_err(unwritable)?;
        let sent = Sha256::new().chain_update(digest.finalize()).chain_update(&name).finalize();
        Ok((name, file.into_std().await, sent.to_vec()))
    }

    async fn skip(&self, mut field: Field<'_>) -> Result<(), Problem> {
        while field.chunk().await.map_err(|_| self.ended())?.is_some() {
            self.flow.taken();
        }
        Ok(())
    }

    fn ended(&self) -> Problem {
        self.flow.cut().map_or_else(words::incomplete, |cut| words::cut(cut, &self.limits))
    }
}

fn twice() -> Problem {
    Problem::invalid(
        "file",
        "一次只能上传一个文件，请分几次上传。",
        "One upload takes one file; send several one after the other.",
    )
}

/// A file that no folder names any more: when it is closed, or the process dies, it is gone.
fn unnamed(folder: &Path) -> std::io::Result<File> {
    let mut make = std::fs::DirBuilder::new();
    let mut open = std::fs::OpenOptions::new();
    make.recursive(true);
    open.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    }
    make.create(folder)?;
    let path = folder.join(uuid::Uuid::from_bytes(rand::random()).to_string());
    let file = open.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}
