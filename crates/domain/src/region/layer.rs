//! The regions of one level, packed: their texts one after the other in the order of their paths, so that whatever lies below a region is one range. A
//! country has half a million villages, and a string of its own for each of five texts costs several times what the texts do.

use std::cmp::Ordering;
use std::ops::Range;

use memchr::memmem::Finder;

use crate::search::folded;

use super::tree::{Region, RegionFault};
use super::{Level, upper};

/// Texts of a region: path, code, name, pinyin, initials, and the folded name where that is another.
const TEXTS: usize = 6;

/// Where the texts of a region begin, and where each of them ends after that.
#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    ends: [u16; TEXTS],
}

/// The regions of one level.
#[derive(Debug, Default)]
pub(super) struct Layer {
    text: String,
    entries: Vec<Entry>,
    /// By number, for those that have one.
    centers: Vec<(u32, (f64, f64))>,
}

impl Layer {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds a region behind the others, whatever its path.
    pub(super) fn push(&mut self, region: &Region<'_>) -> Result<(), RegionFault> {
        let folded = folded(region.name);
        let searched = if folded == region.name { "" } else { &*folded };
        self.push_texts([region.key, region.code, region.name, region.pinyin, region.initials, searched], region.center)
    }

    fn push_texts(&mut self, texts: [&str; TEXTS], center: Option<(f64, f64)>) -> Result<(), RegionFault> {
        let start = u32::try_from(self.text.len()).map_err(|_| RegionFault::TooMany)?;
        let number = u32::try_from(self.entries.len()).map_err(|_| RegionFault::TooMany)?;
        let mut ends = [0; TEXTS];
        let mut length = 0;
        for (end, text) in ends.iter_mut().zip(texts) {
            length += text.len();
            *end = u16::try_from(length).map_err(|_| RegionFault::TooLong)?;
        }
        self.text.extend(texts);
        self.entries.push(Entry { start, ends });
        self.centers.extend(center.map(|center| (number, center)));
        Ok(())
    }

    /// Puts the regions into the order of their paths; of several with one path the last one stays.
    pub(super) fn in_order(mut self) -> Self {
        let ascends = |pair: &[Entry]| self.text_of(pair[0], 0) < self.text_of(pair[1], 0);
        if !self.entries.windows(2).all(ascends) {
            self = self.sorted();
        }
        self.text.shrink_to_fit();
        self.entries.shrink_to_fit();
        self.centers.shrink_to_fit();
        self
    }

    fn sorted(&self) -> Self {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|a, b| self.key(*a).cmp(self.key(*b)));
        let mut out = Self { text: String::with_capacity(self.text.len()), ..Self::default() };
        out.entries.reserve_exact(self.len());
        let last = |at: usize| order.get(at + 1).is_none_or(|next| self.key(*next) != self.key(order[at]));
        for number in order.iter().enumerate().filter(|(at, _)| last(*at)).map(|(_, number)| *number) {
            let entry = self.entries[number];
            let texts = std::array::from_fn(|which| self.text_of(entry, which));
            // They fitted before, so they do now.
            let _fits = out.push_texts(texts, self.center(number));
        }
        out
    }

    fn text_of(&self, entry: Entry, which: usize) -> &str {
        let start = entry.start as usize;
        let from = which.checked_sub(1).map_or(0, |before| usize::from(entry.ends[before]));
        &self.text[start + from..start + usize::from(entry.ends[which])]
    }

    pub(super) fn key(&self, number: usize) -> &str {
        self.text_of(self.entries[number], 0)
    }

    pub(super) fn code(&self, number: usize) -> &str {
        self.text_of(self.entries[number], 1)
    }

    fn center(&self, number: usize) -> Option<(f64, f64)> {
        let at = self.centers.binary_search_by(|(of, _)| (*of as usize).cmp(&number)).ok()?;
        Some(self.centers[at].1)
    }

    pub(super) fn region(&self, level: Level, number: usize) -> Region<'_> {
        let entry = self.entries[number];
        let [key, code, name, pinyin, initials, _] = std::array::from_fn(|which| self.text_of(entry, which));
        Region { level, key, code, name, pinyin, initials, center: self.center(number) }
    }

    pub(super) fn find(&self, key: &str) -> Option<usize> {
        // Bytes have the order of their texts, and need not be looked at for where characters begin.
        let bytes = |entry: &Entry| &self.text.as_bytes()[entry.start as usize..][..usize::from(entry.ends[0])];
        self.entries.binary_search_by(|entry| bytes(entry).cmp(key.as_bytes())).ok()
    }

    /// The regions whose path begins with this one.
    pub(super) fn below(&self, key: &str) -> Range<usize> {
        let place = |entry: &Entry| {
            let own = self.text_of(*entry, 0);
            if own.starts_with(key) { Ordering::Equal } else { own.cmp(key) }
        };
        let start = self.entries.partition_point(|entry| place(entry) == Ordering::Less);
        let end = self.entries.partition_point(|entry| place(entry) != Ordering::Greater);
        start..end
    }

    /// Numbers in the range of regions in which the text is found, each with how well.
    pub(super) fn hits<'l>(&'l self, finder: &'l Finder<'_>, range: Range<usize>) -> impl Iterator<Item = (u8, usize)> {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let from = self.start(at, range.end)?;
            let to = self.start(range.end - 1, range.end)? + usize::from(self.entries[range.end - 1].ends[TEXTS - 1]);
            let hit = from + finder.find(self.text.as_bytes().get(from..to)?)?;
            let number = self.holding(at..range.end, hit);
            at = number + 1;
            Some(number)
        })
        .filter_map(|number| Some((self.rank(number, finder)?, number)))
    }

    fn start(&self, number: usize, end: usize) -> Option<usize> {
        (number < end).then(|| self.entries[number].start as usize)
    }

    /// The number of the region that a byte of the text belongs to. It is looked for from the beginning of the range with ever longer steps: hits are
    /// either rare, or close together.
    fn holding(&self, range: Range<usize>, byte: usize) -> usize {
        let begins = |number: usize| self.entries[number].start as usize <= byte;
        let (mut low, mut step) = (range.start, 1);
        while low + step < range.end && begins(low + step) {
            low += step;
            step *= 2;
        }
        let high = (low + step).min(range.end);
        low + self.entries[low..high].partition_point(|entry| entry.start as usize <= byte) - 1
    }

    /// How well a region is what was looked for: 0 is best.
    fn rank(&self, number: usize, finder: &Finder<'_>) -> Option<u8> {
        let entry = self.entries[number];
        let text = |which| self.text_of(entry, which).as_bytes();
        let [code, name, pinyin, initials, folded] = [text(1), text(2), text(3), text(4), text(5)];
        let (name, query) = (if folded.is_empty() { name } else { folded }, finder.needle());
        if code == query || name == query {
            Some(0)
        } else if [code, name, initials].iter().any(|text| text.starts_with(query)) {
            Some(1)
        } else if pinyin.starts_with(query) {
            Some(2)
        } else {
            finder.find(name).map(|_| 3)
        }
    }

    /// What it takes in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text.capacity()
            + self.entries.capacity() * size_of::<Entry>()
            + self.centers.capacity() * size_of::<(u32, (f64, f64))>()
    }
}

/// The key of the region above; `None` above provinces.
pub(super) fn above(key: &str, level: Level) -> Option<&str> {
    let depth = level.depth().checked_sub(1).filter(|depth| *depth > 0)?;
    Some(upper(key, depth))
}
