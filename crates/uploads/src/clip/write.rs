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

/// Everything before the samples, which follow in the order of the pieces.
pub(super) fn head(movie: MovieHead, tracks: &[Track], pieces: &[Piece]) -> Option<Vec<u8>> {
    let kind = boxed(b"ftyp", &[TYPE])?;
    let bytes: u64 = pieces.iter().map(|piece| piece.bytes).sum();
    let size = u32::try_from(bytes.checked_add(8)?).ok()?;
    // Where the samples begin depends on the length of the heading only, and that not on where they begin.
    let none = vec![0; pieces.len()];
    let start = kind.len() + heading(movie, tracks, pieces, &none)?.len() + 8;
    let mut at = u32::try_from(start).ok()?;
    let mut places = Vec::with_capacity(pieces.len());
    for piece in pieces {
        places.push(at);
        at = at.checked_add(u32::try_from(piece.bytes).ok()?)?;
    }
    let heading = heading(movie, tracks, pieces, &places)?;
    Some([kind.as_slice(), &heading, &size.to_be_bytes(), b"mdat"].concat())
}

fn heading(movie: MovieHead, tracks: &[Track], pieces: &[Piece], places: &[u32]) -> Option<Vec<u8>> {
    let mut offsets: Vec<Vec<u32>> = tracks.iter().map(|track| vec![0; track.chunks.all.len()]).collect();
    for (piece, place) in pieces.iter().zip(places) {
        *offsets.get_mut(piece.track)?.get_mut(piece.chunk)? = *place;
    }
    let next = tracks.iter().map(|track| track.head.id).max()?.checked_add(1)?;
    // Rate and volume are one.
    let how = [&[0, 1, 0, 0, 1, 0, 0, 0][..], &[0; 8], &matrix(&UPRIGHT), &[0; 24]].concat();
    let length = movie.length.to_be_bytes();
    let first = boxed(b"mvhd", &[&LONG, &[0; 16], &movie.scale.to_be_bytes(), &length, &how, &next.to_be_bytes()])?;
    let tracks: Vec<Vec<u8>> =
        tracks.iter().zip(&offsets).map(|(one, offsets)| track(one, offsets)).collect::<Option<_>>()?;
    boxed(b"moov", &[&first, &tracks.concat()])
}

fn matrix(cells: &[u32; 9]) -> Vec<u8> {
    cells.iter().flat_map(|cell| cell.to_be_bytes()).collect()
}

fn track(track: &Track, offsets: &[u32]) -> Option<Vec<u8>> {
    let head = &track.head;
    let sound = track.media == Media::Sound;
    let flags = [1, 0, 0, if head.enabled { 3 } else { 2 }];
    let side = |pixels: u32| (pixels << 16).to_be_bytes();
    // No layer; sounds that stand in for each other are in one group; volume of a sound.
    let how = [0, 0, 0, u8::from(sound), u8::from(sound), 0, 0, 0];
    let first = boxed(
        b"tkhd",
        &[
            &flags,
            &[0; 16],
            &head.id.to_be_bytes(),
            &ZERO,
            &head.length.to_be_bytes(),
            &[0; 8],
            &how,
            &matrix(&head.matrix),
            &side(head.width),
            &side(head.height),
        ],
    )?;
    let edits = match &track.edits {
        Some((version, rows)) => {
            let width = if *version == 0 { 12 } else { 20 };
            boxed(b"edts", &[&table(b"elst", *version, rows, width)?])?
        }
        None => Vec::new(),
    };
    boxed(b"trak", &[&first, &edits, &media(track, offsets)?])
}

fn media(track: &Track, offsets: &[u32]) -> Option<Vec<u8>> {
    let head =
        boxed(b"mdhd", &[&LONG, &[0; 16], &track.scale.to_be_bytes(), &track.length.to_be_bytes(), &NO_LANGUAGE])?;
    let (kind, shown) = match track.media {
        Media::Picture => (b"vide", boxed(b"vmhd", &[&[0, 0, 0, 1], &[0; 8]])?),
        Media::Sound => (b"soun", boxed(b"smhd", &[&ZERO, &ZERO])?),
    };
    let handler = boxed(b"hdlr", &[&ZERO, &ZERO, kind, &[0; 13]])?;
    let here = boxed(b"dref", &[&ZERO, &1_u32.to_be_bytes(), &boxed(b"url ", &[&[0, 0, 0, 1]])?])?;
    let inside = boxed(b"dinf", &[&here])?;
    let table = samples(track, offsets)?;
    boxed(b"mdia", &[&head, &handler, &boxed(b"minf", &[&shown, &inside, &table])?])
}

fn samples(track: &Track, offsets: &[u32]) -> Option<Vec<u8>> {
    let tables = &track.tables;
    let coding = boxed(b"stsd", &[&ZERO, &1_u32.to_be_bytes(), &track.entry])?;
    let times = table(b"stts", 0, &tables.times, 8)?;
    let shifts =
        tables.shifts.as_ref().map_or(Some(Vec::new()), |(version, rows)| table(b"ctts", *version, rows, 8))?;
    let whole = tables.whole.as_ref().map_or(Some(Vec::new()), |rows| table(b"stss", 0, rows, 4))?;
    let chunks = table(b"stsc", 0, &in_chunks(track), 12)?;
    let sizes = match &track.sizes {
        Sizes::Equal { each, count } => boxed(b"stsz", &[&ZERO, &each.to_be_bytes(), &count.to_be_bytes()])?,
        Sizes::Each(sizes) => {
            let rows: Vec<u8> = sizes.iter().flat_map(|size| size.to_be_bytes()).collect();
            boxed(b"stsz", &[&ZERO, &ZERO, &track.sizes.count().to_be_bytes(), &rows])?
        }
    };
    let rows: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_be_bytes()).collect();
    let places = table(b"stco", 0, &rows, 4)?;
    boxed(b"stbl", &[&coding, &times, &shifts, &whole, &chunks, &sizes, &places])
}

/// How many samples are in the chunks, a row for each change.
fn in_chunks(track: &Track) -> Vec<u8> {
    let mut out = Vec::new();
    let mut last = None;
    for ((_, samples), n) in track.chunks.all.iter().zip(1_u32..) {
        let count = samples.end - samples.start;
        if last != Some(count) {
            out.extend([n, count, 1].iter().flat_map(|number| number.to_be_bytes()));
            last = Some(count);
        }
    }
    out
}

fn table(kind: &[u8; 4], version: u8, rows: &[u8], width: usize) -> Option<Vec<u8>> {
    let count = u32::try_from(rows.len() / width).ok()?;
    boxed(kind, &[&[version, 0, 0, 0], &count.to_be_bytes(), rows])
}
