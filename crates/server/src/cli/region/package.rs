//! Reading a `china-division` package: five lists, each as CSV or JSON, with codes as long as their level.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use yizhi_domain::region::Level;

use crate::cli::CliError;
use crate::divisions::Division;

const LISTS: [(&str, Level, usize); 5] = [
    ("provinces", Level::Province, 2),
    ("cities", Level::City, 4),
    ("areas", Level::County, 6),
    ("streets", Level::Township, 9),
    ("villages", Level::Village, 12),
];

/// All divisions of a package, provinces first.
///
/// # Errors
/// When a list is missing or cannot be read; the message names it.
pub(super) fn read(package: &Path) -> Result<Vec<Division>, CliError> {
    let dist = package.join("dist");
    let folder = if dist.is_dir() { dist } else { package.to_owned() };
    let mut divisions = Vec::new();
    for (name, level, digits) in LISTS {
        for (code, title) in list(&folder, name)? {
            let sound = code.len() == digits && code.bytes().all(|b| b.is_ascii_digit()) && !title.is_empty();
            if !sound {
                return Err(CliError::Said(format!(
                    "{name} 里的“{code},{title}”不是{digits}位代码和名称。 {name}: “{code},{title}” is not a code of {digits} digits and a name."
                )));
            }
            divisions.push(Division { level, code: format!("{code:0<12}"), name: title });
        }
    }
    Ok(divisions)
}

#[derive(Deserialize)]
struct Entry {
    code: String,
    name: String,
}

fn list(folder: &Path, name: &str) -> Result<Vec<(String, String)>, CliError> {
    let file = |ending: &str| folder.join(format!("{name}.{ending}"));
    let open = |path: PathBuf| {
        std::fs::read_to_string(&path).map_err(|source| CliError::File { path: path.display().to_string(), source })
    };
    if file("csv").exists() {
        return csv(&open(file("csv"))?, name);
    }
    let entries: Vec<Entry> = serde_json::from_str(&open(file("json"))?)
        .map_err(|e| CliError::Said(format!("{}: {e}", file("json").display())))?;
    Ok(entries.into_iter().map(|e| (e.code, e.name)).collect())
}

/// Code and name of each line, found by the heading.
fn csv(text: &str, name: &str) -> Result<Vec<(String, String)>, CliError> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let heading = fields(lines.next().unwrap_or_default());
    let column = |wanted: &str| heading.iter().position(|h| h == wanted);
    let (Some(code), Some(title)) = (column("code"), column("name")) else {
        return Err(CliError::Said(format!(
            "{name}.csv 的第一行要有 code 和 name。 The first line of {name}.csv names its columns, code and name among them."
        )));
    };
    let entry = |line: &str| {
        let fields = fields(line);
        Some((fields.get(code)?.clone(), fields.get(title)?.clone()))
    };
    Ok(lines.filter(|l| !l.is_empty()).filter_map(entry).collect())
}

/// Fields of a line; quoted ones may hold commas and doubled quotes.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.trim_end_matches('\r').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(lists: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        for (name, text) in lists {
            std::fs::write(folder.path().join("dist").join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn lists_in_either_form() {
        let folder = package(&[
            ("provinces.csv", "\"code\",\"name\"\n\"35\",\"福建省\"\n"),
            ("cities.csv", "code,name,provinceCode\r\n3503,莆田市,35\r\n"),
            ("areas.json", r#"[{"code":"350302","name":"城厢区","cityCode":"3503"}]"#),
            ("streets.csv", "name,code\n\"甲,乙\"\"镇\",350302100\n"),
            ("villages.csv", "code,name\n350302100201,丙村委会\n"),
        ]);
        let divisions = read(folder.path()).unwrap();
        let codes: Vec<&str> = divisions.iter().map(|d| d.code.as_str()).collect();
        assert_eq!(codes, ["350000000000", "350300000000", "350302000000", "350302100000", "350302100201"]);
        assert_eq!(divisions[3].name, "甲,乙\"镇");
    }

    #[test]
    fn what_is_missing_or_odd_is_named() {
        let missing = package(&[("provinces.csv", "code,name\n35,福建省\n")]);
        assert!(read(missing.path()).unwrap_err().to_string().contains("cities.json"));
        let odd = package(&[("provinces.csv", "code,name\n350,福建省\n")]);
        assert!(read(odd.path()).unwrap_err().to_string().contains("350,福建省"));
    }
}
