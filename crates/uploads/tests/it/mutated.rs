//! Whatever bytes come: an answer and no panic, and what was cleaned once is clean.

use image::ImageFormat;
use proptest::prelude::*;

use crate::made::{encoded, kept, photo, tagged_jpeg};

const SAMPLES: [&[u8]; 8] = [
    include_bytes!("../samples/progressive.jpg"),
    include_bytes!("../samples/restarts.jpg"),
    include_bytes!("../samples/c2pa.png"),
    include_bytes!("../samples/c2pa.webp"),
    include_bytes!("../samples/alpha.webp"),
    include_bytes!("../samples/zxif.png"),
    include_bytes!("../samples/icc-o6.jpg"),
    include_bytes!("../samples/iphone.mov"),
];

fn check(bytes: &[u8]) {
    if let Ok((done, clean)) = kept(bytes) {
        let (again, same) = kept(&clean).unwrap_or_else(|fault| panic!("cleaned and not taken again: {fault}"));
        assert_eq!((again.kind, again.width, again.height), (done.kind, done.width, done.height));
        assert_eq!((again.place, again.taken_at), (None, None));
        assert!(same == clean, "cleaned twice is not cleaned once");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn bytes_changed_somewhere(
        sample in 0..SAMPLES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut bytes = SAMPLES[sample].to_vec();
        for (index, value) in changes {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        check(&bytes);
    }

    #[test]
    fn a_part_put_elsewhere(sample in 0..SAMPLES.len(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), length in 1_usize..64) {
        let mut bytes = SAMPLES[sample].to_vec();
        let from = from.index(bytes.len());
        let part = bytes[from..bytes.len().min(from + length)].to_vec();
        let to = to.index(bytes.len());
        bytes.splice(to..to, part);
        check(&bytes);
    }

    #[test]
    fn anything_behind_a_known_beginning(beginning in 0_usize..6, rest in prop::collection::vec(any::<u8>(), 0..400)) {
        let known: [&[u8]; 6] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\0\0\0WEBP", b"\0\0\0\x08ftyp", b"\0\0\0\0moov", b""];
        check(&[known[beginning], &rest].concat());
    }
}

#[test]
fn cut_anywhere() {
    let jpeg = tagged_jpeg(&photo(16, 16), 6);
    for bytes in SAMPLES.iter().copied().chain([jpeg.as_slice()]).filter(|bytes| bytes.len() < 4_000) {
        (0..bytes.len()).for_each(|end| check(&bytes[..end]));
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused_in_every_format() {
    let jpeg = encoded(&photo(120, 80), ImageFormat::Jpeg);
    let pictures = [ImageFormat::Png, ImageFormat::WebP].map(|format| encoded(&photo(120, 80), format));
    let samples = SAMPLES.iter().map(|sample| sample.to_vec());
    for whole in samples.chain(pictures).chain([jpeg.clone()]) {
        assert!(kept(&whole).is_ok());
        for part in [5, 7, 9] {
            let cut = &whole[..whole.len() * part / 10];
            assert!(kept(cut).is_err(), "{part} tenths of {} bytes: {:02x?}", whole.len(), &whole[..12]);
        }
    }
    assert!(kept(&jpeg[..jpeg.len() - 2]).is_ok(), "only the mark of the end is missing");
}
