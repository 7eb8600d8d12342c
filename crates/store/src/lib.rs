//! The operational database: SQLite by default, PostgreSQL by URL, one schema. Two doors write: [`Db::apply`] for case commands, [`Db::write`] for the
//! rest. Every list query takes a slice.

mod accept;
mod access;
mod attachments;
mod bulk;
mod case_row;
mod cases;
mod cells;
mod copy;
mod cores;
mod db;
mod duties;
mod entity;
mod erasure;
mod error;
mod feed;
mod fingerprints;
mod gathered;
mod grid_import;
mod hot;
mod identity;
mod jobs;
mod ledger;
mod looks;
mod notices;
mod places;
mod proven;
mod region_import;
mod regions;
mod releases;
mod replay;
mod requests;
mod rows;
mod schema;
mod settings;
mod slice_sql;
mod stage_days;
mod state;
mod tags;
mod timers;
mod unreadable;
mod uploads;
mod watch;

pub use accept::{Acceptance, Misfit};
pub use attachments::{AttachmentRow, ContentDigests};
pub use cases::{
    CaseBrief, CaseFetched, CaseFilter, ConfidentialRow, Counted, CounterKey, Duplicate, Mine, Near, PlacePoint, Sort,
    TraceEntry,
};
pub use copy::DbCopy;
pub use cores::half_of_the_cores;
pub use db::{Backend, Connections, Db, Pulse, Recorded, Tx, Write};
pub use duties::{DutyRow, Held};
pub use erasure::{Decider, ErasureScope, Proposal, Rest};
pub use error::{Connecting, Error};
pub use feed::Change;
pub use fingerprints::{Fingerprint, KeyStand, Tagged};
pub use grid_import::{GridImport, Occupancy};
pub use hot::{Applied, ApplyError, Command, Idempotency, Intent};
pub use identity::{
    Activated, Activation, Administration, ApiToken, Credentials, Decision, GuardName, LAPSES_AFTER, LockPolicy,
    LoginLink, NewCode, NewProposal, Opening, PersonRow, PersonStanding, PostRow, ProposalRow, Proposed, ResetAlone,
    SessionRow, TokenRow, TokenTerms, TwoPeople,
};
pub use jobs::{JOB_LEASE, JobKeeper, JobRow};
pub use ledger::{Leaf, LeafFault, LedgerFault, LedgerHead, RecordRow};
pub use looks::{LookEntry, LookFilter, LookKey};
pub use notices::{NoticeRow, UNREAD_MAX};
pub use places::{Below, GridRow, RegionRow};
pub use proven::{By, LeftOut, OTHERWISE, TableRow, proven_columns, proven_tables};
pub use region_import::{RegionOutline, RegionPlacing};
pub use replay::{
    CaseChunk, CaseFacts, CaseStand, CaseTold, CountedAs, FileStand, LookStand, RecordChunk, RecordView, Replay,
    ReplayHead, TableKey,
};
pub use settings::{BEGUN, DIVISIONS, LOG_NAME};
pub use stage_days::{StageDay, day_range};
pub use timers::{DueTimer, TimerRefusal, TimersRefused};
pub use uploads::{Asked, Kept, Quota, Unused};
