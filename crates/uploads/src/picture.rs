//! From a cleaned picture to what is kept: decoded within the bounds that were measured, turned upright, with a small one beside it. Both keep the
//! colour profile.

use std::io::Write;

use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, GrayImage, ImageFormat, ImageReader, Limits, RgbImage};

use super::encode::{as_jpeg, as_png, as_webp, grey_profile, jpeg, rgb_profile};
use super::reached::Watched;
use super::upright::lies;
use super::{Cleaned, Fault, Kind, MEMORY_MAX, Measured, Parts, Shot, camera, webp};

/// Longest side of a thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 320;
const THUMBNAIL_QUALITY: u8 = 80;

/// Writes the picture as it is kept.
pub(super) fn finish(measured: Measured, parts: Parts, sink: &mut impl Write) -> Result<Cleaned, Fault> {
    let Parts { mut clean, profile, exif, recode, colours } = parts;
    let Measured { kind, bytes, .. } = measured;
    let (Shot { place, at }, orientation) =
        exif.map_or((Shot::default(), Orientation::NoTransforms), |e| camera::read(&e));
    let mut read = Watched::new(&clean, if kind == Kind::Webp { webp::ending(&clean) } else { Vec::new() });
    let picture = decode(&mut read, kind)?;
    let parts = read.parts;
    let profile = profile.unwrap_or_default();
    let thumbnail = thumbnail(&picture, orientation, &profile)?;
    let (width, height) = size(&picture, orientation);
    if orientation == Orientation::NoTransforms && !recode {
        drop(picture);
        webp::cut(&mut clean, &parts).ok_or(Fault::Damaged)?;
        sink.write_all(&clean)?;
    } else {
        drop(clean);
        match kind {
            Kind::Png => as_png(&picture, orientation, &colours, sink),
            Kind::Webp => as_webp(picture, orientation, &profile, sink),
            Kind::Jpeg | Kind::Mp4 => as_jpeg(picture, orientation, &profile, bytes, sink),
        }?;
    }
    Ok(Cleaned { kind, width, height, place, taken_at: at, thumbnail: Some(thumbnail) })
}

fn size(picture: &DynamicImage, orientation: Orientation) -> (u32, u32) {
    let (width, height) = picture.dimensions();
    if lies(orientation) { (height, width) } else { (width, height) }
}

/// As it was stored and not yet turned upright.
fn decode(read: &mut Watched<'_>, kind: Kind) -> Result<DynamicImage, Fault> {
    let format = match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Webp => ImageFormat::WebP,
        Kind::Jpeg | Kind::Mp4 => ImageFormat::Jpeg,
    };
    let mut reader = ImageReader::with_format(read, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    reader.decode().map_err(|_| Fault::Damaged)
}

/// A small JPEG, upright; transparent parts become white.
fn thumbnail(picture: &DynamicImage, orientation: Orientation, profile: &[u8]) -> Result<Vec<u8>, Fault> {
    let fits = picture.width() <= THUMBNAIL_SIDE && picture.height() <= THUMBNAIL_SIDE;
    let mut small = if fits { picture.clone() } else { picture.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE) };
    small.apply_orientation(orientation);
    let mut bytes = Vec::new();
    if small.color().has_color() {
        jpeg(&flat(&small), THUMBNAIL_QUALITY, rgb_profile(profile), &mut bytes)?;
    } else {
        jpeg(&flat_grey(&small), THUMBNAIL_QUALITY, grey_profile(profile), &mut bytes)?;
    }
    Ok(bytes)
}

fn flat(picture: &DynamicImage) -> RgbImage {
    let mut flat = picture.to_rgb8();
    if picture.color().has_alpha() {
        for (pixel, source) in flat.pixels_mut().zip(picture.to_rgba8().pixels()) {
            pixel.0.iter_mut().zip(source.0).for_each(|(channel, value)| *channel = over_white(value, source.0[3]));
        }
    }
    flat
}

fn flat_grey(picture: &DynamicImage) -> GrayImage {
    let mut flat = picture.to_luma8();
    if picture.color().has_alpha() {
        for (pixel, source) in flat.pixels_mut().zip(picture.to_luma_alpha8().pixels()) {
            pixel.0[0] = over_white(source.0[0], source.0[1]);
        }
    }
    flat
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let alpha = u16::from(alpha);
    u8::try_from((u16::from(value) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}
