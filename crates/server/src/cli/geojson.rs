//! Reading GeoJSON files that commands import, and saying what is wrong with them.

use std::path::Path;

use yizhi_domain::text::Text;
use yizhi_grid::import::{Outline, Report, Warning};
use yizhi_grid::shape::area_from_geojson;
use yizhi_store::RegionOutline;

use super::{CliError, given, out};
use crate::table;

/// The text of a file, if it is not too long and in UTF-8.
///
/// # Errors
/// When it cannot be read, or is not such a text.
pub(super) fn text(file: &Path) -> Result<String, CliError> {
    let bytes = given::bytes(file)?.map_err(|reason| CliError::Said(format!("{}\n{}", reason.zh(), reason.en())))?;
    if let Some(Text { zh, en }) = other_format(&bytes) {
        let file = file.display();
        return Err(CliError::Said(format!("{file}: {zh}什么都没有改动。\n{file}: {en} Nothing was changed.")));
    }
    let text = table::utf8(&bytes).map_err(|(line, Text { zh, en })| {
        let file = file.display();
        CliError::Said(format!("{file}:{line}: {zh}什么都没有改动。\n{file}:{line}: {en} Nothing was changed."))
    })?;
    Ok(text.to_owned())
}

/// What a file is that other programs keep maps or lists in.
fn other_format(bytes: &[u8]) -> Option<Text> {
    let begins = |mark: &[u8]| bytes.starts_with(mark);
    let (zh, en) = if table::is_archive(bytes) {
        ("压缩包或 Excel 工作簿", "an archive or an Excel workbook")
    } else if table::is_old_office(bytes) {
        ("旧版 Excel 或 Word 文件", "a file of an old Excel or Word")
    } else if begins(&[0, 0, 0x27, 0x0a]) {
        ("Shapefile", "a shapefile")
    } else if begins(b"SQLite format 3") {
        ("GeoPackage 或其他数据库文件", "a GeoPackage or another database")
    } else if begins(b"<") || begins(b"\xef\xbb\xbf<") {
        ("KML、GML 等 XML 文件", "KML, GML or other XML")
    } else {
        return None;
    };
    Some(Text::new(
        format!(
            "这是{zh}，这里要 GeoJSON 文件。请在 QGIS 里打开图层，右键选“导出 → 要素另存为…”，格式选 GeoJSON，再导入。"
        ),
        format!(
            "This is {en}, but a GeoJSON file is needed. Open the layer in QGIS, right-click it, choose Export → Save Features As…, and GeoJSON as the format."
        ),
    ))
}

/// A kept outline; one that was imported is exact.
pub(super) fn outline(kept: &RegionOutline) -> Option<Outline> {
    let area = area_from_geojson(&serde_json::from_str(&kept.geometry).ok()?).ok()?;
    Some(Outline { area, exact: kept.source.is_some() })
}

/// An area in square metres, as an option gives it.
pub(super) fn square_metres(text: &str) -> Result<f64, String> {
    let area = text.parse().ok().filter(|area: &f64| (0.0..=1_000_000.0).contains(area));
    area.ok_or_else(|| "面积是0到1000000的数 an area is a number from 0 to 1000000".to_owned())
}

/// Says why a file was refused.
pub(super) fn refused(report: &Report) -> CliError {
    for problem in &report.problems {
        out::note(format_args!("✗ {}\n  {}", problem.zh(), problem.en()));
    }
    warn(&report.warnings);
    let more = if report.truncated { "（还有更多 and more）" } else { "" };
    out::note(format_args!(
        "{} 个要素，{} 处问题{more}；什么都没有改动。 {} features, {} problems; nothing was changed.",
        report.features,
        report.problems.len(),
        report.features,
        report.problems.len()
    ));
    CliError::Findings
}

/// Says what looks wrong but may be right.
pub(super) fn warn(warnings: &[Warning]) {
    for warning in warnings {
        out::note(format_args!("! {}\n  {}", warning.zh(), warning.en()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_programs_are_told_and_what_is_needed_instead() {
        let folder = tempfile::tempdir().unwrap();
        for (bytes, says) in [
            (&b"PK\x03\x04\x14\0"[..], "Excel 工作簿"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "旧版 Excel"),
            (b"\0\0\x27\x0a\0\0\0\0", "Shapefile"),
            (b"SQLite format 3\0", "GeoPackage"),
            (b"<?xml version=\"1.0\"?><kml/>", "KML"),
        ] {
            let file = folder.path().join("grids");
            std::fs::write(&file, bytes).unwrap();
            let said = text(&file).unwrap_err().to_string();
            for part in [says, "这里要 GeoJSON 文件", "QGIS", "导出", "Export"] {
                assert!(said.contains(part), "{part}: {said}");
            }
            assert!(!said.contains("CSV"), "{said}");
        }
        std::fs::write(folder.path().join("gbk"), b"{\n\xd6\xd0").unwrap();
        assert!(text(&folder.path().join("gbk")).unwrap_err().to_string().contains("gbk:2: "));
    }
}
