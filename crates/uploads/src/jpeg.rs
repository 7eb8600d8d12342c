//! Cleaning a JPEG without touching the picture: what is needed to draw it is copied, the rest is not, nor what follows its end (some phones hang a
//! clip or a second picture there).

use super::scan::{Codes, Frame, Walk};
use super::{Parts, icc};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
pub(super) const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DHT: u8 = 0xc4;
const DRI: u8 = 0xdd;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COMMENT: u8 = 0xfe;
/// Frames that are decoded: baseline, extended, progressive.
const FRAMES: std::ops::RangeInclusive<u8> = 0xc0..=PROGRESSIVE;
const PROGRESSIVE: u8 = 0xc2;

const EXIF: &[u8] = b"Exif\0\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
/// Most bytes of a profile in one segment.
const ICC_CHUNK: usize = 65_519;
/// Most scans: encoders write about ten, and each costs a walk through the whole picture.
const SCANS_MAX: usize = 40;
/// Most tables: a few for each scan, and each takes time to be made ready.
const TABLES_MAX: usize = 400;

/// A table: its marker and its body, whose first byte says what it is for and its number.
#[derive(Clone, PartialEq, Eq)]
struct Table {
    marker: u8,
    body: Vec<u8>,
}

impl Table {
    /// Whether it takes the place of another. What it is quantized with has its precision before its number.
    fn replaces(&self, other: &Self) -> bool {
        let place = |one: &Self| if one.marker == DQT { one.body[0] & 15 } else { one.body[0] };
        self.marker == other.marker && place(self) == place(other)
    }
}

/// What stands before a scan, in its order.
enum Waiting {
    /// Tables of a segment.
    Tables(Vec<Table>),
    Frame(u8, Vec<u8>),
    Restart([u8; 2]),
}

/// Bytes by which a picture may become longer.
const ROOM: usize = 64 * 1024;

#[derive(Default)]
struct Picture {
    jfif: Option<Vec<u8>>,
    adobe: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
    /// Number, of how many, and body.
    profile: Vec<(u8, u8, Vec<u8>)>,
    /// Tables, frame and scans.
    drawn: Vec<u8>,
    frame: Option<Frame>,
    scans: usize,
    /// Tables of the first coefficients and of the others.
    codes: [[Option<Codes>; 4]; 2],
    tables: usize,
    /// What the next scan may be drawn with.
    waiting: Vec<Waiting>,
    /// Tables that were written, by marker and head.
    written: Vec<Table>,
    /// Units between restarts, and as they were written.
    restart: usize,
    restarts: [u8; 2],
    /// A scan could not be followed to its end.
    lost: bool,
}

/// The picture alone; `None` when the file does not follow the format.
pub(super) fn clean(bytes: &[u8]) -> Option<Parts> {
    // Nothing is longer than it was but tables that stood in one segment.
    let mut picture = Picture { drawn: Vec::with_capacity(bytes.len() + ROOM), ..Picture::default() };
    picture.read(bytes.strip_prefix(&[0xff, SOI])?)?;
    let profile = picture.whole_profile().and_then(|profile| icc::clean(&profile));
    let mut out = vec![0xff, SOI];
    for (marker, body) in [(APP0, &picture.jfif), (APP14, &picture.adobe)] {
        if let Some(body) = body {
            push(&mut out, marker, body)?;
        }
        if let Some(profile) = profile.as_ref().filter(|_| marker == APP0) {
            push_profile(&mut out, profile)?;
        }
    }
    let mut clean = picture.drawn;
    clean.splice(..0, out);
    clean.extend([0xff, EOI]);
    Some(Parts { clean, profile, exif: picture.exif, recode: picture.lost, colours: Vec::new() })
}

impl Picture {
    fn read(&mut self, mut rest: &[u8]) -> Option<()> {
        loop {
            let (marker, after) = marker(rest)?;
            if marker == EOI {
                return (self.scans > 0).then_some(());
            }
            let length = usize::from(u16::from_be_bytes(after.get(..2)?.try_into().ok()?));
            let (segment, after) = after.split_at_checked(length)?;
            self.take(marker, segment.get(2..)?)?;
            rest = after;
            if marker == SOS {
                let (data, after) = rest.split_at(scan_end(rest));
                let whole = self.scan(segment.get(2..)?, data)?;
                rest = after;
                if rest.is_empty() {
                    // Some cameras leave out the mark of the end; a file that was cut off lacks a part of its picture, too.
                    return whole.then_some(());
                }
            }
        }
    }

    fn take(&mut self, marker: u8, body: &[u8]) -> Option<()> {
        match marker {
            APP0 if body.starts_with(b"JFIF\0") => self.jfif = jfif(body),
            APP1 if body.starts_with(EXIF) && self.exif.is_none() => self.exif = Some(body[EXIF.len()..].to_vec()),
            APP2 if body.starts_with(ICC) => {
                let chunk = &body[ICC.len()..];
                self.profile.push((*chunk.first()?, *chunk.get(1)?, chunk[2..].to_vec()));
            }
            APP14 if body.starts_with(b"Adobe") => self.adobe = adobe(body),
            APP0..=APP15 | COMMENT => {}
            _ => return self.draw(marker, body),
        }
        Some(())
    }

    /// Takes what is drawn from, each of exactly the length that it says. Tables wait for a scan that uses them.
    fn draw(&mut self, marker: u8, body: &[u8]) -> Option<()> {
        match marker {
            DQT | DHT => {
                let mut rest = body;
                let mut segment = Vec::new();
                while !rest.is_empty() {
                    let length = if marker == DHT { self.codes_length(rest)? } else { quantizes(rest)? };
                    let (body, after) = rest.split_at_checked(length)?;
                    rest = after;
                    self.tables += 1;
                    let table = Table { marker, body: body.to_vec() };
                    self.forget(&mut segment, &table);
                    segment.push(table);
                }
                if !segment.is_empty() {
                    self.waiting.push(Waiting::Tables(segment));
                }
                (self.tables <= TABLES_MAX).then_some(())
            }
            DRI => {
                let &[high, low] = body else { return None };
                self.restart = usize::from(u16::from_be_bytes([high, low]));
                self.waiting.retain(|one| !matches!(one, Waiting::Restart(_)));
                self.waiting.push(Waiting::Restart([high, low]));
                Some(())
            }
            SOS => {
                self.scans += 1;
                let whole = body.len() == 4 + 2 * usize::from(*body.first()?);
                Some(()).filter(|()| whole && self.scans <= SCANS_MAX && self.frame.is_some())?;
                self.push_waiting(body)?;
                push(&mut self.drawn, SOS, body)
            }
            marker if FRAMES.contains(&marker) && self.frame.is_none() => {
                self.frame = Some(Frame::read(body, marker == PROGRESSIVE)?);
                self.waiting.push(Waiting::Frame(marker, body.to_vec()));
                (body.len() == 6 + 3 * usize::from(*body.get(5)?)).then_some(())
            }
            _ => None,
        }
    }

    /// Forgets tables that another replaces before a scan used them.
    fn forget(&mut self, segment: &mut Vec<Table>, by: &Table) {
        segment.retain(|table| !by.replaces(table));
        for one in &mut self.waiting {
            if let Waiting::Tables(tables) = one {
                tables.retain(|table| !by.replaces(table));
            }
        }
    }

    /// Writes what waits and is used by a scan, or by a later one of the frame.
    fn push_waiting(&mut self, heading: &[u8]) -> Option<()> {
        let frame = self.frame.as_ref()?;
        let quantized: Vec<u8> = frame.quantized().collect();
        let coded = frame.coded(heading)?;
        for one in std::mem::take(&mut self.waiting) {
            match one {
                Waiting::Frame(marker, body) => push(&mut self.drawn, marker, &body)?,
                Waiting::Restart(units) => {
                    if units != self.restarts {
                        push(&mut self.drawn, DRI, &units)?;
                    }
                    self.restarts = units;
                }
                Waiting::Tables(tables) => {
                    let (now, later) = tables.into_iter().partition(|table: &Table| {
                        let (kind, number) = (table.body[0] >> 4, table.body[0] & 15);
                        if table.marker == DQT {
                            quantized.contains(&number)
                        } else {
                            coded.contains(&(kind == 1, number))
                        }
                    });
                    self.push_tables(now)?;
                    if !later.is_empty() {
                        self.waiting.push(Waiting::Tables(later));
                    }
                }
            }
        }
        Some(())
    }

    /// Writes tables of a segment but those that are in force already.
    fn push_tables(&mut self, tables: Vec<Table>) -> Option<()> {
        let mut segment = Vec::new();
        let mut marker = None;
        for table in tables {
            if self.written.contains(&table) {
                continue;
            }
            marker = Some(table.marker);
            segment.extend_from_slice(&table.body);
            let before = self.written.len();
            self.written.retain(|written| !table.replaces(written));
            // What a component is quantized with does not change between its scans: whether it was used before cannot be told.
            self.lost |= table.marker == DQT && self.written.len() < before;
            self.written.push(table);
        }
        marker.map_or(Some(()), |marker| push(&mut self.drawn, marker, &segment))
    }

    /// Makes the first table of a segment ready; returns its length.
    fn codes_length(&mut self, head: &[u8]) -> Option<usize> {
        let counts = head.get(1..17).filter(|_| self.tables < TABLES_MAX)?;
        let length = 17 + counts.iter().map(|n| usize::from(*n)).sum::<usize>();
        let place = self.codes.get_mut(usize::from(head[0] >> 4))?.get_mut(usize::from(head[0] & 15))?;
        *place = Some(Codes::new(counts, head.get(17..length)?)?);
        Some(length)
    }

    /// Takes a scan up to where it ends; returns whether all of it is there.
    fn scan(&mut self, heading: &[u8], data: &[u8]) -> Option<bool> {
        let [first, other] = &self.codes;
        let mut walk = Walk { frame: self.frame.as_mut()?, first, other, restart: self.restart };
        let length = walk.length(heading, data);
        self.lost |= length.is_none();
        self.drawn.extend_from_slice(&data[..length.unwrap_or(data.len())]);
        Some(length.is_some())
    }

    /// The chunks of the profile in their order, if none is missing or there twice.
    fn whole_profile(&mut self) -> Option<Vec<u8>> {
        self.profile.sort_by_key(|(number, ..)| *number);
        let all = u8::try_from(self.profile.len()).ok().filter(|all| *all > 0)?;
        let whole = self.profile.iter().zip(1..=all).all(|((number, of, _), n)| (*number, *of) == (n, all));
        whole.then(|| self.profile.iter().flat_map(|(.., body)| body.iter().copied()).collect())
    }
}

/// A marker and what follows it; fill bytes before it are skipped.
pub(super) fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes.strip_prefix(&[0xff])?;
    while let Some(more) = rest.strip_prefix(&[0xff]) {
        rest = more;
    }
    let (marker, after) = rest.split_first()?;
    Some((*marker, after))
}

fn push(out: &mut Vec<u8>, marker: u8, body: &[u8]) -> Option<()> {
    out.extend([0xff, marker]);
    out.extend(u16::try_from(body.len() + 2).ok()?.to_be_bytes());
    out.extend_from_slice(body);
    Some(())
}

fn push_profile(out: &mut Vec<u8>, profile: &[u8]) -> Option<()> {
    let all = u8::try_from(profile.chunks(ICC_CHUNK).count()).ok()?;
    for (chunk, n) in profile.chunks(ICC_CHUNK).zip(1..=all) {
        push(out, APP2, &[ICC, &[n, all], chunk].concat())?;
    }
    Some(())
}

/// Version and density; the small picture beside them goes.
fn jfif(body: &[u8]) -> Option<Vec<u8>> {
    let density = body.get(8..12)?;
    let known = body[5] == 1 && body[6] <= 2 && body[7] <= 2;
    known.then(|| [b"JFIF\0\x01", &body[6..8], density, &[0, 0]].concat())
}

/// Which colour transform was used.
fn adobe(body: &[u8]) -> Option<Vec<u8>> {
    let transform = *body.get(11).filter(|transform| **transform <= 2)?;
    Some([b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat())
}

/// The length of the first table of a segment.
fn quantizes(head: &[u8]) -> Option<usize> {
    match *head.first()? {
        0..=3 => Some(65),
        0x10..=0x13 => Some(129),
        _ => None,
    }
}

/// Where the coded picture ends: at the next marker that is no restart.
fn scan_end(bytes: &[u8]) -> usize {
    let is_end = |pair: &[u8]| pair[0] == 0xff && pair[1] != 0 && pair[1] != 0xff && !(0xd0..=0xd7).contains(&pair[1]);
    bytes.windows(2).position(is_end).unwrap_or(bytes.len())
}
