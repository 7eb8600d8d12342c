//! What can be wrong with rows that follow from records, in both languages.

use uuid::Uuid;
use yizhi_store::CountedAs;

use super::finding::Place;

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// A case's rows are not what its last record commits to.
    Facts { number: String, what: &'static str },
    /// The leaves kept with a case are missing, or do not lead to what its last record says.
    Leaves { number: String },
    /// A record found its case in another state than the record before it had left it in.
    Before { at: Place },
    /// An assignment or participation in a case that is not there.
    Orphan { table: &'static str, case: Uuid },
    /// A row is not what the last record of it says.
    Changed { table: String, key: String, columns: Vec<String> },
    /// A row that no record made.
    Unrecorded { table: String, key: String },
    /// A row of which a record says that it is there.
    Missing { table: String, key: String },
    /// The rows of a county are not those of its last import.
    County { table: String, path: String },
    /// A counter of the overview is not the number of the cases that it counts.
    Counter { of: CountedAs, said: i64, found: i64 },
    /// A column of an attachment is not what the record of its upload says.
    Upload { id: Uuid, column: String },
    /// An attachment is with another case than the one whose steps show it.
    Shown { id: Uuid, case: Option<Uuid> },
    /// The bytes of a file are not those that were kept.
    Bytes { file: String },
    /// A file that should be there cannot be read.
    File { file: String, why: String },
}

impl RowFault {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Facts { .. } => "case.facts",
            Self::Leaves { .. } => "case.leaves",
            Self::Before { .. } => "record.before",
            Self::Orphan { .. } => "case.orphan",
            Self::Changed { .. } => "row.changed",
            Self::Unrecorded { .. } => "row.unrecorded",
            Self::Missing { .. } => "row.missing",
            Self::County { .. } => "county.changed",
            Self::Counter { .. } => "counter.n",
            Self::Upload { .. } => "attachment.row",
            Self::Shown { .. } => "attachment.case",
            Self::Bytes { .. } => "file.changed",
            Self::File { .. } => "file.unreadable",
        }
    }

    pub(super) fn words(&self) -> (String, String) {
        match self {
            Self::Facts { number, what } => {
                let place = place(what);
                (
                    format!("案件 {number} 的 {place} 与最后一条记录承诺的不符"),
                    format!("case {number}: {place} is not what its last record commits to"),
                )
            }
            Self::Leaves { number } => (
                format!("案件 {number} 的 cases.leaves 与最后一条记录承诺的不符"),
                format!("case {number}: cases.leaves does not lead to what its last record commits to"),
            ),
            Self::Before { at } => at.say(
                "办这一步时案件已不是上一条记录留下的样子",
                "it found the case in another state than the record before had left it in",
            ),
            Self::Orphan { table, case } => (
                format!("{table} 表里有案件 {case} 的行，没有这个案件"),
                format!("the table {table} has rows of case {case}, which is not there"),
            ),
            Self::Changed { table, key, columns } => {
                let columns = columns.join(", ");
                let of = if columns.is_empty() { String::new() } else { format!(" ({columns})") };
                (
                    format!("{table} 表的 {key}{of} 与最后一条记录不符"),
                    format!("the table {table}: {key}{of} is not what its last record says"),
                )
            }
            Self::Unrecorded { table, key } => {
                (format!("{table} 表的 {key} 没有任何记录"), format!("the table {table}: no record made {key}"))
            }
            Self::Missing { table, key } => (
                format!("{table} 表的 {key} 不见了"),
                format!("the table {table}: {key} is gone, and no record says so"),
            ),
            Self::County { table, path } => (
                format!("{table} 表中 {path} 的内容与最后一次导入不符"),
                format!("the table {table}: what it has of {path} is not what the last import left"),
            ),
            Self::Counter { of: CountedAs { village, matter, department, state }, said, found } => (
                format!("counter 表的 {village} {matter} {department} {state} 记着{said}件，实有{found}件"),
                format!(
                    "the table counter: {village} {matter} {department} {state} says {said}, there are {found} cases"
                ),
            ),
            Self::Upload { id, column } => (
                format!("附件 {id} 的 {column} 与上传记录不符"),
                format!("attachment {id}: {column} is not what the record of its upload says"),
            ),
            Self::Shown { id, case } => {
                let case = case.map_or_else(|| "—".to_owned(), |case| case.to_string());
                (
                    format!("附件 {id} 归在案件 {case}，与办理记录不符"),
                    format!("attachment {id} is with case {case}, which is not what steps say"),
                )
            }
            Self::Bytes { file } => (
                format!("文件 {file} 的内容与上传时不同"),
                format!("the file {file} is not what was kept when it was uploaded"),
            ),
            Self::File { file, why } => {
                (format!("文件 {file} 读不出：{why}"), format!("the file {file} cannot be read: {why}"))
            }
        }
    }
}

/// Where the facts of a leaf lie.
fn place(what: &str) -> String {
    match what {
        "case" => "cases".to_owned(),
        "assignments" => "assignment".to_owned(),
        "access" => "case_access".to_owned(),
        "title" | "description" => format!("cases.body.{what}"),
        "location" => "cases.lon/lat/body.data.position".to_owned(),
        column => format!("cases.{column}"),
    }
}
