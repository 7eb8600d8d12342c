//! Files that programs and phones made, with what they wrote into them.

use image::ImageDecoder as _;

use crate::made::{has, kept};

const FILES: [(&str, &[u8]); 5] = [
    ("c2pa.png", include_bytes!("../samples/c2pa.png")),
    ("c2pa.webp", include_bytes!("../samples/c2pa.webp")),
    ("zxif.png", include_bytes!("../samples/zxif.png")),
    ("icc-o6.jpg", include_bytes!("../samples/icc-o6.jpg")),
    ("iphone.mov", include_bytes!("../samples/iphone.mov")),
];

fn file(name: &str) -> &'static [u8] {
    FILES.iter().find(|(known, _)| *known == name).unwrap().1
}

#[test]
fn nothing_of_what_they_wrote_is_left() {
    for (name, bytes) in FILES {
        let (done, clean) = kept(bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let small = done.thumbnail.unwrap_or_default();
        for secret in [
            b"SECRET".as_slice(),
            b"Exif",
            b"EXIF",
            b"eXIf",
            b"zxIf",
            b"prVt",
            b"jumb",
            b"C2PA",
            b"caBX",
            b"c2pa",
            b"XMP",
            b"exif",
            b"GPS",
            b"ABCD",
            b"25.43",
            b"119.0",
            b"\xa9xyz",
            b"Lavf",
            b"Lavc",
            b"x264",
            b"libx264",
            b"FFMP",
            b"VideoHandler",
            b"udta",
            b"qt  ",
        ] {
            let what = String::from_utf8_lossy(secret);
            assert!(!has(&clean, secret) && !has(&small, secret), "{name}: {what}");
        }
        assert_eq!(kept(&clean).unwrap().1, clean, "{name}: clean stays clean");
    }
}

#[test]
fn a_turned_photo_keeps_its_profile() {
    let profile = |bytes: &[u8]| {
        let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap();
        reader.into_decoder().unwrap().icc_profile().unwrap()
    };
    let before = profile(file("icc-o6.jpg")).unwrap();
    let (done, clean) = kept(file("icc-o6.jpg")).unwrap();
    assert_eq!((done.width, done.height), (80, 120));
    assert_eq!(profile(&clean), Some(before.clone()));
    assert_eq!(profile(&done.thumbnail.unwrap()), Some(before));
}

#[test]
fn a_clip_tells_where_it_was_taken_before_it_forgets() {
    let (done, clean) = kept(file("iphone.mov")).unwrap();
    assert_eq!(done.place, Some((119.0077, 25.431)));
    assert_eq!((done.width, done.height), (160, 120));
    // The last picture of the clip, as it was coded.
    let tail = &file("iphone.mov")[36 + 6_626 - 200..36 + 6_626];
    assert!(has(&clean, tail));
}
