//! What a file claims to be before anything of it is unpacked: a small file can claim to be an enormous picture.

use std::io::{Read, Seek, SeekFrom};

use super::clip::{LONGER as CLIP_LONGER, MEMORY as CLIP_MEMORY};
use super::{BYTES_MAX, Fault, Kind, MEMORY_MAX, PIXELS_MAX, jpeg, webp};

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

/// Pixels, and bytes of memory for each while it is decoded and coded again.
struct Claim {
    width: u32,
    height: u32,
    each: u64,
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
        Kind::Png => png(&head),
        Kind::Webp => webp(source)?,
        Kind::Jpeg => jpeg(source)?,
    };
    let Claim { width, height, each } = claim.filter(|c| c.width > 0 && c.height > 0).ok_or(Fault::Damaged)?;
    // The file itself is there twice.
    let most = PIXELS_MAX.min(MEMORY_MAX.saturating_sub(2 * bytes) / each);
    let pixels = u64::from(width) * u64::from(height);
    if pixels > most {
        return Err(Fault::TooManyPixels { most });
    }
    Ok(Measured { kind, bytes, memory: pixels * each + 2 * bytes, kept: 2 * bytes })
}

/// Up to so many bytes from a place.
fn read(source: &mut (impl Read + Seek), at: u64, most: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    source.seek(SeekFrom::Start(at))?;
    source.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn png(head: &[u8]) -> Option<Claim> {
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let deep = if *head.get(24)? == 16 { 2 } else { 1 };
    let channels = match head.get(25)? {
        0 => 1,
        2 => 3,
        4 => 2,
        _ => 4,
    };
    // Twice, for one that is turned.
    Some(Claim { width: number(16)?, height: number(20)?, each: 2 * channels * deep })
}

/// Most parts of a file that are passed over on the way to its picture.
const PARTS_MAX: usize = 4_096;

/// The picture behind the heading: the first of an animation.
fn webp(source: &mut (impl Read + Seek)) -> Result<Option<Claim>, Fault> {
    let mut at = 12;
    for _ in 0..PARTS_MAX {
        let head = read(source, at, 48)?;
        let (Some(kind), Some(length)) = (head.get(..4), head.get(4..8)) else { return Ok(None) };
        let length = u64::from(u32::from_le_bytes([length[0], length[1], length[2], length[3]]));
        if kind == b"VP8 " || kind == b"VP8L" {
            let shape = webp::shape(kind, &head[8..]);
            return Ok(shape.map(|s| Claim { width: s.width, height: s.height, each: 12 }));
        }
        // A frame begins with sixteen bytes of its own.
        at += if kind == b"ANMF" { 24 } else { 8 + length + length % 2 };
    }
    Ok(None)
}

/// The frame's heading, past all segments before it.
fn jpeg(source: &mut (impl Read + Seek)) -> Result<Option<Claim>, Fault> {
    let mut at = 2;
    for _ in 0..PARTS_MAX {
        let head = read(source, at, 64)?;
        let Some((marker, after)) = jpeg::marker(&head) else { return Ok(None) };
        let &[a, b, ref body @ ..] = after else { return Ok(None) };
        if (0xc0..=0xc2).contains(&marker) {
            let &[_, h1, h0, w1, w0, channels, ..] = body else { return Ok(None) };
            let (width, height) = (u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])));
            // Progressive ones keep two bytes of coefficients for each sample, and some bits to walk through them.
            let coefficients = if marker == 0xc2 { 2 * u64::from(channels) + 1 } else { 0 };
            return Ok(Some(Claim { width, height, each: coefficients + if channels == 1 { 1 } else { 3 } }));
        }
        if marker == jpeg::SOS || marker == 0xd9 {
            return Ok(None);
        }
        let skipped = head.len() - after.len();
        at += skipped as u64 + u64::from(u16::from_be_bytes([a, b]));
    }
    Ok(None)
}
