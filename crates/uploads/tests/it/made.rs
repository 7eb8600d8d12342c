//! Making files.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use yizhi_uploads::{Cleaned, Fault, clean};

/// What must be in nothing that is kept.
pub(crate) const MARK: &[u8] = b"SECRET-MARK";

/// What is kept of a file, and what is known of it.
pub(crate) fn kept(bytes: &[u8]) -> Result<(Cleaned, Vec<u8>), Fault> {
    let mut out = Vec::new();
    clean(&mut Cursor::new(bytes), &mut out).map(|cleaned| (cleaned, out))
}

pub(crate) fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

/// A photo with a red upper half.
pub(crate) fn photo(width: u32, height: u32) -> DynamicImage {
    let colour = |_, y| if y < height / 2 { Rgb([200, 20, 20]) } else { Rgb([20, 20, 200]) };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, colour))
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// TIFF with orientation, time and a place in the old town of Putian, big endian.
pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    fn entry(out: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: [u8; 4]) {
        out.extend(tag.to_be_bytes());
        out.extend(kind.to_be_bytes());
        out.extend(count.to_be_bytes());
        out.extend(value);
    }
    let (sub, gps, data) = (50_u32, 68_u32, 122_u32);
    let mut out = b"MM\0\x2a\0\0\0\x08".to_vec();
    out.extend(3_u16.to_be_bytes());
    let [high, low] = orientation.to_be_bytes();
    entry(&mut out, 0x0112, 3, 1, [high, low, 0, 0]);
    entry(&mut out, 0x8769, 4, 1, sub.to_be_bytes());
    entry(&mut out, 0x8825, 4, 1, gps.to_be_bytes());
    out.extend([0; 4]);
    out.extend(1_u16.to_be_bytes());
    entry(&mut out, 0x9003, 2, 20, data.to_be_bytes());
    out.extend([0; 4]);
    out.extend(4_u16.to_be_bytes());
    entry(&mut out, 1, 2, 2, *b"N\0\0\0");
    entry(&mut out, 2, 5, 3, (data + 20).to_be_bytes());
    entry(&mut out, 3, 2, 2, *b"E\0\0\0");
    entry(&mut out, 4, 5, 3, (data + 44).to_be_bytes());
    out.extend([0; 4]);
    assert_eq!(out.len(), data as usize);
    out.extend(b"2026:11:20 09:30:00\0");
    for number in [25_u32, 1, 25, 1, 5160, 100, 119, 1, 0, 1, 2772, 100] {
        out.extend(number.to_be_bytes());
    }
    out.extend(MARK);
    out
}

/// A colour profile of a few tags.
pub(crate) fn profile(tags: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut out = vec![0; 128];
    out[16..20].copy_from_slice(b"RGB ");
    out[36..40].copy_from_slice(b"acsp");
    out.extend(u32::try_from(tags.len()).unwrap().to_be_bytes());
    let mut at = out.len() + tags.len() * 12;
    for (name, body) in tags {
        out.extend(*name);
        out.extend(u32::try_from(at).unwrap().to_be_bytes());
        out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        at += body.len();
    }
    tags.iter().for_each(|(_, body)| out.extend(*body));
    let size = u32::try_from(out.len()).unwrap();
    out[..4].copy_from_slice(&size.to_be_bytes());
    out
}

/// Segments right behind the start of a JPEG.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    for (marker, body) in segments {
        out.extend([0xff, *marker]);
        out.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        out.extend(body);
    }
    out.extend(&jpeg[2..]);
    out
}

pub(crate) fn tagged_jpeg(picture: &DynamicImage, orientation: u16) -> Vec<u8> {
    let app1 = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    with_segments(&encoded(picture, ImageFormat::Jpeg), &[(0xe1, app1)])
}

/// A chunk of a PNG.
pub(crate) fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    out.extend(kind);
    out.extend(body);
    let sum = crc32fast::hash(&out[4..]);
    out.extend(sum.to_be_bytes());
    out
}

/// A PNG with chunks between its heading and its data.
pub(crate) fn with_chunks(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

/// A chunk of a WebP.
pub(crate) fn riff(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = kind.to_vec();
    out.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    out.extend(body);
    out.resize(out.len().next_multiple_of(2), 0);
    out
}

pub(crate) fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    let size = u32::try_from(body.len() + 4).unwrap();
    [b"RIFF", &size.to_le_bytes(), b"WEBP", body.as_slice()].concat()
}
