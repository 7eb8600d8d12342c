//! What a written text is, decided in one place for everything that people and programs send: composed (Unicode NFC), without characters that show
//! nothing or turn the order of others, without control characters, not empty where it is needed, within its limit.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::text::Text;

/// Most marks on one character: more than any script stacks, and too few to cover the lines above and below.
const MARKS: usize = 8;

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

/// As [`line()`], and nothing is fine too.
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

/// A line as it is looked up, such as an account or a file's name: whatever cannot stand in a line is left out, and what is too long is cut.
pub fn line_cut(text: &str, most: usize) -> String {
    let kept: String = composed(text).chars().filter(|c| !c.is_control()).collect();
    let cut: String = kept.trim().chars().take(most).collect();
    // What was apart may compose now, and a joiner may have lost what it joined.
    composed(&cut).trim().to_owned()
}

fn needed(text: String) -> Result<String, WrittenFault> {
    if text.is_empty() { Err(WrittenFault::Empty) } else { Ok(text) }
}

fn written(text: &str, most: usize, allowed: impl Fn(char) -> bool) -> Result<String, WrittenFault> {
    let composed = composed(text);
    let trimmed = composed.trim();
    if !trimmed.chars().any(says_something) {
        return Ok(String::new());
    }
    if let Some(control) = trimmed.chars().find(|c| c.is_control() && !allowed(*c)) {
        return Err(WrittenFault::Control(control));
    }
    let have = trimmed.chars().count();
    if have > most {
        return Err(WrittenFault::TooLong { most, have });
    }
    Ok(trimmed.to_owned())
}

/// Composed text without what shows nothing, line breaks written as one character.
fn composed(text: &str) -> String {
    if text.is_ascii() {
        return text.replace("\r\n", "\n").replace('\r', "\n");
    }
    let text: String = text.replace("\r\n", "\n").nfc().collect();
    let characters: Vec<char> = text.chars().collect();
    let mut kept = String::with_capacity(text.len());
    for (at, c) in characters.iter().enumerate() {
        match c {
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
            '\u{2800}' => kept.push(' '),
            c if !is_unseen(*c) || c.is_whitespace() || c.is_control() => kept.push(*c),
            c if shapes(*c, kept.chars().next_back(), characters.get(at + 1).copied()) => kept.push(*c),
            _ => {}
        }
    }
    few_marks(&kept.nfc().collect::<String>())
}

/// Drops what is piled upon a character beyond [`MARKS`].
fn few_marks(text: &str) -> String {
    let mut marks = 0;
    let keep = |c: &char| {
        marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
        marks <= MARKS
    };
    text.chars().filter(keep).collect()
}

/// Whether a character that shows nothing by itself changes how its neighbours look: joiners in emoji and in scripts that need them, the selectors of
/// emoji, of Han characters and of Mongolian letters.
fn shapes(c: char, before: Option<char>, after: Option<char>) -> bool {
    let Some(before) = before.filter(|b| !b.is_whitespace() && !b.is_control()) else {
        return false;
    };
    match c {
        '\u{200c}' | '\u{200d}' => {
            let after = after.filter(|a| !is_unseen(*a));
            after.is_some_and(|after| (is_joined(before) && is_joined(after)) || (is_emoji(before) && is_emoji(after)))
        }
        '\u{fe0e}' | '\u{fe0f}' => !is_unseen(before),
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => is_han(before),
        '\u{180b}'..='\u{180f}' => matches!(before, '\u{1820}'..='\u{18aa}'),
        _ => false,
    }
}

/// Letters of scripts in which joiners have a meaning: Arabic and its kin, Mongolian, those of India.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1820}'..='\u{18aa}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Han characters of every block: the basic one, the compatibility ones and the extensions A to J, and the two signs written as characters.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{2fa1f}' | '\u{30000}'..='\u{3ffff}')
}

/// A character that says something by itself: no mark without its letter, nor one for which nobody, or only a font of one's own, knows a shape.
fn says_something(c: char) -> bool {
    let is_known = || {
        let without = [GeneralCategory::Unassigned, GeneralCategory::PrivateUse, GeneralCategory::Surrogate];
        c.general_category_group() != GeneralCategoryGroup::Mark && !without.contains(&c.general_category())
    };
    c.is_ascii_graphic() || is_han(c) || (!is_unseen(c) && is_known())
}

/// A character that shows nothing by itself: blanks, control and format characters, fillers, and those that stand for nothing or for something else.
pub fn is_unseen(c: char) -> bool {
    if c.is_ascii() || (is_han(c) && u32::from(c) & 0xfffe != 0xfffe) {
        return c.is_ascii_whitespace() || c.is_ascii_control();
    }
    c.is_whitespace()
        || c.is_control()
        || c.general_category() == GeneralCategory::Format
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2065}' | '\u{2800}' | '\u{303f}'
            | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{13441}' | '\u{13442}'
            | '\u{1d159}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_nothing() {
        for text in [
            "",
            "  ",
            "\u{200b}",
            "\u{3164}\u{2800}",
            "\0",
            "\u{feff}\u{3000}",
            "\u{202e}\u{2069}",
            "\u{e0041}",
            "\u{fe0f}",
            "\u{fffe}",
            "\u{301}",
            "\u{20dd}\u{fe0f}",
            "\u{378}\u{9fffe}",
            "\u{e000} \u{f8ff}",
            "\u{10fffd}",
            "\u{70f}",
            "\u{600}\u{110bd}",
            "\u{13430}\u{13441}\u{13442}",
            "\u{1d159}\u{1d173}",
            "\u{fffc}\u{303f}",
        ] {
            assert_eq!(line(text, 10), Err(WrittenFault::Empty), "{text:?}");
            assert_eq!(optional_lines(text, 10), Ok(String::new()), "{text:?}");
        }
        assert_eq!(line("\u{200b}井盖\u{3164}", 10), Ok("井盖".to_owned()));
        assert_eq!(line("e\u{301}", 1), Ok("é".to_owned()));
    }

    #[test]
    fn what_can_be_seen_is_something() {
        // The last four: beyond the basic plane, of the newest block, a picture, a name with a character that only its police station's font knows.
        for text in ["1", "。", "々", "€", "ก็", "𰻞", "\u{323b0}", "🕳", "张\u{e000}"] {
            assert_eq!(line(text, 10).as_deref(), Ok(text));
        }
    }

    #[test]
    fn nothing_unseen_stays_between() {
        for (text, clean) in [
            ("井\u{200b}盖", "井盖"),
            ("井\u{ad}\u{2060}\u{feff}盖", "井盖"),
            ("张\u{202e}三\u{202c}", "张三"),
            ("a\u{2066}b\u{2069}", "ab"),
            ("a\u{200d}b", "ab"),
            ("井\u{2800}盖", "井 盖"),
            ("\u{e0061}井\u{e0001}盖", "井盖"),
            ("a\u{34f}b\u{fff9}c", "abc"),
            ("张\u{70f}三", "张三"),
        ] {
            assert_eq!(line(text, 10).as_deref(), Ok(clean), "{text:?}");
        }
    }

    #[test]
    fn what_shapes_its_neighbours_stays() {
        for text in [
            "👨\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}",
            "👩\u{200d}❤\u{fe0f}\u{200d}👨",
            "葛\u{e0100}",
            "می\u{200c}خواهم",
            "ᠮᠣᠩᠭᠣᠯ\u{180b}",
            "क\u{94d}\u{200d}ष",
        ] {
            assert_eq!(line(text, 20).as_deref(), Ok(text), "{text:?}");
        }
    }

    #[test]
    fn marks_are_not_piled_up() {
        let piled = format!("a{}b", "\u{323}\u{489}".repeat(200));
        assert!(line(&piled, 20).unwrap().chars().count() <= MARKS + 2);
        for text in ["ệ", "ཧཱུྃ", "กี่"] {
            assert_eq!(line(text, 10).as_deref(), Ok(text));
        }
    }

    #[test]
    fn control_characters_and_limits() {
        for text in ["a\0b", "a\0", "\0a"] {
            assert_eq!(line(text, 10), Err(WrittenFault::Control('\0')), "{text:?}");
        }
        for text in ["a\nb", "a\rb", "a\u{2028}b", "a\u{85}b"] {
            assert_eq!(line(text, 10), Err(WrittenFault::Control('\n')), "{text:?}");
        }
        assert_eq!(lines("a\r\nb\rc", 10), Ok("a\nb\nc".to_owned()));
        assert_eq!(line("一二三", 2), Err(WrittenFault::TooLong { most: 2, have: 3 }));
        assert_eq!(line_cut(" 照\0片\n\u{202e}gpj.exe ", 6), "照片gpj.");
    }
}
