//! Cleaning an MP4: boxes that describe the recording are emptied in place, so that nothing in the file moves. Read before: the place in `©xyz`, the
//! time in `mvhd`, the size in `tkhd`.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

use super::{MediaError, Shot};

/// A cleaned clip.
pub(super) struct Clip {
    pub(super) bytes: Vec<u8>,
    pub(super) size: Option<(u32, u32)>,
    pub(super) shot: Shot,
}

/// Boxes that hold boxes worth looking into.
const HOLDERS: [&[u8]; 3] = [b"moov", b"trak", b"mdia"];
/// Boxes that describe: user data, metadata, and extensions such as XMP.
const DESCRIBING: [&[u8]; 3] = [b"udta", b"meta", b"uuid"];
const DEPTH_MAX: usize = 6;

/// Seconds from 1904, where QuickTime counts from, to 1970.
const FROM_1904: i64 = 2_082_844_800;

struct Found {
    /// Whole boxes to be emptied.
    empty: Vec<Range<usize>>,
    clip: Clip,
    has_movie: bool,
}

/// Empties what describes the clip.
///
/// # Errors
/// `Damaged` when the boxes do not fit into each other, or there is no movie among them.
pub(super) fn clean(bytes: &[u8]) -> Result<Clip, MediaError> {
    let clip = Clip { bytes: Vec::new(), size: None, shot: Shot::default() };
    let mut found = Found { empty: Vec::new(), clip, has_movie: false };
    walk(bytes, 0..bytes.len(), 0, &mut found).ok_or(MediaError::Damaged)?;
    if !found.has_movie {
        return Err(MediaError::Damaged);
    }
    let mut clean = bytes.to_vec();
    for range in found.empty {
        clean[range.start + 4..range.start + 8].copy_from_slice(b"free");
        let heading = heading(bytes, &range).ok_or(MediaError::Damaged)?;
        clean[range.start + heading..range.end].fill(0);
    }
    Ok(Clip { bytes: clean, ..found.clip })
}

/// Length of a box's heading: 8 bytes, or 16 where its size needs them.
fn heading(bytes: &[u8], range: &Range<usize>) -> Option<usize> {
    let size = u32::from_be_bytes(bytes.get(range.start..range.start + 4)?.try_into().ok()?);
    Some(if size == 1 { 16 } else { 8 })
}

fn walk(bytes: &[u8], within: Range<usize>, depth: usize, found: &mut Found) -> Option<()> {
    if depth > DEPTH_MAX {
        return None;
    }
    let mut at = within.start;
    while at < within.end {
        let range = box_at(bytes, at, within.end)?;
        let kind = bytes.get(at + 4..at + 8)?;
        let body = at + heading(bytes, &range)?..range.end;
        if DESCRIBING.contains(&kind) {
            found.clip.shot.place = found.clip.shot.place.or_else(|| place(&bytes[body.clone()]));
            found.empty.push(range.clone());
        } else if kind == b"trak" && is_timed_metadata(bytes, body.clone()) {
            found.empty.push(range.clone());
        } else if HOLDERS.contains(&kind) {
            found.has_movie |= kind == b"moov";
            walk(bytes, body, depth + 1, found)?;
        } else if kind == b"mvhd" {
            found.clip.shot.at = found.clip.shot.at.or_else(|| created(&bytes[body]));
        } else if kind == b"tkhd" {
            found.clip.size = found.clip.size.or_else(|| size(&bytes[body]));
        }
        at = range.end;
    }
    Some(())
}

fn box_at(bytes: &[u8], at: usize, end: usize) -> Option<Range<usize>> {
    let size = match u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) {
        0 => end - at,
        1 => usize::try_from(u64::from_be_bytes(bytes.get(at + 8..at + 16)?.try_into().ok()?)).ok()?,
        size => usize::try_from(size).ok()?,
    };
    let until = at.checked_add(size)?;
    (size >= 8 && until <= end && bytes.len() >= at + 8).then_some(at..until)
}

/// Phones write the way they were carried into a track of its own.
fn is_timed_metadata(bytes: &[u8], track: Range<usize>) -> bool {
    let media = child(bytes, track, b"mdia").and_then(|media| child(bytes, media, b"hdlr"));
    media.and_then(|hdlr| bytes.get(hdlr.start + 8..hdlr.start + 12)) == Some(b"meta")
}

/// The body of the first box of a kind.
fn child(bytes: &[u8], within: Range<usize>, kind: &[u8]) -> Option<Range<usize>> {
    let mut at = within.start;
    while at < within.end {
        let range = box_at(bytes, at, within.end)?;
        if bytes.get(at + 4..at + 8)? == kind {
            return Some(at + heading(bytes, &range)?..range.end);
        }
        at = range.end;
    }
    None
}

/// ISO 6709 text such as `+25.4310+119.0077/`, wherever it stands in the box.
fn place(body: &[u8]) -> Option<(f64, f64)> {
    let signs = |b: u8| b == b'+' || b == b'-';
    let starts = body.iter().enumerate().filter(|(_, b)| signs(**b)).map(|(i, _)| i);
    starts.into_iter().find_map(|start| {
        let text = &body[start..];
        let end = text.iter().position(|b| !(b.is_ascii_digit() || *b == b'.' || signs(*b)))?;
        let text = std::str::from_utf8(&text[..end]).ok()?;
        let second = 1 + text[1..].find(['+', '-'])?;
        let third = text[second + 1..].find(['+', '-']).map_or(text.len(), |i| second + 1 + i);
        let (lat, lon) = (text[..second].parse::<f64>().ok()?, text[second..third].parse::<f64>().ok()?);
        (text.contains('.') && lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some((lon, lat))
    })
}

fn created(mvhd: &[u8]) -> Option<DateTime<Utc>> {
    let seconds = match mvhd.first()? {
        1 => i64::try_from(u64::from_be_bytes(mvhd.get(4..12)?.try_into().ok()?)).ok()?,
        _ => i64::from(u32::from_be_bytes(mvhd.get(4..8)?.try_into().ok()?)),
    };
    let since_1970 = seconds.checked_sub(FROM_1904).filter(|s| *s > 0)?;
    DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::try_seconds(since_1970)?)
}

/// Width and height, whole parts of 16.16 numbers at the end of the box; a track of sound has none.
fn size(tkhd: &[u8]) -> Option<(u32, u32)> {
    let tail = tkhd.get(tkhd.len().checked_sub(8)?..)?;
    let number = |at: usize| Some(u32::from(u16::from_be_bytes(tail.get(at..at + 2)?.try_into().ok()?)));
    let (width, height) = (number(0)?, number(4)?);
    (width > 0 && height > 0).then_some((width, height))
}
