//! Cleaning a PNG: the chunks that draw the picture are copied with checksums of our own, its colours are told in as few bytes as they need, and all
//! else goes. An animation becomes its first picture.

use miniz_oxide::DataFormat;
use miniz_oxide::MZFlush;
use miniz_oxide::MZStatus;
use miniz_oxide::inflate::stream::{InflateState, inflate};

use super::{Parts, icc};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What a profile is called in its chunk.
const PROFILE_NAME: &[u8] = b"icc\0\0";
/// The largest value of a colour's coordinate or gamma that makes sense, times 100,000.
const COORDINATE_MAX: u32 = 1_000_000;

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
    let (mut head, mut profile, mut exif) = (None, None, None);
    let (mut out, mut data) = (SIGNATURE.to_vec(), Vec::new());
    let (mut palette, mut profiled) = (false, false);
    loop {
        let length = usize::try_from(u32::from_be_bytes(rest.get(..4)?.try_into().ok()?)).ok()?;
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        let (kind, body) = (&chunk[4..8], &chunk[8..8 + length]);
        rest = after;
        if kind == b"IHDR" {
            head = Some(Head::read(body).filter(|_| head.is_none())?);
            push(&mut out, kind, body)?;
            continue;
        }
        let head = head.as_ref()?;
        match kind {
            b"IEND" => break,
            b"IDAT" => data.push(body),
            b"eXIf" if exif.is_none() => exif = Some(body.to_vec()),
            b"PLTE" if head.colour == PALETTE => {
                palette = !palette && !body.is_empty() && body.len() <= 768 && body.len().is_multiple_of(3);
                push(&mut out, kind, body).filter(|()| palette)?;
            }
            // The profile is read once the other chunks are known to be there.
            b"iCCP" if !profiled => {
                profiled = true;
                profile = self::profile(body);
                if let Some(profile) = &profile {
                    let packed = miniz_oxide::deflate::compress_to_vec_zlib(profile, 6);
                    push(&mut out, kind, &[PROFILE_NAME, &packed].concat())?;
                }
            }
            _ if data.is_empty() && tells_colour(kind, body, head) => push(&mut out, kind, body)?,
            _ if kind[0].is_ascii_lowercase() || kind == b"PLTE" => {}
            _ => return None,
        }
    }
    let head = head.filter(|head| head.colour != PALETTE || palette)?;
    let recode = push_data(&mut out, &data, &head)?;
    push(&mut out, b"IEND", &[])?;
    Some(Parts { clean: out, profile, exif, recode })
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
fn tells_colour(kind: &[u8], body: &[u8], head: &Head) -> bool {
    let numbers = || body.chunks_exact(4).map(|n| u32::from_be_bytes([n[0], n[1], n[2], n[3]]));
    match kind {
        b"gAMA" => body.len() == 4 && numbers().all(|n| n <= COORDINATE_MAX),
        b"cHRM" => body.len() == 32 && numbers().all(|n| n <= COORDINATE_MAX),
        b"sRGB" => body.len() == 1 && body[0] <= 3,
        b"cICP" => body.len() == 4 && body[0] <= 22 && body[1] <= 18 && body[2] == 0 && body[3] <= 1,
        b"sBIT" => body.len() <= 4 && body.iter().all(|n| (1..=16).contains(n)),
        b"tRNS" => match head.colour {
            GREY => body.len() == 2,
            RGB => body.len() == 6,
            PALETTE => body.len() <= 256,
            _ => false,
        },
        _ => false,
    }
}

fn profile(body: &[u8]) -> Option<Vec<u8>> {
    let name = body.iter().take(80).position(|b| *b == 0)?;
    let packed = body.get(name + 2..)?;
    let profile = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, icc::BYTES_MAX).ok()?;
    icc::clean(&profile)
}

/// Writes the coded picture up to its end. Returns whether it has to be coded again: it holds more or fewer rows than it should.
fn push_data(out: &mut Vec<u8>, data: &[&[u8]], head: &Head) -> Option<bool> {
    let mut state = InflateState::new_boxed(DataFormat::Zlib);
    let (mut rows, expected) = (0_u64, head.bytes());
    let mut window = vec![0; 64 * 1024];
    let mut ended = false;
    for body in data {
        let mut used = 0;
        while !ended {
            let step = inflate(&mut state, &body[used..], &mut window, MZFlush::None);
            used += step.bytes_consumed;
            rows += step.bytes_written as u64;
            match step.status {
                Ok(MZStatus::StreamEnd) => ended = true,
                Ok(_) | Err(miniz_oxide::MZError::Buf) => {}
                Err(_) => return None,
            }
            if rows > expected {
                push(out, b"IDAT", body)?;
                return Some(true);
            }
            if step.bytes_consumed == 0 && step.bytes_written == 0 {
                break;
            }
        }
        if used > 0 {
            push(out, b"IDAT", &body[..used])?;
        }
    }
    (rows == expected && ended).then_some(false)
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
