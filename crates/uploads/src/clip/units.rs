//! The units of a coded picture (H.264, H.265): those that carry what the recorder wrote beside the picture (supplemental information such as text,
//! times, places; kinds of no known use) are blanked in place, so that no length changes. Sets of parameters among them are followed by zeros to their
//! old length. Where the coded picture in a unit ends is not known without decoding it: what is written behind that stays.

use super::entry::SET_MAX;
use super::sets::{self, Scales};

/// How the units in a sample are told apart and which they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) family: Family,
    /// Bytes of the length before each.
    pub(super) length_bytes: usize,
    /// What sets of pictures may have, in H.264.
    pub(super) scales: Scales,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    H264,
    H265,
}

/// Supplemental information that only says how to show the picture: where decoding may begin, two pictures in one, brightness and colours.
const SHOWING: [u32; 5] = [6, 45, 137, 144, 147];
/// Longest of it, in bytes, and the longest unit of it.
const SHOWING_MAX: usize = 64;
const UNIT_MAX: usize = 4_096;

/// Blanks the units of a sample; `None` when they do not fit into it.
pub(super) fn blank(sample: &mut [u8], coding: Coding) -> Option<()> {
    let mut rest = sample;
    while !rest.is_empty() {
        let (length, after) = rest.split_at_mut_checked(coding.length_bytes)?;
        let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let (unit, after) = after.split_at_mut_checked(length)?;
        if !coding.family.keeps(unit) || !coding.rewrite(unit) {
            coding.family.fill(unit);
        }
        rest = after;
    }
    Some(())
}

impl Coding {
    /// Writes a set of parameters up to its end; `false` for one that has none.
    fn rewrite(self, unit: &mut [u8]) -> bool {
        let set = match (self.family, self.family.kind(unit)) {
            (Family::H264, Some(7)) => sets::sequence(unit),
            (Family::H264, Some(8)) => sets::picture(unit, |_| Some(self.scales)),
            _ => return true,
        };
        let Some(set) = set.filter(|set| set.unit.len() <= unit.len()) else { return false };
        let (start, rest) = unit.split_at_mut(set.unit.len());
        start.copy_from_slice(&set.unit);
        rest.fill(0);
        true
    }
}

impl Family {
    fn kind(self, unit: &[u8]) -> Option<u8> {
        let first = unit.first()?;
        Some(if self == Self::H264 { first & 0x1f } else { first >> 1 & 0x3f })
    }

    /// Whether a unit is of the picture or of its parameters, or tells only how to show it.
    pub(super) fn keeps(self, unit: &[u8]) -> bool {
        match (self, self.kind(unit)) {
            (_, None) => true,
            (Self::H264, Some(6)) => shows(&unit[1..]),
            (Self::H264, Some(7 | 8)) => unit.len() <= SET_MAX,
            // Where a picture begins, and the end of all, which have next to nothing in them.
            (Self::H264, Some(9)) => unit.len() <= 2,
            (Self::H264, Some(10 | 11)) => unit.len() == 1,
            (Self::H264, Some(kind)) => matches!(kind, 1..=5),
            (Self::H265, Some(39 | 40)) => unit.get(2..).is_some_and(shows),
            (Self::H265, Some(32..=34)) => unit.len() <= SET_MAX,
            (Self::H265, Some(35)) => unit.len() <= 3,
            (Self::H265, Some(36 | 37)) => unit.len() <= 2,
            (Self::H265, Some(kind)) => matches!(kind, 0..=9 | 16..=21),
        }
    }

    /// Filler data, which every decoder skips.
    fn fill(self, unit: &mut [u8]) {
        let head: &[u8] = if self == Self::H264 { &[12] } else { &[38 << 1, 1] };
        unit.fill(0xff);
        if let Some(last) = unit.last_mut() {
            *last = 0x80;
        }
        unit.iter_mut().zip(head).for_each(|(byte, head)| *byte = *head);
    }
}

/// Whether supplemental information is all of a kind that only shows.
fn shows(unit: &[u8]) -> bool {
    if unit.len() > UNIT_MAX {
        return false;
    }
    let plain = unescaped(unit);
    let mut rest = plain.as_slice();
    while rest != [0x80] {
        let Some((kind, after)) = coded(rest) else { return false };
        let Some((length, after)) = coded(after) else { return false };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if !SHOWING.contains(&kind) || length > SHOWING_MAX {
            return false;
        }
        let Some(after) = after.get(length..) else { return false };
        rest = after;
    }
    true
}

/// A number of as many 255s as it holds, and the rest.
fn coded(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let full = bytes.iter().take_while(|byte| **byte == 0xff).count();
    let last = *bytes.get(full)?;
    Some((u32::try_from(full).ok()?.checked_mul(255)?.checked_add(u32::from(last))?, &bytes[full + 1..]))
}

/// Without the bytes that keep a unit from looking like the start of another.
pub(super) fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for byte in unit {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(units: &[&[u8]]) -> Vec<u8> {
        units.iter().flat_map(|unit| [&[0, u8::try_from(unit.len()).unwrap()], *unit].concat()).collect()
    }

    #[test]
    fn only_what_shows_the_picture_stays() {
        let coding = Coding { family: Family::H264, length_bytes: 2, scales: None };
        let text: &[u8] = &[6, 5, 6, b'S', b'E', b'C', b'R', b'E', b'T', 0x80];
        let recovery: &[u8] = &[6, 6, 1, 0xc4, 0x80];
        let slice: &[u8] = &[0x65, 1, 2, 3];
        let unknown: &[u8] = &[0x1e, b'S', b'E', b'C'];
        let mut bytes = sample(&[text, recovery, slice, unknown]);
        blank(&mut bytes, coding).unwrap();
        let blanked: &[u8] = &[12, 255, 255, 255, 255, 255, 255, 255, 255, 0x80];
        assert_eq!(bytes, sample(&[blanked, recovery, slice, &[12, 255, 255, 0x80]]));

        let coding = Coding { family: Family::H265, length_bytes: 2, scales: None };
        let mut bytes = sample(&[&[39 << 1, 1, 4, 3, b'S', b'E', b'C', 0x80], &[62 << 1, 1, 7], &[19 << 1, 1, 9]]);
        blank(&mut bytes, coding).unwrap();
        let blanked: &[u8] = &[38 << 1, 1, 255, 255, 255, 255, 255, 0x80];
        assert_eq!(bytes, sample(&[blanked, &[38 << 1, 1, 0x80], &[19 << 1, 1, 9]]));
    }

    #[test]
    fn what_is_written_behind_a_set_goes() {
        let coding = Coding { family: Family::H264, length_bytes: 2, scales: None };
        let set: &[u8] = &[0x68, 0xcb, 0x83, 0xcb, 0x20];
        let mut bytes =
            sample(&[&[set, b"SECRET"].concat(), &[9, 0x10], &[9, b'S', b'E'], &[11], &[11, b'S'], &[0x68]]);
        blank(&mut bytes, coding).unwrap();
        let clean = sample(&[&[set, &[0; 6]].concat(), &[9, 0x10], &[12, 255, 0x80], &[11], &[12, 0x80], &[12]]);
        assert_eq!(bytes, clean);
        blank(&mut bytes, coding).unwrap();
        assert_eq!(bytes, clean, "clean stays clean");
    }

    #[test]
    fn units_that_do_not_fit_are_refused() {
        let coding = Coding { family: Family::H264, length_bytes: 2, scales: None };
        assert_eq!(blank(&mut [0, 9, 1], coding), None);
        assert_eq!(blank(&mut [0], coding), None);
    }
}
