//! Codes of organisations: the unified social credit code and, inside it, the older organisation code.

use super::error::{CodeError, characters};
use super::text_code::{shown, text_code};

text_code! {
    /// Unified social credit code (统一社会信用代码), GB 32100: 1 registering authority, 1 kind, 6 area, 9 organisation code, 1 check character.
    CreditCode, check_credit
}
shown!(CreditCode);

text_code! {
    /// Organisation code (组织机构代码), GB 11714: 8 characters and 1 check character, without a hyphen.
    OrgCode, check_organisation
}
shown!(OrgCode);

const CREDIT: &str = "unified social credit code";
/// The 31 characters of GB 32100: digits and capitals without I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

fn check_credit(text: &str) -> Result<(), CodeError> {
    if text.chars().count() != 18 {
        return Err(CodeError::length(CREDIT, "18 characters", text));
    }
    characters(CREDIT, text, |index, c| {
        if (2..8).contains(&index) {
            c.is_ascii_digit()
        } else {
            u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte))
        }
    })?;
    let value = |byte: u8| ALPHABET.iter().position(|c| *c == byte).unwrap_or_default();
    let sum: usize = text.bytes().zip(CREDIT_WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum();
    if text.as_bytes()[17] == ALPHABET[(31 - sum % 31) % 31] { Ok(()) } else { Err(CodeError::Check { what: CREDIT }) }
}

impl CreditCode {
    /// The six digits of the area of registration.
    pub fn area(&self) -> &str {
        &self.as_str()[2..8]
    }

    /// The organisation code inside, which has a check character of its own; codes given by some registries do not keep to it.
    pub fn organisation(&self) -> Result<OrgCode, CodeError> {
        OrgCode::parse(&self.as_str()[8..17])
    }
}

const ORGANISATION: &str = "organisation code";
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

fn check_organisation(text: &str) -> Result<(), CodeError> {
    if text.chars().count() != 9 {
        return Err(CodeError::length(ORGANISATION, "9 characters", text));
    }
    characters(ORGANISATION, text, |_, c| c.is_ascii_digit() || c.is_ascii_uppercase())?;
    let value = |byte: u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let sum: u32 = text.bytes().zip(ORGANISATION_WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum();
    let expected = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or_default(),
    };
    if text.as_bytes()[8] == expected { Ok(()) } else { Err(CodeError::Check { what: ORGANISATION }) }
}
