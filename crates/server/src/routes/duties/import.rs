//! `POST /duties/import`: a county's duties from a table. Every fault is named with its line, and nothing is set unless all is right.

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::clock::china;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::routes::valid::Valid;

use super::input::{Asked, refused, settle};

/// Most lines of one file: more would keep others from writing for too long.
const LINES_MAX: usize = 10_000;
/// Faults told at once.
const FAULTS_MAX: usize = 100;

/// A table as text.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct DutyTable {
    /// CSV with the columns `grid,role,account,from,until`, or 网格编码,角色,账号,开始日期,结束日期. The dates may be empty; the last day is included.
    csv: String,
    /// Only look whether all is right.
    #[serde(default)]
    check: bool,
}

/// What is wrong with a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DutyFault {
    /// From 1, the heads of the columns included.
    line: usize,
    message: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyImport {
    /// Duties that were set, or would be.
    added: usize,
    /// Nothing is set while there are any.
    faults: Vec<DutyFault>,
}

/// Sets many duties at once, all or none.
#[utoipa::path(post, path = "/api/v1/duties/import", tag = "duties", request_body = DutyTable,
    responses((status = 200, body = DutyImport), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn import(
    who: Who,
    State(app): State<App>,
    Valid(input): Valid<DutyTable>,
) -> Result<Json<DutyImport>, Problem> {
    who.must(Permission::ManageDuties)?;
    let lines = table::lines(&input.csv).map_err(|line| {
        let message = (
            format!("第{line}行的引号没有成对，请检查后再导入。"),
            format!("Line {line}: a quotation mark is not closed."),
        );
        Problem::invalid("csv", message.0, message.1)
    })?;
    let mut lines = lines.into_iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let heads = lines.next().map(|(_, cells)| cells).unwrap_or_default();
    let columns = columns(&heads)?;
    let lines: Vec<_> = lines.take(LINES_MAX + 1).collect();
    if lines.len() > LINES_MAX {
        return Err(Problem::invalid(
            "csv",
            format!("一次最多导入{LINES_MAX}行，请分成几个文件。"),
            format!("At most {LINES_MAX} lines at once; split the file."),
        ));
    }
    let (mut rows, mut faults, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (line, cells) in &lines {
        match row(&app, &who, &columns, cells) {
            Ok(duty) if !seen.insert(duty.clone()) => {
                let fault = Problem::invalid("csv", "与前面的一行重复。", "It repeats an earlier line.");
                faults.push(DutyFault { line: *line, message: fault.detail_in(current_language()) });
            }
            Ok(duty) => rows.push(duty),
            Err(problem) => faults.push(DutyFault { line: *line, message: problem.detail_in(current_language()) }),
        }
    }
    faults.truncate(FAULTS_MAX);
    let added = if faults.is_empty() { rows.len() } else { 0 };
    if !input.check && added > 0 {
        app.db().duties_add(rows, Some(who.person.id), who.now).await.map_err(refused)?;
        app.reload_directory().await?;
    }
    Ok(Json(DutyImport { added, faults }))
}

/// Where each column stands.
struct Columns {
    grid: usize,
    role: usize,
    account: usize,
    from: Option<usize>,
    until: Option<usize>,
}

fn columns(heads: &[String]) -> Result<Columns, Problem> {
    let place = |names: [&str; 2]| heads.iter().position(|head| names.contains(&head.as_str()));
    let missing = |zh: &str, en: &str| {
        Problem::invalid("csv", format!("表头缺少“{zh}”一列。"), format!("The heads lack the column “{en}”."))
    };
    Ok(Columns {
        grid: place(["grid", "网格编码"]).ok_or_else(|| missing("网格编码", "grid"))?,
        role: place(["role", "角色"]).ok_or_else(|| missing("角色", "role"))?,
        account: place(["account", "账号"]).ok_or_else(|| missing("账号", "account"))?,
        from: place(["from", "开始日期"]),
        until: place(["until", "结束日期"]),
    })
}

fn row(app: &App, who: &Who, columns: &Columns, cells: &[String]) -> Result<yizhi_store::DutyRow, Problem> {
    let cell = |at: usize| cells.get(at).map_or("", String::as_str);
    let day = |at: Option<usize>| at.map(cell).filter(|text| !text.is_empty()).map(date).transpose();
    let until = day(columns.until)?.and_then(|day| day.succ_opt());
    let asked = Asked {
        grid: cell(columns.grid),
        role: cell(columns.role),
        account: cell(columns.account),
        from: day(columns.from)?.and_then(midnight),
        until: until.and_then(midnight),
    };
    settle(app, who, &asked)
}

fn date(text: &str) -> Result<NaiveDate, Problem> {
    let read = ["%Y-%m-%d", "%Y/%m/%d"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    let sane = read.filter(|day| (2000..2200).contains(&chrono::Datelike::year(day)));
    sane.ok_or_else(|| Problem::invalid("csv", "日期要写成 2026-12-31 的样子。", "Write dates like 2026-12-31."))
}

/// The beginning of a day in China.
fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.and_time(NaiveTime::MIN).and_local_timezone(china()).single().map(|at| at.with_timezone(&Utc))
}

mod table {
    //! CSV (RFC 4180) read line by line, as spreadsheets write it.

    /// Lines with their numbers; the number of the line where a quotation begins that never ends.
    pub(super) fn lines(text: &str) -> Result<Vec<(usize, Vec<String>)>, usize> {
        let text = text.trim_start_matches('\u{feff}');
        let (mut out, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
        let (mut line, mut began, mut quoted) = (1, 1, false);
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    cell.push('"');
                }
                '"' if quoted => quoted = false,
                '"' if cell.is_empty() => quoted = true,
                ',' if !quoted => cells.push(take(&mut cell)),
                '\n' => {
                    if quoted {
                        cell.push(letter);
                    } else {
                        cells.push(take(&mut cell));
                        out.push((began, std::mem::take(&mut cells)));
                        began = line + 1;
                    }
                    line += 1;
                }
                '\r' if !quoted => {}
                _ => cell.push(letter),
            }
        }
        if quoted {
            return Err(began);
        }
        cells.push(take(&mut cell));
        out.push((began, cells));
        Ok(out)
    }

    fn take(cell: &mut String) -> String {
        std::mem::take(cell).trim().to_owned()
    }

    #[cfg(test)]
    mod tests {
        use super::lines;

        #[test]
        fn lines_keep_their_numbers_and_an_open_quotation_is_named() {
            let read = lines("\u{feff}a,\"b,\"\"c\"\r\n\n\"d\ne\", f \n").unwrap();
            let cells = |line: usize| read.iter().find(|(n, _)| *n == line).map(|(_, cells)| cells.clone());
            assert_eq!(cells(1), Some(vec!["a".to_owned(), "b,\"c".to_owned()]));
            assert_eq!(cells(3), Some(vec!["d\ne".to_owned(), "f".to_owned()]));
            assert_eq!(lines("a\nb,\"c\nd"), Err(2));
        }
    }
}
