//! How much memory the tables of a picture take that is coded without loss (RFC 9649, 3 to 6): a small one may come with tens of thousands of them, and
//! a decoder makes all ready at once. Its heading is walked up to the coded pixels.

use std::io::{BufRead, Bytes, Read};

/// Symbols of green with lengths, of red, blue, transparency, and distances.
const SYMBOLS: [usize; 5] = [256 + 24, 256, 256, 256, 40];
/// In which order the lengths of the codes of lengths stand.
const ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// What a decoder takes for five tables, each symbol of a long code, and each row of a table, in bytes.
const GROUP: u64 = 512;
const LONG: u64 = 32;
const ROW: u64 = 4;
/// Codes up to this length are rows of a table.
const SHORT: usize = 10;

/// Bytes for the tables of a picture of a size, from where its transforms are told. `None` when it does not follow the format.
pub(super) fn tables(source: impl BufRead, (width, height): (u32, u32)) -> Option<u64> {
    let mut bits = Bits { source: source.bytes(), held: 0, count: 0 };
    let (mut width, mut seen) = (width, [false; 4]);
    while bits.number(1)? == 1 {
        let kind = bits.number(2)?;
        let before = std::mem::replace(seen.get_mut(usize::try_from(kind).ok()?)?, true);
        if before {
            return None;
        }
        match kind {
            0 | 1 => {
                let size = bits.number(3)? + 2;
                bits.picture(tiles(width, size), tiles(height, size))?;
            }
            3 => {
                let colours = bits.number(8)? + 1;
                bits.picture(colours, 1)?;
                width =
                    tiles(width, [3, 3, 2, 2].get(colours as usize - 1).copied().unwrap_or(u32::from(colours <= 16)));
            }
            _ => {}
        }
    }
    let cache = bits.cache()?;
    let mut groups = 1;
    if bits.number(1)? == 1 {
        let size = bits.number(3)? + 2;
        groups = bits.picture(tiles(width, size), tiles(height, size))? + 1;
    }
    (0..groups).try_fold(0, |sum, _| Some(sum + bits.group(cache)?.iter().map(|code| code.memory).sum::<u64>() + GROUP))
}

fn tiles(side: u32, size: u32) -> u32 {
    side.div_ceil(1 << size)
}

/// A code, by how many there are of each length, and their symbols in order.
struct Code {
    counts: [u32; 16],
    symbols: Vec<u16>,
    /// Of a decoder's table, in bytes.
    memory: u64,
}

impl Code {
    fn new(lengths: &[usize]) -> Self {
        let mut counts = [0; 16];
        lengths.iter().filter(|length| **length > 0).for_each(|length| counts[*length] += 1);
        let of = |length: usize| (0_u16..).zip(lengths).filter(move |(_, own)| **own == length).map(|(n, _)| n);
        let symbols: Vec<u16> = (1..16).flat_map(of).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let long = lengths.iter().filter(|length| **length > SHORT).count() as u64;
        let memory = if symbols.len() > 1 { (ROW << longest.min(SHORT)) + LONG * long } else { 0 };
        Self { counts, symbols, memory }
    }
}

struct Bits<R> {
    source: Bytes<R>,
    held: u64,
    count: u32,
}

impl<R: Read> Bits<R> {
    fn number(&mut self, count: u32) -> Option<u32> {
        while self.count < count {
            self.held |= u64::from(self.source.next()?.ok()?) << self.count;
            self.count += 8;
        }
        let number = u32::try_from(self.held & ((1 << count) - 1)).ok()?;
        self.held >>= count;
        self.count -= count;
        Some(number)
    }

    fn symbol(&mut self, code: &Code) -> Option<usize> {
        if code.symbols.len() == 1 {
            return Some(usize::from(code.symbols[0]));
        }
        let (mut value, mut first, mut index) = (0, 0, 0);
        for count in &code.counts[1..] {
            value |= self.number(1)?;
            if value < first + count {
                return code.symbols.get((index + value - first) as usize).map(|symbol| usize::from(*symbol));
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        None
    }

    /// How many symbols more the cache of colours has.
    fn cache(&mut self) -> Option<usize> {
        if self.number(1)? == 0 {
            return Some(0);
        }
        self.number(4).filter(|bits| (1..=11).contains(bits)).map(|bits| 1 << bits)
    }

    fn group(&mut self, cache: usize) -> Option<Vec<Code>> {
        SYMBOLS.iter().zip([cache, 0, 0, 0, 0]).map(|(symbols, more)| self.code(symbols + more)).collect()
    }

    fn code(&mut self, symbols: usize) -> Option<Code> {
        let mut lengths = vec![0; symbols];
        if self.number(1)? == 1 {
            let two = self.number(1)? == 1;
            let width = if self.number(1)? == 1 { 8 } else { 1 };
            *lengths.get_mut(self.number(width)? as usize)? = 1;
            if two {
                *lengths.get_mut(self.number(8)? as usize)? = 1;
            }
            return Some(Code::new(&lengths));
        }
        let mut own = [0; 19];
        for place in ORDER.iter().take(4 + self.number(4)? as usize) {
            own[*place] = self.number(3)? as usize;
        }
        let own = Code::new(&own);
        let mut left = symbols;
        if self.number(1)? == 1 {
            let width = 2 + 2 * self.number(3)?;
            left = 2 + self.number(width)? as usize;
        }
        let (mut at, mut last) = (0, 8);
        while at < symbols && left > 0 {
            left -= 1;
            let (length, times) = match self.symbol(&own)? {
                16 => (last, 3 + self.number(2)?),
                17 => (0, 3 + self.number(3)?),
                18 => (0, 11 + self.number(7)?),
                length => (length, 1),
            };
            if length > 0 {
                last = length;
            }
            lengths.get_mut(at..at + times as usize)?.fill(length);
            at += times as usize;
        }
        Some(Code::new(&lengths))
    }

    /// Passes over a picture of tiles. Returns the largest number of red and green together: all pixels are among those that are told, or zero.
    fn picture(&mut self, width: u32, height: u32) -> Option<u32> {
        let cache = self.cache()?;
        let codes = self.group(cache)?;
        let [green, red, blue, clear, distance] = codes.as_slice() else { return None };
        let (mut left, mut most) = (u64::from(width) * u64::from(height), 0);
        while left > 0 {
            let symbol = self.symbol(green)?;
            if symbol < 256 {
                let high = self.symbol(red)?;
                self.symbol(blue)?;
                self.symbol(clear)?;
                most = most.max(u32::try_from(high << 8 | symbol).ok()?);
                left -= 1;
            } else if symbol < SYMBOLS[0] {
                let length = self.prefixed(symbol - 256)?;
                let far = self.symbol(distance)?;
                self.prefixed(far)?;
                left = left.saturating_sub(u64::from(length));
            } else {
                left -= 1;
            }
        }
        Some(most)
    }

    /// A length or a distance.
    fn prefixed(&mut self, symbol: usize) -> Option<u32> {
        let symbol = u32::try_from(symbol).ok()?;
        if symbol < 4 {
            return Some(symbol + 1);
        }
        let more = (symbol - 2) >> 1;
        Some(((2 + (symbol & 1)) << more) + self.number(more)? + 1)
    }
}
