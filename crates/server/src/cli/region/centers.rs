//! A CSV file of centres: `code,lon,lat`, one region a line.

use std::collections::HashMap;
use std::path::Path;

use yizhi_grid::import::codes::code_written;
use yizhi_grid::import::regions::{Read, RegionPlace, full_code, point};
use yizhi_grid::import::{Feature, Problem, Reason, Report, Warning};
use yizhi_grid::{Crs, LonLat};

use crate::cli::{CliError, given, out};
use crate::table::{Faults, Table, excerpt};

use super::CODE;

/// The centres of a file with the lines they stand in; what is wrong goes to `faults`.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read(
    file: &Path,
    crs: Crs,
    known: &dyn Fn(&str) -> bool,
    faults: &mut Faults,
) -> Result<(Read, Vec<usize>), CliError> {
    let shown = file.display().to_string();
    let bytes = match given::bytes(file)? {
        Ok(bytes) => bytes,
        Err(reason) => {
            faults.add(&shown, 1, reason.zh(), reason.en());
            return Ok(Default::default());
        }
    };
    let Some(table) = Table::read(&shown, &bytes, faults) else { return Ok(Default::default()) };
    let columns = [&CODE[..], &["lon", "经度"], &["lat", "纬度"]].map(|names| table.column(&shown, names, faults));
    let [Some(code), Some(lon), Some(lat)] = columns else { return Ok(Default::default()) };
    let (mut read, mut lines, mut first_with_code) = (Read::default(), Vec::new(), HashMap::new());
    for row in &table.rows {
        let written = code_written(row.cell(code));
        let written = written.as_str();
        let numbers = row.cell(lon).parse::<f64>().ok().zip(row.cell(lat).parse::<f64>().ok());
        let numbers = numbers.filter(|(lon, lat)| lon.is_finite() && lat.is_finite());
        let at = match numbers {
            Some((lon, lat)) => point(LonLat::new(lon, lat), crs).map_err(|(_, reason)| reason),
            None => Err(Reason::BadCenter),
        };
        let code = full_code(written).ok_or(Reason::MalformedRegionCode);
        let code = code.and_then(|code| if known(&code) { Ok(code) } else { Err(Reason::UnknownRegion { code }) });
        if let Some(line) = code.as_ref().ok().and_then(|code| first_with_code.insert(code.clone(), row.line)) {
            let shown_code = excerpt(written);
            faults.add(
                &shown,
                row.line,
                format!("代码“{shown_code}”重复，第{line}行已有。"),
                format!("The code “{shown_code}” is there twice; line {line} has it too."),
            );
        }
        match (code, at) {
            (Ok(code), Ok(at)) => {
                let feature = Feature { index: lines.len(), code: Some(written.to_owned()) };
                read.places.push(RegionPlace { feature, code, outline: None, center: Some(at) });
                lines.push(row.line);
            }
            (code, at) => {
                for reason in [code.err(), at.err()].into_iter().flatten() {
                    faults.add(&shown, row.line, format!("{}：{}", excerpt(written), reason.zh()), reason.en());
                }
            }
        }
    }
    if read.places.is_empty() && faults.is_empty() {
        faults.add(&shown, 1, "文件里没有区划。", "There are no regions in the file.");
    }
    Ok((read, lines))
}

/// Problems of centres, by the lines they stand in.
pub(super) fn faults(file: &str, lines: &[usize], report: &Report) -> Faults {
    let mut faults = Faults::default();
    for problem in &report.problems {
        let (code, line) = place(lines, problem);
        faults.add(file, line, format!("{code}：{}", problem.reason.zh()), problem.reason.en());
    }
    faults
}

/// Says what looks wrong but may be right, by line.
pub(super) fn warn(file: &str, lines: &[usize], warnings: &[Warning]) {
    for warning in warnings {
        let Warning::ByRoughOutline { problem } = warning else {
            out::note(format_args!("! {}\n  {}", warning.zh(), warning.en()));
            continue;
        };
        let (code, line) = place(lines, problem);
        out::note(format_args!(
            "! {file}:{line}: {code}：{} 这条界线是示意的或未经核实，不影响导入。\n  {} This outline is schematic or was never verified; it does not stop the import.",
            problem.reason.zh(),
            problem.reason.en()
        ));
    }
}

fn place<'a>(lines: &[usize], problem: &'a Problem) -> (&'a str, usize) {
    let feature = problem.feature.as_ref();
    let line = feature.and_then(|feature| lines.get(feature.index)).copied().unwrap_or(1);
    (feature.and_then(|feature| feature.code.as_deref()).unwrap_or_default(), line)
}
