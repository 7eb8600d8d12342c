//! Coding a picture again, upright, within the memory that was measured.

use std::io::Write;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, ImageBuffer, ImageEncoder, Pixel};
use png::{BitDepth, ColorType, DeflateCompression, Filter};

use super::icc::{self, Space};
use super::upright::Upright;
use super::{Fault, measure};

/// Qualities of a JPEG that are tried until it fits into its room: photos do at the first.
const QUALITIES: [u8; 4] = [90, 75, 50, 20];
/// Bytes of a PNG's chunk.
const CHUNK: usize = 64 * 1024;
/// Of deflate: what cannot be made smaller grows by no more than a thousandth.
const LEVEL: u8 = 1;

/// A chunk of a PNG.
pub(super) type Chunk = ([u8; 4], Vec<u8>);

/// The profile, if it is one for pictures in these colours: a wrong one is worse than none.
pub(super) fn rgb_profile(profile: &[u8]) -> &[u8] {
    if icc::space(profile) == Space::Rgb { profile } else { &[] }
}

pub(super) fn grey_profile(profile: &[u8]) -> &[u8] {
    if icc::space(profile) == Space::Grey { profile } else { &[] }
}

/// A JPEG of a file of so many bytes.
pub(super) fn as_jpeg(
    picture: DynamicImage,
    orientation: Orientation,
    profile: &[u8],
    bytes: u64,
    sink: &mut impl Write,
) -> Result<(), Fault> {
    let pixels = u64::from(picture.width()) * u64::from(picture.height());
    let room = usize::try_from(measure::room(pixels, bytes)).map_err(|_| Fault::TooLarge)?;
    for quality in QUALITIES {
        let mut out = Room(Vec::with_capacity(room));
        let done = match &picture {
            DynamicImage::ImageLuma8(picture) => {
                jpeg(&Upright { picture, orientation }, quality, grey_profile(profile), &mut out)
            }
            DynamicImage::ImageRgb8(picture) => {
                jpeg(&Upright { picture, orientation }, quality, rgb_profile(profile), &mut out)
            }
            _ => return Err(Fault::Damaged),
        };
        match done {
            Err(Fault::Io(_)) => {}
            Err(fault) => return Err(fault),
            Ok(()) => {
                drop(picture);
                return Ok(sink.write_all(&out.0)?);
            }
        }
    }
    Err(Fault::TooLarge)
}

/// Takes no more than it had room for at first.
struct Room(Vec<u8>);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() > self.0.capacity() - self.0.len() {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(super) fn jpeg<V>(picture: &V, quality: u8, profile: &[u8], sink: &mut impl Write) -> Result<(), Fault>
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

/// A WebP without loss. Its encoder needs the picture turned, and takes a copy of its own.
pub(super) fn as_webp(
    mut picture: DynamicImage,
    orientation: Orientation,
    profile: &[u8],
    sink: &mut impl Write,
) -> Result<(), Fault> {
    picture.apply_orientation(orientation);
    let mut encoder = WebPEncoder::new_lossless(sink);
    if !rgb_profile(profile).is_empty() {
        encoder.set_icc_profile(profile.to_vec()).map_err(|error| failed(image::ImageError::Unsupported(error)))?;
    }
    picture.write_with_encoder(encoder).map_err(failed)
}

/// A PNG with the chunks that its colours depend on, written row by row.
pub(super) fn as_png(
    picture: &DynamicImage,
    orientation: Orientation,
    colours: &[Chunk],
    sink: &mut impl Write,
) -> Result<(), Fault> {
    use BitDepth::{Eight, Sixteen};
    use ColorType::{Grayscale, GrayscaleAlpha, Rgb, Rgba};
    match picture {
        DynamicImage::ImageLuma8(picture) => png(picture, orientation, (Grayscale, Eight), colours, sink),
        DynamicImage::ImageLumaA8(picture) => png(picture, orientation, (GrayscaleAlpha, Eight), colours, sink),
        DynamicImage::ImageRgb8(picture) => png(picture, orientation, (Rgb, Eight), colours, sink),
        DynamicImage::ImageRgba8(picture) => png(picture, orientation, (Rgba, Eight), colours, sink),
        DynamicImage::ImageLuma16(picture) => png(picture, orientation, (Grayscale, Sixteen), colours, sink),
        DynamicImage::ImageLumaA16(picture) => png(picture, orientation, (GrayscaleAlpha, Sixteen), colours, sink),
        DynamicImage::ImageRgb16(picture) => png(picture, orientation, (Rgb, Sixteen), colours, sink),
        DynamicImage::ImageRgba16(picture) => png(picture, orientation, (Rgba, Sixteen), colours, sink),
        _ => Err(Fault::Damaged),
    }
}

fn png<P>(
    picture: &ImageBuffer<P, Vec<P::Subpixel>>,
    orientation: Orientation,
    (colour, depth): (ColorType, BitDepth),
    colours: &[Chunk],
    sink: &mut impl Write,
) -> Result<(), Fault>
where
    P: Pixel,
    P::Subpixel: BigEndian,
{
    let upright = Upright { picture, orientation };
    let (width, height) = upright.dimensions();
    let mut encoder = png::Encoder::new(sink, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    encoder.set_filter(Filter::Adaptive);
    encoder.set_deflate_compression(DeflateCompression::Level(LEVEL));
    let mut writer = encoder.write_header().map_err(unwritten)?;
    for (kind, body) in colours {
        writer.write_chunk(png::chunk::ChunkType(*kind), body).map_err(unwritten)?;
    }
    let mut rows = writer.stream_writer_with_size(CHUNK).map_err(unwritten)?;
    let mut row = Vec::new();
    for y in 0..height {
        row.clear();
        for x in 0..width {
            upright.get_pixel(x, y).channels().iter().for_each(|channel| channel.push(&mut row));
        }
        rows.write_all(&row)?;
    }
    rows.finish().map_err(unwritten)?;
    writer.finish().map_err(unwritten)
}

/// A channel as it stands in a PNG.
trait BigEndian: Copy {
    fn push(self, row: &mut Vec<u8>);
}

impl BigEndian for u8 {
    fn push(self, row: &mut Vec<u8>) {
        row.push(self);
    }
}

impl BigEndian for u16 {
    fn push(self, row: &mut Vec<u8>) {
        row.extend(self.to_be_bytes());
    }
}

fn unwritten(error: png::EncodingError) -> Fault {
    match error {
        png::EncodingError::IoError(error) => Fault::Io(error),
        _ => Fault::Damaged,
    }
}

fn failed(error: image::ImageError) -> Fault {
    match error {
        image::ImageError::IoError(error) => Fault::Io(error),
        _ => Fault::Damaged,
    }
}
