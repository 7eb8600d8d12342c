//! What can be wrong, each with a name, the place, and what differs, in both languages.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use uuid::Uuid;
use yizhi_domain::clock::china;
use yizhi_domain::record::RecordError;

pub use super::rows::RowFault;

/// Which record: its number, its id, and the case it is of, where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub seq: Option<i64>,
    pub id: Uuid,
    pub case: Option<String>,
}

/// A column of a record that repeats what its text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Kind,
    Subject,
    RecordedAt,
}

/// What a case's row says that follows from its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    Number,
    State,
    Version,
    Entries,
    Title,
    Description,
    Location,
    Contact,
    Procedure,
    Release,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Text and salts do not lead to the commitment.
    Text { at: Place, fault: RecordError },
    /// The text leads to what the log has, but the column says another commitment.
    Commitment { at: Place },
    /// A column differs from the text.
    Column { at: Place, column: Column, stored: String, told: String },
    /// The tag is not that of this id and commitment.
    Tag { at: Place },
    /// Recorded longer before its neighbour than clocks differ.
    Time { at: Place, before: DateTime<Utc>, back: TimeDelta },
    /// A step does not follow the one before in its case.
    Step { at: Place, expected: String, told: String },
    /// There is no record with these numbers.
    Gap { from: i64, until: i64 },
    /// Another record has this number too.
    Repeated { at: Place },
    /// A record without a number, or with one below zero.
    Unnumbered { at: Place },
    /// The head of the feed has given another count of numbers than there are records.
    Head { said: i64, found: i64 },
    /// The log has another entry at this place, and this one nowhere.
    Unlogged { at: Place },
    /// The log has this record at another place.
    Order { at: Place, logged: u64 },
    /// An entry of a bundle differs from record and hash tile.
    Bundle { entry: u64, file: String },
    /// A file of the log cannot be read.
    File { file: String, why: String },
    /// Files of the log do not fit together or to a root.
    Log { size: u64, why: String },
    /// The checkpoint is missing or no checkpoint.
    Checkpoint { why: String },
    /// The checkpoint is not signed as the pinned keys ask.
    Signature { why: String },
    /// The ledger's row differs from the published checkpoint or from the records.
    Ledger { said: String, found: String },
    /// A case's row differs from its trace.
    Case { number: String, fact: Fact, stored: String, told: String },
    /// A case's row has another value than its reporter told, or none. The values are not said.
    Told { number: String, fact: Fact },
    /// A record has no value in a field, and no erasure accounts for it.
    Erased { at: Place, field: String },
    /// An erasure took a value out of a record, and it is there again.
    Returned { seq: i64, case: Option<String>, field: String },
    /// An erasure took a value out of a case's row, and it is there again.
    Back { number: String, column: String },
    /// A case's row says that a field was erased, and no erasure accounts for it.
    Hidden { number: String, field: String },
    /// An attachment is marked as erased, and no erasure accounts for it.
    FileErased { id: Uuid },
    /// An erasure took an attachment away, and it is there again.
    FileBack { id: Uuid },
    /// An erasure that nobody else had proposed.
    Alone { at: Place },
    /// A case without a single record.
    Untraced { number: String },
    /// Records of a case that is not there.
    Gone { case: Uuid, number: Option<String>, steps: u32 },
    /// The row by which a look is found differs from its record.
    Look { at: Place, column: &'static str, stored: String, told: String },
    /// A look that no row finds.
    LookUnlisted { at: Place },
    /// A row that finds a look of which there is no record.
    LookAlone { seq: i64 },
    /// A row is not what records say.
    Row(RowFault),
    /// A table, a column or what acts on them is not as the program makes it.
    Schema { what: String },
    /// A catalog release is not the one its id stands for.
    Release { id: String },
    /// Cases rest on a catalog release that is not there.
    ReleaseGone { id: String },
}

impl Finding {
    /// A short name that stays the same, for scripts.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "record.text",
            Self::Commitment { .. } => "record.commitment",
            Self::Column { column: Column::Kind, .. } => "record.kind",
            Self::Column { column: Column::Subject, .. } => "record.subject",
            Self::Column { column: Column::RecordedAt, .. } => "record.recorded_at",
            Self::Tag { .. } => "record.tag",
            Self::Time { .. } => "record.time",
            Self::Step { .. } => "record.step",
            Self::Gap { .. } => "record.missing",
            Self::Repeated { .. } => "record.repeated",
            Self::Unnumbered { .. } => "record.unnumbered",
            Self::Head { .. } => "feed_head.records",
            Self::Unlogged { .. } => "record.unlogged",
            Self::Order { .. } => "record.order",
            Self::Bundle { .. } => "log.entry",
            Self::File { .. } => "log.file",
            Self::Log { .. } => "log.tree",
            Self::Checkpoint { .. } => "checkpoint",
            Self::Signature { .. } => "checkpoint.signature",
            Self::Ledger { .. } => "ledger.row",
            Self::Case { fact, .. } | Self::Told { fact, .. } => fact.name(),
            Self::Erased { .. } => "record.erased",
            Self::Returned { .. } => "record.returned",
            Self::Back { .. } => "case.returned",
            Self::Hidden { .. } => "case.erased",
            Self::FileErased { .. } => "attachment.erased",
            Self::FileBack { .. } => "attachment.returned",
            Self::Alone { .. } => "erasure.people",
            Self::Untraced { .. } => "case.untraced",
            Self::Gone { .. } => "case.gone",
            Self::Look { .. } => "look.row",
            Self::LookUnlisted { .. } => "look.unlisted",
            Self::LookAlone { .. } => "look.alone",
            Self::Row(fault) => fault.name(),
            Self::Schema { .. } => "schema",
            Self::Release { .. } | Self::ReleaseGone { .. } => "release",
        }
    }

    fn words(&self) -> (String, String) {
        match self {
            Self::Text { at, fault } => at.say("正文或盐与承诺不符", format!("text or salts do not fit: {fault}")),
            Self::Commitment { at } => {
                at.say("承诺列被改，正文仍与账本一致", "its commitment was changed; its text still is what the log has")
            }
            Self::Column { at, column, stored, told } => at.say(
                format!("{}列是“{stored}”，正文是“{told}”", column.as_str()),
                format!("column {} says “{stored}”, the text “{told}”", column.as_str()),
            ),
            Self::Tag { at } => at.say("标签与编号、承诺不符", "its tag is not that of its id and commitment"),
            Self::Time { at, before, back } => at.say(
                format!("记录时间比前一条（{}）早{}秒", moment(*before), back.num_seconds()),
                format!("recorded {} s before its neighbour ({})", back.num_seconds(), moment(*before)),
            ),
            Self::Step { at, expected, told } => at.say(
                format!("步骤不接上一步：应为{expected}，实为{told}"),
                format!("this step does not follow: {expected} was expected, it says {told}"),
            ),
            Self::Repeated { at } => at.say("编号重复", "another record has this number"),
            Self::Unnumbered { at } => at.say("没有编号", "it has no number in the ledger"),
            Self::Unlogged { at } => at.say("账本里没有这条记录", "the log does not have this record"),
            Self::Order { at, logged } => {
                at.say(format!("账本里它是第{logged}号"), format!("the log has it as number {logged}"))
            }
            Self::Look { at, column, stored, told } => at.say(
                format!("look 表的 {column} 是“{stored}”，记录说“{told}”"),
                format!("the table look says {column} is “{stored}”, the record “{told}”"),
            ),
            Self::LookUnlisted { at } => at.say("look 表里没有这次查看", "the table look does not have this look"),
            Self::LookAlone { seq } => (
                format!("look 表有第{seq}号，却没有这条查看记录"),
                format!("the table look has number {seq}, but there is no record of such a look"),
            ),
            Self::Row(fault) => fault.words(),
            Self::Schema { what } => (
                format!("数据库的结构被改过：{what} 与本程序所建的不同，行里写的未必是读写到的"),
                format!(
                    "the database's schema was changed: {what} is not as this program makes it, so what is read may not be what rows say"
                ),
            ),
            Self::Gap { .. } | Self::Head { .. } | Self::Ledger { .. } => self.words_of_numbers(),
            Self::Case { .. }
            | Self::Told { .. }
            | Self::Untraced { .. }
            | Self::Gone { .. }
            | Self::Release { .. }
            | Self::ReleaseGone { .. } => self.words_of_cases(),
            Self::Erased { at, field } => at.say(
                format!("字段“{field}”的值被去掉了，没有相应的删除记录"),
                format!("the value of “{field}” was taken out, and no erasure accounts for it"),
            ),
            Self::Alone { at } => at.say(
                "删除不是由两个人办理的：没有另一人的申请",
                "this erasure was not decided by two people: nobody else had proposed it",
            ),
            Self::Returned { .. }
            | Self::Back { .. }
            | Self::Hidden { .. }
            | Self::FileErased { .. }
            | Self::FileBack { .. } => self.words_of_erasures(),
            _ => self.words_of_log(),
        }
    }

    fn words_of_numbers(&self) -> (String, String) {
        match self {
            Self::Gap { from, until } if until - from == 1 => {
                (format!("第{from}号记录不见了"), format!("record {from} is missing"))
            }
            Self::Gap { from, until } => {
                (format!("第{from}至{}号记录不见了", until - 1), format!("records {from} to {} are missing", until - 1))
            }
            Self::Head { said, found } => (
                format!("feed_head 记着{said}条记录，实有{found}条"),
                format!("feed_head counts {said} records, there are {found}"),
            ),
            Self::Ledger { said, found } => {
                (format!("ledger 表记着{said}，应为{found}"), format!("the table ledger says {said}, but {found}"))
            }
            _ => Default::default(),
        }
    }

    fn words_of_log(&self) -> (String, String) {
        match self {
            Self::Bundle { entry, file } => (
                format!("账本文件 {file} 里第{entry}条被改"),
                format!("entry {entry} in the log's file {file} was changed"),
            ),
            Self::File { file, why } => {
                (format!("账本文件 {file} 读不出：{why}"), format!("the log's file {file} cannot be read: {why}"))
            }
            Self::Log { size, why } => (
                format!("账本前{size}条的文件对不上：{why}"),
                format!("the log's files do not hold for {size} entries: {why}"),
            ),
            Self::Checkpoint { why } => {
                (format!("检查点不可用：{why}"), format!("there is no usable checkpoint: {why}"))
            }
            Self::Signature { why } => {
                (format!("检查点签名不成立：{why}"), format!("the checkpoint is not signed as it should be: {why}"))
            }
            _ => Default::default(),
        }
    }

    fn words_of_erasures(&self) -> (String, String) {
        match self {
            Self::Returned { seq, case, field } => {
                let place = Place { seq: Some(*seq), id: Uuid::nil(), case: case.clone() };
                place.say(
                    format!("字段“{field}”已依法删除，现在又有值"),
                    format!("“{field}” was erased, and has a value again"),
                )
            }
            Self::Back { number, column } => (
                format!("案件 {number} 的 {column} 已依法删除，现在又有值"),
                format!("case {number}: {column} was erased, and has a value again"),
            ),
            Self::Hidden { number, field } => (
                format!("案件 {number} 标着“{field}”已删除，没有相应的删除记录"),
                format!("case {number}: “{field}” is marked as erased, and no erasure accounts for it"),
            ),
            Self::FileErased { id } => (
                format!("附件 {id} 标为已删除，没有相应的删除记录"),
                format!("attachment {id} is marked as erased, and no erasure accounts for it"),
            ),
            Self::FileBack { id } => (
                format!("附件 {id} 已依法删除，现在却没有标为已删除"),
                format!("attachment {id} was erased, and is not marked so any more"),
            ),
            _ => Default::default(),
        }
    }

    fn words_of_cases(&self) -> (String, String) {
        match self {
            Self::Told { number, fact } => (
                format!("案件 {number} 的 {} 与记录不符", fact.as_str()),
                format!("case {number}: {} is not what its record says", fact.as_str()),
            ),
            Self::Case { number, fact, stored, told } => (
                format!("案件 {number} 的 {} 是“{stored}”，记录说“{told}”", fact.as_str()),
                format!("case {number}: {} is “{stored}”, its trace says “{told}”", fact.as_str()),
            ),
            Self::Untraced { number } => {
                (format!("案件 {number} 没有任何记录"), format!("case {number} has no record at all"))
            }
            Self::Gone { case, number, steps } => {
                let name = number.clone().unwrap_or_else(|| case.to_string());
                (
                    format!("案件 {name} 不见了，留有{steps}条记录"),
                    format!("case {name} is gone, {steps} records of it are there"),
                )
            }
            Self::Release { id } => (
                format!("目录版本 {id} 的内容与编号不符"),
                format!("catalog release {id} is not what its id stands for"),
            ),
            Self::ReleaseGone { id } => (
                format!("目录版本 {id} 不见了，还有案件按它办理"),
                format!("catalog release {id} is gone, and cases rest on it"),
            ),
            _ => Default::default(),
        }
    }
}

impl Place {
    pub(super) fn say(&self, zh: impl fmt::Display, en: impl fmt::Display) -> (String, String) {
        let (mut who_zh, mut who_en) = match self.seq {
            Some(seq) => (format!("第{seq}号记录"), format!("record {seq}")),
            None => (format!("记录 {}", self.id), format!("record {}", self.id)),
        };
        if let Some(case) = &self.case {
            who_zh += &format!("（案件 {case}）");
            who_en += &format!(" (case {case})");
        }
        (format!("{who_zh}：{zh}"), format!("{who_en}: {en}"))
    }
}

impl Column {
    fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Subject => "subject",
            Self::RecordedAt => "recorded_at",
        }
    }
}

impl Fact {
    fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::State => "state",
            Self::Version => "version",
            Self::Entries => "body.entries",
            Self::Title => "body.title",
            Self::Description => "body.description",
            Self::Location => "location",
            Self::Contact => "contact",
            Self::Procedure => "procedure",
            Self::Release => "release",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Number => "case.number",
            Self::State => "case.state",
            Self::Version => "case.version",
            Self::Entries => "case.entries",
            Self::Title => "case.title",
            Self::Description => "case.description",
            Self::Location => "case.location",
            Self::Contact => "case.contact",
            Self::Procedure => "case.procedure",
            Self::Release => "case.release",
        }
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.with_timezone(&china()).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// The name, then what is wrong in both languages.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (zh, en) = self.words();
        write!(f, "[{}] {zh}。 {en}.", self.name())
    }
}

/// All that was found: how often by name, and the first of them whole.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    counted: BTreeMap<&'static str, u64>,
}

impl Findings {
    /// How many are kept whole. The rest is counted.
    const KEPT: usize = 10_000;

    pub(super) fn add(&mut self, finding: Finding) {
        *self.counted.entry(finding.name()).or_default() += 1;
        if self.kept.len() < Self::KEPT {
            self.kept.push(finding);
        }
    }

    pub(super) fn append(&mut self, others: Self) {
        for (name, n) in others.counted {
            *self.counted.entry(name).or_default() += n;
        }
        let room = Self::KEPT.saturating_sub(self.kept.len());
        self.kept.extend(others.kept.into_iter().take(room));
    }

    pub fn is_empty(&self) -> bool {
        self.counted.is_empty()
    }

    pub fn total(&self) -> u64 {
        self.counted.values().sum()
    }

    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    pub fn counted(&self) -> &BTreeMap<&'static str, u64> {
        &self.counted
    }
}
