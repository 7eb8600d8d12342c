//! Numbers of people: identity and mobile numbers. They show themselves masked, so that none gets into a log by accident.

use std::fmt;

use chrono::NaiveDate;

use super::error::{CodeError, characters, digits};
use super::mask;
use super::text_code::text_code;

text_code! {
    /// A citizen's identity number, GB 11643: 6 digits of area, 8 of birth date, 3 of order (odd for men), 1 check character.
    CitizenId, check_citizen
}

text_code! {
    /// A mobile number of mainland China: 11 digits from 13 to 19.
    Mobile, check_mobile
}

const CITIZEN: &str = "identity number";
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

fn check_citizen(text: &str) -> Result<(), CodeError> {
    if text.chars().count() != 18 {
        return Err(CodeError::length(CITIZEN, "18 characters", text));
    }
    characters(CITIZEN, text, |index, c| c.is_ascii_digit() || (index == 17 && c == 'X'))?;
    if !(11..=83).contains(&number(&text[..2])) {
        return Err(CodeError::part(CITIZEN, "the first two digits are no province (11 to 83)"));
    }
    if birth_date(text).is_none() {
        return Err(CodeError::part(CITIZEN, "digits 7 to 14 are no date"));
    }
    let sum: u32 = text.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    let expected = CHECKS[sum as usize % 11];
    if text.as_bytes()[17] == expected { Ok(()) } else { Err(CodeError::Check { what: CITIZEN }) }
}

/// The number of some ASCII digits.
fn number(digits: &str) -> u32 {
    digits.bytes().fold(0, |sum, byte| sum * 10 + u32::from(byte.wrapping_sub(b'0')))
}

fn birth_date(id: &str) -> Option<NaiveDate> {
    let year = i32::try_from(number(&id[6..10])).ok().filter(|year| *year >= 1800)?;
    NaiveDate::from_ymd_opt(year, number(&id[10..12]), number(&id[12..14]))
}

impl CitizenId {
    pub fn birth_date(&self) -> NaiveDate {
        birth_date(self.as_str()).unwrap_or(NaiveDate::MIN)
    }

    pub fn is_male(&self) -> bool {
        number(&self.as_str()[16..17]) % 2 == 1
    }

    /// The six digits of the county where the number was first given, which may no longer exist.
    pub fn area(&self) -> &str {
        &self.as_str()[..6]
    }

    /// `350181********1234`.
    pub fn masked(&self) -> String {
        mask::citizen_id(self.as_str())
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({})", self.masked())
    }
}

const MOBILE: &str = "mobile number";

fn check_mobile(text: &str) -> Result<(), CodeError> {
    digits(MOBILE, text)?;
    if text.len() != 11 {
        return Err(CodeError::length(MOBILE, "11 digits", text));
    }
    if text.starts_with('1') && text.as_bytes()[1] >= b'3' {
        return Ok(());
    }
    Err(CodeError::part(MOBILE, "it starts with 13 to 19"))
}

impl Mobile {
    /// `138****1234`.
    pub fn masked(&self) -> String {
        mask::mobile(self.as_str())
    }
}

impl fmt::Debug for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mobile({})", self.masked())
    }
}
