//! A mark in every place of a file where something can be written beside the picture or the sound: it is in nothing that is kept.

use image::ImageFormat;

use crate::made::*;

fn gone(file: &[u8], what: &str) {
    assert!(has(file, MARK), "{what}: not planted");
    let (done, bytes) = kept(file).unwrap_or_else(|fault| panic!("{what}: {fault}"));
    assert!(!has(&bytes, MARK), "{what}: in the file");
    let small = done.thumbnail.unwrap_or_default();
    assert!(!has(&small, MARK), "{what}: in the thumbnail");
    assert!(image::load_from_memory(&bytes).is_ok(), "{what}: no picture any more");
    assert_eq!(kept(&bytes).unwrap().1, bytes, "{what}: clean stays clean");
}

#[test]
fn in_a_jpeg() {
    let plain = encoded(&photo(60, 40), ImageFormat::Jpeg);
    let mark = |head: &[u8]| [head, MARK].concat();
    for marker in (0xe0..=0xef).chain([0xfe]) {
        gone(&with_segments(&plain, &[(marker, mark(b""))]), &format!("segment {marker:x}"));
    }
    let thumbnail = [b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x02".as_slice(), MARK, &[0; 1]].concat();
    let private = profile(&[(b"rXYZ", &[7; 20]), (b"priv", MARK)]);
    for (marker, body) in [
        (0xe0, thumbnail),
        (0xe0, mark(b"JFXX\0\x10")),
        (0xe1, mark(b"Exif\0\0")),
        (0xe1, mark(b"http://ns.adobe.com/xap/1.0/\0")),
        (0xe2, mark(b"MPF\0")),
        (0xe2, mark(b"ICC_PROFILE\0\x01\x01")),
        (0xe2, [b"ICC_PROFILE\0\x01\x01".as_slice(), &private].concat()),
        (0xeb, mark(b"JP\0\x01")),
        (0xed, mark(b"Photoshop 3.0\0")),
        (0xee, mark(b"Adobe\0\x64\0\0\0\0\x01")),
    ] {
        gone(&with_segments(&plain, &[(marker, body.clone())]), &String::from_utf8_lossy(&body));
    }
    gone(&[&plain, MARK].concat(), "behind the end");
    gone(&[&plain, &tagged_jpeg(&photo(8, 8), 1), MARK].concat(), "a second picture");
    let comment = [&[0xff, 0xfe, 0, 13][..], MARK].concat();
    let end = plain.len() - 2;
    gone(&[&plain[..end], &comment, &plain[end..]].concat(), "between the scan and the end");
    gone(&[&plain[..end], MARK, &plain[end..]].concat(), "behind the coded picture");
    gone(&[&plain[..end], b"\xff\0", MARK, &plain[end..]].concat(), "behind the coded picture, with a byte of ones");
    gone(&[&plain[..end], b"\xff\xd3", MARK, &plain[end..]].concat(), "behind a restart that is none");
    gone(&with_segments(&tagged_jpeg(&photo(60, 40), 8), &[(0xfe, MARK.to_vec())]), "turned");
}

#[test]
fn in_the_scans_of_a_jpeg() {
    for plain in [include_bytes!("../samples/progressive.jpg").as_slice(), include_bytes!("../samples/restarts.jpg")] {
        assert_eq!(kept(plain).unwrap().1, plain, "nothing is lost of a clean one");
        let scan = |from: usize| plain[from..].windows(2).position(|pair| pair == [0xff, 0xda]).map(|at| from + at);
        let mut from = 0;
        while let Some(start) = scan(from) {
            let marker = |pair: &[u8]| pair[0] == 0xff && pair[1] != 0 && !(0xd0..=0xd7).contains(&pair[1]);
            let end = start + 2 + plain[start + 2..].windows(2).position(marker).unwrap();
            let planted = [&plain[..end], MARK, &plain[end..]].concat();
            assert_eq!(kept(&planted).unwrap().1, plain, "behind the scan at {start}");
            from = end;
        }
        // In the middle of a scan it cannot be told from the picture: that is coded again.
        let restart = plain.windows(2).rposition(|pair| pair[0] == 0xff && (0xd0..=0xd7).contains(&pair[1])).unwrap();
        gone(&[&plain[..restart], MARK, &plain[restart..]].concat(), "before a restart");
    }
}

#[test]
fn in_a_png() {
    let plain = encoded(&photo(60, 40), ImageFormat::Png);
    for kind in [
        b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"zxIf", b"caBX", b"tIME", b"pHYs", b"bKGD", b"hIST", b"sPLT", b"iDOT",
        b"acTL", b"fcTL", b"fdAT", b"oFFs", b"sTER", b"mDCV", b"cLLI", b"prVt", b"vpAg", b"gAMA", b"cHRM", b"sRGB",
        b"cICP", b"sBIT", b"tRNS", b"iCCP", b"orNT",
    ] {
        gone(&with_chunks(&plain, &[chunk(kind, MARK)]), &String::from_utf8_lossy(kind));
    }
    let palette = [MARK, &[0; 1]].concat();
    gone(&with_chunks(&plain, &[chunk(b"PLTE", &palette)]), "a palette of a picture without one");
    let colours = [MARK, &[0; 21]].concat();
    gone(&with_chunks(&plain, &[chunk(b"cHRM", &colours)]), "coordinates that are none");
    let private = profile(&[(b"rXYZ", &[7; 20]), (b"priv", MARK)]);
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&private, 0);
    gone(
        &with_chunks(&plain, &[chunk(b"iCCP", &[b"x\0\0".as_slice(), &packed].concat())]),
        "a private tag of a profile",
    );
    let named = [MARK, b"\0\0", &packed].concat();
    gone(&with_chunks(&plain, &[chunk(b"iCCP", &named)]), "the name of a profile");
    gone(&[&plain, MARK].concat(), "behind the end");
    let end = plain.len() - 12;
    gone(&[&plain[..end], &chunk(b"IDAT", MARK), &plain[end..]].concat(), "behind the coded picture");
    gone(&[&plain[..end], &chunk(b"abCd", MARK), &plain[end..]].concat(), "before the end");
}

#[test]
fn in_the_tables_of_a_jpeg() {
    let mark = |length: usize| {
        let mut body = vec![7; length];
        body[..MARK.len()].copy_from_slice(MARK);
        body
    };
    let segment = |marker: u8, bodies: &[&[u8]]| {
        let body = bodies.concat();
        [&[0xff, marker], &u16::try_from(body.len() + 2).unwrap().to_be_bytes()[..], &body].concat()
    };
    let quantized = |number: u8| segment(0xdb, &[&[number], &mark(64)]);
    let codes = |number: u8| {
        let mut counts = [0; 16];
        counts[7] = u8::try_from(MARK.len()).unwrap();
        segment(0xc4, &[&[number], &counts, MARK])
    };
    let plain = encoded(&photo(60, 40), ImageFormat::Jpeg);
    for plain in [plain.as_slice(), include_bytes!("../samples/progressive.jpg")] {
        let scans: Vec<usize> = (0..plain.len() - 1).filter(|at| plain[*at..].starts_with(&[0xff, 0xda])).collect();
        let end = plain.len() - 2;
        for what in ["quantized", "codes"] {
            let of = |number: u8| if what == "codes" { codes(number) } else { quantized(number) };
            gone(&[&plain[..2], &of(0), &plain[2..]].concat(), &format!("{what}: told again before it is used"));
            gone(&[&plain[..2], &of(3), &plain[2..]].concat(), &format!("{what}: of no component"));
            gone(&[&plain[..scans[0]], &of(2), &plain[scans[0]..]].concat(), &format!("{what}: before the scan"));
            gone(&[&plain[..end], &of(0), &plain[end..]].concat(), &format!("{what}: behind the last scan"));
        }
        let many = segment(0xdd, &[b"SE"]);
        let restarts = [&plain[..scans[0]], &many, &segment(0xdd, &[&[0, 0]]), &plain[scans[0]..]].concat();
        assert!(!has(&kept(&restarts).unwrap().1, &many), "restarts that are told again");
    }
    let tables = quantized(3).repeat(100_000);
    let many = [&plain[..2], &tables, &plain[2..]].concat();
    assert!(matches!(kept(&many), Err(yizhi_uploads::Fault::Damaged)));
}

/// A PNG of a palette: bits of a pixel, entries, chunks before and after the palette, and the only row.
fn with_palette(depth: u8, palette: &[u8], before: &[Vec<u8>], after: &[Vec<u8>], row: &[u8]) -> Vec<u8> {
    let head = [8_u32.to_be_bytes(), 1_u32.to_be_bytes()].concat();
    let data = miniz_oxide::deflate::compress_to_vec_zlib(&[&[0], row].concat(), 6);
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &chunk(b"IHDR", &[head.as_slice(), &[depth, 3, 0, 0, 0]].concat()),
        &before.concat(),
        &chunk(b"PLTE", palette),
        &after.concat(),
        &chunk(b"IDAT", &data),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

#[test]
fn in_the_palette_of_a_png() {
    let mut palette = vec![200; 768];
    palette[30..30 + MARK.len()].copy_from_slice(MARK);
    for (depth, row) in [(1, &[0x55][..]), (2, &[0x1b, 0x1b]), (8, &[0, 1, 2, 3, 4, 5, 6, 7])] {
        gone(&with_palette(depth, &palette, &[], &[], row), &format!("entries that {depth} bits do not name"));
    }
    let named = with_palette(8, &palette, &[], &[], &[10, 11, 12, 13, 0, 1, 2, 3]);
    assert!(has(&kept(&named).unwrap().1, MARK), "colours of the picture stay");

    let clear = chunk(b"tRNS", &[&[0; 8], MARK].concat());
    let short = &palette[..24];
    gone(&with_palette(8, short, &[], std::slice::from_ref(&clear), &[0; 8]), "transparency of more than there is");
    gone(&with_palette(8, &palette, std::slice::from_ref(&clear), &[], &[0; 8]), "transparency before the palette");
    let twice = [chunk(b"tRNS", &[0; 4]), clear];
    gone(&with_palette(8, &palette, &[], &twice, &[0; 8]), "transparency told twice");
    let grey = encoded(&photo(8, 8).to_luma8().into(), ImageFormat::Png);
    let bits = kept(&with_chunks(&grey, &[chunk(b"sBIT", &[5, 5, 5])])).unwrap().1;
    assert_eq!(bits, grey, "bits of channels that are not there");
}

#[test]
fn what_a_png_tells_of_its_colours_is_told_once() {
    let plain = encoded(&photo(60, 40), ImageFormat::Png);
    for (kind, body) in [
        (b"gAMA", &[0, 0, 0xb1, 0x8f][..]),
        (b"cHRM", &[0; 32]),
        (b"sRGB", &[0]),
        (b"sBIT", &[8, 8, 8]),
        (b"cICP", &[1, 13, 0, 1]),
        (b"tRNS", &[0, 1, 0, 2, 0, 3]),
    ] {
        let once = with_chunks(&plain, &[chunk(kind, body)]);
        assert_eq!(kept(&once).unwrap().1, once);
        assert_eq!(kept(&with_chunks(&plain, &vec![chunk(kind, body); 9])).unwrap().1, once);
    }
}

#[test]
fn in_rows_that_a_png_should_not_have() {
    let mut rows = vec![0; 4 * 13];
    rows.extend(MARK);
    let data = miniz_oxide::deflate::compress_to_vec_zlib(&rows, 0);
    let head = [4_u32.to_be_bytes(), 4_u32.to_be_bytes()].concat();
    let file = [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &chunk(b"IHDR", &[head.as_slice(), &[8, 2, 0, 0, 0]].concat()),
        &chunk(b"IDAT", &data),
        &chunk(b"IEND", &[]),
    ]
    .concat();
    gone(&file, "more rows");
}

#[test]
fn in_a_webp() {
    let picture = encoded(&photo(60, 40), ImageFormat::WebP)[12..].to_vec();
    let head = || riff(b"VP8X", &[0x2c, 0, 0, 0, 59, 0, 0, 39, 0, 0]);
    for kind in [b"EXIF", b"XMP ", b"C2PA", b"ICCP", b"ANIM", b"ABCD", b"JUNK", b"IPTC", b"ALPH"] {
        gone(&webp(&[head(), riff(kind, MARK), picture.clone()]), &String::from_utf8_lossy(kind));
        gone(&webp(&[head(), picture.clone(), riff(kind, MARK)]), &String::from_utf8_lossy(kind));
    }
    let private = profile(&[(b"rXYZ", &[7; 20]), (b"priv", MARK)]);
    gone(&webp(&[head(), riff(b"ICCP", &private), picture.clone()]), "a private tag of a profile");
    gone(&[webp(std::slice::from_ref(&picture)).as_slice(), MARK].concat(), "behind the end");
    gone(&webp(&[picture.clone(), riff(b"VP8L", MARK)]), "a second picture");
    let coded = &picture[8..8 + u32::from_le_bytes(picture[4..8].try_into().unwrap()) as usize];
    gone(&webp(&[riff(b"VP8L", &[coded, MARK].concat())]), "behind the coded picture");
    gone(&webp(&[picture, riff(b"EXIF", &exif(3))]), "turned");
}

#[test]
fn in_the_transparency_of_a_webp() {
    for plain in [include_bytes!("../samples/alpha.webp").as_slice(), include_bytes!("../samples/alpha-plain.webp")] {
        assert_eq!(kept(plain).unwrap().1, plain, "nothing is lost of a clean one");
        let at = plain.windows(4).position(|kind| kind == b"ALPH").unwrap();
        let length = u32::from_le_bytes(plain[at + 4..at + 8].try_into().unwrap()) as usize;
        let (body, after) = (&plain[at + 8..at + 8 + length], &plain[at + 8 + length.next_multiple_of(2)..]);
        let planted = riff(b"ALPH", &[body, &[0; 8], MARK].concat());
        let file = webp(&[plain[12..at].to_vec(), planted, after.to_vec()]);
        gone(&file, "behind the transparency");
        assert!(kept(&file).unwrap().1.len() < plain.len() + 8);
    }
}
