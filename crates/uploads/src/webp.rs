//! Cleaning a WebP: written anew from its picture, its transparency and its colour profile. An animation becomes its first picture.

use super::{Parts, camera, icc};

/// Flags of the extended heading.
const HAS_PROFILE: u8 = 0b0010_0000;
const HAS_ALPHA: u8 = 0b0001_0000;
/// What stands before the picture in a frame of an animation.
const FRAME_HEAD: usize = 16;

/// Bytes of all headings together, at most.
const HEADINGS: usize = 64;

#[derive(Default)]
struct Found<'a> {
    profile: Option<Vec<u8>>,
    exif: Option<&'a [u8]>,
    alpha: Option<&'a [u8]>,
    /// Its kind and body.
    picture: Option<(&'a [u8], &'a [u8])>,
}

/// The picture alone; `None` when the file does not follow the format.
pub(super) fn clean(bytes: &[u8]) -> Option<Parts> {
    let size = usize::try_from(u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?)).ok()?;
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WEBP" {
        return None;
    }
    let mut found = Found::default();
    found.read(bytes.get(12..size.checked_add(8)?.min(bytes.len()))?, false)?;
    let clean = found.written()?;
    Some(Parts { clean, profile: found.profile, exif: camera::kept(found.exif), recode: false, colours: Vec::new() })
}

impl<'a> Found<'a> {
    fn read(&mut self, mut rest: &'a [u8], in_frame: bool) -> Option<()> {
        while let Some((kind, body, after)) = chunk(rest)? {
            match kind {
                b"VP8 " | b"VP8L" if self.picture.is_none() => self.picture = Some((kind, body)),
                b"ALPH" if self.alpha.is_none() && self.picture.is_none() => self.alpha = Some(body),
                b"ANMF" if self.picture.is_none() && !in_frame => self.read(body.get(FRAME_HEAD..)?, true)?,
                b"ICCP" if self.profile.is_none() && !in_frame => self.profile = icc::clean(body),
                b"EXIF" if self.exif.is_none() && !in_frame => {
                    self.exif = Some(body.strip_prefix(b"Exif\0\0").unwrap_or(body));
                }
                _ => {}
            }
            rest = after;
        }
        Some(())
    }

    fn written(&self) -> Option<Vec<u8>> {
        let (kind, body) = self.picture?;
        let alpha = self.alpha.filter(|_| kind == b"VP8 ");
        let most = body.len() + alpha.map_or(0, <[u8]>::len) + self.profile.as_ref().map_or(0, Vec::len);
        let mut out = Vec::with_capacity(most + HEADINGS);
        out.extend(b"RIFF\0\0\0\0WEBP");
        if self.profile.is_some() || alpha.is_some() {
            let Shape { width, height, alpha: in_picture } = shape(kind, body)?;
            let mut flags = if self.profile.is_some() { HAS_PROFILE } else { 0 };
            flags |= if alpha.is_some() || in_picture { HAS_ALPHA } else { 0 };
            let side = |n: u32| Some(n.checked_sub(1)?.to_le_bytes());
            let ([a, b, c, _], [d, e, f, _]) = (side(width)?, side(height)?);
            push(&mut out, b"VP8X", &[flags, 0, 0, 0, a, b, c, d, e, f])?;
            if let Some(profile) = &self.profile {
                push(&mut out, b"ICCP", profile)?;
            }
            if let Some(alpha) = alpha {
                push(&mut out, b"ALPH", alpha)?;
            }
        }
        push(&mut out, kind, body)?;
        let size = u32::try_from(out.len() - 8).ok()?;
        out[4..8].copy_from_slice(&size.to_le_bytes());
        Some(out)
    }
}

/// Width and height in pixels, and whether it has transparency in itself.
pub(super) struct Shape {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) alpha: bool,
}

/// As the heading of a coded picture says.
pub(super) fn shape(kind: &[u8], body: &[u8]) -> Option<Shape> {
    if kind == b"VP8L" {
        let bits = u32::from_le_bytes(body.strip_prefix(&[0x2f])?.get(..4)?.try_into().ok()?);
        let (width, height) = ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
        return Some(Shape { width, height, alpha: bits >> 28 & 1 == 1 });
    }
    let side = |at: usize| Some(u32::from(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?) & 0x3fff));
    let (width, height) = (side(6)?, side(8)?);
    (body.get(3..6)? == [0x9d, 1, 0x2a]).then_some(Shape { width, height, alpha: false })
}

/// Name, content, and what follows.
type Chunk<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// A chunk, its body, and what follows: `Some(None)` at the end, `None` when it is cut off.
pub(super) fn chunk(rest: &[u8]) -> Option<Option<Chunk<'_>>> {
    if rest.is_empty() {
        return Some(None);
    }
    let length = usize::try_from(u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?)).ok()?;
    let body = rest.get(8..length.checked_add(8)?)?;
    let padded = (8 + length + length % 2).min(rest.len());
    Some(Some((&rest[..4], body, &rest[padded..])))
}

fn push(out: &mut Vec<u8>, kind: &[u8], body: &[u8]) -> Option<()> {
    out.extend_from_slice(kind);
    out.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
    out.extend_from_slice(body);
    if !body.len().is_multiple_of(2) {
        out.push(0);
    }
    Some(())
}
