//! Names of files: the last part of a path, without characters that cannot be seen.

use yizhi_domain::written::{is_unseen, optional_line};

/// Longest name, in characters.
const NAME_MAX: usize = 120;
/// Longest ending that is kept when a name is shortened.
const ENDING_MAX: usize = 10;

/// A name as it is kept and shown.
pub(super) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|c| *c == ' ' || !is_unseen(*c)).collect();
    let clean = optional_line(&seen, usize::MAX).unwrap_or_default();
    if clean.trim_matches('.').is_empty() { "file".to_owned() } else { shortened(clean) }
}

/// With its ending, by which programs know what it is.
fn shortened(name: String) -> String {
    let length = name.chars().count();
    if length <= NAME_MAX {
        return name;
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| format!(".{ending}"));
    let ending = ending.filter(|ending| ending.chars().count() <= ENDING_MAX).unwrap_or_default();
    let stem: String = name.chars().take(NAME_MAX - ending.chars().count()).collect();
    stem + &ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_only_names() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\photos\\后门.jpg", "后门.jpg"),
            ("", "file"),
            ("\u{200b}\u{3164}", "file"),
            ("..", "file"),
            ("a\u{0}\nb.jpg", "ab.jpg"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("e\u{301}.png", "é.png"),
            ("目录/照片 1.jpg", "照片 1.jpg"),
        ] {
            assert_eq!(file_name(given), kept);
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = file_name(&format!("{}.jpg", "长".repeat(300)));
        assert_eq!((name.chars().count(), name.ends_with("长.jpg")), (NAME_MAX, true));
    }
}
