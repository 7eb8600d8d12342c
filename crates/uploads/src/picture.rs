//! From a cleaned picture to what is kept: decoded within the bounds that were measured, turned upright, with a small one beside it. Both keep the
//! colour profile.

use std::io::{Cursor, Write};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, GenericImageView, GrayImage, ImageEncoder, ImageFormat, ImageReader, Limits, Pixel, RgbImage,
};

use super::icc::{self, Space};
use super::{Cleaned, Fault, Kind, MEMORY_MAX, Parts, Shot, camera};

/// Longest side of a thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 320;
const QUALITY: u8 = 90;
const THUMBNAIL_QUALITY: u8 = 80;

/// Writes the picture as it is kept.
pub(super) fn finish(kind: Kind, parts: Parts, sink: &mut impl Write) -> Result<Cleaned, Fault> {
    let Parts { clean, profile, exif, recode } = parts;
    let (Shot { place, at }, orientation) =
        exif.map_or((Shot::default(), Orientation::NoTransforms), |e| camera::read(&e));
    let picture = decode(&clean, kind)?;
    let profile = profile.unwrap_or_default();
    let thumbnail = thumbnail(&picture, orientation, &profile)?;
    let (width, height) = size(&picture, orientation);
    if orientation == Orientation::NoTransforms && !recode {
        sink.write_all(&clean)?;
    } else {
        drop(clean);
        encode(picture, orientation, kind, &profile, sink)?;
    }
    Ok(Cleaned { kind, width, height, place, taken_at: at, thumbnail: Some(thumbnail) })
}

fn size(picture: &DynamicImage, orientation: Orientation) -> (u32, u32) {
    let (width, height) = picture.dimensions();
    if lies(orientation) { (height, width) } else { (width, height) }
}

fn lies(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

/// As it was stored and not yet turned upright.
fn decode(bytes: &[u8], kind: Kind) -> Result<DynamicImage, Fault> {
    let format = match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Webp => ImageFormat::WebP,
        Kind::Jpeg | Kind::Mp4 => ImageFormat::Jpeg,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    reader.decode().map_err(|_| Fault::Damaged)
}

/// Upright, in its own kind.
fn encode(
    mut picture: DynamicImage,
    orientation: Orientation,
    kind: Kind,
    profile: &[u8],
    sink: &mut impl Write,
) -> Result<(), Fault> {
    if kind == Kind::Jpeg {
        return match &picture {
            DynamicImage::ImageLuma8(grey) => {
                jpeg(&Upright { picture: grey, orientation }, QUALITY, grey_profile(profile), sink)
            }
            DynamicImage::ImageRgb8(rgb) => {
                jpeg(&Upright { picture: rgb, orientation }, QUALITY, rgb_profile(profile), sink)
            }
            other => jpeg(&Upright { picture: &other.to_rgb8(), orientation }, QUALITY, rgb_profile(profile), sink),
        };
    }
    picture.apply_orientation(orientation);
    let fits = if picture.color().has_color() { rgb_profile(profile) } else { grey_profile(profile) };
    let written = match kind {
        Kind::Webp => {
            // Its encoder knows eight bits only.
            let eight = if picture.color().has_alpha() {
                picture.to_rgba8().into()
            } else {
                DynamicImage::from(picture.to_rgb8())
            };
            with_profile(WebPEncoder::new_lossless(&mut *sink), rgb_profile(profile), &eight)
        }
        _ => with_profile(PngEncoder::new(&mut *sink), fits, &picture),
    };
    written.map_err(failed)
}

fn with_profile(mut encoder: impl ImageEncoder, profile: &[u8], picture: &DynamicImage) -> image::ImageResult<()> {
    if !profile.is_empty() {
        encoder.set_icc_profile(profile.to_vec()).map_err(image::ImageError::Unsupported)?;
    }
    picture.write_with_encoder(encoder)
}

/// The profile, if it is one for pictures in these colours: a wrong one is worse than none.
fn rgb_profile(profile: &[u8]) -> &[u8] {
    if icc::space(profile) == Space::Rgb { profile } else { &[] }
}

fn grey_profile(profile: &[u8]) -> &[u8] {
    if icc::space(profile) == Space::Grey { profile } else { &[] }
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

fn jpeg<V>(picture: &V, quality: u8, profile: &[u8], sink: &mut impl Write) -> Result<(), Fault>
where
    V: GenericImageView,
    V::Pixel: image::PixelWithColorType,
{
    let mut encoder = JpegEncoder::new_with_quality(sink, quality);
    if !profile.is_empty() {
        encoder.set_icc_profile(profile.to_vec()).map_err(|_| Fault::Damaged)?;
    }
    encoder.encode_image(picture).map_err(failed)
}

fn failed(error: image::ImageError) -> Fault {
    match error {
        image::ImageError::IoError(error) => Fault::Io(error),
        _ => Fault::Damaged,
    }
}

/// A picture seen upright without a copy of it: large ones would take twice their memory.
struct Upright<'a, V> {
    picture: &'a V,
    orientation: Orientation,
}

impl<V: GenericImageView> GenericImageView for Upright<'_, V>
where
    V::Pixel: Pixel,
{
    type Pixel = V::Pixel;

    fn dimensions(&self) -> (u32, u32) {
        let (width, height) = self.picture.dimensions();
        if lies(self.orientation) { (height, width) } else { (width, height) }
    }

    fn get_pixel(&self, x: u32, y: u32) -> V::Pixel {
        let (width, height) = self.picture.dimensions();
        let (right, bottom) = (|n: u32| width - 1 - n, |n: u32| height - 1 - n);
        let (x, y) = match self.orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (right(x), y),
            Orientation::Rotate180 => (right(x), bottom(y)),
            Orientation::FlipVertical => (x, bottom(y)),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (y, bottom(x)),
            Orientation::Rotate270FlipH => (right(y), bottom(x)),
            Orientation::Rotate270 => (right(y), x),
        };
        self.picture.get_pixel(x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_seen_as_it_would_be_turned() {
        let picture =
            RgbImage::from_fn(3, 2, |x, y| image::Rgb([u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 0]));
        for orientation in (1..=8).filter_map(Orientation::from_exif) {
            let mut turned = DynamicImage::from(picture.clone());
            turned.apply_orientation(orientation);
            let upright = Upright { picture: &picture, orientation };
            assert_eq!(upright.dimensions(), turned.dimensions(), "{orientation:?}");
            let turned = turned.to_rgb8();
            assert!(
                turned.enumerate_pixels().all(|(x, y, pixel)| upright.get_pixel(x, y) == *pixel),
                "{orientation:?}"
            );
        }
    }
}
