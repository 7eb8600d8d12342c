//! The rows of a case as values of the leaves that its records commit to: made from the cells themselves, whoever read or will write them, so that a
//! change of any of them shows.
//!
//! The texts are the cells in the order of their tables, nulls left out, so that a column added later, null in older rows, changes nothing. A cell whose
//! type is not its column's is marked, for SQLite keeps what it is given.

mod body;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

pub(crate) use hex::encode as hex;
use uuid::Uuid;
use yizhi_domain::case::AccessChange;
use yizhi_domain::ids::CaseId;
use yizhi_domain::record::{Gone, StateLeaves, StateValues};

use crate::access::access_of;
use crate::case_row::micros;
use crate::hot::{contact_digest, salt};
use crate::rows::{self, Cell, Kind, Table};
use crate::tags::Tags;

use body::{Body, is_plain};

/// Columns of a case that are no facts of the leaf `case`: they have leaves of their own, or are the leaves.
const APART: &[&str] = &["id", "lon", "lat", "cell", "reporter", "contact", "body", "leaves"];

/// The rows of one case.
#[derive(Clone, Debug, Default)]
pub(crate) struct CaseRows {
    /// In the order of [`rows::CASES`].
    pub(crate) case: Vec<Cell>,
    /// Assignments by number, in the order of [`rows::ASSIGNMENT`].
    work: BTreeMap<i64, Part>,
    /// Participation by principal and moment, in the order of [`rows::ACCESS`].
    access: BTreeMap<(String, i64), Part>,
    /// The leaves that stand in these rows, once they were made here.
    stated: Option<Box<(StateLeaves, StateValues<'static>)>>,
}

/// A row of a case besides its own. Most stay as they are while a step changes others: their text is made once.
#[derive(Clone, Debug)]
struct Part {
    cells: Vec<Cell>,
    text: OnceLock<String>,
}

impl Part {
    fn new(cells: Vec<Cell>) -> Self {
        Self { cells, text: OnceLock::new() }
    }

    fn set(&mut self, at: usize, cell: Cell) {
        if let Some(slot) = self.cells.get_mut(at) {
            *slot = cell;
            self.text = OnceLock::new();
        }
    }

    fn text(&self, table: &Table) -> &str {
        self.text.get_or_init(|| {
            let mut out = String::with_capacity(256);
            write_row(&mut out, table, &self.cells, &["case_id"]);
            out
        })
    }
}

/// What a record says of the state of its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) digest: [u8; 32],
    /// What stood before, where that is not what was committed to.
    pub(crate) before: Before,
}

/// The state that a change found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// There was no case.
    New,
    /// As committed to.
    Fits,
    /// The case had no leaves yet.
    Unknown,
    /// Another, of this digest.
    Other([u8; 32]),
}

impl Stated {
    /// The fields of the record that say it.
    pub(crate) fn say(&self, fields: &mut serde_json::Map<String, serde_json::Value>) {
        fields.insert("state".to_owned(), hex(self.digest).into());
        match self.before {
            Before::New | Before::Fits => {}
            Before::Unknown => {
                fields.insert("before".to_owned(), serde_json::Value::Null);
            }
            Before::Other(digest) => {
                fields.insert("before".to_owned(), hex(digest).into());
            }
        }
    }
}

impl CaseRows {
    /// The row of a case alone.
    pub(crate) fn new(case: Vec<Cell>) -> Self {
        Self { case, ..Self::default() }
    }

    /// How many rows there are besides the case's own.
    pub(crate) fn parts(&self) -> usize {
        self.work.len() + self.access.len()
    }

    /// Whether the leaves in these rows were made here.
    pub(crate) fn is_stated(&self) -> bool {
        self.stated.is_some()
    }

    /// Whether these are the rows that others are, cell for cell.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let same = |a: &Part, b: &Part| a.cells == b.cells;
        self.case == other.case
            && self.work.len() == other.work.len()
            && self.access.len() == other.access.len()
            && self.work.values().zip(other.work.values()).all(|(a, b)| same(a, b))
            && self.access.values().zip(other.access.values()).all(|(a, b)| same(a, b))
    }

    /// Adds an assignment as read or as it will be written.
    pub(crate) fn put_work(&mut self, cells: Vec<Cell>) {
        let n = cells.get(1).and_then(Cell::int).unwrap_or(i64::MIN);
        self.work.insert(n, Part::new(cells));
    }

    /// The rows of assignments, by their numbers.
    pub(crate) fn work(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.work.values().map(|part| &part.cells)
    }

    /// Adds a participation as read.
    pub(crate) fn put_access(&mut self, cells: Vec<Cell>) {
        let principal = cells.first().and_then(Cell::text).unwrap_or_default().to_owned();
        let since = cells.get(2).and_then(Cell::int).unwrap_or(i64::MIN);
        self.access.insert((principal, since), Part::new(cells));
    }

    /// The rows of participation.
    pub(crate) fn access(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.access.values().map(|part| &part.cells)
    }

    /// Changes who takes part, as the statements of a batch will.
    pub(crate) fn change_access(&mut self, change: &AccessChange, now: i64) {
        match change {
            AccessChange::Grant { case, principal, why } => {
                let principal = principal.to_string();
                let recorded = self.case.get(position("recorded_at")).cloned().unwrap_or(Cell::Null);
                let cells: Vec<Cell> =
                    vec![principal.clone().into(), case.0.into(), now.into(), Cell::Null, (*why).into(), recorded];
                self.access.entry((principal, now)).or_insert_with(|| Part::new(cells));
            }
            AccessChange::End { principal, since, .. } => {
                let (principal, since) = (principal.to_string(), since.map(micros));
                let meant = |begun: i64| since.is_none_or(|since| begun == since);
                let open = self.access.iter_mut().filter(|((held, begun), _)| *held == principal && meant(*begun));
                for (_, part) in open.filter(|(_, part)| part.cells.get(3) == Some(&Cell::Null)) {
                    part.set(3, now.into());
                }
            }
            // Taken apart before.
            AccessChange::EndAll { .. } => {}
        }
    }

    /// Ends of each open participation that was given for a reason.
    pub(crate) fn open_for(&self, why: &str) -> Vec<AccessChange> {
        let end = |cells: &Vec<Cell>| {
            let meant = cells.get(4).and_then(Cell::text) == Some(why) && cells.get(3) == Some(&Cell::Null);
            let access = meant.then(|| access_of(cells).ok()).flatten()?;
            let case = CaseId(cells.get(1).and_then(Cell::uuid)?);
            Some(AccessChange::End { case, principal: access.principal, since: Some(access.since) })
        };
        self.access().filter_map(end).collect()
    }

    /// The values of the leaves.
    pub(crate) fn values(&self) -> StateValues<'_> {
        let body = self.cell(position("body")).text().unwrap_or_default();
        let parts = Body::read(body);
        let cell = |name| self.cell(position(name));
        let contact = match cell("contact") {
            Cell::Null => None,
            Cell::Blob(sealed) => Some(format!("\"{}\"", contact_digest(sealed))),
            other => Some(cell_text(Kind::Blob, other)),
        };
        let reporter = Some(cell("reporter")).filter(|cell| **cell != Cell::Null);
        StateValues {
            erasable: [
                parts.title.map(Cow::Borrowed),
                parts.description.map(Cow::Borrowed),
                location([cell("lon"), cell("lat"), cell("cell")], parts.position).map(Cow::Owned),
                contact.map(Cow::Owned),
                reporter.map(|cell| Cow::Owned(cell_text(Kind::Uuid, cell))),
            ],
            others: [
                Cow::Owned(row_text(&rows::CASES, &self.case, APART)),
                Cow::Owned(parts.rest),
                Cow::Owned(list_text(&rows::ASSIGNMENT, self.work.values())),
                Cow::Owned(list_text(&rows::ACCESS, self.access.values())),
            ],
        }
    }

    /// The leaves that are kept with the case and whether this installation has made them; `None` where there are none that can be read.
    pub(crate) fn leaves(&self, id: Uuid, tags: &Tags) -> Option<(StateLeaves, bool)> {
        let Cell::Blob(bytes) = self.case.get(position("leaves"))? else { return None };
        let (leaves, tag) = StateLeaves::read(bytes)?;
        let own = tags.fits_state(id, &leaves.digest(), tag);
        Some((leaves, own))
    }

    /// Whether there is anything where the leaves are kept.
    fn has_leaves(&self) -> bool {
        self.case.get(position("leaves")).is_some_and(|cell| *cell != Cell::Null)
    }

    /// Changes the rows and makes the leaves of what stands then.
    pub(crate) fn restate(&mut self, id: Uuid, gone: Gone, tags: &Tags, change: impl FnOnce(&mut Self)) -> Stated {
        if self.case.is_empty() {
            change(self);
            return self.state_anew(id, Before::New, tags);
        }
        let (leaves, was, before) = match self.stated.take() {
            Some(stated) => (stated.0, stated.1, Before::Fits),
            None => match self.leaves(id, tags) {
                Some((leaves, own)) => {
                    let was = self.clone_values();
                    let fits = own && leaves.differing_others(&was).next().is_none();
                    let before = if fits { Before::Fits } else { Before::Other(leaves.standing(&was)) };
                    (leaves, was, before)
                }
                None => {
                    let before = if self.has_leaves() { Before::Other([0; 32]) } else { Before::Unknown };
                    change(self);
                    return self.state_anew(id, before, tags);
                }
            },
        };
        change(self);
        let values = self.clone_values();
        let next = leaves.next(&was, &values, gone, &mut salt);
        self.keep(id, next, values, before, tags)
    }

    fn state_anew(&mut self, id: Uuid, before: Before, tags: &Tags) -> Stated {
        let values = self.clone_values();
        let leaves = StateLeaves::new(&values, &mut salt);
        self.keep(id, leaves, values, before, tags)
    }

    fn keep(
        &mut self,
        id: Uuid,
        leaves: StateLeaves,
        values: StateValues<'static>,
        before: Before,
        tags: &Tags,
    ) -> Stated {
        let digest = leaves.digest();
        let mut bytes = leaves.to_bytes();
        bytes.extend(tags.tag_state(id, &digest));
        if let Some(cell) = self.case.get_mut(position("leaves")) {
            *cell = bytes.into();
        }
        self.stated = Some(Box::new((leaves, values)));
        Stated { digest, before }
    }

    fn clone_values(&self) -> StateValues<'static> {
        let StateValues { erasable, others } = self.values();
        StateValues {
            erasable: erasable.map(|value| value.map(|value| Cow::Owned(value.into_owned()))),
            others: others.map(|value| Cow::Owned(value.into_owned())),
        }
    }

    /// A cell of the case's own row.
    pub(crate) fn cell(&self, at: usize) -> &Cell {
        self.case.get(at).unwrap_or(&Cell::Null)
    }

    /// Puts the cells that a step changes in their places; `cells` are in the order of [`rows::CASE_CHANGES`], without the leaves.
    pub(crate) fn put_changes(&mut self, cells: Vec<Cell>) {
        let leaves = position("leaves");
        for (at, cell) in CHANGED.iter().filter(|at| **at != leaves).zip(cells) {
            if let Some(slot) = self.case.get_mut(*at) {
                *slot = cell;
            }
        }
    }
}

/// Where the columns of [`rows::CASE_CHANGES`] stand in a row of [`rows::CASES`].
static CHANGED: LazyLock<Vec<usize>> =
    LazyLock::new(|| rows::CASE_CHANGES.iter().map(|(name, _)| position(name)).collect());

/// Where the cells stand that a step changes, in the order of [`rows::CASE_CHANGES`], then the id.
pub(crate) fn changed() -> impl Iterator<Item = usize> {
    CHANGED.iter().copied().chain([position("id")])
}

/// Where a column stands in a row of [`rows::CASES`].
pub(crate) fn position(name: &str) -> usize {
    rows::CASES.columns.iter().position(|(column, _)| *column == name).unwrap_or(usize::MAX)
}

fn location(place: [&Cell; 3], position: Option<&str>) -> Option<String> {
    if place.iter().all(|cell| **cell == Cell::Null) && position.is_none() {
        return None;
    }
    let mut out = String::from("[");
    for (cell, kind) in place.into_iter().zip([Kind::Real, Kind::Real, Kind::Big]) {
        write_cell(&mut out, kind, cell);
        out.push(',');
    }
    out.push_str(position.unwrap_or("null"));
    out.push(']');
    Some(out)
}

/// A row as an object without nulls; columns in the order of the table.
pub(crate) fn row_text(table: &Table, cells: &[Cell], apart: &[&str]) -> String {
    let mut out = String::with_capacity(512);
    write_row(&mut out, table, cells, apart);
    out
}

fn list_text<'a>(table: &Table, parts: impl Iterator<Item = &'a Part>) -> String {
    let mut out = String::with_capacity(1_024);
    out.push('[');
    for (index, part) in parts.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(part.text(table));
    }
    out.push(']');
    out
}

fn write_row(out: &mut String, table: &Table, cells: &[Cell], apart: &[&str]) {
    let before = out.len();
    for ((name, kind), cell) in table.columns.iter().zip(cells) {
        if *cell == Cell::Null || apart.contains(name) {
            continue;
        }
        out.push(if out.len() == before { '{' } else { ',' });
        out.push('"');
        out.push_str(name);
        out.push_str("\":");
        write_cell(out, *kind, cell);
    }
    out.push_str(if out.len() == before { "{}" } else { "}" });
}

/// A cell as a text; an exclamation mark before what is not of its column's type.
pub(crate) fn cell_text(kind: Kind, cell: &Cell) -> String {
    let mut out = String::new();
    write_cell(&mut out, kind, cell);
    out
}

fn write_cell(out: &mut String, kind: Kind, cell: &Cell) {
    use std::fmt::Write as _;
    let fits = match cell {
        Cell::Null => true,
        Cell::Int(_) => matches!(kind, Kind::Int | Kind::Small | Kind::Big),
        Cell::Real(_) => kind == Kind::Real,
        Cell::Text(_) => kind == Kind::Text,
        Cell::Blob(_) => kind == Kind::Blob,
        Cell::Uuid(_) => kind == Kind::Uuid,
        Cell::Bool(_) => kind == Kind::Bool,
    };
    if !fits {
        out.push('!');
    }
    match cell {
        Cell::Null => out.push_str("null"),
        Cell::Int(n) => out.push_str(itoa::Buffer::new().format(*n)),
        Cell::Real(x) => {
            let _infallible = write!(out, "{x}");
        }
        Cell::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Cell::Uuid(id) => quote(out, id.hyphenated().encode_lower(&mut Uuid::encode_buffer())),
        Cell::Blob(bytes) => quote(out, &hex(bytes)),
        Cell::Text(text) if is_plain(text) => quote(out, text),
        Cell::Text(text) => out.push_str(&serde_json::Value::from(text.as_str()).to_string()),
    }
}

fn quote(out: &mut String, plain: &str) {
    out.push('"');
    out.push_str(plain);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_another_type_are_marked() {
        assert_eq!(cell_text(Kind::Big, &Cell::Text("1".to_owned())), "!\"1\"");
        assert_eq!(cell_text(Kind::Bool, &Cell::Int(2)), "!2");
        assert_eq!(cell_text(Kind::Real, &Cell::Real(119.05)), "119.05");
    }

    #[test]
    fn texts_are_as_json_has_them() {
        for text in ["", "油烟", "a\"b", "\\", "\u{1}\n", "\u{7f}\u{2028}", "𰻞"] {
            assert_eq!(cell_text(Kind::Text, &Cell::Text(text.to_owned())), serde_json::json!(text).to_string());
        }
        assert_eq!(cell_text(Kind::Blob, &Cell::Blob(vec![0, 0x9f, 0xa0, 0xff])), "\"009fa0ff\"");
    }
}
