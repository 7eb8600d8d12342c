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
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::Permission;
use yizhi_domain::text::Language;
use yizhi_store::DutyRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::routes::valid::WithTable;
use crate::table::{Fault, Faults, Row, Table};

use super::input::{Asked, refused, settle};

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
    let mut rows: Vec<DutyRow> = Vec::new();
    let mut terms: HashMap<(String, String, PersonId), Vec<Term>> = HashMap::new();
    for line in columns.iter().flat_map(|_| &table.rows) {
        let Some(columns) = &columns else { break };
        let duty = row(&app, &who, columns, line).and_then(|duty| {
            let term = (duty.from, duty.until);
            let earlier = terms.entry((duty.path.clone(), duty.role.clone(), duty.person)).or_default();
            if earlier.iter().any(|other| overlap(*other, term)) {
                return Err(Problem::invalid(
                    "csv",
                    "与前面的一行重复，或时间重叠。",
                    "It repeats an earlier line, or overlaps its time.",
                ));
            }
            earlier.push(term);
            if held(&who, &duty) { Err(refused(yizhi_store::Error::Taken("duty"))) } else { Ok(duty) }
        });
        match duty {
            Ok(duty) => rows.push(duty),
            Err(problem) => faults.push(DutyFault { line: line.line, message: problem.detail_in(language) }),
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults.truncate(FAULTS_MAX);
    let added = if faults.is_empty() { rows.len() } else { 0 };
    if !input.check && added > 0 {
        app.db().duties_add(rows, Some(who.person.id), who.now).await.map_err(refused)?;
        app.reload_directory().await?;
    }
    Ok(Json(DutyImport { added, faults }))
}

impl DutyFault {
    fn of(fault: &Fault, language: Language) -> Self {
        Self { line: fault.line, message: fault.message.get(language).to_owned() }
    }
}

/// Where each column stands.
struct Columns {
    grid: usize,
    role: usize,
    account: usize,
    from: Option<usize>,
    until: Option<usize>,
}

fn columns(table: &Table, faults: &mut Faults) -> Option<Columns> {
    let mut needed = |zh: &str, en: &str| {
        let name = if table.optional_column(en).is_some() { en } else { zh };
        table.column(FILE, name, faults)
    };
    let (grid, role, account) = (needed("网格编码", "grid"), needed("角色", "role"), needed("账号", "account"));
    let optional = |zh: &str, en: &str| table.optional_column(en).or_else(|| table.optional_column(zh));
    Some(Columns {
        grid: grid?,
        role: role?,
        account: account?,
        from: optional("开始日期", "from"),
        until: optional("结束日期", "until"),
    })
}

fn row(app: &App, who: &Who, columns: &Columns, line: &Row) -> Result<DutyRow, Problem> {
    let day = |at: Option<usize>| at.map(|at| line.cell(at)).filter(|text| !text.is_empty()).map(date).transpose();
    let until = day(columns.until)?.and_then(|day| day.succ_opt());
    let asked = Asked {
        grid: line.cell(columns.grid),
        role: line.cell(columns.role),
        account: line.cell(columns.account),
        from: day(columns.from)?.and_then(midnight),
        until: until.and_then(midnight),
    };
    settle(app, who, &asked)
}

/// Whether the person has that duty already at some of that time.
fn held(who: &Who, duty: &DutyRow) -> bool {
    let path = RegionPath::parse(&duty.path);
    let mut there = path.iter().flat_map(|path| who.world.directory.duties(path));
    there.any(|other| {
        (&other.role, other.person) == (&duty.role, duty.person)
            && overlap((other.from, other.until), (duty.from, duty.until))
    })
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
