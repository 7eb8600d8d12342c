//! What a file claims to be before anything of it is unpacked: a small file can claim to be an enormous picture.

use std::io::{BufReader, Read, Seek, SeekFrom};

use image::metadata::Orientation;

use super::clip::{LONGER as CLIP_LONGER, MEMORY as CLIP_MEMORY};
use super::webp::Shape;
use super::{BYTES_MAX, Fault, Kind, MEMORY_MAX, PIXELS_MAX, camera, jpeg, lossless, webp};

/// Memory for a picture whatever its size, in bytes: its colour profile, tables, the small picture.
const FIXED: u64 = 10 * 1024 * 1024;

/// What cleaning a file will take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    pub kind: Kind,
    /// Length of the file.
    pub bytes: u64,
    /// Most bytes of memory, with what is kept.
    pub memory: u64,
    /// Most bytes of what is kept.
    pub kept: u64,
}

/// What a picture claims to be, and what cleaning it takes, in bytes for each pixel. The file is there twice until it is decoded, in most formats once
/// while it is, and not any more while the picture is coded again.
#[derive(Clone, Copy)]
struct Claim {
    width: u32,
    height: u32,
    /// How often the file is there while it is decoded.
    files: u64,
    /// Eighths of bytes for each pixel while it is decoded.
    decoded: u64,
    /// While it is coded again, with what is kept.
    recoded: Recoded,
    /// Bytes whatever the number of pixels.
    more: u64,
}

#[derive(Clone, Copy)]
enum Recoded {
    /// It never is.
    Never,
    /// Eighths of bytes for each pixel, and of what is kept.
    Anew { all: u64, kept: u64 },
    /// A JPEG, with so many bytes for each pixel beside its [`room`].
    InRoom(u64),
}

impl Claim {
    fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Bytes of memory for so many pixels in a file of so many bytes.
    fn memory(&self, pixels: u64, bytes: u64) -> u64 {
        let decoded = (pixels * self.decoded).div_ceil(8) + self.files * bytes;
        let recoded = match self.recoded {
            Recoded::Never => 0,
            Recoded::Anew { all, .. } => (pixels * all).div_ceil(8),
            Recoded::InRoom(each) => pixels * each + room(pixels, bytes),
        };
        decoded.max(recoded).max(2 * bytes) + self.more + FIXED
    }

    /// Bytes of what is kept.
    fn kept(&self, bytes: u64) -> u64 {
        let recoded = match self.recoded {
            Recoded::Never => 0,
            Recoded::Anew { kept, .. } => (self.pixels() * kept).div_ceil(8),
            Recoded::InRoom(_) => room(self.pixels(), bytes),
        };
        recoded.max(bytes) + FIXED / 4
    }

    /// The most pixels for which there is memory.
    fn most(&self, bytes: u64) -> u64 {
        let fits = |pixels: u64| self.memory(pixels, bytes) <= MEMORY_MAX;
        let (mut low, mut high) = (0, PIXELS_MAX + 1);
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            if fits(middle) { low = middle } else { high = middle }
        }
        low
    }
}

/// How long a JPEG of so many pixels in a file of so many bytes may become when it is coded again: half a byte for each pixel is a good picture.
pub(super) fn room(pixels: u64, bytes: u64) -> u64 {
    (2 * bytes).max(pixels / 2) + 64 * 1024
}

/// Reads the heading of a file; takes no memory worth mentioning.
///
/// # Errors
/// [`Fault`] when it is not taken, whatever follows.
pub fn measure(source: &mut (impl Read + Seek)) -> Result<Measured, Fault> {
    let bytes = source.seek(SeekFrom::End(0))?;
    if bytes == 0 {
        return Err(Fault::Empty);
    }
    if bytes > BYTES_MAX {
        return Err(Fault::TooLarge);
    }
    let head = read(source, 0, 64)?;
    let kind = Kind::of(&head)?;
    let claim = match kind {
        Kind::Mp4 => {
            let kept = bytes + CLIP_LONGER;
            return Ok(Measured { kind, bytes, memory: CLIP_MEMORY + kept, kept });
        }
        Kind::Png => png(source)?,
        Kind::Webp => webp(source)?,
        Kind::Jpeg => jpeg(source)?,
    };
    let claim = claim.filter(|c| c.width > 0 && c.height > 0).ok_or(Fault::Damaged)?;
    // More tables than any encoder makes.
    if claim.pixels() <= PIXELS_MAX && claim.memory(0, bytes) > MEMORY_MAX {
        return Err(Fault::Damaged);
    }
    let most = claim.most(bytes);
    if claim.pixels() > most {
        return Err(Fault::TooManyPixels { most });
    }
    Ok(Measured { kind, bytes, memory: claim.memory(claim.pixels(), bytes), kept: claim.kept(bytes) })
}

/// Up to so many bytes from a place.
fn read(source: &mut (impl Read + Seek), at: u64, most: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    source.seek(SeekFrom::Start(at))?;
    source.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Most parts of a file that are passed over on the way to its picture.
const PARTS_MAX: usize = 4_096;

/// The heading, and whether something is transparent that has no channel for it.
fn png(source: &mut (impl Read + Seek)) -> Result<Option<Claim>, Fault> {
    let head = read(source, 0, 33)?;
    let number = |at: usize| Some(u64::from(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?)));
    let (Some(width), Some(height), Some(depth), Some(colour)) = (number(16), number(20), head.get(24), head.get(25))
    else {
        return Ok(None);
    };
    let mut clear = false;
    let mut at = 33;
    for _ in 0..PARTS_MAX {
        let part = read(source, at, 8)?;
        let (Some(length), Some(kind)) = (part.get(..4), part.get(4..8)) else { break };
        if kind == b"IDAT" {
            break;
        }
        clear |= kind == b"tRNS";
        at += 12 + u64::from(u32::from_be_bytes([length[0], length[1], length[2], length[3]]));
    }
    let channels = match colour {
        0 => 1,
        4 => 2,
        2 | 3 => 3,
        _ => 4,
    } + u64::from(clear && matches!(colour, 0 | 2 | 3));
    let raw = 8 * channels * if *depth == 16 { 2 } else { 1 };
    let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else { return Ok(None) };
    // Rows that cannot be made smaller have a byte for their filter, and one in a thousand for deflate; some rows are at hand while they are written.
    let more = u64::from(height) + 8 * u64::from(width) * raw / 8;
    let kept = raw + raw.div_ceil(64);
    Ok(Some(Claim { width, height, files: 1, decoded: raw, recoded: Recoded::Anew { all: raw + kept, kept }, more }))
}

/// The picture behind the heading: the first of an animation. It is coded again only when a camera says that it lies.
fn webp(source: &mut (impl Read + Seek)) -> Result<Option<Claim>, Fault> {
    let head = read(source, 0, 12)?;
    let Some(&[a, b, c, d]) = head.get(4..8) else { return Ok(None) };
    let end = 8 + u64::from(u32::from_le_bytes([a, b, c, d]));
    let (mut at, mut parts, mut picture, mut clear, mut turned) = (12, 0, None, None, false);
    while at < end && parts < PARTS_MAX {
        parts += 1;
        let head = read(source, at, 48)?;
        let (Some(kind), Some(&[a, b, c, d])) = (head.get(..4), head.get(4..8)) else { break };
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        match kind {
            b"VP8 " | b"VP8L" if picture.is_none() => {
                let Some(shape) = webp::shape(kind, &head[8..]) else { return Ok(None) };
                picture = Some((kind == b"VP8L", shape, at + 8..at + 8 + length));
            }
            b"ALPH" if picture.is_none() && clear.is_none() => {
                clear = Some((head.get(8).copied(), at + 8..at + 8 + length))
            }
            b"EXIF" => turned |= lies(source, at + 8, length)?,
            _ => {}
        }
        // A frame begins with sixteen bytes of its own.
        at += if kind == b"ANMF" { 24 } else { 8 + length + length % 2 };
    }
    if parts == PARTS_MAX {
        return Ok(None);
    }
    let Some((lossless, Shape { width, height, alpha }, place)) = picture else { return Ok(None) };
    let (is_clear, coded) = match (lossless, clear) {
        (true, _) => (alpha, Some(place.start + LOSSLESS_HEAD..place.end)),
        // Transparency is coded like a picture, or not at all.
        (false, Some((head, place))) => (true, head.filter(|head| head & 3 == 1).map(|_| place.start + 1..place.end)),
        (false, None) => (false, None),
    };
    let more = match coded {
        Some(place) => {
            source.seek(SeekFrom::Start(place.start))?;
            let body = BufReader::new(source.take(place.end.saturating_sub(place.start)));
            let Some(tables) = lossless::tables(body, (width, height)) else { return Ok(None) };
            tables
        }
        None => 0,
    };
    Ok(Some(Claim { width, height, more, ..webp_claim(lossless, is_clear, turned) }))
}

/// Whether a camera says that a picture lies, in so many bytes from a place.
fn lies(source: &mut (impl Read + Seek), at: u64, length: u64) -> Result<bool, Fault> {
    if length > camera::BYTES_MAX as u64 + 6 {
        return Ok(false);
    }
    let exif = read(source, at, length)?;
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif);
    Ok(camera::read(exif).1 != Orientation::NoTransforms)
}

/// Bytes before the transforms of a picture without loss: its mark and size.
const LOSSLESS_HEAD: u64 = 5;

/// What the decoder and the encoder of WebP take, in eighths of bytes. Of what is coded without loss they hold all four channels, and tables of some tiles.
fn webp_claim(lossless: bool, clear: bool, turned: bool) -> Claim {
    let decoded = match (lossless, clear) {
        (true, true) => 8 * 4 + 12,
        (true, false) => 8 * 7 + 12,
        // Brightness and colours, and the transparency alone.
        (false, true) => 8 * 4 + 13 + 8 * 6 + 12,
        (false, false) => 8 * 3 + 13 + 4,
    };
    // The picture, the encoder's copy of it, and what it writes, which is moved while it grows.
    let channels = if clear { 4 } else { 3 };
    let kept = 8 * channels + 2;
    let all = 8 * channels + 32 + 3 * kept;
    let recoded = if turned { Recoded::Anew { all, kept } } else { Recoded::Never };
    // The last part of a lossy picture is read into a buffer that grows, and copied.
    let files = if lossless { 1 } else { 4 };
    Claim { width: 0, height: 0, files, decoded, recoded, more: 0 }
}

/// The frame's heading, past all segments before it, and the first scan's.
fn jpeg(source: &mut (impl Read + Seek)) -> Result<Option<Claim>, Fault> {
    let (mut at, mut frame) = (2, None);
    for _ in 0..PARTS_MAX {
        let head = read(source, at, 64)?;
        let Some((marker, after)) = jpeg::marker(&head) else { return Ok(None) };
        let &[a, b, ref body @ ..] = after else { return Ok(None) };
        match marker {
            0xc0..=0xc2 if frame.is_none() => frame = Some((marker == 0xc2, body.to_vec())),
            jpeg::SOS => {
                let Some((progressive, frame)) = frame else { return Ok(None) };
                return Ok(jpeg_claim(&frame, progressive, body.first() != frame.get(5)));
            }
            0xd9 => return Ok(None),
            _ => {}
        }
        let skipped = head.len() - after.len();
        at += skipped as u64 + u64::from(u16::from_be_bytes([a, b]));
    }
    Ok(None)
}

/// By the body of the frame's heading, and whether its picture comes in several scans.
fn jpeg_claim(frame: &[u8], progressive: bool, scans: bool) -> Option<Claim> {
    let &[_, h1, h0, w1, w0, channels, ref components @ ..] = frame else { return None };
    let (width, height) = (u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])));
    let factors = || components.chunks_exact(3).take(usize::from(channels)).map(|component| component[1]);
    let across = factors().map(|both| both >> 4).max()?.clamp(1, 4);
    let down = factors().map(|both| both & 15).max()?.clamp(1, 4);
    let whole = |side: u32, factor: u8| u64::from(side.next_multiple_of(8 * u32::from(factor)));
    let (wide, high) = (whole(width, across), whole(height, down));
    let channels = u64::from(channels);
    let raw = if channels == 1 { 1 } else { 3 };
    // Pictures in several scans keep two bytes of coefficients for each sample.
    let coefficients = if progressive || scans { 2 * channels } else { 0 };
    let padding = wide * high - u64::from(width) * u64::from(height);
    // A row of units, as coefficients and as samples.
    let rows = 8 * u64::from(down) * wide * channels * 6;
    Some(Claim {
        width,
        height,
        files: 2,
        decoded: 8 * (raw + coefficients),
        recoded: Recoded::InRoom(raw),
        more: padding * coefficients + rows,
    })
}
