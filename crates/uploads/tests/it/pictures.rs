//! What pictures keep.

use image::{DynamicImage, ImageDecoder as _, ImageFormat};
use yizhi_uploads::{BYTES_MAX, Fault, Kind};

use crate::made::*;

#[test]
fn place_and_time_of_a_photo_are_read_and_removed() {
    let (done, bytes) = kept(&tagged_jpeg(&photo(800, 600), 1)).unwrap();
    assert_eq!((done.kind, done.width, done.height), (Kind::Jpeg, 800, 600));
    let (lon, lat) = done.place.unwrap();
    assert!((lon - 119.0077).abs() < 1e-6 && (lat - 25.431).abs() < 1e-6, "{lon} {lat}");
    assert_eq!(done.taken_at.unwrap().to_rfc3339(), "2026-11-20T01:30:00+00:00");
    assert!(!has(&bytes, b"Exif") && !has(&bytes, MARK));
    let small = image::load_from_memory(&done.thumbnail.unwrap()).unwrap();
    assert_eq!((small.width(), small.height()), (320, 240));
}

#[test]
fn place_and_time_are_read_in_every_format() {
    let png = encoded(&photo(40, 30), ImageFormat::Png);
    let webp_picture = encoded(&photo(40, 30), ImageFormat::WebP)[12..].to_vec();
    for bytes in [with_chunks(&png, &[chunk(b"eXIf", &exif(1))]), webp(&[webp_picture, riff(b"EXIF", &exif(1))])] {
        let (done, bytes) = kept(&bytes).unwrap();
        assert!(done.place.is_some() && done.taken_at.is_some(), "{:?}", done.kind);
        assert!(!has(&bytes, MARK));
    }
}

#[test]
fn a_picture_taken_sideways_is_turned_upright_and_keeps_its_colours() {
    let colours = profile(&[(b"rXYZ", &[7; 20]), (b"gXYZ", &[8; 20]), (b"bXYZ", &[9; 20])]);
    let photo = photo(80, 60);
    let icc = [b"ICC_PROFILE\0\x01\x01".as_slice(), &colours].concat();
    let jpeg = with_segments(&tagged_jpeg(&photo, 6), &[(0xe2, icc)]);
    let packed = [b"any name\0\0".as_slice(), &miniz_oxide::deflate::compress_to_vec_zlib(&colours, 6)].concat();
    let png = encoded(&photo, ImageFormat::Png);
    let png = with_chunks(&png, &[chunk(b"iCCP", &packed), chunk(b"eXIf", &exif(6))]);
    let picture = encoded(&photo, ImageFormat::WebP)[12..].to_vec();
    let webp = webp(&[riff(b"ICCP", &colours), picture, riff(b"EXIF", &exif(6))]);
    for file in [jpeg, png, webp] {
        let (done, bytes) = kept(&file).unwrap();
        assert_eq!((done.width, done.height), (60, 80), "{:?}", done.kind);
        let upright = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(upright.dimensions(), (60, 80), "{:?}", done.kind);
        let (left, right) = (upright.get_pixel(5, 40), upright.get_pixel(54, 40));
        assert!(left.0[2] > 150 && right.0[0] > 150, "{:?} {left:?} {right:?}", done.kind);
        assert_eq!(profile_of(&bytes).as_ref(), Some(&colours), "{:?}", done.kind);
        let small = done.thumbnail.unwrap();
        assert_eq!(profile_of(&small).as_ref(), Some(&colours), "the thumbnail of a {:?}", done.kind);
        assert_eq!(image::load_from_memory(&small).unwrap().width(), 60);
        assert!(!has(&bytes, MARK) && !has(&small, MARK));
    }
}

#[test]
fn a_png_that_is_turned_tells_its_colours_as_before() {
    let colours = [chunk(b"cICP", &[9, 16, 0, 1]), chunk(b"gAMA", &[0, 0, 0xb1, 0x8f]), chunk(b"cHRM", &[0; 32])];
    for picture in [photo(40, 30), photo(40, 30).to_luma8().into()] {
        let chunks = [&colours[..], &[chunk(b"eXIf", &exif(6))]].concat();
        let (done, bytes) = kept(&with_chunks(&encoded(&picture, ImageFormat::Png), &chunks)).unwrap();
        assert_eq!((done.width, done.height), (30, 40));
        for one in &colours {
            assert!(has(&bytes, one), "{}", String::from_utf8_lossy(&one[4..8]));
        }
        assert_eq!(kept(&bytes).unwrap().1, bytes, "clean stays clean");
        let turned = image::load_from_memory(&bytes).unwrap();
        assert_eq!(turned, picture.rotate90());
    }
}

#[test]
fn sixteen_bits_of_a_turned_png_stay() {
    let picture: DynamicImage = image::ImageBuffer::from_fn(5, 3, |x, y| {
        let n = u16::try_from(x * 1_000 + y * 7).unwrap();
        image::Rgba([n, 65_535 - n, n / 3, n * 2])
    })
    .into();
    let bytes = kept(&with_chunks(&encoded(&picture, ImageFormat::Png), &[chunk(b"eXIf", &exif(8))])).unwrap().1;
    assert_eq!(image::load_from_memory(&bytes).unwrap(), picture.rotate270());
}

fn profile_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap();
    reader.into_decoder().unwrap().icc_profile().unwrap()
}

#[test]
fn a_picture_that_needs_nothing_is_untouched() {
    for (format, kind) in
        [(ImageFormat::Jpeg, Kind::Jpeg), (ImageFormat::Png, Kind::Png), (ImageFormat::WebP, Kind::Webp)]
    {
        for picture in [photo(64, 48), photo(64, 48).to_rgba8().into(), photo(33, 7).to_luma8().into()] {
            if format == ImageFormat::Jpeg && picture.color().has_alpha() {
                continue;
            }
            let plain = encoded(&picture, format);
            let (done, bytes) = kept(&plain).unwrap();
            assert_eq!((done.kind, bytes == plain), (kind, true), "{:?}", picture.color());
        }
    }
}

#[test]
fn a_profile_for_other_colours_is_not_put_on_the_thumbnail() {
    let mut grey = profile(&[(b"kTRC", &[7; 20])]);
    grey[16..20].copy_from_slice(b"GRAY");
    let icc = [b"ICC_PROFILE\0\x01\x01".as_slice(), &grey].concat();
    let segments = [(0xe2, icc)];
    let (done, _) = kept(&with_segments(&encoded(&photo(40, 30), ImageFormat::Jpeg), &segments)).unwrap();
    assert_eq!(profile_of(&done.thumbnail.unwrap()), None);
    let plain: DynamicImage = photo(40, 30).to_luma8().into();
    let (done, _) = kept(&with_segments(&encoded(&plain, ImageFormat::Jpeg), &segments)).unwrap();
    assert_eq!(profile_of(&done.thumbnail.unwrap()), Some(grey));
}

#[test]
fn what_is_not_taken_is_named() {
    let png = encoded(&photo(4, 4), ImageFormat::Png);
    let claims = |width: u32, height: u32| {
        let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &png[24..29]].concat();
        [&png[..8], &chunk(b"IHDR", &head), &png[33..]].concat()
    };
    let cut = encoded(&photo(60, 40), ImageFormat::Png)[..60].to_vec();
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    assert!(matches!(kept(b""), Err(Fault::Empty)));
    assert!(matches!(kept(b"%PDF-1.7 ..."), Err(Fault::Unsupported { heic: false })));
    assert!(matches!(kept(b"<svg onload=alert(1)>"), Err(Fault::Unsupported { heic: false })));
    assert!(matches!(kept(&heic), Err(Fault::Unsupported { heic: true })));
    for brand in [b"avif", b"avis"] {
        let avif = [b"\0\0\0\x18ftyp", &brand[..], b"\0\0\0\0mif1avif"].concat();
        assert!(matches!(kept(&avif), Err(Fault::Unsupported { heic: false })));
    }
    assert!(matches!(kept(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif"), Err(Fault::Unsupported { heic: false })));
    assert!(matches!(kept(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"), Err(Fault::Unsupported { heic: true })));
    assert!(matches!(kept(&claims(20_000, 20_000)), Err(Fault::TooManyPixels { .. })));
    assert!(matches!(kept(&claims(u32::MAX, u32::MAX)), Err(Fault::TooManyPixels { .. })));
    assert!(matches!(kept(&claims(0, 4)), Err(Fault::Damaged)));
    assert!(matches!(kept(&claims(5_000, 5_000)), Err(Fault::Damaged)), "fewer rows than it claims");
    assert!(matches!(kept(&cut), Err(Fault::Damaged)));
    assert!(matches!(kept(&vec![0; usize::try_from(BYTES_MAX).unwrap() + 1]), Err(Fault::TooLarge)));
}

#[test]
fn a_profile_that_unpacks_to_far_more_is_left_out() {
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 64 << 20], 9);
    let png = encoded(&photo(4, 4), ImageFormat::Png);
    let bombed = with_chunks(&png, &[chunk(b"iCCP", &[b"x\0\0".as_slice(), &bomb].concat()), chunk(b"zTXt", &bomb)]);
    assert_eq!(kept(&bombed).unwrap().1, png);
}

#[test]
fn a_picture_of_very_many_scans_is_refused() {
    let jpeg = encoded(&photo(16, 16), ImageFormat::Jpeg);
    let scan = jpeg.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let end = jpeg.len() - 2;
    let many = [&jpeg[..scan], &jpeg[scan..end].repeat(200), &jpeg[end..]].concat();
    assert!(matches!(kept(&many), Err(Fault::Damaged)));
}

/// Each would take minutes, or memory without end, if it were not bounded.
#[test]
fn parts_without_number_are_refused() {
    let jpeg = encoded(&photo(16, 16), ImageFormat::Jpeg);
    let comments = [0xff, 0xfe, 0, 2].repeat(1_000_000);
    assert!(matches!(kept(&[&jpeg[..2], &comments, &jpeg[2..]].concat()), Err(Fault::Damaged)));
    let table = [&[0xff, 0xc4, 0, 20, 0, 1][..], &[0; 15], &[0]].concat();
    let scan = jpeg.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let tables = [&jpeg[..scan], &table.repeat(1_000_000), &jpeg[scan..]].concat();
    assert!(matches!(kept(&tables), Err(Fault::Damaged)));
    let empty = webp(&[riff(b"junk", b"").repeat(1_000_000), encoded(&photo(8, 8), ImageFormat::WebP)[12..].to_vec()]);
    assert!(matches!(kept(&empty), Err(Fault::Damaged)));
    let png = encoded(&photo(4, 4), ImageFormat::Png);
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 2_000_000], 9);
    let bomb = chunk(b"iCCP", &[b"x\0\0".as_slice(), &bomb].concat());
    assert_eq!(kept(&with_chunks(&png, &[bomb.repeat(5_000)])).unwrap().1, png);
}

#[test]
fn an_animation_becomes_its_first_picture() {
    let png = encoded(&photo(4, 4), ImageFormat::Png);
    let control = chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    assert_eq!(kept(&with_chunks(&png, &[control])).unwrap().1, png);

    let still = encoded(&photo(40, 30), ImageFormat::WebP);
    let frame = [&[0; 16][..], &still[12..]].concat();
    let other = [&[0; 16][..], &encoded(&photo(8, 8), ImageFormat::WebP)[12..], MARK].concat();
    let head = riff(b"VP8X", &[2, 0, 0, 0, 39, 0, 0, 29, 0, 0]);
    let animated = webp(&[head, riff(b"ANIM", &[0; 6]), riff(b"ANMF", &frame), riff(b"ANMF", &other)]);
    assert_eq!(kept(&animated).unwrap().1, still);
}
