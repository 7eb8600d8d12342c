//! Codes that other systems and people write: divisions, grids, classes, components, identities. Each is read once, at the rim, into a type
//! that cannot hold a wrong one.

mod error;
pub mod mask;
mod object;
mod organisation;
mod person;
mod phone;
mod pinyin;
mod region;
mod text_code;

pub use error::CodeError;
pub use object::{ClassCode, ClassKind, ComponentCode, EstateCode, GridCode};
pub use organisation::{CreditCode, OrgCode};
pub use person::{CitizenId, Mobile};
pub use phone::Phone;
pub use pinyin::{pinyin_full, pinyin_initials};
pub use region::RegionCode;
