//! Numbers by which somebody can be called: mobile numbers, landlines with area code, service numbers.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::error::CodeError;
use super::mask;
use super::person::Mobile;

const PHONE: &str = "phone number";
/// Fewest and most digits, the extension not counted. E.164 has 15 at most; an access code may stand before.
const DIGITS: std::ops::RangeInclusive<usize> = 5..=20;
const EXTENSION_MAX: usize = 6;

/// A phone number as somebody wrote it, in signs of one width: digits, `+`, `-`, brackets and blanks, and an extension as `转12` or `ext 12`.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(Box<str>);

impl Phone {
    /// Reads a number.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text: String = text.nfkc().collect();
        let text = text.trim();
        let (number, extension) = split(text);
        let allowed = |(at, c): (usize, char)| c.is_ascii_digit() || "-() ".contains(c) || (c == '+' && at == 0);
        let wrong = number.char_indices().find(|(at, c)| !allowed((*at, *c)));
        if wrong.is_some() {
            return Err(CodeError::part(PHONE, "only digits, +, -, brackets, blanks and an extension"));
        }
        if !DIGITS.contains(&digits(number).count()) {
            return Err(CodeError::part(PHONE, "it has 5 to 20 digits"));
        }
        let sound =
            extension.is_none_or(|e| (1..=EXTENSION_MAX).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_digit()));
        if !sound || text.len() > 40 {
            return Err(CodeError::part(PHONE, "the extension has 1 to 6 digits"));
        }
        Ok(Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `138****1234`; whatever is no mobile number of mainland China is hidden whole.
    pub fn masked(&self) -> String {
        mask::phone(&self.0)
    }

    /// The mobile number that a text is, with or without `+86` and signs between.
    pub fn mobile(text: &str) -> Option<Mobile> {
        let text: String = text.nfkc().collect();
        let (number, extension) = split(text.trim());
        if extension.is_some() || !number.chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c)) {
            return None;
        }
        let digits: String = digits(number).collect();
        let own = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
        if number.starts_with('+') && !digits.starts_with("86") {
            return None;
        }
        Mobile::parse(own.unwrap_or(&digits)).ok()
    }
}

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_digit)
}

/// The number and the extension after it.
fn split(text: &str) -> (&str, Option<&str>) {
    let marks = ["转", "ext.", "ext", "EXT", "x", "#"];
    let found = marks.iter().find_map(|mark| text.split_once(mark));
    found.map_or((text, None), |(number, extension)| (number, Some(extension.trim())))
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_people_have() {
        for text in [
            "13800001234",
            "0594-2345678",
            "(0594) 234 5678",
            "+86 138 0000 1234",
            "12345",
            "400-800-1234",
            "0594-2345678转12",
            "0594 2345678 ext 8",
            "１３８００００１２３４",
        ] {
            assert!(Phone::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "1234",
            "138a0001234",
            "1380000\n1234",
            "13800001234\0",
            "1+3800001234",
            "0594-2345678转",
            "0594-2345678转1234567",
            "张三",
            "123456789012345678901",
            "=1+12345",
        ] {
            assert!(Phone::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_mobile_numbers_show_a_part() {
        for text in ["13800001234", "+86 138-0000-1234", "１３８００００１２３４", "0086 13800001234"] {
            assert_eq!(mask::phone(text), "138****1234", "{text}");
        }
        for text in [
            "0594-2345678",
            "059423456789",
            "12345",
            "95588",
            "400-800-1234",
            "12345678901",
            "三\n13800001234",
            "138000012345",
            "",
            "+1 650 253 0000",
            "13800001234转8",
        ] {
            let masked = mask::phone(text);
            assert!(masked.chars().all(|c| c == '*'), "{text} {masked}");
        }
    }
}
