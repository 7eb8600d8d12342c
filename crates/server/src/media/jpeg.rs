//! Cleaning a JPEG without touching the picture: segments that only describe it are left out, and so is whatever follows its end (some phones hang a
//! clip there).

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COMMENT: u8 = 0xfe;

/// The picture alone; `None` when the file does not follow the format.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&[0xff, SOI])?;
    let mut out = vec![0xff, SOI];
    loop {
        let (marker, after) = marker(rest)?;
        if marker == EOI {
            out.extend([0xff, EOI]);
            return Some(out);
        }
        let length = usize::from(u16::from_be_bytes(after.get(..2)?.try_into().ok()?));
        let (segment, after) = after.split_at_checked(length)?;
        let body = segment.get(2..)?;
        if keeps(marker, body) {
            out.extend([0xff, marker]);
            out.extend_from_slice(segment);
        }
        rest = after;
        if marker == SOS {
            let end = scan_end(rest);
            out.extend_from_slice(&rest[..end]);
            rest = &rest[end..];
            if rest.is_empty() {
                // Cut off, as some cameras do; decoders add what is missing.
                out.extend([0xff, EOI]);
                return Some(out);
            }
        }
    }
}

/// A marker and what follows it; fill bytes before it are skipped.
fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes.strip_prefix(&[0xff])?;
    while let Some(more) = rest.strip_prefix(&[0xff]) {
        rest = more;
    }
    let (marker, after) = rest.split_first()?;
    Some((*marker, after))
}

/// Needed to draw the picture: JFIF, the colour profile, Adobe's colour transform, and everything that is not APPn or a comment.
fn keeps(marker: u8, body: &[u8]) -> bool {
    match marker {
        APP0 => body.starts_with(b"JFIF\0"),
        APP2 => body.starts_with(b"ICC_PROFILE\0"),
        APP14 => body.starts_with(b"Adobe"),
        APP0..=APP15 | COMMENT => false,
        _ => true,
    }
}

/// Where the coded picture ends: at the next marker that is no restart.
fn scan_end(bytes: &[u8]) -> usize {
    let is_end = |pair: &[u8]| pair[0] == 0xff && pair[1] != 0 && pair[1] != 0xff && !(0xd0..=0xd7).contains(&pair[1]);
    bytes.windows(2).position(is_end).unwrap_or(bytes.len())
}
