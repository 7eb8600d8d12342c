//! Looks as an auditor sees them: with the names of people, posts and cases.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::directory::PersonBrief;
use yizhi_domain::ids::{CaseId, PersonId};
use yizhi_domain::look::{Look, LookKind};
use yizhi_store::LookEntry;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::views::case::{Named, PersonView, person};
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

/// The post somebody looked in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LookPostView {
    pub(super) role: String,
    pub(super) role_name: Text,
    pub(super) region_name: String,
}

/// The case somebody looked at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LookCase {
    pub(super) id: String,
    pub(super) number: String,
}

/// One look.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LookView {
    /// Its place in the ledger, from which `/looks/{seq}/receipt` gives the proof.
    pub(super) seq: i64,
    pub(super) at: Shown,
    /// `unmask`, `export`, `read`, or `looks` for a look at looks.
    #[schema(value_type = String)]
    pub(super) kind: LookKind,
    pub(super) actor: PersonView,
    pub(super) post: LookPostView,
    pub(super) purpose: Option<Named>,
    pub(super) case: Option<LookCase>,
    /// Names of what was shown.
    pub(super) fields: Vec<String>,
    /// How many rows a list had.
    pub(super) rows: Option<u64>,
    /// What a list was narrowed by.
    pub(super) filter: Option<String>,
}

/// Names that looks mention by id.
struct Names {
    people: HashMap<PersonId, PersonBrief>,
    cases: HashMap<CaseId, String>,
}

/// Looks with the names they mention.
pub(super) async fn views(app: &App, who: &Who, looks: &[LookEntry]) -> Result<Vec<LookView>, Problem> {
    let people: BTreeSet<PersonId> = looks.iter().map(|entry| entry.look.person).collect();
    let cases: BTreeSet<CaseId> =
        looks.iter().filter_map(|entry| entry.look.case.as_ref()).map(|(id, _)| *id).collect();
    let people = app.db().people_named(&people.into_iter().collect::<Vec<_>>()).await?;
    let cases = app.db().look_cases(&cases.into_iter().collect::<Vec<_>>()).await?;
    let names = Names { people: people.into_iter().map(|p| (p.id, p)).collect(), cases: cases.into_iter().collect() };
    Ok(looks.iter().map(|entry| view(who, &names, entry)).collect())
}

fn view(who: &Who, names: &Names, LookEntry { seq, look }: &LookEntry) -> LookView {
    let world = &who.world;
    let stranger = || PersonView { account: look.person.to_string(), name: String::new() };
    LookView {
        seq: *seq,
        at: shown(look.at),
        kind: look.kind,
        actor: names.people.get(&look.person).map_or_else(stranger, person),
        post: LookPostView {
            role: look.post.role.clone(),
            role_name: world.catalog.role_name(&look.post.role).into(),
            region_name: world.regions.holding(&look.post.path).map(|r| r.name.to_owned()).unwrap_or_default(),
        },
        purpose: purpose(who, look),
        case: look
            .case
            .as_ref()
            .map(|(id, _)| LookCase { id: id.to_string(), number: names.cases.get(id).cloned().unwrap_or_default() }),
        fields: look.fields.clone(),
        rows: look.rows,
        filter: look.filter.clone(),
    }
}

/// The purpose by its present name; one that the catalog has dropped, by its code.
fn purpose(who: &Who, look: &Look) -> Option<Named> {
    let code = look.purpose.as_ref()?;
    let name = who.world.catalog.purpose(code).map(|purpose| Text::from(&purpose.name));
    let name = name.unwrap_or_else(|| Text { zh: code.clone(), en: code.clone() });
    Some(Named { code: code.clone(), name })
}
