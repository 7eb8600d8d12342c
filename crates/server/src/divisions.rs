//! Administrative divisions as the statistics office publishes them: a level, a code, a name. Here they become regions with paths.

use std::collections::{HashMap, HashSet};

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
    /// The number it was published under, 12 digits: where it lies in the tree.
    pub(crate) published: String,
    /// 12 digits of its own: the published number, unless a division above has the same.
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) path: RegionPath,
}

impl Division {
    /// A division by its published number, of as many digits as its level has. `None` for what is no such number, or for a grid.
    pub(crate) fn published(level: Level, number: &str, name: &str) -> Option<Self> {
        let code = format!("{number:0<12}");
        let path = path_of(&code, level)?;
        Some(Self { level, published: code.clone(), code, name: name.to_owned(), path })
    }
}

/// What stands between a city without counties (东莞 4419, 中山 4420, 儋州 4604) and its townships.
pub(crate) const WITHOUT_COUNTIES: &str = "市直辖镇街";
/// What lists call that which stands there, if not by the city's own name.
const PLACEHOLDER: &str = "直筒子市";

/// Gives every division a code of its own. A published number names two or three levels at once where a level has nothing of its own: 441900 is the city
/// 东莞 and what would be its county, 350527000000 the county 金门, its township and its village. The highest keeps the number; what is below gets the
/// first free one beside it (for a county 01, which stands for all districts of a city in GB/T 2260).
pub(crate) fn with_codes_of_their_own(mut divisions: Vec<Division>) -> Vec<Division> {
    let published: HashSet<String> = divisions.iter().map(|d| d.published.clone()).collect();
    let cities = divisions.iter().filter(|d| d.level == Level::City).map(|d| (d.path.clone(), d.name.clone()));
    let cities: HashMap<RegionPath, String> = cities.collect();
    let mut taken = HashSet::with_capacity(divisions.len());
    for division in &mut divisions {
        if taken.insert(division.code.clone()) {
            continue;
        }
        if let Some(free) = free_beside(division, |code| published.contains(code) || taken.contains(code)) {
            division.code = free;
            taken.insert(division.code.clone());
        }
        let city = division.path.parent().and_then(|above| cities.get(&above));
        if division.level == Level::County && (division.name == PLACEHOLDER || city == Some(&division.name)) {
            WITHOUT_COUNTIES.clone_into(&mut division.name);
        }
    }
    divisions
}

fn free_beside(division: &Division, is_taken: impl Fn(&str) -> bool) -> Option<String> {
    let depth = division.level.depth();
    let (start, end) = (*ENDS.get(depth.checked_sub(2)?)?, *ENDS.get(depth - 1)?);
    let (above, width) = (&division.published[..start], end - start);
    (1..10_usize.pow(u32::try_from(width).ok()?))
        .map(|n| format!("{:0<12}", format!("{above}{n:0width$}")))
        .find(|code| !is_taken(code))
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
pub(crate) fn region_row(division: &Division, center: Option<(f64, f64)>, outline: Option<String>) -> RegionRow {
    RegionRow {
        path: division.path.as_str().to_owned(),
        level: division.level.as_str().to_owned(),
        code: division.code.clone(),
        name: written::line_cut(&division.name, NAME_MAX),
        pinyin: pinyin_full(&division.name),
        initials: pinyin_initials(&division.name),
        center,
        outline,
    }
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
