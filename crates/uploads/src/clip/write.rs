//! A new heading for the tracks that are kept, before their samples, so that a clip plays while it is still coming. Times of making are zero, names empty.

use super::MovieHead;
use super::boxes::boxed;
use super::samples::Piece;
use super::tables::{Sizes, UPRIGHT};
use super::track::{Media, Track};

const TYPE: &[u8] = b"isom\0\0\x02\0isomiso2mp41";
/// Version 1 with times of eight bytes.
const LONG: [u8; 4] = [1, 0, 0, 0];
const ZERO: [u8; 4] = [0; 4];
/// `und`: no language is told.
const NO_LANGUAGE: [u8; 4] = [0x55, 0xc4, 0, 0];

/// Everything before the samples, which follow in the order of the pieces; about `most` bytes.
pub(super) fn head(movie: MovieHead, tracks: &[Track<'_>], pieces: &[Piece], most: usize) -> Option<Vec<u8>> {
    let mut out = Out(Vec::with_capacity(most));
    out.plain(b"ftyp", &[TYPE])?;
    let mut places = Vec::with_capacity(tracks.len());
    out.boxed(b"moov", |out| heading(out, movie, tracks, &mut places))?;
    let bytes: u64 = pieces.iter().map(|piece| u64::from(piece.bytes)).sum();
    out.0.extend(u32::try_from(bytes.checked_add(8)?).ok()?.to_be_bytes());
    out.0.extend(b"mdat");
    // Where the samples begin depends on the length of the heading, which is known only now.
    let mut at = u32::try_from(out.0.len()).ok()?;
    for piece in pieces {
        let place = places.get(piece.track())? + 4 * piece.chunk();
        out.0.get_mut(place..place + 4)?.copy_from_slice(&at.to_be_bytes());
        at = at.checked_add(piece.bytes)?;
    }
    Some(out.0)
}

/// Boxes in one buffer: each in one of its own would be there twice while it is put into the next.
struct Out(Vec<u8>);

impl Out {
    fn boxed(&mut self, kind: &[u8; 4], body: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        let start = self.0.len();
        self.0.extend(ZERO);
        self.0.extend(kind);
        body(self)?;
        let size = u32::try_from(self.0.len() - start).ok()?;
        self.0[start..start + 4].copy_from_slice(&size.to_be_bytes());
        Some(())
    }

    fn plain(&mut self, kind: &[u8; 4], bodies: &[&[u8]]) -> Option<()> {
        self.boxed(kind, |out| {
            bodies.iter().for_each(|body| out.0.extend_from_slice(body));
            Some(())
        })
    }

    fn table(&mut self, kind: &[u8; 4], version: u8, rows: &[u8], width: usize) -> Option<()> {
        let count = u32::try_from(rows.len() / width).ok()?;
        self.plain(kind, &[&[version, 0, 0, 0], &count.to_be_bytes(), rows])
    }
}

/// Into `places` goes where each track says where its chunks are.
fn heading(out: &mut Out, movie: MovieHead, tracks: &[Track<'_>], places: &mut Vec<usize>) -> Option<()> {
    let next = tracks.iter().map(|track| track.head.id).max()?.checked_add(1)?;
    // Rate and volume are one.
    let how = [&[0, 1, 0, 0, 1, 0, 0, 0][..], &[0; 8], &matrix(&UPRIGHT), &[0; 24]].concat();
    let length = movie.length.to_be_bytes();
    out.plain(b"mvhd", &[&LONG, &[0; 16], &movie.scale.to_be_bytes(), &length, &how, &next.to_be_bytes()])?;
    for one in tracks {
        places.push(out.boxed_track(one)?);
    }
    Some(())
}

fn matrix(cells: &[u32; 9]) -> Vec<u8> {
    cells.iter().flat_map(|cell| cell.to_be_bytes()).collect()
}

impl Out {
    /// Returns where it says where its chunks are.
    fn boxed_track(&mut self, track: &Track<'_>) -> Option<usize> {
        let mut place = 0;
        self.boxed(b"trak", |out| {
            track_head(out, track)?;
            if let Some((version, rows)) = track.edits {
                let width = if version == 0 { 12 } else { 20 };
                out.boxed(b"edts", |out| out.table(b"elst", version, rows, width))?;
            }
            out.boxed(b"mdia", |out| {
                place = media(out, track)?;
                Some(())
            })
        })?;
        Some(place)
    }
}

fn track_head(out: &mut Out, track: &Track<'_>) -> Option<()> {
    let head = &track.head;
    let sound = u8::from(track.media == Media::Sound);
    let flags = [1, 0, 0, if head.enabled { 3 } else { 2 }];
    let side = |pixels: u32| (pixels << 16).to_be_bytes();
    // No layer; sounds that stand in for each other are in one group; volume of a sound.
    let how = [0, 0, 0, sound, sound, 0, 0, 0];
    let (id, length) = (head.id.to_be_bytes(), head.length.to_be_bytes());
    let shown = [matrix(&head.matrix), side(head.width).to_vec(), side(head.height).to_vec()].concat();
    out.plain(b"tkhd", &[&flags, &[0; 16], &id, &ZERO, &length, &[0; 8], &how, &shown])
}

fn media(out: &mut Out, track: &Track<'_>) -> Option<usize> {
    let (scale, length) = (track.scale.to_be_bytes(), track.length.to_be_bytes());
    out.plain(b"mdhd", &[&LONG, &[0; 16], &scale, &length, &NO_LANGUAGE])?;
    let kind = if track.media == Media::Picture { b"vide" } else { b"soun" };
    out.plain(b"hdlr", &[&ZERO, &ZERO, kind, &[0; 13]])?;
    let mut place = 0;
    out.boxed(b"minf", |out| {
        match track.media {
            Media::Picture => out.plain(b"vmhd", &[&[0, 0, 0, 1], &[0; 8]])?,
            Media::Sound => out.plain(b"smhd", &[&ZERO, &ZERO])?,
        }
        let here = boxed(b"dref", &[&ZERO, &1_u32.to_be_bytes(), &boxed(b"url ", &[&[0, 0, 0, 1]])?])?;
        out.plain(b"dinf", &[&here])?;
        out.boxed(b"stbl", |out| {
            place = samples(out, track)?;
            Some(())
        })
    })?;
    Some(place)
}

fn samples(out: &mut Out, track: &Track<'_>) -> Option<usize> {
    let tables = &track.tables;
    out.plain(b"stsd", &[&ZERO, &1_u32.to_be_bytes(), &track.entry])?;
    out.table(b"stts", 0, tables.times, 8)?;
    if let Some((version, rows)) = tables.shifts {
        out.table(b"ctts", version, rows, 8)?;
    }
    if let Some(rows) = tables.whole {
        out.table(b"stss", 0, rows, 4)?;
    }
    out.boxed(b"stsc", |out| in_chunks(out, track))?;
    match track.sizes {
        Sizes::Equal { each, count } => out.plain(b"stsz", &[&ZERO, &each.to_be_bytes(), &count.to_be_bytes()])?,
        Sizes::Each(rows) => out.plain(b"stsz", &[&ZERO, &ZERO, &track.sizes.count().to_be_bytes(), rows])?,
    }
    let count = track.chunks.count();
    let place = out.0.len() + 16;
    out.boxed(b"stco", |out| {
        out.0.extend(ZERO);
        out.0.extend(u32::try_from(count).ok()?.to_be_bytes());
        out.0.resize(place + 4 * count, 0);
        Some(())
    })?;
    Some(place)
}

/// How many samples are in the chunks, a row for each change.
fn in_chunks(out: &mut Out, track: &Track<'_>) -> Option<()> {
    let start = out.0.len();
    out.0.extend([0; 8]);
    let (mut last, mut rows) = (None, 0_u32);
    for (chunk, n) in (0..track.chunks.count()).zip(1_u32..) {
        let samples = track.chunks.samples(chunk);
        let count = samples.end - samples.start;
        if last != Some(count) {
            out.0.extend([n, count, 1].iter().flat_map(|number| number.to_be_bytes()));
            last = Some(count);
            rows += 1;
        }
    }
    out.0.get_mut(start + 4..start + 8)?.copy_from_slice(&rows.to_be_bytes());
    Some(())
}
