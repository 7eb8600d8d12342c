//! Reading GeoJSON files that commands import, and saying what is wrong with them.

use std::path::Path;

use yizhi_domain::text::Text;
use yizhi_grid::import::{MOST_BYTES, Outline, Reason, Report, Warning};
use yizhi_grid::shape::area_from_geojson;
use yizhi_store::RegionOutline;

use super::{CliError, out};
use crate::table;

/// The text of a file, if it is not too long and in UTF-8.
///
/// # Errors
/// When it cannot be read, or is not such a text.
pub(super) fn text(file: &Path) -> Result<String, CliError> {
    let fault = |source| CliError::File { path: file.display().to_string(), source };
    let bytes = usize::try_from(std::fs::metadata(file).map_err(fault)?.len()).unwrap_or(usize::MAX);
    if bytes > MOST_BYTES {
        let reason = Reason::FileTooLong { bytes, most: MOST_BYTES };
        return Err(CliError::Said(format!("{}\n{}", reason.zh(), reason.en())));
    }
    let bytes = std::fs::read(file).map_err(fault)?;
    let text = table::utf8(&bytes).map_err(|(line, Text { zh, en })| {
        let file = file.display();
        CliError::Said(format!("{file}:{line}: {zh}什么都没有改动。\n{file}:{line}: {en} Nothing was changed."))
    })?;
    Ok(text.to_owned())
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
