//! Cleaning a WebP: the chunks of camera data are left out, and the heading says so.

/// Flags of the extended heading for the chunks that go.
const EXIF_AND_XMP: u8 = 0b0000_1100;

/// The picture alone; `None` when the file does not follow the format.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = usize::try_from(u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?)).ok()?;
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WEBP" {
        return None;
    }
    let mut rest = bytes.get(12..size.checked_add(8)?.min(bytes.len()))?;
    let mut out = bytes[..12].to_vec();
    while !rest.is_empty() {
        let kind = rest.get(..4)?;
        let length = usize::try_from(u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?)).ok()?;
        let whole = length.checked_add(8)?;
        let padded = whole.checked_add(length % 2)?.min(rest.len());
        let (chunk, after) = rest.split_at_checked(padded).filter(|_| whole <= rest.len())?;
        if kind == b"VP8X" {
            let at = out.len() + 8;
            out.extend_from_slice(chunk);
            *out.get_mut(at)? &= !EXIF_AND_XMP;
        } else if kind != b"EXIF" && kind != b"XMP " {
            out.extend_from_slice(chunk);
        }
        rest = after;
    }
    let size = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Some(out)
}
