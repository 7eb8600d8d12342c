//! Sets of parameters of H.264 (ITU-T H.264, 7.3.2): read to their end, and written anew up to it. Decoders pass over whatever is written behind it.

/// A set as it is kept, with its number, and the number of the sequence's that a picture's belongs to.
pub(super) struct Set {
    pub(super) unit: Vec<u8>,
    pub(super) id: u32,
    pub(super) of: u32,
    pub(super) scales: Scales,
}

/// How many lists of scales for large blocks the sets of its pictures may have: none, and nothing else of scales, in the simple profiles.
pub(super) type Scales = Option<usize>;

/// Of profiles with colours less fine than brightness.
pub(super) const USUAL: Scales = Some(2);

/// Profiles whose sets say more of colours.
const HIGH: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// Longest list of a count that a set gives.
const COUNT_MAX: u32 = 255;

/// Of a sequence.
pub(super) fn sequence(unit: &[u8]) -> Option<Set> {
    let plain = plain(unit, 7)?;
    let mut bits = Bits::new(&plain);
    let profile = bits.number(8)?;
    bits.skip(16)?;
    let id = bits.coded()?;
    let mut full_colour = false;
    if HIGH.contains(&profile) {
        full_colour = bits.coded()? == 3;
        bits.skip(if full_colour { 1 } else { 0 })?;
        bits.several(2)?;
        bits.skip(1)?;
        if bits.flag()? {
            bits.scales(if full_colour { 12 } else { 8 })?;
        }
    }
    bits.coded()?;
    match bits.coded()? {
        0 => bits.several(1)?,
        1 => {
            bits.skip(1)?;
            bits.several(2)?;
            let count = bits.coded().filter(|count| *count <= COUNT_MAX)?;
            bits.several(count)?;
        }
        _ => {}
    }
    bits.several(1)?;
    bits.skip(1)?;
    bits.several(2)?;
    if !bits.flag()? {
        bits.skip(1)?;
    }
    bits.skip(1)?;
    if bits.flag()? {
        bits.several(4)?;
    }
    if bits.flag()? {
        usability(&mut bits)?;
    }
    let scales = HIGH.contains(&profile).then_some(if full_colour { 6 } else { 2 });
    Some(Set { unit: ended(&plain, bits.at), id, of: id, scales })
}

/// How a sequence is shown.
fn usability(bits: &mut Bits<'_>) -> Option<()> {
    if bits.flag()? && bits.number(8)? == 255 {
        bits.skip(32)?;
    }
    if bits.flag()? {
        bits.skip(1)?;
    }
    if bits.flag()? {
        bits.skip(4)?;
        if bits.flag()? {
            bits.skip(24)?;
        }
    }
    if bits.flag()? {
        bits.several(2)?;
    }
    if bits.flag()? {
        bits.skip(65)?;
    }
    let buffers = [buffer(bits)?, buffer(bits)?];
    if buffers.contains(&true) {
        bits.skip(1)?;
    }
    bits.skip(1)?;
    if bits.flag()? {
        bits.skip(1)?;
        bits.several(6)?;
    }
    Some(())
}

/// Rates of a decoder's buffer, if they are there.
fn buffer(bits: &mut Bits<'_>) -> Option<bool> {
    if !bits.flag()? {
        return Some(false);
    }
    let count = bits.coded().filter(|count| *count < 32)? + 1;
    bits.skip(8)?;
    for _ in 0..count {
        bits.several(2)?;
        bits.skip(1)?;
    }
    bits.skip(20)?;
    Some(true)
}

/// Of a picture, by the scales of its sequence. `None`, too, for groups of slices, which no camera makes.
pub(super) fn picture(unit: &[u8], scales: impl Fn(u32) -> Option<Scales>) -> Option<Set> {
    let plain = plain(unit, 8)?;
    let mut bits = Bits::new(&plain);
    let (id, of) = (bits.coded().filter(|id| *id < 256)?, bits.coded()?);
    let scales = scales(of)?;
    bits.skip(2)?;
    if bits.coded()? > 0 {
        return None;
    }
    bits.several(2)?;
    bits.skip(3)?;
    bits.several(3)?;
    bits.skip(3)?;
    if let Some(large) = scales.filter(|_| bits.has_more()) {
        let both = bits.flag()?;
        if bits.flag()? {
            bits.scales(if both { 6 + large } else { 6 })?;
        }
        bits.several(1)?;
    }
    Some(Set { unit: ended(&plain, bits.at), id, of, scales })
}

/// A unit of a kind without the bytes that keep it from looking like the start of another.
fn plain(unit: &[u8], kind: u8) -> Option<Vec<u8>> {
    unit.first().filter(|first| *first & 0x1f == kind).map(|_| super::units::unescaped(unit))
}

/// Up to a bit behind the first byte, with the mark of the end, as a unit again.
fn ended(plain: &[u8], bits: usize) -> Vec<u8> {
    let at = 1 + bits / 8;
    let mark = 0x80_u8 >> (bits % 8);
    let mut set = plain[..at].to_vec();
    let last = plain.get(at).copied().unwrap_or(0);
    // The bits before the mark stay, those behind it are zero.
    set.push(last & !(mark | (mark - 1)) | mark);
    let mut out = Vec::with_capacity(set.len() + 8);
    let mut zeros = 0;
    for byte in set {
        if zeros >= 2 && byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

/// Bits behind the first byte of a unit.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    fn new(unit: &'a [u8]) -> Self {
        Self { bytes: unit.get(1..).unwrap_or_default(), at: 0 }
    }

    fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        self.at += 1;
        Some(byte >> (7 - (self.at - 1) % 8) & 1 == 1)
    }

    fn number(&mut self, bits: u32) -> Option<u32> {
        (0..bits).try_fold(0, |sum, _| Some(sum << 1 | u32::from(self.flag()?)))
    }

    fn skip(&mut self, bits: usize) -> Option<()> {
        self.at += bits;
        (self.at <= self.bytes.len() * 8).then_some(())
    }

    /// A number in the code of Golomb.
    fn coded(&mut self) -> Option<u32> {
        let mut length = 0;
        while !self.flag()? {
            length += 1;
        }
        if length > 31 {
            return None;
        }
        Some((1_u32 << length) - 1 + self.number(length)?)
    }

    /// Passes over so many of them.
    fn several(&mut self, count: u32) -> Option<()> {
        (0..count).try_for_each(|_| self.coded().map(|_| ()))
    }

    /// Passes over lists of scales, the first six of which are short.
    fn scales(&mut self, lists: usize) -> Option<()> {
        for list in 0..lists {
            if !self.flag()? {
                continue;
            }
            let (mut last, mut next) = (8_i64, 8_i64);
            for _ in 0..if list < 6 { 16 } else { 64 } {
                if next != 0 {
                    let code = i64::from(self.coded()?);
                    let change = if code % 2 == 0 { -(code / 2) } else { code / 2 + 1 };
                    next = (last + change).rem_euclid(256);
                }
                last = if next == 0 { last } else { next };
            }
        }
        Some(())
    }

    /// Whether something stands before the mark of the end, which is the last bit that is one.
    fn has_more(&self) -> bool {
        let last = self.bytes.iter().rposition(|byte| *byte != 0);
        let mark = last.map(|at| at * 8 + 7 - self.bytes[at].trailing_zeros() as usize);
        mark.is_some_and(|mark| self.at < mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of x264: high, baseline, four times the colours, rates of a buffer, interlaced in ten bits, main.
    const SETS: [(&str, &str); 6] = [
        ("6764000dacd94141fb011000000300100000030320f1429960", "68ebe3cb22c0"),
        ("6742c00dd90141fb011000000300100000030320f142a480", "68cb83cb20"),
        ("67f4000d919b28283f6022000003000200000300641e28532c", "68ebe3c44c000440"),
        ("6764000dacd94141fb01100000030010000003032602001e840007a12930c01e28532c", "68ebe3cb3002c0"),
        ("676e0015a6cd941410fcbff80038002350101014000003000400000300c87c50a658", "68fba3cb22c0"),
        ("674d400deca0a0fd80880000030008000003019078a14cb0", "68ebe3cb20"),
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes().chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn a_set_ends_where_it_ends() {
        for (sequence_unit, picture_unit) in SETS.map(|(sequence, picture)| (bytes(sequence), bytes(picture))) {
            let set = sequence(&sequence_unit).unwrap();
            assert_eq!(set.unit, sequence_unit);
            assert_eq!(sequence(&[&sequence_unit, b"SECRET".as_slice()].concat()).unwrap().unit, sequence_unit);
            assert_eq!(picture(&picture_unit, |_| Some(set.scales)).unwrap().unit, picture_unit);
        }
    }

    #[test]
    fn a_set_that_is_cut_off_is_none() {
        for unit in SETS.map(|(sequence, _)| bytes(sequence)) {
            (0..unit.len() - 1).for_each(|end| assert!(sequence(&unit[..end]).is_none(), "{end}"));
        }
        assert!(picture(&bytes(SETS[0].1), |_| None).is_none(), "of no sequence");
    }
}
