//! Lists as CSV (RFC 4180) that spreadsheets open: with a byte order mark, no cell that they would take for a formula, and codes that stay codes.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::stream::{self, StreamExt as _};
use yizhi_domain::clock::china;
use yizhi_domain::written::is_unseen;

use crate::auth::ExportTurn;

/// Most rows of one file.
pub(crate) const ROWS_MAX: u64 = 50_000;
/// Rows read at once.
pub(crate) const ROWS_AT_ONCE: u64 = 100;
/// Bytes sent at once.
const PIECE: usize = 64 * 1024;

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

    /// As a file to be saved, named with the day. The turn lasts until it was fetched: so long it is in memory.
    pub(crate) fn into_response(self, at: DateTime<Utc>, turn: ExportTurn) -> Response {
        let day = at.with_timezone(&china()).format("%Y%m%d");
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-{day}.csv\"", self.name)),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        (headers, held(self.text, turn)).into_response()
    }
}

/// A body that keeps its turn until it was sent, or nobody wants it any more.
fn held(text: String, turn: ExportTurn) -> Body {
    let pieces = stream::unfold((Bytes::from(text), turn), async |(mut left, turn)| {
        let piece = left.split_to(left.len().min(PIECE));
        (!piece.is_empty()).then_some((Ok::<_, Infallible>(piece), (left, turn)))
    });
    // Whoever compresses asks once more after the end.
    Body::from_stream(pieces.fuse())
}

fn push_cell(text: &mut String, cell: &str) {
    let before = if is_formula(cell) {
        "'"
    } else if is_taken_for_a_number(cell) {
        "\t"
    } else {
        ""
    };
    if before.is_empty() && !cell.contains([',', '"', '\n', '\r']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    text.push_str(before);
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

/// Whether a spreadsheet could take a cell for a formula: it begins with one of the signs, in any width, perhaps behind what is not seen, quotes or blanks.
fn is_formula(cell: &str) -> bool {
    const SIGNS: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];
    const QUOTES: [char; 12] = ['\'', '"', '`', '‘', '’', '“', '”', '＇', '＂', '｀', '«', '»'];
    cell.starts_with(['\t', '\r', '\n'])
        || cell.trim_start_matches(|c| is_unseen(c) || QUOTES.contains(&c)).starts_with(SIGNS)
}

/// Longest whole number that a spreadsheet shows as it is.
const DIGITS_SHOWN: usize = 11;

/// Whether a spreadsheet would make another value of a code: it rounds long numbers, drops leading zeros, reads dates, fractions and powers. A tab in front
/// is not seen there and keeps the cell a text. Short whole numbers and moments of ours stay what they are.
fn is_taken_for_a_number(cell: &str) -> bool {
    let narrow: String = cell.trim_matches(is_unseen).chars().map(narrowed).collect();
    let number = |c: char| c.is_ascii_digit() || " .,:/-%Ee+()年月日时分秒¥$￥".contains(c);
    if !narrow.contains(|c: char| c.is_ascii_digit()) || !narrow.chars().all(number) {
        return false;
    }
    // A part of a date has four digits at most.
    let parts = narrow.split(['-', '/', ':']);
    if narrow.contains(['-', '/', ':'])
        && parts.into_iter().any(|part| part.len() > 4 && part.chars().all(|c| c.is_ascii_digit()))
    {
        return false;
    }
    let whole = narrow == cell && narrow.chars().all(|c| c.is_ascii_digit());
    let short = whole && narrow.len() <= DIGITS_SHOWN && (narrow == "0" || !narrow.starts_with('0'));
    !short && !is_moment(cell)
}

/// A digit or sign of full width as one of half width.
fn narrowed(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// As [`moment`] writes it.
fn is_moment(cell: &str) -> bool {
    chrono::NaiveDateTime::parse_from_str(cell, MOMENT).is_ok_and(|at| at.format(MOMENT).to_string() == cell)
}

const MOMENT: &str = "%Y-%m-%d %H:%M:%S";

/// A moment as a spreadsheet reads it, in China's time.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.with_timezone(&china()).format(MOMENT).to_string()
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
    use yizhi_domain::ids::PersonId;

    use super::*;
    use crate::auth::Reading;

    fn cell(text: &str) -> String {
        let mut out = String::new();
        push_cell(&mut out, text);
        out
    }

    #[tokio::test]
    async fn an_export_keeps_its_turn_until_it_was_fetched() {
        let (reading, person) = (Reading::default(), PersonId(uuid::Uuid::nil()));
        let turn = reading.export(person).await.unwrap();
        let mut csv = Csv::new("cases", std::iter::repeat_n("一", 20_000));
        csv.row(std::iter::repeat_n("二", 20_000));
        let expected = csv.text.clone();
        let response = csv.into_response(DateTime::UNIX_EPOCH, turn);
        let next = reading.export(person);
        tokio::pin!(next);
        let waits = std::future::poll_fn(|cx| std::task::Poll::Ready(next.as_mut().poll(cx).is_pending())).await;
        assert!(waits, "the first was not fetched yet");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(body == expected);
        assert!(next.await.is_ok());
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
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("＝1+1", "\"'＝1+1\""),
            ("＋1", "\"'＋1\""),
            ("－1", "\"'－1\""),
            ("＠SUM(1)", "\"'＠SUM(1)\""),
            ("\u{200b}=1", "\"'\u{200b}=1\""),
            ("\u{feff}\u{3000} ＝1", "\"'\u{feff}\u{3000} ＝1\""),
            ("\"=1\"", "\"'\"\"=1\"\"\""),
            ("“=1”", "\"'“=1”\""),
            ("a=1", "a=1"),
            ("350302001001001", "\"\t350302001001001\""),
            ("011", "\"\t011\""),
            ("3503020010010010012", "\"\t3503020010010010012\""),
            ("３５０３０２００１００１", "\"\t３５０３０２００１００１\""),
            ("1-2", "\"\t1-2\""),
            ("3/4", "\"\t3/4\""),
            ("1E5", "\"\t1E5\""),
            ("1.50", "\"\t1.50\""),
            ("350302-20261120-00001", "350302-20261120-00001"),
            ("12345678901", "12345678901"),
            ("0", "0"),
            ("2026-11-20 10:00:00", "2026-11-20 10:00:00"),
            ("3号楼", "3号楼"),
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
