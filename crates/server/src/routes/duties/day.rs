//! Days as spreadsheets write them.

use chrono::{Datelike as _, NaiveDate};
use unicode_normalization::UnicodeNormalization as _;

use crate::error::Problem;
use crate::table::excerpt;

/// Years in which somebody may be on duty.
const YEARS: std::ops::Range<i32> = 2000..2200;

/// A day of this century or the next.
///
/// # Errors
/// 422 names the column and what stands there.
pub(super) fn day(column: &str, written: &str) -> Result<NaiveDate, Problem> {
    let shown = excerpt(written);
    let day = read(written);
    day.filter(|day| YEARS.contains(&day.year())).ok_or_else(|| {
        let (zh, en) = if day.is_some() {
            ("年份不在2000到2199之间，请核对，", "is not of the years 2000 to 2199: check it, and ")
        } else if is_serial(written) {
            (
                "像是 Excel 的日期序号，请把这一列设为日期格式，",
                "seems to be Excel's number of a day: format the column as a date, and ",
            )
        } else {
            ("不是日期，", "is no date: ")
        };
        Problem::invalid(
            "csv",
            format!("“{column}”列的“{shown}”{zh}写成 2026-12-31 的样子。"),
            format!("“{shown}” in the column “{column}” {en}write it like 2026-12-31."),
        )
    })
}

/// Year, month and day with one sign between them, or as 年月日; of a time only midnight, which spreadsheets add.
fn read(written: &str) -> Option<NaiveDate> {
    let narrow: String = written.nfkc().collect();
    let (date, time) = match narrow.trim().rsplit_once([' ', 'T']) {
        Some((date, time)) if time.contains(':') => (date, time),
        _ => (narrow.trim(), "0:00"),
    };
    if !["0:00", "00:00", "0:00:00", "00:00:00"].contains(&time) {
        return None;
    }
    let date: String = date.chars().filter(|c| !c.is_whitespace()).collect();
    let chinese = date.strip_suffix(['日', '号']).map(|rest| rest.replacen('年', "-", 1).replacen('月', "-", 1));
    let date = chinese.unwrap_or(date);
    let sign = ['-', '/', '.'].into_iter().find(|sign| date.contains(*sign))?;
    let parts: Vec<&str> = date.split(sign).collect();
    let [year, month, day] = parts[..] else { return None };
    let digits = |text: &str, most: usize| text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn is_serial(written: &str) -> bool {
    written.parse().is_ok_and(|number: f64| (30_000.0..120_000.0).contains(&number))
}

#[cfg(test)]
mod tests {
    use yizhi_domain::text::Language;

    use super::*;

    #[test]
    fn days_as_spreadsheets_write_them() {
        for written in [
            "2026-12-01",
            "2026-12-1",
            "2026/12/1",
            "2026/12/01",
            "2026.12.1",
            "2026.12.01",
            "2026年12月1日",
            "2026年12月01日",
            "2026 年 12 月 1 日",
            "2026年12月1号",
            "2026/12/01 0:00:00",
            "2026/12/1 0:00",
            "2026-12-01 00:00:00",
            "2026-12-01T00:00:00",
            "２０２６－１２－０１",
            "２０２６年１２月１日",
            "２０２６／１２／１\u{3000}０：００",
        ] {
            assert_eq!(day("开始日期", written).ok(), NaiveDate::from_ymd_opt(2026, 12, 1), "{written}");
        }
    }

    #[test]
    fn odd_ones_are_shown_with_their_column() {
        for (written, says) in [
            ("2026-02-30", "不是日期"),
            ("2026-13-01", "不是日期"),
            ("45992", "日期序号"),
            ("45992.5", "日期序号"),
            ("26-12-1", "不是日期"),
            ("12/1/2026", "不是日期"),
            ("2026-12", "不是日期"),
            ("2026年12月", "不是日期"),
            ("2026-12/1", "不是日期"),
            ("2026-12-1 8:30", "不是日期"),
            ("2026-12-1-", "不是日期"),
            ("1999-12-31", "2000到2199"),
            ("9999-12-31", "2000到2199"),
            ("+2026-1-1", "不是日期"),
            ("明天", "不是日期"),
        ] {
            let said = day("结束日期", written).unwrap_err();
            let (zh, en) = (said.detail_in(Language::Chinese), said.detail_in(Language::English));
            assert!(zh.contains(says) && zh.contains(&format!("“结束日期”列的“{written}”")), "{zh}");
            assert!(en.contains(written) && en.contains("like 2026-12-31"), "{en}");
        }
    }
}
