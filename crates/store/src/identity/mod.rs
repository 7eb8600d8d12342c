//! People, posts, sessions, tokens. Secrets arrive here hashed or sealed.

mod people;
mod posts;
mod sessions;
mod sign_in;
mod tokens;

use yizhi_domain::ids::PersonId;
use yizhi_domain::record::Record;

pub use people::{PersonRow, PersonStanding};
pub use posts::PostRow;
pub use sessions::SessionRow;
pub use sign_in::{Credentials, LockPolicy};
pub use tokens::{ApiToken, LoginLink};

use crate::Error;

/// Rows of one insert.
const CHUNK: usize = 500;

fn is_unique(error: &Error) -> bool {
    matches!(error, Error::SeaOrm(e) if matches!(e.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))))
}

/// The record of something that was done to or by a person.
fn entry(kind: &str, person: PersonId, fields: serde_json::Value) -> Record {
    let serde_json::Value::Object(fields) = fields else {
        return Record::new(kind, person.0, serde_json::Map::new());
    };
    Record::new(kind, person.0, fields)
}
