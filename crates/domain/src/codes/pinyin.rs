//! Pinyin of names, for people who type letters: whole and initials.

use pinyin::ToPinyin;

/// Pinyin without tones and spaces, lower case; other letters and digits as they are.
pub fn pinyin_full(name: &str) -> String {
    spell(name, |syllable| syllable.to_owned())
}

/// First letters of the syllables, lower case.
pub fn pinyin_initials(name: &str) -> String {
    spell(name, |syllable| syllable.chars().take(1).collect())
}

fn spell(name: &str, part: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for (c, reading) in name.chars().zip(name.to_pinyin()) {
        match reading {
            Some(reading) => out.push_str(&part(reading.plain())),
            None if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            None => {}
        }
    }
    out
}
