//! An erasure as shown. It names fields; their values are nowhere.

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::erasure::{Erasure, Field};
use yizhi_domain::ids::{CaseId, PersonId};
use yizhi_store::Decider;

use crate::auth::Who;
use crate::views::case::{PersonView, person};
use crate::views::time::{Shown, shown};

/// A case by its two names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseName {
    id: String,
    number: String,
}

/// What somebody proposed to erase, and what came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErasureView {
    id: String,
    case: CaseName,
    /// `reporter`, `title`, `description`, `location`, `note:SEQ`, `attachment:ID`.
    fields: Vec<String>,
    /// The case in which the request was decided.
    authorised_by: CaseName,
    reason: String,
    /// `proposed`, `done` or `refused`.
    state: &'static str,
    proposed_by: PersonView,
    proposed_at: Shown,
    decided_by: Option<PersonView>,
    decided_at: Option<Shown>,
    /// Why it was refused.
    note: Option<String>,
}

pub(super) fn erasure(who: &Who, erasure: &Erasure) -> ErasureView {
    let decision = erasure.decision.as_ref();
    ErasureView {
        id: erasure.id.to_string(),
        case: name(erasure.case, &erasure.number),
        fields: erasure.fields.iter().map(Field::to_string).collect(),
        authorised_by: name(erasure.authority.0, &erasure.authority.1),
        reason: erasure.reason.clone(),
        state: erasure.state.as_str(),
        proposed_by: named(who, erasure.proposed_by),
        proposed_at: shown(erasure.proposed_at),
        decided_by: decision.map(|d| named(who, d.by)),
        decided_at: decision.map(|d| shown(d.at)),
        note: decision.map(|d| d.note.clone()).filter(|note| !note.is_empty()),
    }
}

fn name(id: CaseId, number: &str) -> CaseName {
    CaseName { id: id.to_string(), number: number.to_owned() }
}

/// Somebody who is gone from the directory keeps no name.
fn named(who: &Who, id: PersonId) -> PersonView {
    let nobody = || PersonView { account: String::new(), name: String::new() };
    who.world.directory.person(id).map_or_else(nobody, person)
}

pub(super) fn decider(who: &Who) -> Decider {
    Decider { by: who.person.id, actor: who.actor(), world: who.world.clone(), now: who.now }
}
