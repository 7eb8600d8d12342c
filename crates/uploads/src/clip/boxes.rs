//! Boxes: a length, a kind, a body.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use crate::Fault;

/// Most boxes at the top of a file.
const TOP_MAX: usize = 256;

/// A box at the top of a file.
pub(super) struct Top {
    pub(super) kind: [u8; 4],
    pub(super) body: Range<u64>,
}

/// The boxes at the top. What follows the last that fits is not kept anyway.
pub(super) fn top_level(source: &mut (impl Read + Seek), length: u64) -> Result<Vec<Top>, Fault> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < length && found.len() < TOP_MAX {
        let mut head = Vec::new();
        source.seek(SeekFrom::Start(at))?;
        source.by_ref().take(16).read_to_end(&mut head)?;
        let Some((kind, heading, size)) = heading(&head, length - at) else { break };
        let Some(end) = at.checked_add(size).filter(|end| *end <= length) else { break };
        found.push(Top { kind, body: at + heading..end });
        at = end;
    }
    Ok(found)
}

/// Kind, length of the heading, and of the whole, which goes on to the end when it says 0.
fn heading(head: &[u8], left: u64) -> Option<([u8; 4], u64, u64)> {
    let kind = head.get(4..8)?.try_into().ok()?;
    let (heading, size) = match u32::from_be_bytes(head.get(..4)?.try_into().ok()?) {
        0 => (8, left),
        1 => (16, u64::from_be_bytes(head.get(8..16)?.try_into().ok()?)),
        size => (8, u64::from(size)),
    };
    (size >= heading).then_some((kind, heading, size))
}

/// The boxes in a body, `None` for one that does not fit. QuickTime ends some lists with four zeros.
pub(super) fn children(body: &[u8]) -> impl Iterator<Item = Option<([u8; 4], &[u8])>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() || rest == [0; 4] {
            return None;
        }
        let one = split(rest);
        rest = one.map_or(&[], |(.., after)| after);
        Some(one.map(|(kind, body, _)| (kind, body)))
    })
}

fn split(rest: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let (kind, heading, size) = heading(rest, u64::try_from(rest.len()).ok()?)?;
    let (whole, after) = rest.split_at_checked(usize::try_from(size).ok()?)?;
    Some((kind, whole.get(usize::try_from(heading).ok()?..)?, after))
}

/// The body of the first box of a kind.
pub(super) fn child<'a>(body: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    children(body).flatten().find(|(found, _)| found == kind).map(|(_, body)| body)
}

/// A box around bodies.
pub(super) fn boxed(kind: &[u8; 4], bodies: &[&[u8]]) -> Option<Vec<u8>> {
    let size = 8 + bodies.iter().map(|body| body.len()).sum::<usize>();
    let mut out = Vec::with_capacity(size);
    out.extend(u32::try_from(size).ok()?.to_be_bytes());
    out.extend(kind);
    bodies.iter().for_each(|body| out.extend_from_slice(body));
    Some(out)
}

/// A big-endian number of four bytes.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// One of eight bytes.
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// One of two bytes.
pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}
