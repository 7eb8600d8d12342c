//! Cleaning a clip (ISO 14496-12, QuickTime): a new file is written with its picture and sound, and nothing else. Tables are read, checked and written
//! anew; of the samples only those of picture and sound are copied; in the picture, units that carry text or data of the recorder are blanked. Tracks of
//! places, times and other data are not copied.

mod boxes;
mod entry;
mod samples;
mod sets;
mod shot;
mod tables;
mod track;
mod units;
mod write;

use std::io::{BufReader, Read, Seek, SeekFrom, Write};

use boxes::{children, top_level};
use samples::{CHUNK, CHUNKS_MAX, Piece, pieces};
use track::{Media, Track};

use super::{Fault, Shot};

/// Longest heading of a clip (`moov`), in bytes: ten hours of picture and sound.
const HEADING_MAX: u64 = 8 * 1024 * 1024;
/// Longest sample, in bytes: one picture.
const SAMPLE_MAX: u64 = 8 * 1024 * 1024;
const TRACKS_MAX: usize = 32;
/// Bytes read at once.
const READ: usize = 64 * 1024;
/// How much longer what is kept of a clip may be than the clip: a heading for each track.
pub(super) const LONGER: u64 = TRACKS_MAX as u64 * 8 * 1024;
/// Most memory for a clip: its heading, what is made of its chunks, the new heading, one sample, and some to read with.
pub(super) const MEMORY: u64 = 2 * HEADING_MAX + LONGER + (CHUNKS_MAX * CHUNK) as u64 + SAMPLE_MAX + 512 * 1024;

/// What was found in a clip.
pub(super) struct Clip {
    /// Width and height as shown.
    pub(super) size: (u32, u32),
    pub(super) shot: Shot,
}

/// Writes the clip as it is kept.
pub(super) fn clean(source: &mut (impl Read + Seek), length: u64, sink: &mut impl Write) -> Result<Clip, Fault> {
    let top = top_level(source, length)?;
    if top.iter().any(|one| &one.kind == b"moof") {
        return Err(Fault::Fragmented);
    }
    let heading = top.iter().find(|one| &one.kind == b"moov").ok_or(Fault::Damaged)?;
    if heading.body.end - heading.body.start > HEADING_MAX {
        return Err(Fault::Damaged);
    }
    let mut movie = vec![0; usize::try_from(heading.body.end - heading.body.start).map_err(|_| Fault::Damaged)?];
    source.seek(SeekFrom::Start(heading.body.start))?;
    source.read_exact(&mut movie)?;
    let (movie_head, tracks) = read(&movie)?;
    let data: Vec<_> = top.iter().filter(|one| &one.kind == b"mdat").map(|one| one.body.clone()).collect();
    let pieces = pieces(&tracks, &data).ok_or(Fault::Damaged)?;
    let size = tracks.iter().find_map(Track::shown).ok_or(Fault::Damaged)?;
    let most = movie.len() + usize::try_from(LONGER).map_err(|_| Fault::Damaged)?;
    let head = write::head(movie_head, &tracks, &pieces, most).ok_or(Fault::Damaged)?;
    sink.write_all(&head)?;
    drop(head);
    copy(source, &tracks, &pieces, sink)?;
    Ok(Clip { size, shot: shot::read(&movie) })
}

/// Units of time in a second, and how many of them the clip is long.
#[derive(Clone, Copy)]
struct MovieHead {
    scale: u32,
    length: u64,
}

fn read(movie: &[u8]) -> Result<(MovieHead, Vec<Track<'_>>), Fault> {
    let (mut head, mut tracks, mut silenced) = (None, Vec::new(), false);
    let mut room = CHUNKS_MAX;
    for one in children(movie) {
        let (kind, body) = one.ok_or(Fault::Damaged)?;
        match &kind {
            b"mvhd" => head = Some(tables::movie_head(body).ok_or(Fault::Damaged)?),
            b"mvex" => return Err(Fault::Fragmented),
            b"trak" if tracks.len() < TRACKS_MAX => match Track::read(body, room)? {
                track::Read::Taken(track) => {
                    room -= track.chunks.count();
                    tracks.push(*track);
                }
                track::Read::UnknownSound => silenced = true,
                track::Read::Other => {}
            },
            _ => {}
        }
    }
    let has = |media: Media| tracks.iter().any(|track| track.media == media);
    if !has(Media::Picture) {
        return Err(Fault::Coding);
    }
    // Without its sound a clip may say something else.
    if silenced && !has(Media::Sound) {
        return Err(Fault::Coding);
    }
    Ok((head.ok_or(Fault::Damaged)?, tracks))
}

/// Copies the samples in the order in which they lie.
fn copy(
    source: &mut (impl Read + Seek),
    tracks: &[Track<'_>],
    pieces: &[Piece],
    sink: &mut impl Write,
) -> Result<(), Fault> {
    let longest = tracks.iter().filter(|track| track.units.is_some()).map(|track| track.sizes.largest()).max();
    let mut sample = Vec::with_capacity(usize::try_from(longest.unwrap_or(0)).map_err(|_| Fault::Damaged)?);
    for piece in pieces {
        let track = &tracks[piece.track()];
        source.seek(SeekFrom::Start(u64::from(piece.from)))?;
        let mut lying = BufReader::with_capacity(READ, source.by_ref().take(u64::from(piece.bytes)));
        let Some(coding) = track.units else {
            std::io::copy(&mut lying, sink)?;
            continue;
        };
        for n in track.chunks.samples(piece.chunk()) {
            sample.clear();
            lying.by_ref().take(track.sizes.of(n)).read_to_end(&mut sample)?;
            units::blank(&mut sample, coding).ok_or(Fault::Damaged)?;
            sink.write_all(&sample)?;
        }
    }
    Ok(())
}
