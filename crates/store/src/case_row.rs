//! A case as rows and back.

use chrono::{DateTime, Datelike as _, Utc};
use uuid::Uuid;
use yizhi_domain::case::{Assignment, AssignmentKind, Body, Case, CaseClock};
use yizhi_domain::ids::{CaseId, PersonId};
use yizhi_domain::matter::Matter;
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::search;

use crate::Error;
use crate::cells::Reader;
use crate::rows::{self, Cell};

/// Microseconds since 1970 UTC, as stored.
pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// The moment of stored microseconds.
///
/// # Errors
/// `Corrupt` for what lies in no year that this program would write.
pub(crate) fn moment(micros: i64) -> Result<DateTime<Utc>, Error> {
    let at = DateTime::from_timestamp_micros(micros).filter(|at| YEARS.contains(&at.year()));
    at.ok_or_else(|| Error::Corrupt(format!("{micros} is no moment")))
}

/// The same where there may be none.
///
/// # Errors
/// As [`moment`].
pub(crate) fn maybe_moment(micros: Option<i64>) -> Result<Option<DateTime<Utc>>, Error> {
    micros.map(moment).transpose()
}

/// Years in which something can have happened.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9_999;

/// Side of a cell of the place index, in degrees: about 55 m of latitude.
const CELL_DEGREES: f64 = 0.0005;

/// The cell of the place index that holds a point.
pub(crate) fn cell(lon: f64, lat: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "degrees divided by the cell's side are below a million")]
    let (x, y) = ((lon / CELL_DEGREES).floor() as i64, (lat / CELL_DEGREES).floor() as i64);
    (y << 24) | (x & 0xff_ffff)
}

/// The nine cells that hold everything within one cell's side of a point.
pub(crate) fn cells_around(lon: f64, lat: f64) -> [i64; 9] {
    let mut out = [0; 9];
    for (i, slot) in out.iter_mut().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "0 to 2")]
        let (dx, dy) = ((i % 3) as f64 - 1.0, (i / 3) as f64 - 1.0);
        *slot = cell(lon + dx * CELL_DEGREES, lat + dy * CELL_DEGREES);
    }
    out
}

pub(crate) fn body_text(body: &Body) -> Result<String, Error> {
    serde_json::to_string(body).map_err(|e| Error::Corrupt(format!("body: {e}")))
}

/// What a case is found by.
pub(crate) fn search_tokens(case: &Case, matter: &str) -> String {
    search::index_tokens(&search_text(case, matter))
}

pub(crate) fn search_text(case: &Case, matter: &str) -> String {
    format!("{} {} {} {matter}", case.number, case.body.title, case.body.description)
}

/// All columns of a new case, the leaves still empty; `asked` is the digest of the request.
pub(crate) fn insert_cells(
    case: &Case,
    matter: &Matter,
    contact: Option<Vec<u8>>,
    asked: Option<&[u8]>,
) -> Result<Vec<Cell>, Error> {
    let place = case.location;
    let mut cells: Vec<Cell> = vec![
        case.id.0.into(),
        case.number.clone().into(),
        case.matter.clone().into(),
        matter.family().into(),
        case.procedure.clone().into(),
        case.release.clone().into(),
        case.state.clone().into(),
        case.version.into(),
        case.path.as_str().into(),
        case.grid.clone().into(),
        place.map(|p| p.0).into(),
        place.map(|p| p.1).into(),
        place.map(|(lon, lat)| cell(lon, lat)).into(),
        case.department.clone().into(),
        case.confidential.into(),
        case.demo.into(),
        case.reporter.map(|r| r.0).into(),
        micros(case.occurred_at).into(),
        micros(case.recorded_at).into(),
    ];
    cells.extend(deadline_cells(case));
    cells.push(case.duplicate_of.map(|d| d.0).into());
    cells.push(contact.into());
    cells.push(body_text(&case.body)?.into());
    cells.push(asked.map(<[u8]>::to_vec).into());
    cells.push(Cell::Null);
    Ok(cells)
}

/// The columns of [`crate::rows::CASE_CHANGES`] but the leaves.
pub(crate) fn update_cells(case: &Case) -> Result<Vec<Cell>, Error> {
    let mut cells: Vec<Cell> =
        vec![case.state.clone().into(), case.version.into(), case.department.clone().into(), case.confidential.into()];
    cells.extend(deadline_cells(case));
    cells.push(case.duplicate_of.map(|d| d.0).into());
    cells.push(body_text(&case.body)?.into());
    Ok(cells)
}

fn deadline_cells(case: &Case) -> [Cell; 7] {
    let open = case.closed_at.is_none();
    [
        case.closed_at.map(micros).into(),
        case.due_at().filter(|_| open).map(micros).into(),
        case.overall_due_at().map(micros).into(),
        case.next_alert_at().filter(|_| open).map(micros).into(),
        (case.alert() as u32).into(),
        case.body.clocks.iter().any(CaseClock::is_paused).into(),
        case.body.clocks.iter().any(|c| c.met_at.is_none() && c.provisional).into(),
    ]
}

pub(crate) fn assignment_cells(case: &Case, a: &Assignment) -> Vec<Cell> {
    vec![
        case.id.0.into(),
        a.n.into(),
        a.stage.clone().into(),
        a.kind.as_str().into(),
        a.role.clone().into(),
        a.path.as_str().into(),
        a.department.clone().into(),
        a.person.map(|p| p.0).into(),
        case.path.at(Level::Village).as_str().into(),
        micros(a.opened).into(),
        a.due.map(micros).into(),
        a.left.map(micros).into(),
        a.outcome.clone().into(),
        a.version.into(),
        a.left_by.map(|p| p.0).into(),
    ]
}

/// Columns of [`rows::CASES`] that a case is not read from: what follows from others, and what is sealed.
const FAMILY: usize = 1;
const CELL: usize = 1;
const DEADLINES: usize = 6;
const CONTACT: usize = 1;
/// The same of [`rows::ASSIGNMENT`].
const VILLAGE: usize = 1;

/// The columns that make a [`Case`].
#[derive(Debug)]
pub(crate) struct CaseRow {
    pub(crate) id: Uuid,
    pub(crate) number: String,
    pub(crate) matter: String,
    pub(crate) procedure: String,
    pub(crate) release: String,
    pub(crate) state: String,
    pub(crate) version: i32,
    pub(crate) path: String,
    pub(crate) grid: Option<String>,
    pub(crate) lon: Option<f64>,
    pub(crate) lat: Option<f64>,
    pub(crate) department: Option<String>,
    pub(crate) confidential: bool,
    pub(crate) demo: bool,
    pub(crate) reporter: Option<Uuid>,
    pub(crate) occurred_at: i64,
    pub(crate) recorded_at: i64,
    pub(crate) closed_at: Option<i64>,
    pub(crate) duplicate_of: Option<Uuid>,
    pub(crate) body: String,
}

impl CaseRow {
    /// From cells in the order of [`rows::CASES`].
    ///
    /// # Errors
    /// `Corrupt` names the column that is not of its type.
    pub(crate) fn of_cells(cells: &[Cell]) -> Result<Self, Error> {
        let mut read = Reader::new(&rows::CASES, cells);
        let (id, number, matter) = (read.uuid()?, read.text()?, read.text()?);
        read.skip(FAMILY);
        let row = Self {
            id,
            number,
            matter,
            procedure: read.text()?,
            release: read.text()?,
            state: read.text()?,
            version: read.small()?,
            path: read.text()?,
            grid: read.maybe_text()?,
            lon: read.maybe_real()?,
            lat: {
                let lat = read.maybe_real()?;
                read.skip(CELL);
                lat
            },
            department: read.maybe_text()?,
            confidential: read.bool()?,
            demo: read.bool()?,
            reporter: read.maybe_uuid()?,
            occurred_at: read.int()?,
            recorded_at: read.int()?,
            closed_at: read.maybe_int()?,
            duplicate_of: {
                read.skip(DEADLINES);
                read.maybe_uuid()?
            },
            body: {
                read.skip(CONTACT);
                read.text()?
            },
        };
        Ok(row)
    }

    pub(crate) fn into_case(self, assignments: Vec<Assignment>) -> Result<Case, Error> {
        let corrupt = |what: &str| Error::Corrupt(format!("case {}: {what}", self.number));
        let body: Body = serde_json::from_str(&self.body).map_err(|e| corrupt(&format!("body: {e}")))?;
        let path = RegionPath::parse(&self.path).ok_or_else(|| corrupt("path"))?;
        let version = u32::try_from(self.version).map_err(|_| corrupt("version"))?;
        Ok(Case {
            id: CaseId(self.id),
            number: self.number,
            matter: self.matter,
            procedure: self.procedure,
            release: self.release,
            state: self.state,
            version,
            path,
            grid: self.grid,
            location: self.lon.zip(self.lat),
            department: self.department,
            confidential: self.confidential,
            demo: self.demo,
            reporter: self.reporter.map(PersonId),
            occurred_at: moment(self.occurred_at)?,
            recorded_at: moment(self.recorded_at)?,
            closed_at: maybe_moment(self.closed_at)?,
            duplicate_of: self.duplicate_of.map(CaseId),
            body,
            assignments,
        })
    }
}

/// The columns of an assignment.
#[derive(Debug)]
pub(crate) struct AssignmentRow {
    pub(crate) case_id: Uuid,
    pub(crate) n: i32,
    pub(crate) stage: String,
    pub(crate) kind: String,
    pub(crate) role: String,
    pub(crate) path: String,
    pub(crate) department: Option<String>,
    pub(crate) person: Option<Uuid>,
    pub(crate) opened_at: i64,
    pub(crate) due_at: Option<i64>,
    pub(crate) left_at: Option<i64>,
    pub(crate) outcome: Option<String>,
    pub(crate) version: i32,
    pub(crate) left_by: Option<Uuid>,
}

impl AssignmentRow {
    /// From cells in the order of [`rows::ASSIGNMENT`].
    ///
    /// # Errors
    /// `Corrupt` names the column that is not of its type.
    pub(crate) fn of_cells(cells: &[Cell]) -> Result<Self, Error> {
        let mut read = Reader::new(&rows::ASSIGNMENT, cells);
        Ok(Self {
            case_id: read.uuid()?,
            n: read.small()?,
            stage: read.text()?,
            kind: read.text()?,
            role: read.text()?,
            path: read.text()?,
            department: read.maybe_text()?,
            person: {
                let person = read.maybe_uuid()?;
                read.skip(VILLAGE);
                person
            },
            opened_at: read.int()?,
            due_at: read.maybe_int()?,
            left_at: read.maybe_int()?,
            outcome: read.maybe_text()?,
            version: read.small()?,
            left_by: read.maybe_uuid()?,
        })
    }

    pub(crate) fn into_assignment(self) -> Result<Assignment, Error> {
        let corrupt = |what: &str| Error::Corrupt(format!("assignment {} of {}: {what}", self.n, self.case_id));
        Ok(Assignment {
            n: u32::try_from(self.n).map_err(|_| corrupt("n"))?,
            kind: AssignmentKind::parse(&self.kind).ok_or_else(|| corrupt("kind"))?,
            path: RegionPath::parse(&self.path).ok_or_else(|| corrupt("path"))?,
            version: u32::try_from(self.version).map_err(|_| corrupt("version"))?,
            stage: self.stage,
            role: self.role,
            department: self.department,
            person: self.person.map(PersonId),
            opened: moment(self.opened_at)?,
            due: maybe_moment(self.due_at)?,
            left: maybe_moment(self.left_at)?,
            outcome: self.outcome,
            left_by: self.left_by.map(PersonId),
        })
    }
}
