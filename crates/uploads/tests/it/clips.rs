//! What clips keep: picture and sound, written anew.

use yizhi_uploads::{Cleaned, Fault, Kind};

use crate::made::{MARK, has, kept};

/// A box.
fn boxed(kind: &[u8; 4], bodies: &[&[u8]]) -> Vec<u8> {
    let body = bodies.concat();
    let mut out = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
    out.extend(kind);
    out.extend(body);
    out
}

/// A box that nobody knows, with the mark in it.
fn planted(kind: &[u8; 4]) -> Vec<u8> {
    boxed(kind, &[MARK])
}

fn table(kind: &[u8; 4], rows: &[&[u32]]) -> Vec<u8> {
    let count = u32::try_from(rows.len()).unwrap();
    let rows: Vec<u8> = rows.iter().flat_map(|row| row.iter()).flat_map(|n| n.to_be_bytes()).collect();
    boxed(kind, &[&[0; 4], &count.to_be_bytes(), &rows])
}

/// A clip of one picture of two samples and one of sound, with the mark in every place that is not theirs.
struct Clip {
    picture: Vec<u8>,
    sound: &'static [u8],
    coding: [u8; 4],
    sound_coding: [u8; 4],
    /// Sets of parameters.
    sequences: Vec<Vec<u8>>,
    pictures: Vec<Vec<u8>>,
    /// Where the samples begin is moved by this.
    moved: i64,
    fragmented: bool,
}

impl Default for Clip {
    fn default() -> Self {
        let text = [&[0, 0, 0, 15, 6, 5, 11][..], MARK, &[0x80]].concat();
        Self {
            picture: [&text, &[0, 0, 0, 4, 0x65, 1, 2, 3][..]].concat(),
            sound: b"SOUNDSOUND",
            coding: *b"avc1",
            sound_coding: *b"mp4a",
            sequences: vec![SEQUENCE.to_vec()],
            pictures: vec![PICTURE.to_vec()],
            moved: 0,
            fragmented: false,
        }
    }
}

/// Sets of parameters of a camera, of a sequence and of its pictures, both with number 0.
const SEQUENCE: &[u8] = &[
    0x67, 0x42, 0xc0, 0x0d, 0xd9, 0x01, 0x41, 0xfb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03,
    0x20, 0xf1, 0x42, 0xa4, 0x80,
];
const PICTURE: &[u8] = &[0x68, 0xcb, 0x83, 0xcb, 0x20];

/// Bytes of bits.
fn bits(text: &str) -> Vec<u8> {
    let bits: Vec<u8> = text.bytes().filter(|b| *b != b' ').map(|b| b - b'0').collect();
    bits.chunks(8).map(|byte| byte.iter().zip((0..8).rev()).map(|(bit, place)| bit << place).sum()).collect()
}

fn sets(head: u8, units: &[Vec<u8>]) -> Vec<u8> {
    let length = |unit: &Vec<u8>| u16::try_from(unit.len()).unwrap().to_be_bytes();
    let bodies = units.iter().flat_map(|unit| [&length(unit)[..], unit].concat());
    std::iter::once(head | u8::try_from(units.len()).unwrap()).chain(bodies).collect()
}

const SECONDS: i64 = 1_795_000_000;

impl Clip {
    fn bytes(&self) -> Vec<u8> {
        let kind = boxed(b"ftyp", &[b"isom\0\0\x02\0isom", MARK]);
        let before = self.heading(0);
        let data = [MARK, &self.picture, MARK, self.sound, MARK].concat();
        let start = i64::try_from(kind.len() + before.len() + 8).unwrap() + self.moved;
        let heading = self.heading(u32::try_from(start).unwrap());
        let trailer = [planted(b"sefd"), planted(b"free"), planted(b"uuid"), planted(b"meta")].concat();
        [kind, heading, boxed(b"mdat", &[&data]), trailer, MARK.to_vec()].concat()
    }

    fn heading(&self, start: u32) -> Vec<u8> {
        let created = u32::try_from(SECONDS + 2_082_844_800).unwrap().to_be_bytes();
        let movie = boxed(b"mvhd", &[&[0; 4], &created, &created, &1_000_u32.to_be_bytes(), &[0; 84]]);
        let place = boxed(b"\xa9xyz", &[b"\0\x12\x15\xc7+25.4310+119.0077/"]);
        let udta = boxed(b"udta", &[&place, &planted(b"\xa9mak"), &[0; 4]]);
        let keys = planted(b"meta");
        let first = start + u32::try_from(MARK.len()).unwrap();
        let second = first + u32::try_from(self.picture.len() + MARK.len()).unwrap();
        let picture = self.track(b"vide", &self.picture_entry(), first, self.picture.len());
        let sound = self.track(b"soun", &self.sound_entry(), second, self.sound.len());
        let places = self.track(b"meta", &planted(b"mebx"), start, MARK.len());
        let fragments = if self.fragmented { boxed(b"mvex", &[]) } else { Vec::new() };
        boxed(
            b"moov",
            &[&movie, &picture, &sound, &places, &fragments, &udta, &keys, &planted(b"uuid"), &planted(b"abcd")],
        )
    }

    fn track(&self, handler: &[u8; 4], entry: &[u8], at: u32, length: usize) -> Vec<u8> {
        let created = u32::try_from(SECONDS).unwrap().to_be_bytes();
        let side = if handler == b"vide" { [0x0280_0000_u32, 0x01e0_0000] } else { [0, 0] };
        let head = boxed(
            b"tkhd",
            &[
                &[0, 0, 0, 3],
                &created,
                &created,
                &1_u32.to_be_bytes(),
                &[0; 60],
                &side[0].to_be_bytes(),
                &side[1].to_be_bytes(),
            ],
        );
        let time =
            boxed(b"mdhd", &[&[0; 4], &created, &created, &600_u32.to_be_bytes(), &600_u32.to_be_bytes(), &[0; 4]]);
        let hdlr = boxed(b"hdlr", &[&[0; 8], handler, &[0; 12], MARK]);
        let samples = boxed(
            b"stbl",
            &[
                &boxed(b"stsd", &[&[0; 4], &1_u32.to_be_bytes(), entry]),
                &table(b"stts", &[&[1, 100]]),
                &table(b"stsc", &[&[1, 1, 1]]),
                &boxed(b"stsz", &[&[0; 8], &1_u32.to_be_bytes(), &u32::try_from(length).unwrap().to_be_bytes(), MARK]),
                &table(b"stco", &[&[at]]),
                &planted(b"sgpd"),
                &planted(b"udta"),
            ],
        );
        let info = boxed(b"minf", &[&planted(b"gmhd"), &planted(b"hdlr"), &samples]);
        let media = boxed(b"mdia", &[&time, &hdlr, &info, &planted(b"elng"), &planted(b"udta")]);
        boxed(b"trak", &[&head, &planted(b"tapt"), &planted(b"tref"), &media, &planted(b"udta"), &planted(b"meta")])
    }

    fn picture_entry(&self) -> Vec<u8> {
        let mut head = vec![0; 78];
        head[24..28].copy_from_slice(&[0x02, 0x80, 0x01, 0xe0]);
        head[43..43 + MARK.len()].copy_from_slice(MARK);
        let sets = [&[1, 66, 0, 30, 0xff][..], &sets(0xe0, &self.sequences), &sets(0, &self.pictures), MARK].concat();
        boxed(&self.coding, &[&head, &boxed(b"avcC", &[&sets]), &planted(b"uuid"), &planted(b"colr")])
    }

    /// In QuickTime's longer form.
    fn sound_entry(&self) -> Vec<u8> {
        let mut head = vec![0; 44];
        head[9] = 1;
        head[17] = 2;
        head[19] = 16;
        let special = [5, 2, 0x12, 0x10];
        let decoder = [&[4, 17, 0x40, 0x15][..], &[0; 11], &special].concat();
        let stream = [&[3, 22, 0, 1, 0][..], &decoder].concat();
        let wave = boxed(b"wave", &[&planted(b"frma"), &boxed(b"esds", &[&[0; 4], &stream]), &[0; 4]]);
        boxed(&self.sound_coding, &[&head, &wave, &planted(b"chan")])
    }
}

#[test]
fn a_clip_keeps_its_picture_and_sound_and_nothing_else() {
    let (done, bytes) = kept(&Clip::default().bytes()).unwrap();
    let Cleaned { kind, width, height, place, taken_at, thumbnail } = done;
    assert_eq!((kind, width, height, thumbnail), (Kind::Mp4, 640, 480, None));
    assert_eq!(place, Some((119.0077, 25.431)));
    assert_eq!(taken_at.unwrap().timestamp(), SECONDS);
    assert!(has(&bytes, b"SOUNDSOUND") && has(&bytes, &[0, 0, 0, 4, 0x65, 1, 2, 3]));
    for gone in [MARK, b"xyz", b"25.43", b"udta", b"meta", b"mebx", b"uuid", b"free", b"wave"] {
        assert!(!has(&bytes, gone), "{}", String::from_utf8_lossy(gone));
    }
    for time in [SECONDS, SECONDS + 2_082_844_800] {
        assert!(!has(&bytes, &u32::try_from(time).unwrap().to_be_bytes()), "when it was made");
    }
    assert!(has(&bytes, &[0x12, 0x10]), "the sound's configuration");
    let (again, same) = kept(&bytes).unwrap();
    assert_eq!((same == bytes, again.place, again.taken_at), (true, None, None), "clean stays clean");
}

#[test]
fn a_clip_that_cannot_be_cleaned_is_refused() {
    let refused = |clip: Clip| kept(&clip.bytes()).map(|_| ()).unwrap_err();
    assert!(matches!(refused(Clip { coding: *b"jpeg", ..Clip::default() }), Fault::Coding));
    assert!(matches!(refused(Clip { sound_coding: *b"apac", ..Clip::default() }), Fault::Coding), "it would be silent");
    assert!(matches!(refused(Clip { fragmented: true, ..Clip::default() }), Fault::Fragmented));
    assert!(matches!(refused(Clip { moved: 10_000, ..Clip::default() }), Fault::Damaged), "samples outside the data");
    assert!(matches!(refused(Clip { moved: -600, ..Clip::default() }), Fault::Damaged), "samples in the heading");
    let torn = Clip { picture: vec![0, 0, 0, 99, 0x65], ..Clip::default() };
    assert!(matches!(refused(torn), Fault::Damaged), "units that do not fit");
    assert!(matches!(kept(&boxed(b"ftyp", &[b"isom"])), Err(Fault::Damaged)), "no heading");
    let packed = boxed(b"moov", &[&planted(b"cmov")]);
    assert!(matches!(kept(&packed), Err(Fault::Coding | Fault::Damaged)), "a packed heading");
}

#[test]
fn sets_of_parameters_end_where_they_end_and_are_told_once() {
    let plain = kept(&Clip::default().bytes()).unwrap().1;
    let behind = |unit: &[u8]| [unit, MARK].concat();
    let other = [&[0x67, 0x42, 0xc0, 0x1e][..], &bits("010 1 011 010 0 000010100 0001111 1 0 0 0 1"), MARK].concat();
    for clip in [
        Clip { sequences: vec![behind(SEQUENCE)], ..Clip::default() },
        Clip { sequences: vec![behind(SEQUENCE), SEQUENCE.to_vec()], ..Clip::default() },
        Clip { sequences: vec![other, SEQUENCE.to_vec()], ..Clip::default() },
        Clip { pictures: vec![behind(PICTURE)], ..Clip::default() },
        Clip { pictures: vec![behind(PICTURE), PICTURE.to_vec()], ..Clip::default() },
    ] {
        assert!(kept(&clip.bytes()).unwrap().1 == plain);
    }
    let numbers = ["1", "010", "011", "00100", "00101"];
    let many = numbers.map(|n| [&[0x68][..], &bits(&format!("{n} 1 0 0 1 1 1 0 00 1 1 1 0 0 0 1"))].concat()).to_vec();
    assert!(kept(&Clip { pictures: many[..4].to_vec(), ..Clip::default() }.bytes()).is_ok());
    assert!(matches!(kept(&Clip { pictures: many, ..Clip::default() }.bytes()), Err(Fault::Damaged)));
}

#[test]
fn a_table_that_claims_more_than_there_is_is_refused() {
    let bytes = Clip::default().bytes();
    for kind in [b"stts", b"stsc", b"stco", b"stsz"] {
        let mut wrong = bytes.clone();
        let at = wrong.windows(4).position(|w| w == kind).unwrap() + if kind == b"stsz" { 12 } else { 8 };
        wrong[at..at + 4].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(matches!(kept(&wrong), Err(Fault::Damaged)), "{}", String::from_utf8_lossy(kind));
    }
}
