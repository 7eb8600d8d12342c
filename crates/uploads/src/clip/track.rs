//! One track: picture and sound in a known coding are taken, all others are not.

use super::boxes::{child, number};
use super::entry::{self, Entry};
use super::samples::{Chunks, SampleTables};
use super::tables::{self, Sizes, TrackHead, UPRIGHT};
use super::units::Coding;
use super::{Fault, SAMPLE_MAX};

/// What a track holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Picture,
    Sound,
}

/// A track that is kept.
pub(super) struct Track<'a> {
    pub(super) media: Media,
    pub(super) head: TrackHead,
    /// Units of its time in a second, and its length in them.
    pub(super) scale: u32,
    pub(super) length: u64,
    /// Version and rows.
    pub(super) edits: Option<(u8, &'a [u8])>,
    /// How its samples are coded: a whole box.
    pub(super) entry: Vec<u8>,
    /// How the units in a sample are told apart, where it has some.
    pub(super) units: Option<Coding>,
    pub(super) sizes: Sizes<'a>,
    pub(super) chunks: Chunks<'a>,
    pub(super) tables: SampleTables<'a>,
}

/// What became of a track.
pub(super) enum Read<'a> {
    Taken(Box<Track<'a>>),
    /// Sound in a coding that is not known.
    UnknownSound,
    Other,
}

impl<'a> Track<'a> {
    /// Reads a track of at most `room` chunks.
    pub(super) fn read(body: &'a [u8], room: usize) -> Result<Read<'a>, Fault> {
        let media = child(body, b"mdia").ok_or(Fault::Damaged)?;
        let handler = child(media, b"hdlr").and_then(|hdlr| hdlr.get(8..12));
        let kind = match handler {
            Some(b"vide") => Media::Picture,
            Some(b"soun") => Media::Sound,
            _ => return Ok(Read::Other),
        };
        let table = child(media, b"minf").and_then(|minf| child(minf, b"stbl")).ok_or(Fault::Damaged)?;
        let Entry { bytes: entry, units } = match entry::read(table, kind) {
            entry::Read::Known(entry) => entry,
            entry::Read::Unknown if kind == Media::Sound => return Ok(Read::UnknownSound),
            entry::Read::Unknown => return Err(Fault::Coding),
            entry::Read::Damaged => return Err(Fault::Damaged),
        };
        check_inside(media)?;
        let track = Self::tables(body, media, table, (kind, entry, units), room).ok_or(Fault::Damaged)?;
        let empty = track.sizes.count() == 0;
        Ok(if empty { Read::Other } else { Read::Taken(Box::new(track)) })
    }

    fn tables(
        body: &'a [u8],
        media: &[u8],
        table: &'a [u8],
        known: (Media, Vec<u8>, Option<Coding>),
        room: usize,
    ) -> Option<Self> {
        let (kind, entry, units) = known;
        let (scale, length) = tables::media_head(child(media, b"mdhd")?)?;
        let sizes = Sizes::read(child(table, b"stsz")?)?;
        let edits = match child(body, b"edts").and_then(|edts| child(edts, b"elst")) {
            Some(elst) => Some(tables::edits(elst)?),
            None => None,
        };
        let track = Self {
            media: kind,
            head: tables::track_head(child(body, b"tkhd")?)?,
            scale,
            length,
            edits,
            entry,
            units,
            chunks: Chunks::read(table, sizes.count(), room)?,
            tables: SampleTables::read(table)?,
            sizes,
        };
        (track.units.is_none() || track.sizes.largest() <= SAMPLE_MAX).then_some(track)
    }

    /// Width and height as shown, of a picture.
    pub(super) fn shown(&self) -> Option<(u32, u32)> {
        let TrackHead { width, height, matrix, .. } = self.head;
        let lies = matrix[0] == 0 && matrix != UPRIGHT;
        let shown = if lies { (height, width) } else { (width, height) };
        (self.media == Media::Picture && width > 0 && height > 0).then_some(shown)
    }
}

/// Samples in another file are not ours to keep.
fn check_inside(media: &[u8]) -> Result<(), Fault> {
    let references = child(media, b"minf").and_then(|minf| child(minf, b"dinf")).and_then(|dinf| child(dinf, b"dref"));
    let Some(references) = references else { return Ok(()) };
    let one = number(references, 4) == Some(1);
    let first = references.get(8..).and_then(|rows| rows.get(11)).is_some_and(|flags| flags & 1 == 1);
    if one && first { Ok(()) } else { Err(Fault::Damaged) }
}
