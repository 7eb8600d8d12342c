//! Cases as the latest steps here left them, so that the next step of one need not read it from its rows anew. A case is taken from here only where
//! nobody else can have written to the database since, or where its rows there are, cell for cell, those that were written: what somebody else changed,
//! another server or a hand, is found as ever.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;
use yizhi_domain::case::Case;

use crate::Error;
use crate::access::access_of;
use crate::case_row::{AssignmentRow, CaseRow};
use crate::state::CaseRows;

use super::Loaded;

/// Twice as many are kept at most.
const HALF: usize = 512;
/// Cases with more work and participants than this, some kilobytes for each ten, are read every time.
const PARTS_MOST: usize = 100;

/// A case with its rows.
#[derive(Debug)]
pub(crate) struct Standing {
    case: Arc<Case>,
    rows: CaseRows,
}

impl Standing {
    /// Whether these are its rows.
    pub(crate) fn is(&self, read: &CaseRows) -> bool {
        self.rows.is_same(read)
    }
}

/// The latest, in two halves: when the younger is full, it takes the place of the older.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    young: HashMap<Uuid, (Stretch, Standing)>,
    old: HashMap<Uuid, (Stretch, Standing)>,
    now: Stretch,
    /// The database's version when the stretch began.
    version: Option<i64>,
}

/// A time in which nobody but this writer has written, by its number.
type Stretch = u64;

impl Recent {
    /// Begins a group in a database whose version changes with what others write; while the group is at work, nobody else may.
    pub(crate) fn begin(&mut self, version: i64) {
        if self.version != Some(version) {
            self.version = Some(version);
            self.now += 1;
        }
    }

    /// Takes a case that nobody else can have changed.
    pub(crate) fn take_current(&mut self, id: Uuid) -> Option<Standing> {
        let half = if self.young.contains_key(&id) { &mut self.young } else { &mut self.old };
        let current = half.get(&id).is_some_and(|(since, _)| *since == self.now && self.version.is_some());
        if current { half.remove(&id).map(|(_, standing)| standing) } else { None }
    }

    /// Takes a case whose rows are those that were read.
    fn take_same(&mut self, id: Uuid, read: &CaseRows) -> Option<Standing> {
        let known = self.young.remove(&id).or_else(|| self.old.remove(&id));
        known.map(|(_, known)| known).filter(|known| known.is(read))
    }

    /// Keeps how cases stand after a group that was committed.
    pub(crate) fn keep(&mut self, standing: Vec<(Uuid, Standing)>) {
        for (id, case) in standing {
            if self.young.len() >= HALF {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(id, (self.now, case));
        }
    }

    /// Lets go of a case.
    pub(crate) fn forget(&mut self, id: Uuid) {
        self.young.remove(&id);
        self.old.remove(&id);
    }
}

impl Loaded {
    /// Adds a case by the rows that were read.
    ///
    /// # Errors
    /// `Corrupt` where they make no case.
    pub(crate) fn add(&mut self, id: Uuid, rows: CaseRows, recent: &mut Recent) -> Result<(), Error> {
        let standing = match recent.take_same(id, &rows) {
            Some(known) => known,
            None => Standing { case: Arc::new(read(&rows)?), rows },
        };
        self.add_standing(id, standing)
    }

    /// Adds a case that is known.
    ///
    /// # Errors
    /// `Corrupt` where its rows make none.
    pub(crate) fn add_standing(&mut self, id: Uuid, standing: Standing) -> Result<(), Error> {
        let Standing { case, rows } = standing;
        debug_assert_eq!(*case, read(&rows)?, "a case is what its rows say");
        self.access.insert(id, rows.access().map(|cells| access_of(cells)).collect::<Result<_, _>>()?);
        self.cases.insert(id, case);
        self.rows.insert(id, rows);
        Ok(())
    }

    /// How the cases stand whose leaves were made here and that are to go on.
    pub(crate) fn standing(self) -> Vec<(Uuid, Standing)> {
        let Self { mut cases, rows, .. } = self;
        let stated = rows.into_iter().filter(|(_, rows)| rows.is_stated());
        let standing = stated.filter_map(|(id, rows)| Some((id, Standing { case: cases.remove(&id)?, rows })));
        let kept = |standing: &Standing| standing.case.closed_at.is_none() && standing.rows.parts() <= PARTS_MOST;
        standing.filter(|(_, standing)| kept(standing)).collect()
    }
}

fn read(rows: &CaseRows) -> Result<Case, Error> {
    let work = rows.work().map(|cells| AssignmentRow::of_cells(cells)?.into_assignment());
    CaseRow::of_cells(&rows.case)?.into_case(work.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, params_from_iter};
    use yizhi_domain::record::Gone;

    use super::*;
    use crate::cells;
    use crate::rows::{self, Cell, Kind, Table};
    use crate::tags::Tags;

    /// A row with a value of each column's type, such that a case can be read from it.
    fn row(table: &Table) -> Vec<Cell> {
        let cell = |name: &str, kind: Kind| match (name, kind) {
            ("path" | "village", _) => "35.03.".into(),
            ("kind", _) => "lead".into(),
            ("principal", _) => format!("p:{}", Uuid::from_u128(7)).into(),
            ("body", _) => r#"{"title":"油烟","description":""}"#.into(),
            (_, Kind::Int | Kind::Small | Kind::Big) => Cell::Int(2),
            (_, Kind::Real) => Cell::Real(119.05),
            (_, Kind::Text) => "字".into(),
            (_, Kind::Blob) => vec![0, 255].into(),
            (_, Kind::Uuid) => Uuid::from_u128(7).into(),
            (_, Kind::Bool) => true.into(),
        };
        table.columns.iter().map(|(name, kind)| cell(name, *kind)).collect()
    }

    /// A case as a step left it, and as the next one reads it.
    fn stated() -> (Standing, CaseRows) {
        let mut rows = CaseRows::new(row(&rows::CASES));
        rows.put_work(row(&rows::ASSIGNMENT));
        rows.put_access(row(&rows::ACCESS));
        let _stated = rows.restate(Uuid::from_u128(7), Gone::Dropped, &Tags::default(), |_| ());
        let mut again = CaseRows::new(rows.case.clone());
        rows.work().for_each(|cells| again.put_work(cells.clone()));
        rows.access().for_each(|cells| again.put_access(cells.clone()));
        (Standing { case: Arc::new(read(&rows).unwrap()), rows }, again)
    }

    #[test]
    fn a_case_is_known_while_its_rows_are_as_they_were_written() {
        let id = Uuid::from_u128(7);
        let knows = |change: &dyn Fn(&mut CaseRows)| {
            let (standing, mut read) = stated();
            let mut recent = Recent::default();
            recent.keep(vec![(id, standing)]);
            change(&mut read);
            recent.take_same(id, &read).is_some()
        };
        assert!(knows(&|_| ()));
        assert!(!knows(&|rows| rows.case[3] = "别的".into()));
        assert!(!knows(&|rows| rows.put_work(
            row(&rows::ASSIGNMENT)
                .into_iter()
                .map(|cell| if cell == Cell::Int(2) { Cell::Int(3) } else { cell })
                .collect()
        )));
        assert!(!knows(&|rows| {
            let mut other = row(&rows::ACCESS);
            other[3] = Cell::Null;
            rows.put_access(other);
        }));
        let (mut loaded, mut recent) = (Loaded::default(), Recent::default());
        recent.keep(vec![(id, stated().0)]);
        loaded.add(id, stated().1, &mut recent).unwrap();
        assert!(!loaded.rows[&id].is_stated(), "other salts are other rows");
    }

    #[test]
    fn a_case_is_current_until_somebody_else_writes() {
        let id = Uuid::from_u128(7);
        let current = |versions: [i64; 2]| {
            let mut recent = Recent::default();
            recent.begin(versions[0]);
            recent.keep(vec![(id, stated().0)]);
            recent.begin(versions[1]);
            recent.take_current(id).is_some()
        };
        assert!(current([5, 5]));
        assert!(!current([5, 6]));
        let mut nowhere = Recent::default();
        nowhere.keep(vec![(id, stated().0)]);
        assert!(nowhere.take_current(id).is_none(), "a database that has no version");
    }

    #[test]
    fn what_is_to_be_forgotten_is_nowhere() {
        let mut recent = Recent::default();
        let ids: Vec<Uuid> = (0..2 * HALF as u128).map(Uuid::from_u128).collect();
        let (standing, read) = stated();
        let copy = || Standing { case: standing.case.clone(), rows: standing.rows.clone() };
        ids.iter().for_each(|id| recent.keep(vec![(*id, copy())]));
        for id in [ids[0], ids[ids.len() - 1]] {
            recent.forget(id);
            assert!(recent.take_same(id, &read).is_none());
        }
        assert!(recent.take_same(ids[1], &read).is_some());
    }

    #[test]
    fn the_latest_are_kept() {
        let mut recent = Recent::default();
        let ids: Vec<Uuid> = (0..3 * HALF as u128).map(Uuid::from_u128).collect();
        let (standing, read) = stated();
        let copy = || Standing { case: standing.case.clone(), rows: standing.rows.clone() };
        ids.iter().for_each(|id| recent.keep(vec![(*id, copy())]));
        let known: Vec<bool> = ids.iter().map(|id| recent.take_same(*id, &read).is_some()).collect();
        assert!(known[..HALF].iter().all(|known| !known) && known[HALF..].iter().all(|known| *known));
    }

    #[test]
    fn closed_and_very_long_cases_are_not_kept() {
        let kept = |closed: bool, participants: i64| {
            let (Standing { case, mut rows }, _) = stated();
            for since in 1..participants {
                let mut part = row(&rows::ACCESS);
                part[2] = (1_000 + since).into();
                rows.put_access(part);
            }
            let mut case = Case::clone(&case);
            case.closed_at = case.closed_at.filter(|_| closed);
            let id = case.id.0;
            let mut loaded = Loaded::default();
            loaded.cases.insert(id, Arc::new(case));
            loaded.rows.insert(id, rows);
            loaded.standing().len()
        };
        assert_eq!(kept(false, 1), 1);
        assert_eq!(kept(true, 1), 0);
        assert_eq!(kept(false, PARTS_MOST as i64), 0);
    }

    /// Or none would ever be known.
    #[test]
    fn rows_are_read_as_they_were_written() {
        let conn = Connection::open_in_memory().unwrap();
        for table in [&rows::CASES, &rows::ASSIGNMENT, &rows::ACCESS] {
            let columns = table.list();
            conn.execute_batch(&format!("CREATE TABLE {} ({columns})", table.name)).unwrap();
            let marks = vec!["?"; table.columns.len()].join(", ");
            let insert = format!("INSERT INTO {} ({columns}) VALUES ({marks})", table.name);
            let nulls = vec![Cell::Null; table.columns.len()];
            for written in [row(table), nulls] {
                conn.execute(&insert, params_from_iter(&written)).unwrap();
                let select = format!("SELECT {columns} FROM {} ORDER BY rowid DESC LIMIT 1", table.name);
                let read = conn.query_row(&select, [], |row| cells::of_sqlite(row, table)).unwrap();
                assert_eq!(read, written, "{}", table.name);
            }
        }
    }
}
