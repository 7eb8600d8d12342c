//! Colour profiles (ICC.1): kept as they are when they hold colour and nothing else, else written anew without what may tell of a device, a person or
//! a place.

/// Larger ones are left out, in bytes: those for printing are some hundred thousand.
pub(super) const BYTES_MAX: usize = 2 * 1024 * 1024;

const HEADER: usize = 128;
const TAGS_MAX: usize = 100;
/// Longest name of a profile or of its rights, in bytes.
const TEXT_MAX: usize = 1_024;

/// Tags that colours are computed from.
const COLOUR: [&[u8]; 29] = [
    b"wtpt", b"bkpt", b"chad", b"chrm", b"cicp", b"lumi", b"meas", b"view", b"tech", b"gamt", b"rXYZ", b"gXYZ",
    b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"A2B0", b"A2B1", b"A2B2", b"A2B3", b"B2A0", b"B2A1", b"B2A2",
    b"B2A3", b"D2B0", b"D2B1", b"B2D0", b"B2D1",
];
/// Tags of text that a profile must have, and those that the one of sRGB has.
const TEXT: [&[u8]; 5] = [b"desc", b"cprt", b"dmnd", b"dmdd", b"vued"];

/// How many colours a picture that a profile belongs to is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Grey,
    Rgb,
    Other,
}

/// The colours that a profile speaks of.
pub(super) fn space(profile: &[u8]) -> Space {
    match profile.get(16..20) {
        Some(b"RGB ") => Space::Rgb,
        Some(b"GRAY") => Space::Grey,
        _ => Space::Other,
    }
}

struct Tag<'a> {
    name: &'a [u8],
    at: usize,
    body: &'a [u8],
}

impl Tag<'_> {
    fn stays(&self) -> bool {
        COLOUR.contains(&self.name) || TEXT.contains(&self.name) && self.body.len() <= TEXT_MAX
    }
}

/// The profile as it is kept; `None` when it is none.
pub(super) fn clean(profile: &[u8]) -> Option<Vec<u8>> {
    if profile.len() > BYTES_MAX || number(profile, 0)? != profile.len() || profile.get(36..40)? != b"acsp" {
        return None;
    }
    let tags = tags(profile)?;
    let blank = profile.get(100..HEADER)?.iter().all(|b| *b == 0);
    if blank && tags.iter().all(Tag::stays) && is_covered(profile, &tags) {
        return Some(profile.to_vec());
    }
    anew(profile, &tags)
}

fn tags(profile: &[u8]) -> Option<Vec<Tag<'_>>> {
    let count = number(profile, HEADER).filter(|n| *n <= TAGS_MAX)?;
    let one = |n: usize| {
        let row = HEADER + 4 + n * 12;
        let (at, length) = (number(profile, row + 4)?, number(profile, row + 8)?);
        let body = profile.get(at..at.checked_add(length)?).filter(|_| at >= HEADER + 4 + count * 12)?;
        Some(Tag { name: profile.get(row..row + 4)?, at, body })
    };
    (0..count).map(one).collect()
}

/// Whether every byte is of the heading, the table, a tag, or a zero between them.
fn is_covered(profile: &[u8], tags: &[Tag<'_>]) -> bool {
    let mut ranges: Vec<_> = tags.iter().map(|tag| tag.at..tag.at + tag.body.len()).collect();
    ranges.sort_by_key(|range| range.start);
    ranges.push(profile.len()..profile.len());
    let mut until = HEADER + 4 + tags.len() * 12;
    ranges.into_iter().all(|range| {
        let gap = profile.get(until..range.start.max(until));
        until = until.max(range.end);
        gap.is_some_and(|gap| gap.iter().all(|b| *b == 0))
    })
}

fn anew(profile: &[u8], tags: &[Tag<'_>]) -> Option<Vec<u8>> {
    let kept: Vec<&Tag<'_>> = tags.iter().filter(|tag| tag.stays()).collect();
    let mut out = profile.get(..HEADER)?.to_vec();
    // Who made it and on what; when; its digest.
    for range in [4..8, 24..36, 48..56, 80..84, 84..HEADER] {
        out[range].fill(0);
    }
    out.extend(u32::try_from(kept.len()).ok()?.to_be_bytes());
    let mut bodies: Vec<u8> = Vec::new();
    let start = HEADER + 4 + kept.len() * 12;
    let mut placed: Vec<(usize, usize, usize)> = Vec::new();
    for tag in kept {
        let shared = placed.iter().find(|(at, length, _)| (*at, *length) == (tag.at, tag.body.len())).map(|p| p.2);
        let place = shared.unwrap_or(start + bodies.len());
        if shared.is_none() {
            bodies.extend_from_slice(tag.body);
            bodies.resize(bodies.len().next_multiple_of(4), 0);
            placed.push((tag.at, tag.body.len(), place));
        }
        out.extend_from_slice(tag.name);
        out.extend(u32::try_from(place).ok()?.to_be_bytes());
        out.extend(u32::try_from(tag.body.len()).ok()?.to_be_bytes());
    }
    if start + bodies.len() > BYTES_MAX {
        return None;
    }
    out.extend(bodies);
    let size = u32::try_from(out.len()).ok()?;
    out[..4].copy_from_slice(&size.to_be_bytes());
    Some(out)
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?)).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A profile of nothing but a few tags.
    pub(crate) fn profile(space: &[u8; 4], tags: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut out = vec![0; HEADER];
        out[16..20].copy_from_slice(space);
        out[36..40].copy_from_slice(b"acsp");
        out.extend(u32::try_from(tags.len()).unwrap().to_be_bytes());
        let mut at = HEADER + 4 + tags.len() * 12;
        for (name, body) in tags {
            out.extend(*name);
            out.extend(u32::try_from(at).unwrap().to_be_bytes());
            out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
            at += body.len();
        }
        tags.iter().for_each(|(_, body)| out.extend(*body));
        let size = u32::try_from(out.len()).unwrap();
        out[..4].copy_from_slice(&size.to_be_bytes());
        out
    }

    fn has(bytes: &[u8], needle: &[u8]) -> bool {
        bytes.windows(needle.len()).any(|w| w == needle)
    }

    #[test]
    fn a_profile_of_colours_stays_as_it_is() {
        let plain = profile(b"RGB ", &[(b"desc", b"desc\0\0\0\0sRGB"), (b"rXYZ", &[7; 20])]);
        assert_eq!(clean(&plain), Some(plain));
    }

    #[test]
    fn what_is_no_colour_leaves_a_profile() {
        let secret = b"SECRET of a device";
        let full = profile(b"RGB ", &[(b"rXYZ", &[7; 20]), (b"mmod", secret), (b"gXYZ", &[8; 20])]);
        let kept = clean(&full).unwrap();
        assert!(!has(&kept, b"SECRET") && has(&kept, &[7; 20]) && has(&kept, &[8; 20]));
        assert_eq!(clean(&kept), Some(kept.clone()), "clean stays clean");

        let mut hidden = profile(b"RGB ", &[(b"rXYZ", &[7; 20])]);
        hidden.extend(secret);
        let size = u32::try_from(hidden.len()).unwrap();
        hidden[..4].copy_from_slice(&size.to_be_bytes());
        assert!(!has(&clean(&hidden).unwrap(), b"SECRET"), "behind the last tag");

        let long = profile(b"RGB ", &[(b"cprt", &[b'x'; 5_000]), (b"rXYZ", &[7; 20])]);
        assert!(clean(&long).unwrap().len() < 500);
    }

    #[test]
    fn what_is_no_profile_is_nothing() {
        for bytes in [&b""[..], b"SECRET", &[0; 200]] {
            assert_eq!(clean(bytes), None);
        }
        let mut wrong = profile(b"RGB ", &[(b"rXYZ", &[7; 20])]);
        wrong[136..140].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(clean(&wrong), None);
    }
}
