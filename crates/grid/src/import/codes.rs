//! Codes as they come out of spreadsheets: what can only mean one code is taken, what may have lost digits is known for it.

use unicode_normalization::UnicodeNormalization as _;

/// A code without what spreadsheets put around it: blanks and signs of no width, an apostrophe in front, `="…"`; digits of full width become ordinary ones.
pub fn code_written(text: &str) -> String {
    let text: String = text.nfkc().filter(|c| !has_no_width(*c)).collect();
    let text = text.trim();
    let inner = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    inner.trim().trim_start_matches(['\'', '‘', '’']).trim().to_owned()
}

/// Whether a code was made a number, such as `3.50302E+11` or `350302001.0`: its last digits may be lost.
pub fn is_number(code: &str) -> bool {
    let (mantissa, power) = code.split_once(['E', 'e']).map_or((code, None), |(m, p)| (m, Some(p)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let power_fits = power.is_none_or(|p| digits(p.trim_start_matches(['+', '-'])));
    let (whole, part) = mantissa.split_once('.').map_or((mantissa, None), |(w, p)| (w, Some(p)));
    digits(whole) && part.is_none_or(digits) && power_fits && (power.is_some() || part.is_some())
}

fn has_no_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_only_mean_one_code_is_taken() {
        for written in [
            "350302001001",
            " 350302001001\t",
            "'350302001001",
            "’350302001001",
            "=\"350302001001\"",
            "３５０３０２００１００１",
            "\u{feff}350302\u{200b}001001\u{200e}",
            "\u{3000}350302001001\u{a0}",
        ] {
            assert_eq!(code_written(written), "350302001001", "{written:?}");
        }
        for kept in ["3.50302E+11", "350302001.0", "350302 001", "=350302", "350302-1", "甲1", ""] {
            assert_eq!(code_written(kept), kept);
        }
    }

    #[test]
    fn numbers_are_no_codes() {
        for (text, number) in [
            ("3.50302E+11", true),
            ("3.50302e11", true),
            ("3E+11", true),
            ("350302001.0", true),
            ("350302001.00", true),
            ("350302001", false),
            ("35030200100E", false),
            ("350302.", false),
            ("1.2.3", false),
            ("甲.0", false),
            ("", false),
        ] {
            assert_eq!(is_number(text), number, "{text}");
        }
    }
}
