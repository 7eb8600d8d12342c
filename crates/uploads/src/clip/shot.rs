//! Where and when a clip was taken: read before all that says so is left out.

use chrono::{DateTime, TimeDelta, Utc};

use super::boxes::{child, children, long, number};
use crate::Shot;

/// Seconds from 1904, where QuickTime counts from, to 1970.
const FROM_1904: i64 = 2_082_844_800;
/// How far a place is looked for in a box, in bytes.
const SEARCHED: usize = 256 * 1024;
/// Longest text of a place.
const PLACE_MAX: usize = 64;

/// The place in user data or metadata of the clip or a track, the time of its heading.
pub(super) fn read(movie: &[u8]) -> Shot {
    let tracks = children(movie).flatten().filter(|(kind, _)| kind == b"trak").map(|(_, body)| body);
    let describing = std::iter::once(movie).chain(tracks).flat_map(|holder| children(holder).flatten());
    let place = describing.filter(|(kind, _)| kind == b"udta" || kind == b"meta").find_map(|(_, body)| place(body));
    Shot { place, at: child(movie, b"mvhd").and_then(created) }
}

/// ISO 6709 text such as `+25.4310+119.0077/`, wherever it stands in the box.
fn place(body: &[u8]) -> Option<(f64, f64)> {
    let body = &body[..body.len().min(SEARCHED)];
    let signs = |b: u8| b == b'+' || b == b'-';
    let starts = body.iter().enumerate().filter(|(_, b)| signs(**b)).map(|(i, _)| i);
    starts.into_iter().find_map(|start| {
        let text = &body[start..body.len().min(start + PLACE_MAX)];
        let end = text.iter().position(|b| !(b.is_ascii_digit() || *b == b'.' || signs(*b))).unwrap_or(text.len());
        let text = std::str::from_utf8(&text[..end]).ok()?;
        let second = 1 + text.get(1..)?.find(['+', '-'])?;
        let third = text[second + 1..].find(['+', '-']).map_or(text.len(), |i| second + 1 + i);
        let (lat, lon) = (text[..second].parse::<f64>().ok()?, text[second..third].parse::<f64>().ok()?);
        (text.contains('.') && lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some((lon, lat))
    })
}

fn created(mvhd: &[u8]) -> Option<DateTime<Utc>> {
    let seconds = match mvhd.first()? {
        1 => i64::try_from(long(mvhd, 4)?).ok()?,
        _ => i64::from(number(mvhd, 4)?),
    };
    let since_1970 = seconds.checked_sub(FROM_1904).filter(|s| *s > 0)?;
    DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::try_seconds(since_1970)?)
}
