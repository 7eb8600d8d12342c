//! Numbers and base64 as the C2SP formats write them: one text for each value, so that nothing can be changed unnoticed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Hash;

/// An ASCII decimal without sign or leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    (canonical && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// RFC 4648 §4 with padding; bits that carry nothing must be zero.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The base64 of exactly 32 bytes.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    from_base64(text)?.try_into().ok().map(Hash)
}

/// Lines that each hold a hash, such as those of a proof; every line ends with a newline, and there are at most `limit`.
pub(crate) fn hashes(lines: &str, limit: usize) -> Option<Vec<Hash>> {
    if lines.is_empty() {
        return Some(Vec::new());
    }
    let lines: Vec<&str> = lines.strip_suffix('\n')?.split('\n').collect();
    if lines.len() > limit {
        return None;
    }
    lines.into_iter().map(hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_text() {
        for (text, number) in [("0", 0), ("7", 7), ("18446744073709551615", u64::MAX)] {
            assert_eq!(decimal(text), Some(number));
        }
        for text in ["", "00", "07", "+7", "-1", " 7", "7 ", "7\n", "18446744073709551616", "٣", "0x7"] {
            assert_eq!(decimal(text), None, "{text:?}");
        }
    }

    #[test]
    fn base64_has_one_text() {
        assert_eq!(from_base64("AA=="), Some(vec![0]));
        for text in ["AA", "AA=", "AB==", "A A==", "AA==\n", "AA==AA==", "-_==", "AA==="] {
            assert_eq!(from_base64(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_list_of_hashes_ends_its_lines_and_has_a_limit() {
        let line = format!("{}\n", to_base64(&[7; 32]));
        assert_eq!(hashes("", 0), Some(vec![]));
        assert_eq!(hashes(&line.repeat(2), 2), Some(vec![Hash([7; 32]); 2]));
        assert_eq!(hashes(&line.repeat(3), 2), None);
        for text in [line.trim_end(), "\n", &format!("{line}\n"), &format!("\n{line}"), &format!("{line} "), "AA==\n"] {
            assert_eq!(hashes(text, 9), None, "{text:?}");
        }
    }
}
