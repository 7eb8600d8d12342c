//! Cleaning takes no more memory than [`measure`] says, which is what the server sets aside for it. Alone in its program, and one test: the allocator
//! counts for all threads.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on says where")]

#[expect(dead_code, reason = "of the makers of files some are used here")]
#[path = "it/made.rs"]
mod made;

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageBuffer, ImageFormat};
use peak_alloc::PeakAlloc;
use yizhi_uploads::{Fault, MEMORY_MAX, clean, measure};

use made::*;

#[global_allocator]
static COUNTED: PeakAlloc = PeakAlloc;

/// What a file that is kept takes, and no more: the server sets that aside beforehand.
#[derive(Default)]
struct Kept(Vec<Vec<u8>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The most that was taken, what was measured, and what became of it.
fn taken(bytes: &[u8]) -> (u64, u64, Result<(), Fault>) {
    let mut source = Cursor::new(bytes);
    let measured = match measure(&mut source) {
        Ok(measured) => measured.memory,
        Err(fault) => return (0, 0, Err(fault)),
    };
    let mut sink = std::io::BufWriter::with_capacity(64 * 1024, Kept::default());
    let before = COUNTED.current_usage();
    COUNTED.reset_peak_usage();
    let done = clean(&mut source, &mut sink).map(|_| ());
    (u64::try_from(COUNTED.peak_usage() - before).unwrap(), measured, done)
}

fn noise<T>(count: usize, one: impl Fn(u64) -> T) -> Vec<T> {
    let mut state = 88_172_645_463_325_252_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        one(state)
    };
    (0..count).map(next).collect()
}

/// Two sizes: what is taken whatever the size is not counted for each pixel.
const SIDES: [u32; 2] = [500, 900];
/// What comes in steps and not with each pixel, in bytes.
const STEP: u64 = 256 * 1024;

/// Pictures that no coding makes smaller, and two that every coding does.
fn pictures(side: u32) -> Vec<(&'static str, DynamicImage)> {
    let eight = |channels: usize| noise((side * side) as usize * channels, |n| (n >> 20) as u8);
    let sixteen = |channels: usize| noise((side * side) as usize * channels, |n| (n >> 20) as u16);
    vec![
        ("grey", DynamicImage::ImageLuma8(ImageBuffer::from_raw(side, side, eight(1)).unwrap())),
        ("grey alpha", DynamicImage::ImageLumaA8(ImageBuffer::from_raw(side, side, eight(2)).unwrap())),
        ("rgb", DynamicImage::ImageRgb8(ImageBuffer::from_raw(side, side, eight(3)).unwrap())),
        ("rgba", DynamicImage::ImageRgba8(ImageBuffer::from_raw(side, side, eight(4)).unwrap())),
        ("grey 16", DynamicImage::ImageLuma16(ImageBuffer::from_raw(side, side, sixteen(1)).unwrap())),
        ("grey alpha 16", DynamicImage::ImageLumaA16(ImageBuffer::from_raw(side, side, sixteen(2)).unwrap())),
        ("rgb 16", DynamicImage::ImageRgb16(ImageBuffer::from_raw(side, side, sixteen(3)).unwrap())),
        ("rgba 16", DynamicImage::ImageRgba16(ImageBuffer::from_raw(side, side, sixteen(4)).unwrap())),
        ("flat rgb", photo(side, side)),
        ("flat rgba", photo(side, side).to_rgba8().into()),
    ]
}

fn file(picture: &DynamicImage, format: ImageFormat, orientation: u16) -> Vec<u8> {
    let plain = encoded(picture, format);
    match format {
        ImageFormat::Png => with_chunks(&plain, &[chunk(b"eXIf", &exif(orientation))]),
        ImageFormat::WebP => webp(&[plain[12..].to_vec(), riff(b"EXIF", &exif(orientation))]),
        _ => with_segments(&plain, &[(0xe1, [b"Exif\0\0".as_slice(), &exif(orientation)].concat())]),
    }
}

fn pictures_stay_within_what_was_measured() {
    let [small, large] = SIDES.map(pictures);
    let pixels = f64::from(SIDES[1] * SIDES[1] - SIDES[0] * SIDES[0]);
    let mut over = Vec::new();
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        for ((name, small), (_, large)) in small.iter().zip(&large) {
            if format == ImageFormat::Jpeg && (name.contains("alpha") || name.contains("rgba"))
                || format != ImageFormat::Png && name.contains("16")
            {
                continue;
            }
            for orientation in [1, 3, 6] {
                let [small, large] = [small, large].map(|picture| taken(&file(picture, format, orientation)));
                let [(less, _, _), (peak, measured, done)] = [&small, &large];
                let what = format!("{format:?} {name}, orientation {orientation}");
                assert!(small.2.is_ok() && done.is_ok(), "{what}: {done:?}");
                let grown = (peak.saturating_sub(*less) as f64 / pixels, (measured - small.1) as f64 / pixels);
                println!("{what}: {:.2} of {:.2} bytes for each pixel", grown.0, grown.1);
                if peak > measured || peak.saturating_sub(*less) > measured - small.1 + STEP {
                    over.push(what);
                }
            }
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}

/// A picture of one colour takes a hundred bytes, and unpacked as many as any other.
fn a_picture_that_would_take_too_much_is_refused() {
    let flat: DynamicImage = ImageBuffer::from_pixel(4_100, 4_100, image::Rgba([1_u8, 2, 3, 4])).into();
    for (format, orientation) in [(ImageFormat::WebP, 6), (ImageFormat::Png, 6), (ImageFormat::WebP, 1)] {
        let bytes = file(&flat, format, orientation);
        let (peak, measured, done) = taken(&bytes);
        println!("{format:?} of 4100 × 4100, orientation {orientation}: {peak} of {measured} bytes: {done:?}");
        assert!(peak <= measured && measured <= MEMORY_MAX);
        assert!(done.is_ok() || matches!(done, Err(Fault::TooManyPixels { .. })), "{done:?}");
    }
}

/// A WebP of 4 × 4 pixels with so many groups of tables, of which it needs the last.
fn many_tables(groups: u32) -> Vec<u8> {
    let mut bits = Vec::new();
    let mut put = |number: u32, count: u32| bits.extend((0..count).map(|n| n < 32 && number >> n & 1 == 1));
    let one = |put: &mut dyn FnMut(u32, u32), symbol: u32| {
        put(0b101, 3);
        put(symbol, 8);
    };
    put(0x2f, 8);
    put(3, 14);
    put(3, 14);
    put(1, 4);
    // No transforms, no cache; tiles of four pixels, of which there is one, with the number of its group.
    put(0b100, 3);
    put(0, 3);
    put(0, 1);
    one(&mut put, (groups - 1) & 0xff);
    one(&mut put, (groups - 1) >> 8);
    (0..3).for_each(|_| one(&mut put, 0));
    for _ in 0..groups {
        one(&mut put, 0);
        for _ in 0..3 {
            // All symbols of eight bits, which is the only length, and twelfth of the lengths.
            put(0, 1);
            put(8, 4);
            put(0, 3 * 11);
            put(1, 3);
            put(0, 1);
        }
        one(&mut put, 0);
    }
    put(0, 16 * 24);
    let bytes: Vec<u8> =
        bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |sum, bit| sum << 1 | u8::from(*bit))).collect();
    webp(&[riff(b"VP8L", &bytes)])
}

fn tables_are_counted() {
    for (groups, fits) in [(1, true), (20_000, true), (65_536, false)] {
        let bytes = many_tables(groups);
        let (peak, measured, done) = taken(&bytes);
        println!("{groups} groups of tables in {} bytes: {peak} of {measured}: {done:?}", bytes.len());
        assert!(peak <= measured);
        assert_eq!(done.is_ok(), fits, "{groups}: {done:?}");
    }
}

/// They keep their coefficients until their last scan.
fn pictures_in_many_scans_are_counted() {
    for sample in [include_bytes!("samples/progressive.jpg").as_slice(), include_bytes!("samples/restarts.jpg")] {
        let mut bytes = sample.to_vec();
        let frame = bytes.windows(2).position(|w| w[0] == 0xff && (0xc0..=0xc2).contains(&w[1])).unwrap();
        bytes[frame + 5..frame + 9].copy_from_slice(&[0x08, 0, 0x08, 0]);
        let (peak, measured, done) = taken(&bytes);
        println!("a JPEG that claims to be large: {peak} of {measured}: {done:?}");
        assert!(peak <= measured, "{peak} of {measured}");
    }
}

const CLIP: &[u8] = include_bytes!("samples/iphone.mov");

/// A box whose body was changed along a path of boxes; of several the `nth`.
fn changed(body: &[u8], path: &[(&[u8; 4], usize)], change: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let Some(((kind, nth), deeper)) = path.split_first() else { return change(body) };
    let (mut out, mut rest, mut seen) = (Vec::new(), body, 0);
    while rest.len() >= 8 {
        let size = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let (one, after) = rest.split_at(size);
        rest = after;
        let here = &one[4..8] == *kind;
        if here && seen == *nth {
            let inner = changed(&one[8..], deeper, change);
            out.extend(u32::try_from(inner.len() + 8).unwrap().to_be_bytes());
            out.extend(*kind);
            out.extend(inner);
        } else {
            out.extend(one);
        }
        seen += usize::from(here);
    }
    out.extend(rest);
    out
}

fn numbers(head: &[u32], rows: impl Iterator<Item = u32>) -> Vec<u8> {
    head.iter().copied().chain(rows).flat_map(u32::to_be_bytes).collect()
}

const TABLES: [(&[u8; 4], usize); 5] = [(b"moov", 0), (b"trak", 1), (b"mdia", 0), (b"minf", 0), (b"stbl", 0)];

fn with_table(clip: &[u8], track: usize, kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut path = TABLES.to_vec();
    path[1].1 = track;
    path.push((kind, 0));
    changed(clip, &path, &|_| body.to_vec())
}

/// Pictures of four bytes, each in a chunk of its own.
fn torn(count: u32) -> Vec<u8> {
    let built = |start: u32| {
        let clip = with_table(CLIP, 0, b"stsz", &numbers(&[0, 4, count], std::iter::empty()));
        let clip = with_table(&clip, 0, b"stsc", &numbers(&[0, 1, 1, 1, 1], std::iter::empty()));
        let clip = with_table(&clip, 0, b"stts", &numbers(&[0, 1, count, 1], std::iter::empty()));
        with_table(&clip, 0, b"stco", &numbers(&[0, count], (0..count).map(|n| start + 4 * n)))
    };
    let start = u32::try_from(built(0).len()).unwrap() + 8;
    let data = [&(4 * count + 8).to_be_bytes()[..], b"mdat", &vec![0; 4 * count as usize]].concat();
    [built(start), data].concat()
}

fn clips_stay_within_what_was_measured() {
    let many = 2_000_000_u32;
    let unused = with_table(CLIP, 0, b"stco", &numbers(&[0, many], std::iter::repeat_n(36, many as usize)));
    let edits = changed(CLIP, &[(b"moov", 0), (b"trak", 0), (b"edts", 0), (b"elst", 0)], &|_| {
        numbers(&[0, 600_000], std::iter::repeat_n(1, 1_800_000))
    });
    let largest = numbers(&[0, 0, 1], std::iter::once(8 << 20));
    let one = with_table(CLIP, 0, b"stsz", &largest);
    for (name, clip, taken_at_all) in [
        ("as a phone made it", CLIP.to_vec(), true),
        ("chunks without samples", unused, false),
        ("a chunk for each picture", torn(490_000), true),
        ("too many chunks", torn(1_900_000), false),
        ("a long edit list", edits, false),
        ("a sample that is not there", one, false),
    ] {
        let (peak, measured, done) = taken(&clip);
        println!("clip, {name}: {peak} of {measured} bytes, file {}: {done:?}", clip.len());
        assert!(peak <= measured && measured < MEMORY_MAX, "{name}: {peak} of {measured}");
        assert!(!taken_at_all || done.is_ok(), "{name}: {done:?}");
        assert!(taken_at_all || done.is_err() || name == "chunks without samples", "{name}");
    }
}

#[test]
fn cleaning_takes_no_more_than_was_measured() {
    clips_stay_within_what_was_measured();
    pictures_stay_within_what_was_measured();
    a_picture_that_would_take_too_much_is_refused();
    tables_are_counted();
    pictures_in_many_scans_are_counted();
}
