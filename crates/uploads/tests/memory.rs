//! Cleaning takes no more memory than [`measure`] says, which is what the server sets aside for it. Alone in its program, and one test: the allocator
//! counts for all threads.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that cannot go on says where")]

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

const SIDE: u32 = 1_000;

/// Pictures that no coding makes smaller.
fn pictures() -> Vec<(&'static str, DynamicImage)> {
    let eight = |channels: usize| noise((SIDE * SIDE) as usize * channels, |n| (n >> 20) as u8);
    let sixteen = |channels: usize| noise((SIDE * SIDE) as usize * channels, |n| (n >> 20) as u16);
    vec![
        ("grey", DynamicImage::ImageLuma8(ImageBuffer::from_raw(SIDE, SIDE, eight(1)).unwrap())),
        ("grey alpha", DynamicImage::ImageLumaA8(ImageBuffer::from_raw(SIDE, SIDE, eight(2)).unwrap())),
        ("rgb", DynamicImage::ImageRgb8(ImageBuffer::from_raw(SIDE, SIDE, eight(3)).unwrap())),
        ("rgba", DynamicImage::ImageRgba8(ImageBuffer::from_raw(SIDE, SIDE, eight(4)).unwrap())),
        ("grey 16", DynamicImage::ImageLuma16(ImageBuffer::from_raw(SIDE, SIDE, sixteen(1)).unwrap())),
        ("grey alpha 16", DynamicImage::ImageLumaA16(ImageBuffer::from_raw(SIDE, SIDE, sixteen(2)).unwrap())),
        ("rgb 16", DynamicImage::ImageRgb16(ImageBuffer::from_raw(SIDE, SIDE, sixteen(3)).unwrap())),
        ("rgba 16", DynamicImage::ImageRgba16(ImageBuffer::from_raw(SIDE, SIDE, sixteen(4)).unwrap())),
        ("flat rgb", photo(SIDE, SIDE)),
        ("flat rgba", photo(SIDE, SIDE).to_rgba8().into()),
    ]
}

fn file(picture: &DynamicImage, format: ImageFormat, orientation: u16) -> Option<Vec<u8>> {
    let mut plain = Cursor::new(Vec::new());
    picture.write_to(&mut plain, format).ok()?;
    let plain = plain.into_inner();
    Some(match format {
        ImageFormat::Png => with_chunks(&plain, &[chunk(b"eXIf", &exif(orientation))]),
        ImageFormat::WebP => webp(&[plain[12..].to_vec(), riff(b"EXIF", &exif(orientation))]),
        _ => with_segments(&plain, &[(0xe1, [b"Exif\0\0".as_slice(), &exif(orientation)].concat())]),
    })
}

fn pictures_stay_within_what_was_measured() {
    let mut over = Vec::new();
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        for (name, picture) in pictures() {
            for orientation in [1, 2, 3, 6, 7] {
                let Some(bytes) = file(&picture, format, orientation) else { continue };
                let (peak, measured, done) = taken(&bytes);
                if done.is_err() && format != ImageFormat::Png {
                    continue;
                }
                done.unwrap_or_else(|fault| panic!("{format:?} {name} {orientation}: {fault}"));
                let each = |n: u64| n as f64 / f64::from(SIDE * SIDE);
                let own = each(bytes.len() as u64);
                println!(
                    "{format:?} {name}, orientation {orientation}: {:.2} of {:.2} bytes a pixel, file {own:.2}",
                    each(peak),
                    each(measured)
                );
                if peak > measured {
                    over.push(format!("{format:?} {name} {orientation}: {peak} of {measured}"));
                }
            }
        }
    }
    assert!(over.is_empty(), "{over:#?}");
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
}
