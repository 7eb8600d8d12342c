//! Erasure (删除): a value that a case holds about somebody is taken out of everything that is kept, and every proof stays valid. The right to it is
//! art. 47 of the Personal Information Protection Law (个人信息保护法). Here is which fields there are, where their values lie, who may decide, and
//! what the records of it say: places and names, never values.

mod field;
mod kept;
mod refusal;
mod request;

pub use field::Field;
pub use kept::{Kept, KeptFile, KeptStep};
pub use refusal::{Kind, Refusal};
pub use request::{Decision, Erasure, State, TEXT_MAX, Taken, authorises, check_note, check_reason};
