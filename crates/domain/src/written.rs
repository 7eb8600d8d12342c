//! What a written text is, decided in one place for everything that people and programs send: composed (Unicode NFC), without invisible characters
//! around it, without control characters in it, not empty where it is needed, within its limit.

use unicode_normalization::UnicodeNormalization as _;

use crate::text::Text;

/// Why a text is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenFault {
    /// Nothing that can be seen is left.
    Empty,
    /// In characters (Unicode scalar values) after normalisation.
    TooLong { most: usize, have: usize },
    /// A control character stands in it, such as NUL, or a line break in a single line.
    Control(char),
}

impl WrittenFault {
    /// How to mend it.
    pub fn hint(self) -> Text {
        match self {
            Self::Empty => Text::new(
                "请填写，不能只有空格或看不见的字符。",
                "Write something; blanks and invisible characters do not count.",
            ),
            Self::TooLong { most, have } => Text::new(
                format!("太长了：最多{most}个字，现在有{have}个。"),
                format!("Too long: at most {most} characters, there are {have}."),
            ),
            Self::Control('\n' | '\r') => {
                Text::new("只能写一行，请去掉换行。", "Keep it on one line; remove the line break.")
            }
            Self::Control(_) => {
                Text::new("含有不能用的控制字符，请重新输入。", "It has a control character in it; type it again.")
            }
        }
    }
}

/// A single line of at most `most` characters, such as a title or a name.
///
/// # Errors
/// [`WrittenFault`].
pub fn line(text: &str, most: usize) -> Result<String, WrittenFault> {
    optional_line(text, most).and_then(needed)
}

/// Text of several lines, such as a description.
///
/// # Errors
/// [`WrittenFault`].
pub fn lines(text: &str, most: usize) -> Result<String, WrittenFault> {
    optional_lines(text, most).and_then(needed)
}

/// As [`line`], and nothing is fine too.
///
/// # Errors
/// [`WrittenFault`], but never `Empty`.
pub fn optional_line(text: &str, most: usize) -> Result<String, WrittenFault> {
    written(text, most, |_| false)
}

/// As [`lines`], and nothing is fine too.
///
/// # Errors
/// [`WrittenFault`], but never `Empty`.
pub fn optional_lines(text: &str, most: usize) -> Result<String, WrittenFault> {
    written(text, most, |c| matches!(c, '\n' | '\t'))
}

fn needed(text: String) -> Result<String, WrittenFault> {
    if text.is_empty() { Err(WrittenFault::Empty) } else { Ok(text) }
}

fn written(text: &str, most: usize, allowed: impl Fn(char) -> bool) -> Result<String, WrittenFault> {
    let composed: String = text.replace("\r\n", "\n").nfc().collect();
    let trimmed = composed.trim_matches(is_unseen);
    if let Some(control) = trimmed.chars().find(|c| c.is_control() && !allowed(*c)) {
        return Err(WrittenFault::Control(control));
    }
    let have = trimmed.chars().count();
    if have > most {
        return Err(WrittenFault::TooLong { most, have });
    }
    Ok(trimmed.to_owned())
}

/// A character that shows nothing by itself: blanks, control and format characters, fillers.
pub fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_nothing() {
        for text in ["", "  ", "\u{200b}", "\u{3164}\u{2800}", "\0", "\u{feff}\u{3000}"] {
            assert_eq!(line(text, 10), Err(WrittenFault::Empty), "{text:?}");
        }
        assert_eq!(line("\u{200b}井盖\u{3164}", 10), Ok("井盖".to_owned()));
        assert_eq!(line("e\u{301}", 1), Ok("é".to_owned()));
    }

    #[test]
    fn control_characters_and_limits() {
        assert_eq!(line("a\0b", 10), Err(WrittenFault::Control('\0')));
        assert_eq!(line("a\nb", 10), Err(WrittenFault::Control('\n')));
        assert_eq!(lines("a\r\nb", 10), Ok("a\nb".to_owned()));
        assert_eq!(line("一二三", 2), Err(WrittenFault::TooLong { most: 2, have: 3 }));
    }
}
