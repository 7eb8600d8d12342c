//! Decoding pictures within bounds: a small file can claim to be an enormous picture.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};

use super::{Kind, MediaError};

/// Most pixels of a picture.
pub(super) const PIXELS_MAX: u64 = 50_000_000;
/// Most memory for decoding one, in bytes: eight bytes for each pixel.
const MEMORY_MAX: u64 = PIXELS_MAX * 8;
/// Longest side of a thumbnail.
const THUMBNAIL: u32 = 320;
const QUALITY: u8 = 90;
const THUMBNAIL_QUALITY: u8 = 80;

fn format(kind: Kind) -> ImageFormat {
    match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Webp => ImageFormat::WebP,
        Kind::Jpeg | Kind::Mp4 => ImageFormat::Jpeg,
    }
}

/// The picture, as it was stored and not yet turned upright.
pub(super) fn decode(bytes: &[u8], kind: Kind) -> Result<DynamicImage, MediaError> {
    let reader = |limits: Limits| {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format(kind));
        reader.limits(limits);
        reader
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    let (width, height) = reader(limits.clone()).into_dimensions().map_err(|_| MediaError::Damaged)?;
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(MediaError::TooManyPixels);
    }
    reader(limits).decode().map_err(|_| MediaError::Damaged)
}

/// The picture in its own kind again.
pub(super) fn encode(picture: &DynamicImage, kind: Kind) -> Result<Vec<u8>, MediaError> {
    if kind == Kind::Jpeg {
        return jpeg(picture, QUALITY);
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format(kind)).map_err(|_| MediaError::Damaged)?;
    Ok(bytes.into_inner())
}

/// A small JPEG; transparent parts become white.
pub(super) fn thumbnail(picture: &DynamicImage) -> Result<Vec<u8>, MediaError> {
    let fits = picture.width() <= THUMBNAIL && picture.height() <= THUMBNAIL;
    let small = if fits { picture.clone() } else { picture.thumbnail(THUMBNAIL, THUMBNAIL) };
    jpeg(&small, THUMBNAIL_QUALITY)
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, MediaError> {
    let mut flat = picture.to_rgb8();
    if picture.color().has_alpha() {
        for (pixel, source) in flat.pixels_mut().zip(picture.to_rgba8().pixels()) {
            let alpha = u16::from(source.0[3]);
            for (channel, value) in pixel.0.iter_mut().zip(source.0) {
                *channel = u8::try_from((u16::from(value) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
            }
        }
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&flat).map_err(|_| MediaError::Damaged)?;
    Ok(bytes)
}
