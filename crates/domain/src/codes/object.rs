//! Codes of grids, components, classes of incidents, and real estate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{CodeError, characters, digits};
use super::region::RegionCode;
use super::text_code::{shown, text_code};
use crate::region::Level;

text_code! {
    /// A grid: 12 digits of its village and 3 of its own.
    GridCode, check_grid
}
shown!(GridCode);

text_code! {
    /// A component (部件) of a city: 6 digits of county, 2 and 2 of class, 6 of order.
    ComponentCode, check_component
}
shown!(ComponentCode);

text_code! {
    /// A real-estate unit (不动产单元): 6 county, 3 and 3 cadastral areas, 2 kind of parcel, 5 parcel, 1 kind of what stands on it, 8 its number.
    EstateCode, check_estate
}
shown!(EstateCode);

const GRID: &str = "grid code";

fn check_grid(text: &str) -> Result<(), CodeError> {
    digits(GRID, text)?;
    if text.len() != 15 {
        return Err(CodeError::length(GRID, "15 digits", text));
    }
    let village = RegionCode::parse(&text[..12])?;
    if village.level() == Some(Level::Village) {
        return Ok(());
    }
    Err(CodeError::part(GRID, "the first 12 digits are no village"))
}

impl GridCode {
    /// The village's grid with a number; `None` unless the region is a village and the number has at most three digits.
    pub fn new(village: RegionCode, number: u16) -> Option<Self> {
        Self::parse(&format!("{village}{number:03}")).ok()
    }

    pub fn village(&self) -> RegionCode {
        RegionCode::parse(&self.as_str()[..12]).unwrap_or(RegionCode::NATION)
    }
}

const COMPONENT: &str = "component code";

fn check_component(text: &str) -> Result<(), CodeError> {
    digits(COMPONENT, text)?;
    if text.len() != 16 {
        return Err(CodeError::length(COMPONENT, "16 digits", text));
    }
    let county = RegionCode::parse(&text[..6])?;
    if county.level() != Some(Level::County) && !text[..6].ends_with("00") {
        return Err(CodeError::part(COMPONENT, "the first 6 digits are no county"));
    }
    Ok(())
}

impl ComponentCode {
    pub fn county(&self) -> RegionCode {
        RegionCode::parse(&self.as_str()[..6]).unwrap_or(RegionCode::NATION)
    }

    pub fn class(&self) -> ClassCode {
        let [a, b, c, d] = [6, 7, 8, 9].map(|index| u16::from(self.as_str().as_bytes()[index] - b'0'));
        ClassCode { kind: ClassKind::Component, number: a * 1000 + b * 100 + c * 10 + d }
    }
}

const ESTATE: &str = "real-estate unit code";

fn check_estate(text: &str) -> Result<(), CodeError> {
    if text.chars().count() != 28 {
        return Err(CodeError::length(ESTATE, "28 characters", text));
    }
    characters(ESTATE, text, |index, c| match index {
        12 => "GJZ".contains(c),
        13 => "ABCDEFGHSXYW".contains(c),
        19 => "FLQW".contains(c),
        _ => c.is_ascii_digit(),
    })
}

/// Whether a class is of things that happen or of things that stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClassKind {
    Event,
    Component,
}

/// A class of GB/T 30428.2: `event-0110` is big class 01, small class 10 of the events.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassCode {
    kind: ClassKind,
    number: u16,
}

const CLASS: &str = "class code";

impl ClassCode {
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let (kind, digits) = text.trim().split_once('-').unwrap_or((text, ""));
        let kind = match kind {
            "event" => ClassKind::Event,
            "component" => ClassKind::Component,
            _ => return Err(CodeError::part(CLASS, "it starts with event- or component-")),
        };
        super::error::digits(CLASS, digits)?;
        match digits.parse() {
            Ok(number) if digits.len() == 4 => Ok(Self { kind, number }),
            _ => Err(CodeError::length(CLASS, "4 digits after the hyphen", digits)),
        }
    }

    pub fn kind(self) -> ClassKind {
        self.kind
    }

    /// The big class, 0 to 99.
    pub fn big(self) -> u16 {
        self.number / 100
    }

    /// The small class within it, 0 to 99.
    pub fn small(self) -> u16 {
        self.number % 100
    }
}

impl fmt::Display for ClassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.kind == ClassKind::Event { "event" } else { "component" };
        write!(f, "{kind}-{:04}", self.number)
    }
}

impl fmt::Debug for ClassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClassCode({self})")
    }
}

impl FromStr for ClassCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for ClassCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClassCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
