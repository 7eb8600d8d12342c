//! Lists as CSV (RFC 4180) that spreadsheets open: with a byte order mark, and no cell that they would take for a formula.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use yizhi_domain::clock::china;

/// Most rows of one file.
pub(crate) const ROWS_MAX: u64 = 50_000;
/// Rows read at once.
pub(crate) const ROWS_AT_ONCE: u64 = 1_000;

/// A file under way.
pub(crate) struct Csv {
    name: &'static str,
    text: String,
    rows: u64,
}

impl Csv {
    /// A file with its heads of columns.
    pub(crate) fn new<'a>(name: &'static str, heads: impl IntoIterator<Item = &'a str>) -> Self {
        let mut csv = Self { name, text: "\u{feff}".to_owned(), rows: 0 };
        csv.line(heads);
        csv
    }

    pub(crate) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.line(cells);
        self.rows += 1;
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        for (n, cell) in cells.into_iter().enumerate() {
            if n > 0 {
                self.text.push(',');
            }
            push_cell(&mut self.text, cell);
        }
        self.text.push_str("\r\n");
    }

    /// As a file to be saved, named with the day.
    pub(crate) fn into_response(self, at: DateTime<Utc>) -> Response {
        let day = at.with_timezone(&china()).format("%Y%m%d");
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-{day}.csv\"", self.name)),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        (headers, self.text).into_response()
    }
}

fn push_cell(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !cell.contains([',', '"', '\n', '\r']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

/// A moment as a spreadsheet reads it, in China's time.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.with_timezone(&china()).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Refuses a list that is longer than anybody reads.
///
/// # Errors
/// 422.
pub(crate) fn not_too_many(rows: u64) -> Result<(), crate::error::Problem> {
    if rows <= ROWS_MAX {
        return Ok(());
    }
    Err(crate::error::Problem::invalid(
        "limit",
        format!("有{rows}行，一次最多导出{ROWS_MAX}行。请按时间、地区或状态缩小范围，分几次导出。"),
        format!("There are {rows} rows, at most {ROWS_MAX} go into one file. Narrow by time, region or state and export in parts."),
    )
    .with_code("too_many_rows"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut out = String::new();
        push_cell(&mut out, text);
        out
    }

    #[test]
    fn cells_hold_what_they_are_given_and_no_formula() {
        for (given, written) in [
            ("油烟", "油烟"),
            ("a,b", "\"a,b\""),
            ("说“好”", "说“好”"),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""),
            ("-1", "\"'-1\""),
            ("", ""),
        ] {
            assert_eq!(cell(given), written);
        }
    }

    #[test]
    fn a_file_has_a_mark_heads_and_rows() {
        let mut csv = Csv::new("cases", ["编号", "标题"]);
        csv.row(["1", "a,b"]);
        assert_eq!((csv.text.as_str(), csv.rows()), ("\u{feff}编号,标题\r\n1,\"a,b\"\r\n", 1));
    }

    #[test]
    fn a_list_that_is_too_long_is_refused() {
        assert!(not_too_many(ROWS_MAX).is_ok() && not_too_many(ROWS_MAX + 1).is_err());
    }
}
