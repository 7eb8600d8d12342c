//! What a file is and what must leave it before it is kept. What stays is decided by an allow list in every format: what is not known to be needed to
//! show a picture or to play a clip goes. Where and when it was taken is read before. Pure: a source and a sink come in, what was found goes out.

mod camera;
mod clip;
mod encode;
mod icc;
mod jpeg;
mod lossless;
mod measure;
mod picture;
mod png;
mod reached;
mod scan;
mod upright;
mod webp;

use std::io::{Read, Seek, SeekFrom, Write};

use chrono::{DateTime, Utc};

pub use measure::{Measured, measure};
pub use picture::THUMBNAIL_SIDE;

/// Largest file, in bytes.
pub const BYTES_MAX: u64 = 50 * 1024 * 1024;
/// Most pixels of a picture.
pub const PIXELS_MAX: u64 = 50_000_000;
/// Most memory that cleaning one file may take, in bytes.
pub const MEMORY_MAX: u64 = 200 * 1024 * 1024;

/// The media types that are taken. A clip of QuickTime is kept as MP4.
pub const TAKEN: [&str; 5] = ["image/jpeg", "image/png", "image/webp", "video/mp4", "video/quicktime"];

/// What a file is, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
    /// MP4, or QuickTime that becomes MP4.
    Mp4,
}

impl Kind {
    /// The media type of what is kept.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
        }
    }

    /// By the first bytes of a file; 64 are enough.
    fn of(head: &[u8]) -> Result<Self, Fault> {
        let brand = head.get(8..12).unwrap_or_default();
        match head.get(4..8).unwrap_or_default() {
            _ if head.starts_with(&[0xff, 0xd8, 0xff]) => Ok(Self::Jpeg),
            _ if head.starts_with(png::SIGNATURE) => Ok(Self::Png),
            _ if head.starts_with(b"RIFF") && brand == b"WEBP" => Ok(Self::Webp),
            b"ftyp" if HEIC_BRANDS.contains(&brand) => Err(Fault::Unsupported { heic: true }),
            b"ftyp" if AVIF_BRANDS.contains(&brand) => Err(Fault::Unsupported { heic: false }),
            b"ftyp" if STILL_BRANDS.contains(&brand) => {
                // The brands that it follows, too, stand behind the first and its version.
                let others = head.get(16..).unwrap_or_default();
                let avif = others.chunks_exact(4).any(|other| AVIF_BRANDS.contains(&other));
                Err(Fault::Unsupported { heic: !avif })
            }
            b"ftyp" | b"moov" | b"mdat" | b"wide" => Ok(Self::Mp4),
            _ => Err(Fault::Unsupported { heic: false }),
        }
    }
}

/// Brands of files that look like clips and are pictures: of HEIC, of AVIF, and of either.
const HEIC_BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"];
const AVIF_BRANDS: [&[u8]; 2] = [b"avif", b"avis"];
const STILL_BRANDS: [&[u8]; 2] = [b"mif1", b"msf1"];

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {BYTES_MAX} bytes")]
    TooLarge,
    /// `heic`: a picture as iPhones keep it.
    #[error("not a kind of file that is taken")]
    Unsupported { heic: bool },
    #[error("the file is damaged or does not follow its format")]
    Damaged,
    /// With the most pixels that a picture of its kind may have.
    #[error("the picture has more than {most} pixels")]
    TooManyPixels { most: u64 },
    /// Recorded for streaming, in pieces.
    #[error("the clip is fragmented")]
    Fragmented,
    /// Picture or sound in a coding that is not known well enough to be cleaned.
    #[error("the clip's coding is not taken")]
    Coding,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Where and when something was taken, as the camera says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Shot {
    /// Longitude, latitude in degrees.
    place: Option<(f64, f64)>,
    at: Option<DateTime<Utc>>,
}

/// What was found in a file, whose cleaned bytes went to the sink.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleaned {
    pub kind: Kind,
    /// In pixels, as shown.
    pub width: u32,
    pub height: u32,
    /// Longitude, latitude in degrees, WGS-84.
    pub place: Option<(f64, f64)>,
    pub taken_at: Option<DateTime<Utc>>,
    /// A small JPEG of a picture; clips have none.
    pub thumbnail: Option<Vec<u8>>,
}

/// Cleans a file. Takes time and up to [`Measured::memory`] bytes: measure it first. When it fails, what is in the sink is of no use.
///
/// # Errors
/// What is wrong with the file, or with reading and writing.
pub fn clean(source: &mut (impl Read + Seek), sink: &mut impl Write) -> Result<Cleaned, Fault> {
    let measured = measure(source)?;
    source.seek(SeekFrom::Start(0))?;
    if measured.kind == Kind::Mp4 {
        let clip = clip::clean(source, measured.bytes, sink)?;
        let (width, height) = clip.size;
        let Shot { place, at } = clip.shot;
        return Ok(Cleaned { kind: Kind::Mp4, width, height, place, taken_at: at, thumbnail: None });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(measured.bytes).map_err(|_| Fault::TooLarge)?);
    source.take(measured.bytes).read_to_end(&mut bytes)?;
    let parts = match measured.kind {
        Kind::Png => png::clean(&bytes),
        Kind::Webp => webp::clean(&bytes),
        Kind::Jpeg | Kind::Mp4 => jpeg::clean(&bytes),
    };
    drop(bytes);
    picture::finish(measured, parts.ok_or(Fault::Damaged)?, sink)
}

/// A picture taken apart.
struct Parts {
    /// The picture with what is needed to show it, and nothing else.
    clean: Vec<u8>,
    /// The colour profile that is in it.
    profile: Option<Vec<u8>>,
    /// What the camera wrote beside the picture: a TIFF file.
    exif: Option<Vec<u8>>,
    /// Something may hide in the coded picture itself: it has to be coded again.
    recode: bool,
    /// Of a PNG, the chunks that its colours depend on.
    colours: Vec<encode::Chunk>,
}
