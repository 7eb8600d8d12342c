//! `POST /duties/import`: a county's duties from a table. Every fault is named with its line, and nothing is set unless all is right.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::clock::china;
use yizhi_domain::directory::{Term, overlap};
use yizhi_domain::ids::PersonId;
use yizhi_domain::role::Permission;
use yizhi_domain::text::Language;
use yizhi_store::DutyRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::routes::valid::WithTable;
use crate::table::{Fault, Faults, Row, Table};

use super::day::day;
use super::input::{Asked, already, refused, settle};

/// Most lines of one file: more would keep others from writing for too long.
const LINES_MAX: usize = 10_000;
/// Faults told at once.
const FAULTS_MAX: usize = 100;
/// The table's name among faults, which is not shown: there is only one.
const FILE: &str = "csv";

/// A table as text.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DutyTable {
    /// CSV, up to 10,000 lines, with the columns `grid,role,account,from,until`, or 网格编码,角色,账号,开始日期,结束日期. The dates may be empty; the last day is included.
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
    /// Nothing is set while there are any. The first hundred, one for each line.
    faults: Vec<DutyFault>,
    /// How many there are in all.
    #[serde(rename = "faultCount")]
    fault_count: usize,
}

/// Sets many duties at once, all or none.
#[utoipa::path(post, path = "/api/v1/duties/import", tag = "duties", request_body = DutyTable,
    responses((status = 200, body = DutyImport), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn import(
    who: Who,
    State(app): State<App>,
    WithTable(input): WithTable<DutyTable>,
) -> Result<Json<DutyImport>, Problem> {
    who.must(Permission::ManageDuties)?;
    let mut told = Faults::default();
    let table = Table::read(FILE, input.csv.as_bytes(), &mut told).unwrap_or_default();
    let columns = if table.rows.is_empty() && !told.is_empty() { None } else { columns(&table, &mut told) };
    if table.rows.len() > LINES_MAX {
        return Err(Problem::invalid(
            "csv",
            format!("一次最多导入{LINES_MAX}行，请分成几个文件。"),
            format!("At most {LINES_MAX} lines at once; split the file."),
        ));
    }
    let language = current_language();
    let mut faults: Vec<DutyFault> = told.told().iter().map(|fault| DutyFault::of(fault, language)).collect();
    let untold = told.count() - faults.len();
    let Settled { rows, lines, mut wrong } =
        columns.map_or_else(Settled::default, |columns| settled(&app, &who, &columns, &table.rows));
    let held = app.db().duties_held(&rows, who.now).await?;
    wrong.extend(lines.into_iter().zip(held).filter_map(|(line, held)| Some((line, vec![already(held?)]))));
    faults.extend(wrong.into_iter().map(|(line, problems)| DutyFault::all(line, &problems, language)));
    faults.sort_by_key(|fault| fault.line);
    let fault_count = faults.len() + untold;
    faults.truncate(FAULTS_MAX);
    let added = if faults.is_empty() { rows.len() } else { 0 };
    if !input.check && added > 0 {
        app.db().duties_add(rows, Some(who.person.id), who.now).await.map_err(refused)?;
        app.reload_directory().await?;
    }
    Ok(Json(DutyImport { added, faults, fault_count }))
}

/// What the lines say.
#[derive(Default)]
struct Settled {
    rows: Vec<DutyRow>,
    /// The line of each.
    lines: Vec<usize>,
    /// What is wrong with other lines.
    wrong: Vec<(usize, Vec<Problem>)>,
}

fn settled(app: &App, who: &Who, columns: &Columns, lines: &[Row]) -> Settled {
    let mut settled = Settled::default();
    let mut terms: HashMap<(String, String, PersonId), Vec<Term>> = HashMap::new();
    for line in lines {
        match row(app, who, columns, line) {
            Ok(duty) if repeats(&mut terms, &duty) => {
                let (zh, en) = ("与前面的一行重复，或时间重叠。", "It repeats an earlier line, or overlaps its time.");
                settled.wrong.push((line.line, vec![Problem::invalid("csv", zh, en)]));
            }
            Ok(duty) => {
                settled.rows.push(duty);
                settled.lines.push(line.line);
            }
            Err(problems) => settled.wrong.push((line.line, problems)),
        }
    }
    settled
}

/// Whether a line before has the same duty at some of that time.
fn repeats(terms: &mut HashMap<(String, String, PersonId), Vec<Term>>, duty: &DutyRow) -> bool {
    let term = (duty.from, duty.until);
    let earlier = terms.entry((duty.path.clone(), duty.role.clone(), duty.person)).or_default();
    let repeats = earlier.iter().any(|other| overlap(*other, term));
    earlier.push(term);
    repeats
}

impl DutyFault {
    fn of(fault: &Fault, language: Language) -> Self {
        Self { line: fault.line, message: fault.message.get(language).to_owned() }
    }

    fn all(line: usize, problems: &[Problem], language: Language) -> Self {
        let said: Vec<String> = problems.iter().map(|problem| problem.detail_in(language)).collect();
        Self { line, message: said.join(" ") }
    }
}

/// A column of days, and its name as people read it.
struct Days {
    at: usize,
    name: String,
}

/// Where each column stands.
struct Columns {
    grid: usize,
    role: usize,
    account: usize,
    from: Option<Days>,
    until: Option<Days>,
}

fn columns(table: &Table, faults: &mut Faults) -> Option<Columns> {
    let mut needed = |names: [&str; 2]| table.column(FILE, &names, faults);
    let (grid, role, account) = (needed(["网格编码", "grid"]), needed(["角色", "role"]), needed(["账号", "account"]));
    let mut days = |names: [&str; 2]| {
        let at = table.optional_column(FILE, &names, faults)?;
        Some(Days { at, name: table.heading(at).to_owned() })
    };
    let (from, until) = (days(["开始日期", "from"]), days(["结束日期", "until"]));
    Some(Columns { grid: grid?, role: role?, account: account?, from, until })
}

fn row(app: &App, who: &Who, columns: &Columns, line: &Row) -> Result<DutyRow, Vec<Problem>> {
    let read = |days: &Option<Days>| {
        let written = days.as_ref().map(|days| (days, line.cell(days.at))).filter(|(_, text)| !text.is_empty());
        written.map(|(days, text)| day(&days.name, text)).transpose()
    };
    let (from, until) = (read(&columns.from), read(&columns.until));
    let asked = Asked {
        grid: line.cell(columns.grid),
        role: line.cell(columns.role),
        account: line.cell(columns.account),
        from: from.as_ref().ok().copied().flatten().and_then(midnight),
        until: until.as_ref().ok().copied().flatten().and_then(|day| day.succ_opt()).and_then(midnight),
    };
    let settled = settle(app, who, &asked);
    let days: Vec<Problem> = [from.err(), until.err()].into_iter().flatten().collect();
    match settled {
        Ok(duty) if days.is_empty() => Ok(duty),
        settled => Err(settled.err().into_iter().flatten().chain(days).collect()),
    }
}

/// The beginning of a day in China.
fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.and_time(NaiveTime::MIN).and_local_timezone(china()).single().map(|at| at.with_timezone(&Utc))
}
