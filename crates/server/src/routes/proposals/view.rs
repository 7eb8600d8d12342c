//! A proposal as shown.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::directory::{PersonBrief, Post};
use yizhi_domain::ids::PersonId;
use yizhi_domain::region::RegionPath;
use yizhi_store::ProposalRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::routes::people::view::{PostView, post};
use crate::views::time::{Shown, shown};

/// Account and name of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PersonNamed {
    account: String,
    name: String,
}

/// What one administrator proposed, and what another made of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProposalView {
    id: String,
    /// `post`: a post is given; `reset`: somebody gets a new activation.
    kind: &'static str,
    /// `proposed`, `done` or `refused`.
    state: String,
    person: PersonNamed,
    post: Option<PostView>,
    reason: Option<String>,
    /// Absent: the operator of the machine did it at the command line, without a second person.
    proposed_by: Option<PersonNamed>,
    proposed_at: Shown,
    decided_by: Option<PersonNamed>,
    decided_at: Option<Shown>,
    note: Option<String>,
    /// Whether the present session may confirm it, as far as can be told before.
    confirmable: bool,
}

pub(crate) async fn proposal(app: &App, who: &Who, row: &ProposalRow) -> Result<ProposalView, Problem> {
    proposals(app, who, std::slice::from_ref(row)).await?.pop().ok_or_else(Problem::not_found)
}

pub(crate) async fn proposals(app: &App, who: &Who, rows: &[ProposalRow]) -> Result<Vec<ProposalView>, Problem> {
    let people = |row: &ProposalRow| [Some(row.person), row.proposed_by, row.decided_by].into_iter().flatten();
    let mut ids: Vec<PersonId> = rows.iter().flat_map(people).collect();
    ids.sort_unstable();
    ids.dedup();
    let names: HashMap<PersonId, PersonBrief> =
        app.db().people_named(&ids).await?.into_iter().map(|p| (p.id, p)).collect();
    let named = |id: PersonId| {
        let known = names.get(&id);
        PersonNamed {
            account: known.map(|p| p.account.clone()).unwrap_or_default(),
            name: known.map(|p| p.name.clone()).unwrap_or_default(),
        }
    };
    let view = |row: &ProposalRow| ProposalView {
        id: row.id.to_string(),
        kind: if row.post.is_some() { "post" } else { "reset" },
        state: row.state.clone(),
        person: named(row.person),
        post: row.post.as_ref().and_then(|p| {
            let path = RegionPath::parse(&p.path)?;
            let held = Post {
                id: p.id,
                person: p.person,
                role: p.role.clone(),
                path,
                department: p.department.clone(),
                from: p.from,
                until: p.until,
            };
            Some(post(app, &who.world, &held))
        }),
        reason: row.reason.clone(),
        proposed_by: row.proposed_by.map(named),
        proposed_at: shown(row.proposed_at),
        decided_by: row.decided_by.map(named),
        decided_at: row.decided_at.map(shown),
        note: row.note.clone(),
        confirmable: confirmable(who, row),
    };
    Ok(rows.iter().map(view).collect())
}

fn confirmable(who: &Who, row: &ProposalRow) -> bool {
    let roles = who.world.catalog.roles();
    let families = |id: PersonId| {
        let held = who.world.directory.posts_of(id, who.now);
        held.filter_map(|p| roles.get(&p.role).map(|r| r.family)).filter(|f| f.is_administrative())
    };
    row.state == "proposed"
        && row.person != who.person.id
        && row.proposed_by.is_some_and(|by| by != who.person.id && families(by).all(|f| f != who.role.family))
}
