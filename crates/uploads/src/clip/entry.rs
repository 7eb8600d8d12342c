//! How samples are coded (`stsd`): codings that are known are written anew, with no name of who coded them.

use super::boxes::{boxed, child, number, short};
use super::sets::{self, Set};
use super::track::Media;
use super::units::{Coding, Family};

/// A coding, as a whole box.
pub(super) struct Entry {
    pub(super) bytes: Vec<u8>,
    pub(super) units: Option<Coding>,
}

pub(super) enum Read {
    Known(Entry),
    Unknown,
    Damaged,
}

/// Codings of sound with the box that configures them and its longest length.
const SOUNDS: [([u8; 4], [u8; 4], usize); 6] = [
    (*b"Opus", *b"dOps", 64),
    (*b"ac-3", *b"dac3", 8),
    (*b"samr", *b"damr", 9),
    (*b"sawb", *b"damr", 9),
    (*b"alac", *b"alac", 36),
    (*b"fLaC", *b"dfLa", 64),
];
/// Sound that needs no configuration.
const PLAIN_SOUNDS: [[u8; 4]; 5] = [*b"sowt", *b"twos", *b"ulaw", *b"alaw", *b".mp3"];

/// Longest configuration of a picture's coding.
const CONFIG_MAX: usize = 4_096;
/// Most sets of parameters of a kind: encoders write one, some write two or three for pictures. And the longest of them, in bytes.
const SETS_MAX: usize = 4;
pub(super) const SET_MAX: usize = 512;
/// Longest configuration of AAC.
const AAC_MAX: usize = 64;

/// The only coding of a track.
pub(super) fn read(table: &[u8], media: Media) -> Read {
    let Some(list) = child(table, b"stsd") else { return Read::Damaged };
    let Some((Some((kind, body)), 1)) =
        list.get(8..).map(|rows| super::boxes::children(rows).next().flatten()).zip(number(list, 4))
    else {
        return Read::Unknown;
    };
    let known = match (media, &kind) {
        (Media::Picture, b"avc1" | b"avc3") => h264(&kind, body),
        (Media::Picture, b"hvc1" | b"hev1") => h265(&kind, body),
        (Media::Picture, b"vp09") => vp9(body),
        (Media::Sound, _) => match sound(&kind, body) {
            Some(entry) => entry,
            None => return Read::Unknown,
        },
        _ => return Read::Unknown,
    };
    known.map_or(Read::Damaged, Read::Known)
}

const PICTURE_HEAD: usize = 78;

/// A picture's coding: its size, how it is configured, its colours and the shape of its pixels.
fn picture(kind: &[u8; 4], body: &[u8], config: &[u8], units: Option<Coding>) -> Option<Entry> {
    let size = body.get(24..28)?;
    let rest = body.get(PICTURE_HEAD..)?;
    let mut head = vec![0; PICTURE_HEAD];
    head[7] = 1;
    head[24..28].copy_from_slice(size);
    // 72 dots an inch, one picture in a sample, 24 bits, no table of colours.
    for (at, value) in [(29, 0x48), (33, 0x48), (41, 1), (75, 0x18), (76, 0xff), (77, 0xff)] {
        head[at] = value;
    }
    let colour = child(rest, b"colr").and_then(colour).map_or(Some(Vec::new()), |colour| boxed(b"colr", &[&colour]))?;
    let shape = child(rest, b"pasp").and_then(shape).map_or(Some(Vec::new()), |shape| boxed(b"pasp", &[&shape]))?;
    let bytes = boxed(kind, &[&head, config, &colour, &shape])?;
    Some(Entry { bytes, units })
}

/// Colours by number; a profile of colours is not needed beside them.
fn colour(body: &[u8]) -> Option<Vec<u8>> {
    let numbers = body.get(4..10)?;
    let known = numbers.chunks_exact(2).all(|n| n[0] == 0 && n[1] <= 22);
    let range = if body.get(..4)? == b"nclx" { vec![body.get(10)? & 0x80] } else { vec![0] };
    (known && matches!(&body[..4], b"nclx" | b"nclc")).then(|| [b"nclx", numbers, &range].concat())
}

fn shape(body: &[u8]) -> Option<Vec<u8>> {
    let side = |at: usize| number(body, at).filter(|side| (1..=0xffff).contains(side));
    Some([side(0)?.to_be_bytes(), side(4)?.to_be_bytes()].concat())
}

/// The sets of parameters, each up to its end, and how long the lengths of units are.
fn h264(kind: &[u8; 4], body: &[u8]) -> Option<Entry> {
    let config = child(body.get(PICTURE_HEAD..)?, b"avcC").filter(|config| config.len() <= CONFIG_MAX)?;
    let (units, at) = parameters(config, 6, u16::from(config.get(5)? & 0x1f))?;
    let sequences: Vec<Set> = units.into_iter().map(sets::sequence).collect::<Option<_>>()?;
    let (units, at) = parameters(config, at + 1, u16::from(*config.get(at)?))?;
    let scales = |of: u32| sequences.iter().find(|sequence| sequence.id == of).map(|sequence| sequence.scales);
    let pictures: Vec<Set> = units.into_iter().map(|unit| sets::picture(unit, scales)).collect::<Option<_>>()?;
    // What no picture belongs to, and what is told twice, is of no use.
    let once = |sets: &[Set], n: usize| sets[n + 1..].iter().all(|later| later.id != sets[n].id);
    let used = |n: &usize| once(&sequences, *n) && pictures.iter().any(|picture| picture.of == sequences[*n].id);
    let sequences: Vec<&Set> = (0..sequences.len()).filter(used).map(|n| &sequences[n]).collect();
    let pictures: Vec<&Set> = (0..pictures.len()).filter(|n| once(&pictures, *n)).map(|n| &pictures[n]).collect();
    if sequences.len() > SETS_MAX || pictures.len() > SETS_MAX {
        return None;
    }
    let mut out = config.get(..5)?.to_vec();
    out[4] |= 0xfc;
    for (head, sets) in [(0xe0, &sequences), (0, &pictures)] {
        out.push(head | u8::try_from(sets.len()).ok()?);
        for set in sets {
            out.extend(u16::try_from(set.unit.len()).ok()?.to_be_bytes());
            out.extend_from_slice(&set.unit);
        }
    }
    // Four bytes more for some profiles: colours and their depth, and how many further sets, of which none is needed.
    if let Some(&[chroma, luma, depth, _]) = config.get(at..at + 4).filter(|_| !matches!(config[1], 66 | 77 | 88)) {
        out.extend([chroma | 0xfc, luma | 0xf8, depth | 0xf8, 0]);
    }
    // Where there are none here they are among the samples.
    let scales = sequences.iter().map(|sequence| sequence.scales).max().unwrap_or(sets::USUAL);
    let coding = Coding { family: Family::H264, length_bytes: usize::from(config[4] & 3) + 1, scales };
    picture(kind, body, &boxed(b"avcC", &[&out])?, Some(coding))
}

/// So many sets of parameters, and where they end.
fn parameters(config: &[u8], mut at: usize, count: u16) -> Option<(Vec<&[u8]>, usize)> {
    let mut units = Vec::new();
    for _ in 0..count {
        let end = at + 2 + usize::from(short(config, at)?);
        units.push(config.get(at + 2..end)?);
        at = end;
    }
    Some((units, at))
}

/// The arrays of parameters; those of supplemental information are left out. Where a set ends is not known without reading all of it: there are no
/// more of them, nor are they longer, than encoders write.
fn h265(kind: &[u8; 4], body: &[u8]) -> Option<Entry> {
    let config = child(body.get(PICTURE_HEAD..)?, b"hvcC").filter(|config| config.len() <= CONFIG_MAX)?;
    let mut out = config.get(..22)?.to_vec();
    let (mut arrays, mut kept, mut at) = (Vec::new(), 0_u8, 23);
    for _ in 0..*config.get(22)? {
        let (head, count) = (*config.get(at)?, short(config, at + 1)?);
        let (units, end) = parameters(config, at + 3, count)?;
        at = end;
        let named = |unit: &&[u8]| unit.first().is_some_and(|b| b >> 1 & 0x3f == head & 0x3f);
        if !matches!(head & 0x3f, 32..=34) {
            continue;
        }
        kept += 1;
        if kept > 3 || units.len() > SETS_MAX || !units.iter().all(|unit| unit.len() <= SET_MAX && named(unit)) {
            return None;
        }
        arrays.push(head);
        arrays.extend(count.to_be_bytes());
        for unit in units {
            arrays.extend(u16::try_from(unit.len()).ok()?.to_be_bytes());
            arrays.extend_from_slice(unit);
        }
    }
    out.push(kept);
    out.extend(arrays);
    let length_bytes = usize::from(config[21] & 3) + 1;
    let coding = Coding { family: Family::H265, length_bytes, scales: None };
    picture(kind, body, &boxed(b"hvcC", &[&out])?, Some(coding))
}

fn vp9(body: &[u8]) -> Option<Entry> {
    let config = child(body.get(PICTURE_HEAD..)?, b"vpcC")?.get(..10)?;
    // Its last two bytes are the length of what it never has.
    picture(b"vp09", body, &boxed(b"vpcC", &[config, &[0, 0]])?, None)
}

const SOUND_HEAD: usize = 28;

/// `None`: not known. QuickTime's longer form becomes the shorter one, with its configuration taken out of its wrapping.
fn sound(kind: &[u8; 4], body: &[u8]) -> Option<Option<Entry>> {
    let rest = match short(body, 8)? {
        0 => body.get(SOUND_HEAD..)?,
        1 => body.get(SOUND_HEAD + 16..)?,
        _ => return None,
    };
    let config = |name: &[u8; 4]| child(rest, name).or_else(|| child(rest, b"wave").and_then(|wave| child(wave, name)));
    let configured = if kind == b"mp4a" {
        match config(b"esds").map(aac) {
            Some(Some(esds)) => boxed(b"esds", &[&esds])?,
            Some(None) => return Some(None),
            None => return None,
        }
    } else if PLAIN_SOUNDS.contains(kind) {
        Vec::new()
    } else {
        let (_, name, most) = SOUNDS.iter().find(|(known, ..)| known == kind)?;
        boxed(name, &[config(name).filter(|config| config.len() <= *most)?])?
    };
    let mut head = vec![0; SOUND_HEAD];
    head[7] = 1;
    // Channels, bits of a sample, samples in a second.
    head[16..20].copy_from_slice(body.get(16..20)?);
    head[24..28].copy_from_slice(body.get(24..28)?);
    Some(boxed(kind, &[&head, &configured]).map(|bytes| Entry { bytes, units: None }))
}

/// The configuration of AAC or MP3 in MPEG-4's descriptors, written anew.
fn aac(esds: &[u8]) -> Option<Vec<u8>> {
    let stream = descriptor(esds.get(4..)?, 3)?;
    let flags = *stream.get(2)?;
    let optional = if flags & 0x80 == 0 { 0 } else { 2 } + if flags & 0x20 == 0 { 0 } else { 2 };
    if flags & 0x40 != 0 {
        return None;
    }
    let decoder = descriptor(stream.get(3 + optional..)?, 4)?;
    let head = decoder.get(..13)?;
    let special = match decoder.get(13..).filter(|rest| !rest.is_empty()) {
        Some(rest) => wrapped(5, &[descriptor(rest, 5).filter(|special| special.len() <= AAC_MAX)?])?,
        None => Vec::new(),
    };
    let decoder = wrapped(4, &[head, &special])?;
    let stream = wrapped(3, &[&[0, 0, 0], &decoder, &wrapped(6, &[&[2]])?])?;
    Some([&[0; 4], stream.as_slice()].concat())
}

/// The body of a descriptor with a tag.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(&[tag])?;
    let mut length = 0_usize;
    for _ in 0..4 {
        let (byte, after) = rest.split_first()?;
        rest = after;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    rest.get(..length)
}

fn wrapped(tag: u8, bodies: &[&[u8]]) -> Option<Vec<u8>> {
    let body = bodies.concat();
    let length = u8::try_from(body.len()).ok().filter(|length| *length < 0x80)?;
    Some([&[tag, length], body.as_slice()].concat())
}
