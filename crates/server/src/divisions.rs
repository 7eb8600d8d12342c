//! Administrative divisions as the statistics office publishes them: a level, a code, a name. Here they become regions with paths.

use yizhi_domain::codes::{pinyin_full, pinyin_initials};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::written;
use yizhi_store::RegionRow;

/// Longest name of a region, in characters.
const NAME_MAX: usize = 60;

/// A published division.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Division {
    pub(crate) level: Level,
    /// 12 digits.
    pub(crate) code: String,
    pub(crate) name: String,
}

/// Ends of the parts of a code: province, city, county, township, village.
const ENDS: [usize; 5] = [2, 4, 6, 9, 12];

/// The path a division gets when it is first seen: the parts of its code down to its level. It keeps the path when its code changes later.
/// `None` for what is no code of 12 digits, or for a grid.
pub(crate) fn path_of(code: &str, level: Level) -> Option<RegionPath> {
    if code.len() != 12 || !code.bytes().all(|b| b.is_ascii_digit()) || level.depth() > ENDS.len() {
        return None;
    }
    let mut start = 0;
    let mut path = RegionPath::root();
    for end in &ENDS[..level.depth()] {
        path = path.child(&code[start..*end]);
        start = *end;
    }
    Some(path)
}

/// The path of a grid: that of its village and the serial.
pub(crate) fn grid_path(code: &str) -> Option<RegionPath> {
    let (village, serial) = code.split_at_checked(12)?;
    let sound = serial.len() == 3 && serial.bytes().all(|b| b.is_ascii_digit());
    path_of(village, Level::Village).filter(|_| sound).map(|path| path.child(serial))
}

/// A region as it is kept.
pub(crate) fn region_row(
    division: &Division,
    center: Option<(f64, f64)>,
    outline: Option<String>,
) -> Option<RegionRow> {
    Some(RegionRow {
        path: path_of(&division.code, division.level)?.as_str().to_owned(),
        level: division.level.as_str().to_owned(),
        code: division.code.clone(),
        name: written::line_cut(&division.name, NAME_MAX),
        pinyin: pinyin_full(&division.name),
        initials: pinyin_initials(&division.name),
        center,
        outline,
    })
}

/// A village's name as people say it: 太平社区居委会 is 太平社区, 泗华村委会 is 泗华村.
pub(crate) fn short_village(name: &str) -> String {
    for (ending, kind) in [("村民委员会", "村"), ("居民委员会", "社区"), ("村委会", "村"), ("居委会", "社区")]
    {
        match name.strip_suffix(ending) {
            Some("") | None => {}
            Some(stem) if stem.ends_with('村') || stem.ends_with("社区") => return stem.to_owned(),
            Some(stem) => return format!("{stem}{kind}"),
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_codes() {
        for (code, level, path) in [
            ("350000000000", Level::Province, Some("35.")),
            ("350302000000", Level::County, Some("35.03.02.")),
            ("350302001201", Level::Village, Some("35.03.02.001.201.")),
            ("441900003000", Level::Township, Some("44.19.00.003.")),
            ("350302", Level::County, None),
            ("350302001201", Level::Grid, None),
        ] {
            assert_eq!(path_of(code, level).as_ref().map(RegionPath::as_str), path, "{code}");
        }
        assert_eq!(grid_path("350302001201007").unwrap().as_str(), "35.03.02.001.201.007.");
        assert_eq!(grid_path("350302001201"), None);
    }

    #[test]
    fn villages_by_their_short_names() {
        for (name, short) in [
            ("太平社区居委会", "太平社区"),
            ("泗华村委会", "泗华村"),
            ("新港居委会", "新港社区"),
            ("良种场", "良种场"),
            ("村委会", "村委会"),
        ] {
            assert_eq!(short_village(name), short);
        }
    }
}
