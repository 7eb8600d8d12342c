//! Administrative division codes: GB/T 2260 (six digits) lengthened by the statistical code of townships and villages to twelve.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::CodeError;
use crate::region::Level;

const WHAT: &str = "region code";
/// Ten to the number of digits below each level, from the nation down to the village.
const BELOW: [u64; 6] = [1_000_000_000_000, 10_000_000_000, 100_000_000, 1_000_000, 1_000, 1];

/// A division's code of 12 digits: 2 province, 2 city, 2 county, 3 township, 3 village; what is below its level is zero. All zeros is the nation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegionCode(u64);

impl RegionCode {
    /// The whole country, above all provinces.
    pub const NATION: Self = Self(0);

    /// Reads 2, 4, 6, 9 or 12 digits; shorter forms are filled up with zeros.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        super::error::digits(WHAT, text)?;
        if ![2, 4, 6, 9, 12].contains(&text.len()) {
            return Err(CodeError::length(WHAT, "2, 4, 6, 9 or 12 digits", text));
        }
        let number =
            text.bytes().chain(std::iter::repeat(b'0')).take(12).fold(0, |sum, b| sum * 10 + u64::from(b - b'0'));
        let code = Self(number);
        let province = number / BELOW[1];
        if code != Self::NATION && !(11..=82).contains(&province) {
            return Err(CodeError::part(WHAT, "the first two digits are no province (11 to 82)"));
        }
        if code.segment(5) != 0 && code.segment(4) == 0 {
            return Err(CodeError::part(WHAT, "a village is given without its township"));
        }
        Ok(code)
    }

    /// The number at one level, counted from 1 for the province.
    fn segment(self, index: usize) -> u64 {
        self.0 % BELOW[index - 1] / BELOW[index]
    }

    /// How many levels are filled: 0 for the nation, 1 for a province, up to 5 for a village.
    fn depth(self) -> usize {
        (1..6).rev().find(|i| self.segment(*i) != 0).unwrap_or(0)
    }

    /// `None` for the nation.
    pub fn level(self) -> Option<Level> {
        Level::from_depth(self.depth())
    }

    /// The division above: the nation above a province; nothing above the nation. Cities without counties (441900) are the parents of their
    /// townships.
    pub fn parent(self) -> Option<Self> {
        let above = self.depth().checked_sub(1)?;
        Some(Self(self.0 - self.0 % BELOW[above]))
    }

    /// The division of a level that holds this one, or this one itself; `None` when this one lies higher.
    pub fn at(self, level: Level) -> Option<Self> {
        let depth = level.depth();
        (depth <= self.depth() && depth < BELOW.len()).then(|| Self(self.0 - self.0 % BELOW[depth]))
    }

    /// Whether the other division is this one or lies below it.
    pub fn contains(self, other: Self) -> bool {
        self.numbers().contains(&other.0)
    }

    /// The codes of this division and all below it, as numbers.
    fn numbers(self) -> Range<u64> {
        self.0..self.0 + BELOW[self.depth()]
    }

    /// The digits without the zeros below the level: `350302` for a county, nothing for the nation.
    pub fn prefix(self) -> String {
        let mut digits = self.to_string();
        digits.truncate([0, 2, 4, 6, 9, 12][self.depth()]);
        digits
    }

    /// The county's six digits, as case numbers and component codes use them.
    pub fn county_digits(self) -> String {
        let mut digits = self.to_string();
        digits.truncate(6);
        digits
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionCode({self})")
    }
}

impl FromStr for RegionCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for RegionCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
