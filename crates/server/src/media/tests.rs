//! Files made byte by byte: what is kept of them, and what is not.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::*;

/// A photo with a red upper half.
fn photo(width: u32, height: u32) -> DynamicImage {
    let colour = |_, y| if y < height / 2 { Rgb([200, 20, 20]) } else { Rgb([20, 20, 200]) };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, colour))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// TIFF with orientation, time and a place in the old town of Putian, big endian.
fn exif(orientation: u16) -> Vec<u8> {
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
    out
}

fn with_segments(jpeg: &[u8], segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    for (marker, body) in segments {
        out.extend([0xff, *marker]);
        out.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        out.extend(*body);
    }
    out.extend(&jpeg[2..]);
    out
}

fn tagged_jpeg(picture: &DynamicImage, orientation: u16) -> Vec<u8> {
    let app1 = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    let mut jpeg = with_segments(
        &encoded(picture, ImageFormat::Jpeg),
        &[(0xe1, &app1), (0xed, b"Photoshop 3.0\0secret"), (0xfe, b"secret comment")],
    );
    jpeg.extend(b"secret trailer");
    jpeg
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

#[test]
fn place_and_time_of_a_photo_are_read_and_removed() {
    let done = process(tagged_jpeg(&photo(800, 600), 1).into(), "C:\\photos\\后门.jpg").unwrap();
    assert_eq!((done.kind, done.name.as_str()), (Kind::Jpeg, "后门.jpg"));
    assert_eq!((done.width, done.height), (Some(800), Some(600)));
    let (lon, lat) = done.place.unwrap();
    assert!((lon - 119.0077).abs() < 1e-6 && (lat - 25.431).abs() < 1e-6, "{lon} {lat}");
    assert_eq!(done.taken_at.unwrap().to_rfc3339(), "2026-11-20T01:30:00+00:00");
    for secret in [b"Exif".as_slice(), b"secret", b"Photoshop"] {
        assert!(!has(&done.bytes, secret), "{}", String::from_utf8_lossy(secret));
    }
    assert!(image::load_from_memory(&done.bytes).is_ok());
    let thumbnail = image::load_from_memory(&done.thumbnail.unwrap()).unwrap();
    assert_eq!((thumbnail.width(), thumbnail.height()), (320, 240));
}

#[test]
fn a_photo_taken_sideways_is_turned_upright() {
    let done = process(tagged_jpeg(&photo(80, 60), 6).into(), "a.jpg").unwrap();
    assert_eq!((done.width, done.height), (Some(60), Some(80)));
    assert!(done.place.is_some() && !has(&done.bytes, b"Exif"));
    let upright = image::load_from_memory(&done.bytes).unwrap().to_rgb8();
    let (left, right) = (upright.get_pixel(5, 40), upright.get_pixel(54, 40));
    assert!(left.0[2] > 150 && right.0[0] > 150, "{left:?} {right:?}");
}

#[test]
fn the_picture_of_an_upright_photo_is_untouched() {
    let plain = encoded(&photo(64, 48), ImageFormat::Jpeg);
    let done = process(tagged_jpeg(&photo(64, 48), 1).into(), "a.jpg").unwrap();
    assert_eq!(done.bytes, plain);
}

#[test]
fn png_and_webp_lose_their_descriptions() {
    let png = encoded(&photo(40, 30), ImageFormat::Png);
    let text = b"Comment\0secret";
    let mut chunk = u32::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend(b"tEXt");
    chunk.extend(text);
    chunk.extend([0; 4]);
    let tagged = [&png[..33], &chunk, &png[33..], b"secret"].concat();
    let done = process(tagged.into(), "a.png").unwrap();
    assert_eq!((done.kind, done.bytes), (Kind::Png, png.into()));

    let webp = encoded(&photo(40, 30), ImageFormat::WebP);
    let mut tagged = webp.clone();
    tagged.extend(b"EXIF\x07\0\0\0secret!\0");
    let size = u32::try_from(tagged.len() - 8).unwrap();
    tagged[4..8].copy_from_slice(&size.to_le_bytes());
    let done = process(tagged.into(), "a.webp").unwrap();
    assert_eq!((done.kind, done.bytes), (Kind::Webp, webp.into()));
}

fn mp4_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
    out.extend(kind);
    out.extend(body);
    out
}

#[test]
fn a_clip_forgets_where_it_was_taken() {
    let seconds = u32::try_from(1_795_000_000_i64 + 2_082_844_800).unwrap();
    let mvhd = [&[0; 4], seconds.to_be_bytes().as_slice(), &[0; 88]].concat();
    let mut tkhd = vec![0; 76];
    tkhd.extend([0x02, 0x80, 0, 0, 0x01, 0xe0, 0, 0]);
    let hdlr = [&[0; 8], b"meta".as_slice(), &[0; 12]].concat();
    let carried = mp4_box(
        b"trak",
        &mp4_box(b"mdia", &[mp4_box(b"hdlr", &hdlr), b"\0\0\0\x0esecret".to_vec(), vec![0; 4]].concat()),
    );
    let udta = mp4_box(b"udta", &mp4_box(b"\xa9xyz", b"\0\x12\x15\xc7+25.4310+119.0077/"));
    let moov = [mp4_box(b"mvhd", &mvhd), mp4_box(b"trak", &mp4_box(b"tkhd", &tkhd)), carried, udta].concat();
    let file =
        [mp4_box(b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41"), mp4_box(b"moov", &moov), mp4_box(b"mdat", b"pixels")]
            .concat();
    let done = process(file.clone().into(), "a.mp4").unwrap();
    assert_eq!(done.kind, Kind::Mp4);
    assert_eq!(done.place, Some((119.0077, 25.431)));
    assert_eq!(done.taken_at.unwrap().timestamp(), 1_795_000_000);
    assert_eq!((done.width, done.height), (Some(640), Some(480)));
    assert_eq!(done.bytes.len(), file.len());
    assert!(!has(&done.bytes, b"25.43") && !has(&done.bytes, b"secret") && has(&done.bytes, b"pixels"));
    assert!(done.thumbnail.is_none());
}

#[test]
fn what_is_not_taken_is_named() {
    let bomb = {
        let mut png = encoded(&photo(4, 4), ImageFormat::Png);
        png[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
        png[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
        let crc = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        png
    };
    let cut = encoded(&photo(60, 40), ImageFormat::Png)[..60].to_vec();
    for (bytes, expect) in [
        (Vec::new(), MediaError::Empty),
        (b"%PDF-1.7 ...".to_vec(), MediaError::Unsupported(Some("application/pdf"))),
        (b"<svg onload=alert(1)>".to_vec(), MediaError::Unsupported(None)),
        (bomb, MediaError::TooManyPixels),
        (cut, MediaError::Damaged),
        (vec![0; BYTES_MAX + 1], MediaError::TooLarge),
    ] {
        assert_eq!(process(bytes.into(), "x").err(), Some(expect));
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[test]
fn names_are_only_names() {
    for (given, kept) in
        [("../../etc/passwd", "passwd"), ("", "file"), ("a\u{0}\nb.jpg", "ab.jpg"), ("目录/照片 1.jpg", "照片 1.jpg")]
    {
        assert_eq!(file_name(given), kept);
    }
    assert_eq!(file_name(&"长".repeat(300)).chars().count(), NAME_MAX);
}
