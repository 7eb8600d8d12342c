//! Photos and clips on their way in: what they are is told by their content, where and when they were taken is read and then removed, thumbnails are
//! made. Pure: bytes in, bytes out; storing them is the routes' work.

mod camera;
mod jpeg;
mod mp4;
mod picture;
mod png;
mod webp;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use object_store::path::Path;
use yizhi_domain::ids::{AttachmentId, PersonId};
use yizhi_domain::text::Text;
use yizhi_domain::written;
use yizhi_store::AttachmentRow;

/// Largest file, in bytes.
pub const BYTES_MAX: usize = 50 * 1024 * 1024;
/// Longest name, in characters.
const NAME_MAX: usize = 120;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
    Mp4,
}

impl Kind {
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
        }
    }

    fn of(bytes: &[u8]) -> Result<Self, MediaError> {
        let found = infer::get(bytes).map(|kind| kind.mime_type());
        let kinds = [Self::Jpeg, Self::Png, Self::Webp, Self::Mp4];
        kinds.into_iter().find(|k| found == Some(k.media_type())).ok_or(MediaError::Unsupported(found))
    }
}

/// A file that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {BYTES_MAX} bytes")]
    TooLarge,
    /// With what it seems to be, if that can be told.
    #[error("not a kind of file that is taken: {0:?}")]
    Unsupported(Option<&'static str>),
    #[error("the file is damaged")]
    Damaged,
    #[error("the picture has more than {} pixels", picture::PIXELS_MAX)]
    TooManyPixels,
}

impl MediaError {
    /// What is wrong and how to mend it.
    pub fn message(&self) -> Text {
        let megabytes = BYTES_MAX / 1024 / 1024;
        let pixels = picture::PIXELS_MAX / 1_000_000;
        match self {
            Self::Empty => Text::new("文件是空的，请重新选择。", "The file is empty; choose another."),
            Self::TooLarge => Text::new(
                format!("文件超过{megabytes}MB，请压缩或截短后再传。"),
                format!("The file is larger than {megabytes} MB; shrink or shorten it."),
            ),
            Self::Unsupported(_) => Text::new(
                "只能上传照片（JPEG、PNG、WebP）和短视频（MP4）。文件类型按内容判断，改扩展名没有用。",
                "Only photos (JPEG, PNG, WebP) and clips (MP4) are taken. The content decides, not the name.",
            ),
            Self::Damaged => Text::new(
                "文件已损坏或不完整，请重新拍摄或导出。",
                "The file is damaged or incomplete; take or export it again.",
            ),
            Self::TooManyPixels => Text::new(
                format!("照片超过{pixels}百万像素，请缩小后再传。"),
                format!("The photo has more than {pixels} million pixels; make it smaller."),
            ),
        }
    }
}

/// Where and when something was taken, as the camera says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Shot {
    /// Longitude, latitude in degrees.
    place: Option<(f64, f64)>,
    at: Option<DateTime<Utc>>,
}

/// A file as it will be kept.
#[derive(Clone, Debug)]
pub struct Processed {
    pub kind: Kind,
    pub name: String,
    /// Without what the camera wrote beside the picture.
    pub bytes: Bytes,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Longitude, latitude in degrees, WGS-84.
    pub place: Option<(f64, f64)>,
    pub taken_at: Option<DateTime<Utc>>,
    /// A small JPEG.
    pub thumbnail: Option<Bytes>,
}

impl Processed {
    /// What is kept about the file.
    pub fn row(&self, id: AttachmentId, uploader: PersonId, now: DateTime<Utc>) -> AttachmentRow {
        let size = |n: Option<u32>| n.and_then(|n| i32::try_from(n).ok());
        AttachmentRow {
            id,
            case: None,
            uploader,
            name: self.name.clone(),
            media_type: self.kind.media_type().to_owned(),
            bytes: i64::try_from(self.bytes.len()).unwrap_or(i64::MAX),
            width: size(self.width),
            height: size(self.height),
            place: self.place,
            taken_at: self.taken_at,
            erased: false,
            thumbnail: self.thumbnail.is_some(),
            created_at: now,
        }
    }
}

/// Reads, cleans and measures a file. Slow for large pictures: not for the threads that answer requests.
///
/// # Errors
/// What is wrong with it.
pub fn process(bytes: Bytes, name: &str) -> Result<Processed, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    if bytes.len() > BYTES_MAX {
        return Err(MediaError::TooLarge);
    }
    let kind = Kind::of(&bytes)?;
    let name = file_name(name);
    if kind == Kind::Mp4 {
        let clip = mp4::clean(&bytes)?;
        return Ok(Processed {
            kind,
            name,
            bytes: clip.bytes.into(),
            width: clip.size.map(|s| s.0),
            height: clip.size.map(|s| s.1),
            place: clip.shot.place,
            taken_at: clip.shot.at,
            thumbnail: None,
        });
    }
    let (shot, orientation) = camera::read(&bytes);
    let decoded = picture::decode(&bytes, kind)?;
    let turned = orientation.filter(|o| *o != image::metadata::Orientation::NoTransforms);
    let (decoded, clean) = match turned {
        Some(orientation) => {
            let mut decoded = decoded;
            decoded.apply_orientation(orientation);
            let bytes = picture::encode(&decoded, kind)?;
            (decoded, bytes)
        }
        None => (decoded, strip(&bytes, kind)?),
    };
    Ok(Processed {
        kind,
        name,
        bytes: clean.into(),
        width: Some(decoded.width()),
        height: Some(decoded.height()),
        place: shot.place,
        taken_at: shot.at,
        thumbnail: Some(picture::thumbnail(&decoded)?.into()),
    })
}

fn strip(bytes: &[u8], kind: Kind) -> Result<Vec<u8>, MediaError> {
    let clean = match kind {
        Kind::Jpeg => jpeg::strip(bytes),
        Kind::Png => png::strip(bytes),
        Kind::Webp => webp::strip(bytes),
        Kind::Mp4 => None,
    };
    clean.ok_or(MediaError::Damaged)
}

/// The last part of a path, without signs that are none.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = written::line_cut(last, NAME_MAX);
    if clean.is_empty() { "file".to_owned() } else { clean }
}

/// Where the bytes of an attachment lie in the file store.
pub fn key(id: AttachmentId) -> Path {
    Path::from(format!("attachments/{id}"))
}

/// Where its thumbnail lies.
pub fn thumbnail_key(id: AttachmentId) -> Path {
    Path::from(format!("attachments/{id}-thumbnail"))
}

#[cfg(test)]
mod tests;
