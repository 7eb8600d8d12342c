//! Cleaning a PNG: the chunks that draw the picture are copied with checksums of our own, its colours are told in as few bytes as they need, and all
//! else goes. An animation becomes its first picture.

use miniz_oxide::DataFormat;
use miniz_oxide::MZFlush;
use miniz_oxide::MZStatus;
use miniz_oxide::inflate::stream::{InflateState, inflate};

use super::{Parts, camera, encode, icc};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What a profile is called in its chunk.
const PROFILE_NAME: &[u8] = b"icc\0\0";
/// The largest value of a colour's coordinate or gamma that makes sense, times 100,000.
const COORDINATE_MAX: u32 = 1_000_000;

/// Bytes by which a picture may become longer: its profile is packed anew.
const ROOM: usize = icc::BYTES_MAX + 64 * 1024;

struct Head {
    width: u32,
    height: u32,
    depth: u8,
    colour: u8,
    interlaced: bool,
}

const GREY: u8 = 0;
const RGB: u8 = 2;
const PALETTE: u8 = 3;

/// The picture alone; `None` when the file does not follow the format.
pub(super) fn clean(bytes: &[u8]) -> Option<Parts> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let (head, after) = chunk(rest).filter(|(chunk, _)| chunk.kind == b"IHDR")?;
    rest = after;
    let mut out = Vec::with_capacity(bytes.len() + ROOM);
    out.extend_from_slice(SIGNATURE);
    push(&mut out, head.kind, head.body)?;
    let head = Head::read(head.body)?;
    let mut rows = Rows::new(&head);
    let mut found = Found::default();
    loop {
        let (Chunk { kind, body }, after) = chunk(rest)?;
        rest = after;
        match kind {
            b"IEND" => break,
            b"IDAT" => {
                if !rows.begun {
                    found.push(&mut out, &head)?;
                }
                rows.push(&mut out, body)?;
            }
            b"eXIf" if found.exif.is_none() => found.exif = Some(body),
            b"IHDR" => return None,
            _ if !rows.begun => found.take(kind, body, &head)?,
            _ if kind[0].is_ascii_lowercase() || kind == b"PLTE" => {}
            _ => return None,
        }
    }
    let recode = rows.recode()?;
    push(&mut out, b"IEND", &[])?;
    if head.colour == PALETTE && !recode {
        blank_unused(&mut out)?;
    }
    let Found { profile, exif, colours, .. } = found;
    Some(Parts { clean: out, profile, exif: camera::kept(exif), recode, colours })
}

/// Entries of the palette that no pixel names become black and opaque: something may be written in them.
fn blank_unused(out: &mut [u8]) -> Option<()> {
    let used = used(out)?;
    let mut at = SIGNATURE.len();
    loop {
        let (Chunk { kind, body }, _) = chunk(&out[at..])?;
        let (kind, length) = (*kind, body.len());
        if &kind == b"IDAT" {
            return Some(());
        }
        let (width, blank) = if &kind == b"PLTE" { (3, 0) } else { (1, u8::MAX) };
        if matches!(&kind, b"PLTE" | b"tRNS") {
            let entries = out[at + 8..at + 8 + length].chunks_mut(width).zip(&used);
            entries.filter(|(_, used)| !**used).for_each(|(entry, _)| entry.fill(blank));
            let sum = crc32fast::hash(&out[at + 4..at + 8 + length]);
            out[at + 8 + length..at + 12 + length].copy_from_slice(&sum.to_be_bytes());
        }
        at += length + 12;
    }
}

/// Which entries of the palette its pixels name.
fn used(picture: &[u8]) -> Option<[bool; 256]> {
    let mut used = [false; 256];
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().ok()?;
    let depth = reader.info().bit_depth as usize;
    while let Some(row) = reader.next_interlaced_row().ok()? {
        // Bits behind the last pixel of a row name entries, too: those may stay.
        for byte in row.data() {
            (0..8 / depth).for_each(|n| used[usize::from(*byte) >> (n * depth) & ((1 << depth) - 1)] = true);
        }
    }
    Some(used)
}

struct Chunk<'a> {
    kind: &'a [u8; 4],
    body: &'a [u8],
}

/// A chunk and what follows it.
fn chunk(rest: &[u8]) -> Option<(Chunk<'_>, &[u8])> {
    let length = usize::try_from(u32::from_be_bytes(rest.get(..4)?.try_into().ok()?)).ok()?;
    let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
    Some((Chunk { kind: chunk[4..8].try_into().ok()?, body: &chunk[8..8 + length] }, after))
}

/// What stands before the coded picture, of each kind the first.
#[derive(Default)]
struct Found<'a> {
    palette: Option<&'a [u8]>,
    clear: Option<&'a [u8]>,
    bits: Option<&'a [u8]>,
    profiled: bool,
    profile: Option<Vec<u8>>,
    exif: Option<&'a [u8]>,
    colours: Vec<encode::Chunk>,
}

impl<'a> Found<'a> {
    fn take(&mut self, kind: &[u8; 4], body: &'a [u8], head: &Head) -> Option<()> {
        match kind {
            b"PLTE" if head.colour == PALETTE => {
                let whole = !body.is_empty() && body.len() <= 768 && body.len().is_multiple_of(3);
                self.palette = Some(body).filter(|_| whole && self.palette.is_none());
                return self.palette.map(|_| ());
            }
            b"iCCP" if !self.profiled => {
                self.profiled = true;
                self.profile = profile(body);
                if let Some(profile) = &self.profile {
                    let packed = miniz_oxide::deflate::compress_to_vec_zlib(profile, 6);
                    self.colours.push((*kind, [PROFILE_NAME, &packed].concat()));
                }
            }
            b"tRNS" if self.clear.is_none() => self.clear = head.clear(body, self.palette),
            b"sBIT" if self.bits.is_none() => self.bits = Some(body).filter(|body| head.are_bits(body)),
            _ if tells_colour(kind, body) => {
                if !self.colours.iter().any(|(found, _)| found == kind) {
                    self.colours.push((*kind, body.to_vec()));
                }
            }
            _ if kind[0].is_ascii_lowercase() || kind == b"PLTE" => {}
            _ => return None,
        }
        Some(())
    }

    /// In the order that the format asks for.
    fn push(&self, out: &mut Vec<u8>, head: &Head) -> Option<()> {
        for (kind, body) in &self.colours {
            push(out, kind, body)?;
        }
        if let Some(bits) = self.bits {
            push(out, b"sBIT", bits)?;
        }
        if head.colour == PALETTE {
            push(out, b"PLTE", head.addressed(self.palette?))?;
        }
        self.clear.map_or(Some(()), |clear| push(out, b"tRNS", clear))
    }
}

impl Head {
    fn read(body: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(body.get(at..at + 4)?.try_into().ok()?));
        let head = Self {
            width: number(0)?,
            height: number(4)?,
            depth: *body.get(8)?,
            colour: *body.get(9)?,
            interlaced: *body.get(12)? == 1,
        };
        let known = body.len() == 13 && body[10..12] == [0, 0] && body[12] <= 1;
        let depths: &[u8] = match head.colour {
            GREY => &[1, 2, 4, 8, 16],
            PALETTE => &[1, 2, 4, 8],
            RGB | 4 | 6 => &[8, 16],
            _ => &[],
        };
        (known && depths.contains(&head.depth)).then_some(head)
    }

    /// The entries of a palette that a pixel can name.
    fn addressed<'a>(&self, palette: &'a [u8]) -> &'a [u8] {
        &palette[..palette.len().min(3 << self.depth.min(8))]
    }

    /// What is transparent: a colour, or how much so each entry of the palette is, which must be there.
    fn clear<'a>(&self, body: &'a [u8], palette: Option<&[u8]>) -> Option<&'a [u8]> {
        let length = match self.colour {
            GREY => 2,
            RGB => 6,
            PALETTE => {
                return palette
                    .map(|palette| self.addressed(palette))
                    .and_then(|p| body.get(..body.len().min(p.len() / 3)));
            }
            _ => return None,
        };
        let within =
            body.chunks_exact(2).all(|n| self.depth == 16 || u16::from_be_bytes([n[0], n[1]]) < 1 << self.depth);
        (body.len() == length && within).then_some(body)
    }

    /// How many bits of each channel mean something.
    fn are_bits(&self, body: &[u8]) -> bool {
        let (channels, most) = match self.colour {
            PALETTE => (3, 8),
            GREY => (1, self.depth),
            RGB => (3, self.depth),
            4 => (2, self.depth),
            _ => (4, self.depth),
        };
        body.len() == channels && body.iter().all(|n| (1..=most).contains(n))
    }

    /// Bits of a pixel.
    fn bits(&self) -> u64 {
        let channels = match self.colour {
            RGB => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        channels * u64::from(self.depth)
    }

    /// Bytes of the rows, each with its filter.
    fn bytes(&self) -> u64 {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let rows =
            |width: u64, height: u64| if width == 0 { 0 } else { height * ((width * self.bits()).div_ceil(8) + 1) };
        if !self.interlaced {
            return rows(width, height);
        }
        // Adam7: first column and row of a pass, and the steps between.
        let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        let count = |all: u64, first: u64, step: u64| all.saturating_sub(first).div_ceil(step);
        passes.into_iter().map(|(x, y, dx, dy)| rows(count(width, x, dx), count(height, y, dy))).sum()
    }
}

/// Chunks of a few bytes that colours depend on, with values that make sense.
fn tells_colour(kind: &[u8], body: &[u8]) -> bool {
    let numbers = || body.chunks_exact(4).map(|n| u32::from_be_bytes([n[0], n[1], n[2], n[3]]));
    match kind {
        b"gAMA" => body.len() == 4 && numbers().all(|n| n <= COORDINATE_MAX),
        b"cHRM" => body.len() == 32 && numbers().all(|n| n <= COORDINATE_MAX),
        b"sRGB" => body.len() == 1 && body[0] <= 3,
        b"cICP" => body.len() == 4 && body[0] <= 22 && body[1] <= 18 && body[2] == 0 && body[3] <= 1,
        _ => false,
    }
}

fn profile(body: &[u8]) -> Option<Vec<u8>> {
    let name = body.iter().take(80).position(|b| *b == 0)?;
    let packed = body.get(name + 2..)?;
    let profile = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, icc::BYTES_MAX).ok()?;
    icc::clean(&profile)
}

/// The coded picture on its way: it is unpacked to find where it ends.
struct Rows {
    state: Box<InflateState>,
    window: Vec<u8>,
    begun: bool,
    ended: bool,
    /// Bytes of rows so far, and of all.
    bytes: u64,
    expected: u64,
}

impl Rows {
    fn new(head: &Head) -> Self {
        let state = InflateState::new_boxed(DataFormat::Zlib);
        Self { state, window: vec![0; 64 * 1024], begun: false, ended: false, bytes: 0, expected: head.bytes() }
    }

    /// Writes what is of the picture.
    fn push(&mut self, out: &mut Vec<u8>, body: &[u8]) -> Option<()> {
        self.begun = true;
        let mut used = 0;
        while !self.ended && self.bytes <= self.expected {
            let step = inflate(&mut self.state, &body[used..], &mut self.window, MZFlush::None);
            used += step.bytes_consumed;
            self.bytes += step.bytes_written as u64;
            match step.status {
                Ok(MZStatus::StreamEnd) => self.ended = true,
                Ok(_) | Err(miniz_oxide::MZError::Buf) => {}
                Err(_) => return None,
            }
            if step.bytes_consumed == 0 && step.bytes_written == 0 {
                break;
            }
        }
        if self.bytes > self.expected {
            used = body.len();
        }
        if used > 0 { push(out, b"IDAT", &body[..used]) } else { Some(()) }
    }

    /// Whether the picture has to be coded again: it holds more rows than it should. `None` when some are missing.
    fn recode(&self) -> Option<bool> {
        let more = self.bytes > self.expected;
        (more || self.bytes == self.expected && self.ended).then_some(more)
    }
}

fn push(out: &mut Vec<u8>, kind: &[u8], body: &[u8]) -> Option<()> {
    out.extend(u32::try_from(body.len()).ok()?.to_be_bytes());
    let start = out.len();
    out.extend_from_slice(kind);
    out.extend_from_slice(body);
    let sum = crc32fast::hash(&out[start..]);
    out.extend(sum.to_be_bytes());
    Some(())
}
