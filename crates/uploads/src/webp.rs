//! Cleaning a WebP: written anew from its picture, its transparency and its colour profile. An animation becomes its first picture. What is coded without
//! loss is cut where its decoder stops to read, which is up to seven bytes behind its end. The last part of a lossy picture (RFC 6386, 9.5) goes on to
//! the end of its chunk: its decoder takes whatever stands there, so that only one of our own could tell where it ends, and to code it again would lose
//! some of it, or make it ten times as long.

use std::ops::Range;

use super::reached::Part;
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

/// The bodies of chunks that a decoder reads no further than it must.
pub(super) fn ending(clean: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 12);
    while let Some(Some((kind, body, after))) = clean.get(at..).map(chunk).unwrap_or_default() {
        if matches!(kind, b"VP8L" | b"ALPH") {
            found.push(at + 8..at + 8 + body.len());
        }
        at = clean.len() - after.len();
    }
    found
}

/// Cuts chunks where their decoder stopped.
pub(super) fn cut(clean: &mut Vec<u8>, parts: &[Part]) -> Option<()> {
    for Part { range, reached } in parts.iter().rev() {
        let length = reached - range.start;
        let padding = usize::from(!length.is_multiple_of(2));
        clean.splice(*reached..range.end.next_multiple_of(2), std::iter::repeat_n(0, padding));
        clean[range.start - 4..range.start].copy_from_slice(&u32::try_from(length).ok()?.to_le_bytes());
    }
    if !parts.is_empty() {
        let size = u32::try_from(clean.len() - 8).ok()?;
        clean[4..8].copy_from_slice(&size.to_le_bytes());
    }
    Some(())
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
