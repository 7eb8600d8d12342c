//! Rows for the hot path: written with one prepared statement for each row on SQLite, and with one statement over arrays on PostgreSQL.

use uuid::Uuid;

/// A column's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Small,
    Big,
    Real,
    Text,
    Blob,
    Uuid,
    Bool,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
    Uuid(Uuid),
    Bool(bool),
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! cell_from {
    ($($source:ty => |$value:ident| $cell:expr),* $(,)?) => {$(
        impl From<$source> for Cell {
            fn from($value: $source) -> Self {
                $cell
            }
        }
    )*};
}

cell_from! {
    i64 => |v| Self::Int(v),
    u32 => |v| Self::Int(i64::from(v)),
    f64 => |v| Self::Real(v),
    String => |v| Self::Text(v),
    &str => |v| Self::Text(v.to_owned()),
    Vec<u8> => |v| Self::Blob(v),
    Uuid => |v| Self::Uuid(v),
    bool => |v| Self::Bool(v),
}

/// What to do when the key is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnConflict {
    Fail,
    Ignore,
    /// Overwrite all columns but the key.
    Replace,
    /// Add the last column to the one that is there.
    Add,
}

/// A table as the hot path writes it. The key columns come first.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
    pub(crate) key: usize,
    pub(crate) on_conflict: OnConflict,
}

impl Table {
    fn conflict_clause(&self) -> String {
        let (keys, rest) = self.columns.split_at(self.key);
        let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
        let target = format!(" ON CONFLICT ({})", names.join(", "));
        match self.on_conflict {
            OnConflict::Fail => String::new(),
            OnConflict::Ignore => format!("{target} DO NOTHING"),
            OnConflict::Replace => {
                let sets: Vec<String> = rest.iter().map(|(name, _)| format!("{name} = excluded.{name}")).collect();
                format!("{target} DO UPDATE SET {}", sets.join(", "))
            }
            OnConflict::Add => {
                let last = rest.last().map_or("n", |(name, _)| *name);
                format!("{target} DO UPDATE SET {last} = {}.{last} + excluded.{last}", self.name)
            }
        }
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// The statement for one row, with positional parameters.
    pub(crate) fn sqlite(&self) -> String {
        let marks: Vec<String> = (1..=self.columns.len()).map(|i| format!("?{i}")).collect();
        format!("INSERT INTO {} ({}) VALUES ({}){}", self.name, self.names(), marks.join(", "), self.conflict_clause())
    }

    /// The statement for many rows, with one array parameter for each column, the first of them after `before` others.
    pub(crate) fn postgres(&self, before: usize) -> String {
        let numbered = self.columns.iter().zip(before + 1..);
        let arrays: Vec<String> = numbered.map(|((_, kind), i)| format!("${i}::{}[]", kind.postgres())).collect();
        format!(
            "INSERT INTO {} ({}) SELECT * FROM UNNEST({}){}",
            self.name,
            self.names(),
            arrays.join(", "),
            self.conflict_clause()
        )
    }

    /// As [`Self::postgres`], for a table whose first column counts on from a column of `head`.
    fn numbered_postgres(&self, head: &str, before: usize) -> String {
        let numbered = self.columns.iter().zip(before + 1..);
        let arrays: Vec<String> = numbered.map(|((_, kind), i)| format!("${i}::{}[]", kind.postgres())).collect();
        let names = self.names();
        let rest: Vec<String> = self.columns.iter().skip(1).map(|(name, _)| format!("new.{name}")).collect();
        format!(
            "INSERT INTO {} ({names}) SELECT head.{head} - cardinality(${}::int8[]) + new.seq, {} FROM UNNEST({}) AS new ({names}), head",
            self.name,
            before + 1,
            rest.join(", "),
            arrays.join(", "),
        )
    }
}

impl Kind {
    fn postgres(self) -> &'static str {
        match self {
            Self::Int => "int4",
            Self::Small => "int2",
            Self::Big => "int8",
            Self::Real => "float8",
            Self::Text => "text",
            Self::Blob => "bytea",
            Self::Uuid => "uuid",
            Self::Bool => "bool",
        }
    }
}

use Kind::{Big, Blob, Bool, Int, Real, Small, Text, Uuid as Id};

pub(crate) const CASES: Table = Table {
    name: "cases",
    columns: &[
        ("id", Id),
        ("number", Text),
        ("matter", Text),
        ("family", Text),
        ("procedure", Text),
        ("release", Text),
        ("state", Text),
        ("version", Int),
        ("path", Text),
        ("grid", Text),
        ("lon", Real),
        ("lat", Real),
        ("cell", Big),
        ("department", Text),
        ("confidential", Bool),
        ("demo", Bool),
        ("reporter", Id),
        ("occurred_at", Big),
        ("recorded_at", Big),
        ("closed_at", Big),
        ("due_at", Big),
        ("overall_due_at", Big),
        ("next_alert_at", Big),
        ("alert", Small),
        ("paused", Bool),
        ("provisional", Bool),
        ("duplicate_of", Id),
        ("contact", Blob),
        ("body", Text),
        ("asked", Blob),
        ("leaves", Blob),
    ],
    key: 1,
    on_conflict: OnConflict::Fail,
};

/// Columns of a case that a step changes, written to the row that is there.
pub(crate) const CASE_CHANGES: &[(&str, Kind)] = &[
    ("state", Text),
    ("version", Int),
    ("department", Text),
    ("confidential", Bool),
    ("closed_at", Big),
    ("due_at", Big),
    ("overall_due_at", Big),
    ("next_alert_at", Big),
    ("alert", Small),
    ("paused", Bool),
    ("provisional", Bool),
    ("duplicate_of", Id),
    ("body", Text),
    ("leaves", Blob),
];

/// One statement for the rows of several tables on PostgreSQL: the parameters of each table follow those of the one before.
pub(crate) fn together_postgres(tables: &[&Table]) -> String {
    let mut before = 0;
    let mut parts = Vec::with_capacity(tables.len());
    for table in tables {
        parts.push(format!("{}_rows AS ({})", table.name, table.postgres(before)));
        before += table.columns.len();
    }
    format!("WITH {} SELECT 1", parts.join(", "))
}

/// Records and changes on PostgreSQL, numbered from the head, which stays locked until the commit: one array for each column. `seq` is given as
/// counted from zero for records and from one for changes.
pub(crate) fn numbered_postgres() -> String {
    let records = RECORD.columns.len();
    format!(
        "WITH head AS (UPDATE feed_head SET records = records + cardinality($1::int8[]), seq = seq + cardinality(${}::int8[]) \
         WHERE id = 1 RETURNING records, seq), record_rows AS ({}) {}",
        records + 1,
        RECORD.numbered_postgres("records", 0),
        CHANGE.numbered_postgres("seq", records),
    )
}

/// `UPDATE` of one case on SQLite: changes first, the id last.
pub(crate) fn case_update_sqlite() -> String {
    let sets: Vec<String> =
        CASE_CHANGES.iter().enumerate().map(|(i, (name, _))| format!("{name} = ?{}", i + 1)).collect();
    format!("UPDATE cases SET {} WHERE id = ?{}", sets.join(", "), CASE_CHANGES.len() + 1)
}

/// `UPDATE` of many cases on PostgreSQL: one array for each change, ids last.
pub(crate) fn case_update_postgres() -> String {
    let sets: Vec<String> = CASE_CHANGES.iter().map(|(name, _)| format!("{name} = new.{name}")).collect();
    let mut arrays: Vec<String> =
        CASE_CHANGES.iter().enumerate().map(|(i, (_, kind))| format!("${}::{}[]", i + 1, kind.postgres())).collect();
    arrays.push(format!("${}::uuid[]", CASE_CHANGES.len() + 1));
    let names: Vec<&str> = CASE_CHANGES.iter().map(|(name, _)| *name).chain(["id"]).collect();
    format!(
        "UPDATE cases SET {} FROM UNNEST({}) AS new ({}) WHERE cases.id = new.id",
        sets.join(", "),
        arrays.join(", "),
        names.join(", ")
    )
}

pub(crate) const ASSIGNMENT: Table = Table {
    name: "assignment",
    columns: &[
        ("case_id", Id),
        ("n", Int),
        ("stage", Text),
        ("kind", Text),
        ("role", Text),
        ("path", Text),
        ("department", Text),
        ("person", Id),
        ("village", Text),
        ("opened_at", Big),
        ("due_at", Big),
        ("left_at", Big),
        ("outcome", Text),
        ("version", Int),
        ("left_by", Id),
    ],
    key: 2,
    on_conflict: OnConflict::Replace,
};

pub(crate) const ACCESS: Table = Table {
    name: "case_access",
    columns: &[
        ("principal", Text),
        ("case_id", Id),
        ("since", Big),
        ("until", Big),
        ("why", Text),
        ("recorded_at", Big),
    ],
    key: 3,
    on_conflict: OnConflict::Ignore,
};

pub(crate) const RECORD: Table = Table {
    name: "record",
    columns: &[
        ("seq", Big),
        ("id", Id),
        ("kind", Text),
        ("subject", Id),
        ("recorded_at", Big),
        ("canonical", Blob),
        ("salts", Blob),
        ("commitment", Blob),
        ("tag", Blob),
    ],
    key: 1,
    on_conflict: OnConflict::Fail,
};

pub(crate) const CHANGE: Table = Table {
    name: "change_feed",
    columns: &[
        ("seq", Big),
        ("kind", Text),
        ("id", Id),
        ("version", Int),
        ("state", Text),
        ("path", Text),
        ("department", Text),
        ("confidential", Bool),
        ("at", Big),
    ],
    key: 1,
    on_conflict: OnConflict::Fail,
};

pub(crate) const COUNTER: Table = Table {
    name: "counter",
    columns: &[("village", Text), ("matter", Text), ("department", Text), ("state", Text), ("n", Big)],
    key: 4,
    on_conflict: OnConflict::Add,
};

pub(crate) const IDEMPOTENCY: Table = Table {
    name: "idempotency",
    columns: &[("principal", Text), ("name", Text), ("digest", Blob), ("case_id", Id), ("at", Big)],
    key: 2,
    on_conflict: OnConflict::Fail,
};

pub(crate) const NOTICE: Table = Table {
    name: "notice",
    columns: &[("id", Id), ("principal", Text), ("case_id", Id), ("zh", Text), ("en", Text), ("at", Big)],
    key: 1,
    on_conflict: OnConflict::Fail,
};

pub(crate) const JOB: Table = Table {
    name: "job",
    columns: &[
        ("id", Id),
        ("kind", Text),
        ("payload", Text),
        ("state", Text),
        ("run_at", Big),
        ("attempts", Int),
        ("done", Big),
        ("total", Big),
        ("created_at", Big),
    ],
    key: 1,
    on_conflict: OnConflict::Fail,
};
