//! Reading a `china-division` package: five lists, each as CSV or JSON, with codes as long as their level. All of it is read and checked before anything
//! changes; what is wrong is told by file and line.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::Deserialize;
use yizhi_domain::region::Level;
use yizhi_domain::written;
use yizhi_grid::import::codes::{code_written, is_number};

use crate::cli::{CliError, given};
use crate::divisions::Division;
use crate::table::{Faults, Table, excerpt, text};

use super::CODE;

/// A list of the package: its name, level, digits of its codes, and the column that names the division above.
struct List {
    name: &'static str,
    level: Level,
    digits: usize,
    parent: &'static str,
}

const LISTS: [List; 5] = [
    List { name: "provinces", level: Level::Province, digits: 2, parent: "" },
    List { name: "cities", level: Level::City, digits: 4, parent: "provinceCode" },
    List { name: "areas", level: Level::County, digits: 6, parent: "cityCode" },
    List { name: "streets", level: Level::Township, digits: 9, parent: "areaCode" },
    List { name: "villages", level: Level::Village, digits: 12, parent: "streetCode" },
];

/// Longest name of a division, in characters.
const NAME_MAX: usize = 60;

/// A division as its list has it.
struct Entry {
    /// Line of a CSV file, or number of the entry in a JSON file.
    line: usize,
    code: String,
    name: String,
    /// Code of the division above, where the list names it.
    parent: Option<String>,
}

/// All divisions of a package, provinces first; or all faults of its files.
///
/// # Errors
/// When a list is missing or cannot be opened; the message names it.
pub(super) fn read(package: &Path) -> Result<Result<Vec<Division>, Faults>, CliError> {
    let dist = package.join("dist");
    let folder = if dist.is_dir() { dist } else { package.to_owned() };
    let mut faults = Faults::default();
    let mut divisions = Vec::new();
    let mut above: Option<HashSet<String>> = None;
    for list in &LISTS {
        let before = faults.count();
        let (file, entries) = entries(&folder, list, &mut faults)?;
        let unread = entries.is_empty() && faults.count() > before;
        let mut known: HashMap<String, usize> = HashMap::with_capacity(entries.len());
        for entry in entries {
            if !is_sound(&file, list, &entry, &mut faults) {
                continue;
            }
            if let Some(first) = known.insert(entry.code.clone(), entry.line) {
                let Entry { line, code, .. } = &entry;
                faults.add(
                    &file,
                    *line,
                    format!("代码“{code}”重复，第{first}行已有。"),
                    format!("The code “{code}” is there twice; line {first} has it too."),
                );
                continue;
            }
            if let Some(above) = &mut above {
                direct(list, &entry, above, &mut divisions);
                if !has_parent(&file, list, &entry, above, &mut faults) {
                    continue;
                }
            }
            divisions.extend(Division::published(list.level, &entry.code, &entry.name));
        }
        if let Some(above) = LISTS.iter().take_while(|other| other.level != list.level).last() {
            not_the_only(&file, above.digits, &known, &mut faults);
        }
        // Without a list nothing below it can be compared, and one fault is told instead of thousands.
        above = (!unread).then(|| known.into_keys().collect());
    }
    Ok(if faults.is_empty() { Ok(crate::divisions::with_codes_of_their_own(divisions)) } else { Err(faults) })
}

/// A division that has the number of the one above it, as where a level has nothing of its own (东莞, 金门), is the only one there: beside others it is a
/// mistake, and the code that it would be given could be that of another in the next list.
fn not_the_only(file: &str, above: usize, known: &HashMap<String, usize>, faults: &mut Faults) {
    let mut beside: HashMap<&str, usize> = HashMap::new();
    for code in known.keys() {
        *beside.entry(&code[..above]).or_default() += 1;
    }
    let mut odd: Vec<(&usize, &String)> = known
        .iter()
        .filter(|(code, _)| code[above..].bytes().all(|digit| digit == b'0') && beside[&code[..above]] > 1)
        .map(|(code, line)| (line, code))
        .collect();
    odd.sort_unstable();
    for (line, code) in odd {
        let others = beside[&code[..above]] - 1;
        faults.add(
            file,
            *line,
            format!("代码“{code}”是上级自己的代码，而这个上级下面另有{others}个同级区划，请核对这一行的代码。"),
            format!("“{code}” is the code of the division above, which has {others} others below it; check the code in this line."),
        );
    }
}

/// A list that stops at a city whose townships have no county above them: what would be the county stands for the city's townships.
fn direct(list: &List, entry: &Entry, above: &mut HashSet<String>, divisions: &mut Vec<Division>) {
    let county = entry.code.get(..6).filter(|county| list.level == Level::Township && county.ends_with("00"));
    let Some(county) = county.filter(|county| !above.contains(*county)) else { return };
    let of_a_city = divisions.iter().any(|d| d.level == Level::City && d.published.get(..4) == county.get(..4));
    if of_a_city {
        above.insert(county.to_owned());
        divisions.extend(Division::published(Level::County, county, crate::divisions::WITHOUT_COUNTIES));
    }
}

fn is_sound(file: &str, list: &List, entry: &Entry, faults: &mut Faults) -> bool {
    let Entry { line, code, name, .. } = entry;
    let digits = list.digits;
    let (shown, before) = (excerpt(code), faults.count());
    if is_number(code) {
        faults.add(
            file,
            *line,
            format!("代码“{shown}”已被表格软件变成了数字，末尾几位可能丢失。请把这一列设为文本，重新填写{digits}位代码，再按文本保存。"),
            format!("A spreadsheet has made a number of the code “{shown}”, and its last digits may be lost. Make the column text, enter the {digits} digits again, and save."),
        );
    } else if code.len() != digits || !code.bytes().all(|b| b.is_ascii_digit()) {
        faults.add(
            file,
            *line,
            format!("代码“{shown}”不是{digits}位数字。"),
            format!("The code “{shown}” is not of {digits} digits."),
        );
    } else if !("11"..="82").contains(&&code[..2]) {
        faults.add(
            file,
            *line,
            format!("代码“{shown}”的前两位不是省级代码（11到82）。"),
            format!("The first two digits of “{shown}” are no province (11 to 82)."),
        );
    }
    if let Err(fault) = written::line(name, NAME_MAX) {
        let hint = fault.hint();
        faults.add(
            file,
            *line,
            format!("名称“{}”：{}", excerpt(name), hint.zh),
            format!("The name “{}”: {}", excerpt(name), hint.en),
        );
    }
    faults.count() == before
}

fn has_parent(file: &str, list: &List, entry: &Entry, above: &HashSet<String>, faults: &mut Faults) -> bool {
    let at = match list.level {
        Level::City => 2,
        Level::County => 4,
        Level::Township => 6,
        _ => 9,
    };
    let (line, code, by_code) = (entry.line, &entry.code, &entry.code[..at]);
    if let Some(named) = entry.parent.as_deref().filter(|named| *named != by_code) {
        faults.add(
            file,
            line,
            format!("{}是“{}”，与代码“{code}”的前{at}位不一致。", list.parent, excerpt(named)),
            format!("{} is “{}”, but the code “{code}” begins otherwise.", list.parent, excerpt(named)),
        );
        return false;
    }
    if above.contains(by_code) {
        return true;
    }
    faults.add(
        file,
        line,
        format!("“{code}”的上级“{by_code}”不在上一级名单里。"),
        format!("“{by_code}”, which is above “{code}”, is not in the list of the level above."),
    );
    false
}

/// The file of a list and what it holds.
fn entries(folder: &Path, list: &List, faults: &mut Faults) -> Result<(String, Vec<Entry>), CliError> {
    let named = |ending: &str| format!("{}.{ending}", list.name);
    if !["csv", "json"].iter().any(|ending| folder.join(named(ending)).exists()) {
        return Err(missing(folder, list.name));
    }
    let (file, is_csv) = match named("csv") {
        file if folder.join(&file).exists() => (file, true),
        _ => (named("json"), false),
    };
    let bytes = match given::bytes(&folder.join(&file))? {
        Ok(bytes) => bytes,
        Err(reason) => {
            faults.add(&file, 1, reason.zh(), reason.en());
            return Ok((file, Vec::new()));
        }
    };
    let entries = if is_csv { csv(&file, &bytes, list, faults) } else { json(&file, &bytes, faults) };
    Ok((file, entries))
}

/// Neither form of a list is there; a file that may be meant is named.
fn missing(folder: &Path, list: &str) -> CliError {
    let there = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = there.map(|entry| entry.file_name().to_string_lossy().into_owned());
    // The singular, another case, another ending: three letters tell the lists apart.
    let mut alike: Vec<String> = names.filter(|name| name.to_lowercase().starts_with(&list[..3])).collect();
    alike.sort();
    let (zh, en) = match alike.first() {
        None => (
            "请把这份名单放进去，表头是 code,name；要导入界线或中心点，请写明文件，不要写文件夹。".to_owned(),
            "Put the list there, with the heading code,name; for outlines or centres name a file, not a folder."
                .to_owned(),
        ),
        Some(file) => {
            let shown = excerpt(file);
            let lower = file.to_lowercase();
            if [".xlsx", ".xls", ".et", ".ods"].iter().any(|ending| lower.ends_with(ending)) {
                (
                    format!(
                        "那里有 {shown}：请用 Excel 或 WPS 打开，另存为“CSV UTF-8（逗号分隔）”，文件名写成 {list}.csv。"
                    ),
                    format!(
                        "There is {shown}: open it in Excel or WPS and save it as “CSV UTF-8 (comma delimited)” under the name {list}.csv."
                    ),
                )
            } else {
                (
                    format!("那里有 {shown}：如果就是这份名单，请改名为 {list}.csv（全部小写）。"),
                    format!("There is {shown}: if that is the list, rename it to {list}.csv, in small letters."),
                )
            }
        }
    };
    let folder = folder.display();
    CliError::Usage(format!(
        "{folder} 里没有 {list}.csv 或 {list}.json。{zh}什么都没有改动。\n\
         There is no {list}.csv or {list}.json in {folder}. {en} Nothing was changed."
    ))
}

fn csv(file: &str, bytes: &[u8], list: &List, faults: &mut Faults) -> Vec<Entry> {
    let Some(table) = Table::read(file, bytes, faults) else { return Vec::new() };
    let (code, name) = (table.column(file, &CODE, faults), table.column(file, &["name", "名称"], faults));
    let parent = table.optional_column(file, &[list.parent, "上级代码", "上级编码"], faults);
    let (Some(code), Some(name)) = (code, name) else { return Vec::new() };
    let entry = |row: &crate::table::Row| Entry {
        line: row.line,
        code: code_written(row.cell(code)),
        name: row.cell(name).to_owned(),
        parent: parent.map(|column| code_written(row.cell(column))).filter(|code| !code.is_empty()),
    };
    table.rows.iter().map(entry).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonEntry {
    code: String,
    name: String,
}

fn json(file: &str, bytes: &[u8], faults: &mut Faults) -> Vec<Entry> {
    let Some(text) = text(file, bytes, faults) else { return Vec::new() };
    match serde_json::from_str::<Vec<JsonEntry>>(text) {
        Ok(entries) => {
            let numbered = entries.into_iter().enumerate();
            numbered
                .map(|(i, e)| Entry { line: i + 1, code: code_written(&e.code), name: e.name, parent: None })
                .collect()
        }
        Err(error) => {
            let en = format!("This is not a JSON list of objects with code and name as text: {error}");
            faults.add(file, error.line().max(1), "这里不是由 code、name（文本）组成的 JSON 列表。", en);
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sound package, with some lists replaced.
    fn package(lists: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        let sound = [
            ("provinces.csv", "code,name\n35,福建省\n44,广东省\n"),
            ("cities.csv", "code,name,provinceCode\n3503,莆田市,35\n4419,东莞市,44\n"),
            ("areas.csv", "code,name,cityCode\n350302,城厢区,3503\n441900,直筒子市,4419\n"),
            ("streets.csv", "code,name,areaCode\n350302001,龙桥街道,350302\n441900003,东城街道,441900\n"),
            (
                "villages.csv",
                "code,name,streetCode\n350302001001,兴安社区,350302001\n441900003001,岗贝社区,441900003\n",
            ),
        ];
        let name = |file: &str| file.split('.').next().unwrap().to_owned();
        let kept = sound.iter().filter(|(file, _)| !lists.iter().any(|(other, _)| name(other) == name(file)));
        for (file, text) in kept.chain(lists) {
            std::fs::write(folder.path().join("dist").join(file), text).unwrap();
        }
        folder
    }

    fn divisions(lists: &[(&str, &str)]) -> Vec<(String, String, String)> {
        let read = read(package(lists).path()).unwrap().unwrap();
        read.into_iter().map(|d| (d.code, d.name, d.path.as_str().to_owned())).collect()
    }

    #[test]
    fn the_code_of_the_division_above_is_only_for_an_only_child() {
        for (list, line, code) in [
            ("villages.csv", "code,name,streetCode\n350302001001,兴安社区,350302001\n350302001000,甲村,350302001\n", 3),
            (
                "streets.csv",
                "code,name,areaCode\n350302000,甲街道,350302\n350302001,龙桥街道,350302\n441900003,东城街道,441900\n",
                2,
            ),
        ]
        .map(|(list, text, line)| (list, line, text))
        {
            let folder = package(&[(list, code)]);
            let Err(faults) = read(folder.path()).unwrap() else { panic!("{list} is taken") };
            let told: Vec<String> = faults.told().iter().map(ToString::to_string).collect();
            assert!(
                told.iter().any(|one| one.contains(&format!("{list}:{line}")) && one.contains("同级区划")),
                "{told:?}"
            );
        }
    }

    #[test]
    fn lists_in_either_form() {
        let read = divisions(&[
            ("provinces.csv", "\"code\",\"name\"\n\"35\",\"福建省\"\n"),
            ("cities.csv", "\u{feff}code,name,provinceCode\r\n3503,莆田市,35\r\n"),
            ("areas.json", r#"[{"code":"350302","name":"城厢区","cityCode":"3503"}]"#),
            ("streets.csv", ",,,\nname,Code,x,\n\"甲,乙\"\"镇\",３５０３０２１００,,\n,,,\n"),
            ("villages.csv", "代码,名称,上级代码\n\"\t350302100201\",丙村委会,'350302100\n"),
        ]);
        let codes: Vec<&str> = read.iter().map(|(code, ..)| code.as_str()).collect();
        assert_eq!(codes, ["350000000000", "350300000000", "350302000000", "350302100000", "350302100201"]);
        assert_eq!(read[3].1, "甲,乙\"镇");
    }

    /// 东莞 has townships and no counties: its placeholder, named or left out, is a node with a code of its own.
    #[test]
    fn a_city_without_counties_has_codes_of_its_own() {
        for areas in [
            "code,name\n350302,城厢区\n441900,直筒子市\n",
            "code,name\n350302,城厢区\n441900,东莞市\n",
            "code,name\n350302,城厢区\n",
        ] {
            let read = divisions(&[("areas.csv", areas)]);
            let codes: HashSet<&String> = read.iter().map(|(code, ..)| code).collect();
            assert_eq!(codes.len(), read.len(), "{read:?}");
            let at = |path: &str| read.iter().find(|(.., p)| p == path).unwrap_or_else(|| panic!("{path} in {read:?}"));
            assert_eq!(at("44.19.").0, "441900000000");
            assert_eq!((at("44.19.00.").0.as_str(), at("44.19.00.").1.as_str()), ("441901000000", "市直辖镇街"));
            assert_eq!(at("44.19.00.003.").0, "441900003000");
        }
    }

    /// 金门 is listed as county, township and village of one number.
    #[test]
    fn one_number_on_several_levels_is_told_apart() {
        let read = divisions(&[
            ("areas.csv", "code,name\n350302,城厢区\n350527,金门县\n441900,东莞市\n"),
            ("cities.csv", "code,name\n3503,莆田市\n3505,泉州市\n4419,东莞市\n"),
            ("streets.csv", "code,name\n350302001,龙桥街道\n350527000,金门县\n441900003,东城街道\n"),
            ("villages.csv", "code,name\n350302001001,兴安社区\n350527000000,金门县\n"),
        ]);
        let of = |path: &str| read.iter().find(|(.., p)| p == path).unwrap().0.clone();
        assert_eq!(of("35.05.27."), "350527000000");
        assert_eq!(of("35.05.27.000."), "350527001000");
        assert_eq!(of("35.05.27.000.000."), "350527000001");
    }

    #[test]
    fn a_missing_list_is_named() {
        for (instead, says) in [
            (None, "请把这份名单放进去"),
            (Some("cities.xlsx"), "那里有 cities.xlsx：请用 Excel"),
            (Some("Cities.CSV"), "那里有 Cities.CSV：如果就是这份名单，请改名为 cities.csv"),
            (Some("city.csv"), "那里有 city.csv"),
        ] {
            let folder = package(&[]);
            let at = |name: &str| folder.path().join("dist").join(name);
            match instead {
                Some(name) => std::fs::rename(at("cities.csv"), at(name)).unwrap(),
                None => std::fs::remove_file(at("cities.csv")).unwrap(),
            }
            let said = read(folder.path()).unwrap_err().to_string();
            assert!(said.contains("cities.csv 或 cities.json") && said.contains(says), "{said}");
        }
    }

    #[test]
    fn a_list_that_is_none_hides_no_other_fault_and_makes_none() {
        let package = package(&[
            ("areas.csv", "代码，名称\n350302，\"城厢区\"\n"),
            ("villages.csv", "code,name\n350302009001,兴安社区\n"),
        ]);
        let faults = read(package.path()).unwrap().unwrap_err();
        let told: Vec<String> = faults.told().iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("areas.csv:1: ") && told[1].contains("villages.csv:2: "), "{told:?}");
    }

    #[test]
    fn what_is_wrong_is_told_by_file_and_line_in_both_languages() {
        for (file, text, line, zh, en) in [
            ("provinces.csv", "code,name\n35,福建省\n44,广东省\n350,福建省\n", 4, "不是2位数字", "2 digits"),
            ("provinces.csv", "code,name\n35,福建省\n44,广东省\n99,某省\n", 4, "省级代码", "no province"),
            ("provinces.csv", "code,name\n35,福建省\n44\n44,广东省\n", 3, "1列", "1 columns"),
            ("provinces.csv", "id,name\n35,福建省\n", 1, "缺少“code”列", "“code” is missing"),
            ("provinces.csv", "code,code,name\n35,35,福建省\n", 1, "不止一次", "more than once"),
            ("cities.csv", "code,name\n3503,莆田市\n4419,东莞市\n3503,莆田市\n", 4, "重复，第2行", "line 2"),
            ("cities.csv", "code,name\n3503,莆田市\n4419,东莞市\n3601,南昌市\n", 4, "“36”不在", "“36”, which is above"),
            ("cities.csv", "code,name,provinceCode\n3503,莆田市,44\n4419,东莞市,44\n", 2, "不一致", "begins otherwise"),
            ("areas.csv", "code,name\n350302,城厢区\n350303,\u{3164}\n", 3, "请填写", "Write something"),
            ("areas.csv", "code,name\n350302,\"城厢区\n350303,涵江区\n", 2, "没有闭合", "not closed"),
            ("areas.json", "[{\"code\":\"350302\",\n\"name\":7}]", 2, "JSON", "JSON"),
            ("streets.csv", "code,name\n350302001,龙桥街道\n350399001,某镇\n", 3, "“350399”不在", "“350399”"),
            ("villages.csv", "code,name\n3503020010O1,兴安社区\n", 2, "不是12位数字", "12 digits"),
            ("villages.csv", "code,name\n3.50302E+11,兴安社区\n", 2, "“3.50302E+11”已被表格软件", "“3.50302E+11”"),
            ("streets.csv", "code,name\n350302001.0,龙桥街道\n", 2, "按文本保存", "a number of the code"),
            ("streets.csv", "代码，名称\n350302001，\"龙桥\"\n", 1, "要用英文逗号", "Separate columns"),
        ] {
            let faults = read(package(&[(file, text)]).path()).unwrap().unwrap_err();
            let told = faults.told().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            assert!(told.contains(&format!("{file}:{line}: ")), "{file} {text:?}: {told}");
            assert!(told.contains(zh) && told.contains(en), "{file} {text:?}: {told}");
        }
    }
}
