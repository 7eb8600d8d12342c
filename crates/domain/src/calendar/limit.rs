//! A limit: how long something may take, in the unit and counting its source uses.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Text;

use super::local::{DAY, HOUR};

/// What a limit is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// Hours by the clock, day and night (小时, 紧急工作时).
    ClockHours,
    /// Hours of working time (工作时).
    WorkingHours,
    /// Days on which offices work (工作日).
    WorkingDays,
    /// All days (天, 日, 自然日, 紧急工作日).
    CalendarDays,
}

impl LimitUnit {
    pub fn as_str(self) -> &'static str {
        ["clock_hours", "working_hours", "working_days", "calendar_days"][self as usize]
    }

    /// Microseconds in one unit; a working day is counted as 24 hours whatever its working hours, so that a share of it is a share of the day's
    /// work.
    pub(super) fn scale(self) -> i64 {
        match self {
            Self::ClockHours | Self::WorkingHours => HOUR,
            Self::WorkingDays | Self::CalendarDays => DAY,
        }
    }
}

/// Where in the last day a limit ends; see the module's table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    #[default]
    SameTime,
    EndOfDay,
}

/// How long something may take.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// From 1 to [`Limit::MAX`]; anything larger is counted as that.
    #[serde(deserialize_with = "value_in_range")]
    pub value: u32,
    pub unit: LimitUnit,
    #[serde(default)]
    pub counting: Counting,
    /// The words of the rule or law it comes from.
    #[serde(default)]
    pub source: String,
}

fn value_in_range<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = u32::deserialize(deserializer)?;
    in_range(value).map_err(serde::de::Error::custom)
}

fn in_range(value: u32) -> Result<u32, LimitError> {
    if (1..=Limit::MAX).contains(&value) { Ok(value) } else { Err(LimitError::Value(value.to_string())) }
}

/// Why a limit could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub enum LimitError {
    NoNumber(String),
    Value(String),
    Unit(String),
}

impl LimitError {
    /// What is wrong, and how to write it.
    pub fn hint(&self) -> Text {
        match self {
            Self::NoNumber(written) => Text::new(
                format!("“{written}”不是以阿拉伯数字开头；时限请写成数字加单位，例如“3 工作日”“4 小时”。"),
                format!(
                    "“{written}” does not start with a number; write a limit as a number and a unit, such as “3 工作日” or “4 working hours”."
                ),
            ),
            Self::Value(written) => Text::new(
                format!("时限不能是{written}，应为1到{}的整数。", Limit::MAX),
                format!("{written} is not a possible limit; it is a whole number from 1 to {}.", Limit::MAX),
            ),
            Self::Unit(written) => Text::new(
                format!("“{written}”不是时限的单位，可用：小时、紧急工作时、工作时、工作日、天、自然日、紧急工作日。"),
                format!(
                    "“{written}” is not a unit of a limit; use hours (小时, 紧急工作时), working hours (工作时), working days (工作日) or calendar days (天, 自然日, 紧急工作日)."
                ),
            ),
        }
    }

    fn text(&self) -> String {
        let Text { zh, en } = self.hint();
        format!("{zh} {en}")
    }
}

impl Limit {
    /// The largest value: as days, more than two lifetimes.
    pub const MAX: u32 = 100_000;

    /// Reads `3 工作日`, `3个工作日`, `４小时`, `4 working hours`, `15 calendar_days`; the text becomes the limit's source.
    pub fn parse(text: &str, counting: Counting) -> Result<Self, LimitError> {
        let trimmed = text.trim();
        let split = trimmed.find(|c| digit(c).is_none()).unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(split);
        if number.is_empty() {
            return Err(LimitError::NoNumber(trimmed.to_owned()));
        }
        let value = number
            .chars()
            .filter_map(digit)
            .try_fold(0_u32, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
            .ok_or_else(|| LimitError::Value(number.to_owned()))?;
        Ok(Self { value: in_range(value)?, unit: unit_named(unit)?, counting, source: trimmed.to_owned() })
    }

    pub(super) fn amount(&self) -> i64 {
        i64::from(self.value.min(Self::MAX)) * self.unit.scale()
    }
}

/// The value of an ASCII or full-width digit.
fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10),
    }
}

fn unit_named(text: &str) -> Result<LimitUnit, LimitError> {
    let words = text.trim().trim_start_matches('个').trim_start().to_lowercase();
    let spelled = words.split(|c: char| c.is_whitespace() || matches!(c, '_' | '-')).collect::<Vec<_>>().join(" ");
    Ok(match spelled.as_str() {
        "小时" | "时" | "紧急工作时" | "h" | "hour" | "hours" | "clock hour" | "clock hours" => {
            LimitUnit::ClockHours
        }
        "工作时" | "工作小时" | "working hour" | "working hours" => LimitUnit::WorkingHours,
        "工作日" | "工作天" | "working day" | "working days" => LimitUnit::WorkingDays,
        "天" | "日" | "自然日" | "日历日" | "紧急工作日" | "d" | "day" | "days" | "calendar day" | "calendar days" => {
            LimitUnit::CalendarDays
        }
        _ => return Err(LimitError::Unit(text.trim().to_owned())),
    })
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit.as_str().replace('_', " "))
    }
}

/// A part of a limit in the limit's own unit; negative when overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    pub unit: LimitUnit,
    pub(super) scaled: i64,
}

impl Amount {
    /// In units, with fractions: 2.5 working days.
    pub fn value(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "for display; limits are far below 2^53 microseconds apart")]
        let value = self.scaled as f64 / self.unit.scale() as f64;
        value
    }

    /// Whole units, rounded towards zero.
    pub fn whole(self) -> i64 {
        self.scaled / self.unit.scale()
    }
}
