//! People, posts, sessions, tokens. Secrets arrive here hashed or sealed.

mod activations;
mod administration;
mod guard;
mod people;
mod posts;
mod sessions;
mod sign_in;
mod tokens;
mod two;

use yizhi_domain::ids::PersonId;
use yizhi_domain::record::Record;

pub use activations::{Activated, Activation, NewCode, ResetAlone};
pub use administration::Administration;
pub use guard::GuardName;
pub use people::{Opening, PersonRow, PersonStanding};
pub use posts::PostRow;
pub use sessions::SessionRow;
pub use sign_in::{Credentials, LockPolicy};
pub use tokens::{ApiToken, LoginLink, TokenRow, TokenTerms};
pub use two::{Decision, LAPSES_AFTER, NewProposal, ProposalRow, Proposed, TwoPeople};

use crate::{Error, Recorded, Tx};

/// Rows of one insert.
const CHUNK: usize = 500;

/// What was refused because there is a row of that key already, by the key's name; any other error as it is.
fn taken(what: &'static str) -> impl Fn(Error) -> Error {
    move |error| if error.is_unique() { Error::Taken(what) } else { error }
}

/// Writes a record about a person, who is its subject, with what it left of the person's account, posts, tokens, codes and proposals.
async fn recorded<T>(tx: &Tx, mut record: Record, value: T) -> Result<Recorded<T>, Error> {
    let person = record.subject;
    for (table, column) in [
        ("person", "id"),
        ("post", "person"),
        ("api_token", "person"),
        ("activation", "person"),
        ("post_proposal", "person"),
    ] {
        tx.prove_of(&mut record, table, column, person).await?;
    }
    tx.record(record, value).await
}

/// The record of something that was done to or by a person.
fn entry(kind: &str, person: PersonId, fields: serde_json::Value) -> Record {
    let serde_json::Value::Object(fields) = fields else {
        return Record::new(kind, person.0, serde_json::Map::new());
    };
    Record::new(kind, person.0, fields)
}
