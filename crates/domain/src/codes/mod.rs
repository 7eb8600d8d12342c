//! Codes that other systems and people write: divisions, grids, classes, components, identities. Each is read once, at the rim, into a type
//! that cannot hold a wrong one.

mod error;
mod pinyin;
mod region;

pub use error::CodeError;
pub use pinyin::{pinyin_full, pinyin_initials};
pub use region::RegionCode;
