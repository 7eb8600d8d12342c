//! The operational database: SQLite by default, PostgreSQL by URL, one schema. Two doors write: [`Db::apply`] for case commands, [`Db::write`] for the
//! rest. Every list query takes a slice.

mod access;
mod attachments;
mod bulk;
mod case_row;
mod cases;
mod copy;
mod db;
mod entity;
mod erasure;
mod error;
mod feed;
mod gathered;
mod hot;
mod identity;
mod jobs;
mod ledger;
mod looks;
mod notices;
mod places;
mod releases;
mod replay;
mod rows;
mod schema;
mod settings;
mod slice_sql;
mod tags;
mod uploads;
mod watch;

pub use attachments::AttachmentRow;
pub use cases::{
    CaseBrief, CaseFetched, CaseFilter, Counted, CounterKey, Duplicate, Mine, Near, PlacePoint, Sort, TraceEntry,
};
pub use copy::DbCopy;
pub use db::{Backend, Db, Recorded, Tx, Write};
pub use erasure::{Decider, ErasureScope, Proposal, Rest};
pub use error::Error;
pub use feed::Change;
pub use hot::{Applied, ApplyError, Command, Idempotency, Intent};
pub use identity::{ApiToken, Credentials, LockPolicy, LoginLink, PersonRow, PersonStanding, PostRow, SessionRow};
pub use jobs::{JobKeeper, JobRow};
pub use ledger::{Leaf, LeafFault, LedgerHead, RecordRow};
pub use looks::{LookEntry, LookFilter, LookKey};
pub use notices::NoticeRow;
pub use places::{DutyRow, GridRow, RegionRow};
pub use replay::{CaseStand, CaseTold, LookStand, RecordChunk, RecordView, Replay, ReplayHead};
pub use uploads::{Asked, Kept, Quota, Unused};
