//! Names of tiles and bundles, as paths below the log's address.

use std::fmt;

/// Hashes in a full tile and entries in a full bundle.
pub const WIDTH: u64 = 256;
/// The highest level a path may name.
const HIGHEST_LEVEL: u8 = 63;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Hashes of this level, 0 to 63: leaf hashes on level 0, roots of full tiles of the level below on the others.
    Hashes(u8),
    /// Entries, one for each hash of level 0.
    Entries,
}

/// Which tile: what it holds, the how-manieth of its kind, how wide. Written as `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    kind: Kind,
    index: u64,
    width: u16,
}

impl TileId {
    /// The tile as a tree of `size` entries has it; `None` where that tree has none, or where the level is above 63.
    pub fn in_tree(kind: Kind, index: u64, size: u64) -> Option<Self> {
        let level = kind.level();
        let count = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let width = count.checked_sub(index.checked_mul(WIDTH)?)?.min(WIDTH);
        (width > 0 && level <= HIGHEST_LEVEL).then_some(Self { kind, index, width: width as u16 })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Which tile of its kind and level, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds, 1 to 256.
    pub fn width(&self) -> usize {
        usize::from(self.width)
    }

    pub fn is_full(&self) -> bool {
        u64::from(self.width) == WIDTH
    }

    /// The full tile that takes the place of a partial one as the log grows.
    pub fn full(self) -> Self {
        Self { width: WIDTH as u16, ..self }
    }

    /// The tile of a path; `None` unless [`fmt::Display`] would write that same path.
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => Kind::Entries,
            level => Kind::Hashes(small(level).filter(|level| *level <= HIGHEST_LEVEL)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH as u16),
            Some((index, width)) => (index, u16::from(small(width).filter(|width| *width > 0)?)),
        };
        Some(Self { kind, index: parse_index(index)?, width })
    }
}

impl Kind {
    fn level(self) -> u8 {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => 0,
        }
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(formatter, "tile/{level}/")?,
            Kind::Entries => formatter.write_str("tile/entries/")?,
        }
        write_index(formatter, self.index)?;
        if self.is_full() { Ok(()) } else { write!(formatter, ".p/{}", self.width) }
    }
}

/// Three digits a part, all but the last marked with `x`.
fn write_index(formatter: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let digits = index.to_string();
    let padded = format!("{index:0>width$}", width = digits.len().next_multiple_of(3));
    let parts = padded.len() / 3;
    for part in 0..parts {
        let mark = if part + 1 < parts { ("x", "/") } else { ("", "") };
        write!(formatter, "{}{}{}", mark.0, &padded[3 * part..3 * part + 3], mark.1)?;
    }
    Ok(())
}

fn parse_index(text: &str) -> Option<u64> {
    let parts: Vec<&str> = text.split('/').collect();
    let (last, marked) = parts.split_last()?;
    let marked = marked.iter().map(|part| part.strip_prefix('x'));
    let mut index = 0_u64;
    for (place, part) in marked.chain([Some(*last)]).enumerate() {
        let part = part.filter(|part| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        if place == 0 && part == "000" && parts.len() > 1 {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(part.parse().ok()?)?;
    }
    Some(index)
}

fn small(text: &str) -> Option<u8> {
    crate::text::decimal(text)?.try_into().ok()
}
