//! What a camera wrote beside the picture (EXIF): where and when it was taken, and which side is up.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};
use exif::{Exif, In, Tag, Value};
use image::metadata::Orientation;

use super::Shot;

/// China's time, in seconds east of Greenwich.
const CHINA: i32 = 8 * 3_600;
/// Longer ones are not read: cameras need some ten thousand bytes, with a small picture.
pub(super) const BYTES_MAX: usize = 1024 * 1024;

/// What is read of it, apart from the file.
pub(super) fn kept(tiff: Option<&[u8]>) -> Option<Vec<u8>> {
    tiff.filter(|tiff| tiff.len() <= BYTES_MAX).map(<[u8]>::to_vec)
}

/// Place, time and orientation, as far as they are there and make sense.
pub(super) fn read(tiff: &[u8]) -> (Shot, Orientation) {
    let exif = if tiff.len() > BYTES_MAX { None } else { parse(tiff) };
    let Some(exif) = exif else { return (Shot::default(), Orientation::NoTransforms) };
    (Shot { place: place(&exif), at: taken_at(&exif) }, orientation(&exif).unwrap_or(Orientation::NoTransforms))
}

fn parse(tiff: &[u8]) -> Option<Exif> {
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    match reader.read_raw(tiff.to_vec()) {
        Ok(exif) => Some(exif),
        Err(exif::Error::PartialResult(partial)) => Some(partial.into_inner().0),
        Err(_) => None,
    }
}

fn orientation(exif: &Exif) -> Option<Orientation> {
    let field = exif.get_field(Tag::Orientation, In::PRIMARY)?;
    Orientation::from_exif(u8::try_from(field.value.get_uint(0)?).ok()?)
}

/// Longitude, latitude; cameras use WGS-84.
fn place(exif: &Exif) -> Option<(f64, f64)> {
    let lon = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, "W")?;
    let lat = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, "S")?;
    let nowhere = lon == 0.0 && lat == 0.0;
    (lon.abs() <= 180.0 && lat.abs() <= 90.0 && !nowhere).then_some((lon, lat))
}

fn degrees(exif: &Exif, tag: Tag, side: Tag, negative: &str) -> Option<f64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let part = |i: usize| parts.get(i).map_or(0.0, exif::Rational::to_f64);
    let degrees = part(0) + part(1) / 60.0 + part(2) / 3_600.0;
    let sign = if text(exif, side)?.eq_ignore_ascii_case(negative) { -1.0 } else { 1.0 };
    degrees.is_finite().then(|| (degrees * sign * 1e7).round() / 1e7)
}

/// China's time unless the camera names another offset.
fn taken_at(exif: &Exif) -> Option<DateTime<Utc>> {
    let text_at = text(exif, Tag::DateTimeOriginal).or_else(|| text(exif, Tag::DateTime))?;
    let local = NaiveDateTime::parse_from_str(&text_at, "%Y:%m:%d %H:%M:%S").ok()?;
    let named = text(exif, Tag::OffsetTimeOriginal).and_then(|o| o.parse::<FixedOffset>().ok());
    named.or_else(|| FixedOffset::east_opt(CHINA))?.from_local_datetime(&local).single().map(|at| at.to_utc())
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(texts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let text = std::str::from_utf8(texts.first()?).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}
