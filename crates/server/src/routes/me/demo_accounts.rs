//! Whom one can become in a demonstration: one for each role, county and department. In grids, somebody who is on duty goes first.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::directory::{PersonBrief, Post};
use yizhi_domain::ids::PersonId;
use yizhi_domain::region::{Level, RegionPath};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::routes::session::first_post;
use crate::views::text::Text;

/// An account made for demonstration.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DemoAccount {
    account: String,
    name: String,
    role: String,
    role_name: Text,
    region_name: String,
    department_name: Option<Text>,
}

/// What a representative stands for.
type Part = (RegionPath, String, Option<String>);

pub(super) async fn demo_accounts(app: &App, who: &Who) -> Result<Vec<DemoAccount>, Problem> {
    let demo: HashSet<PersonId> = app.db().demo_people().await?.into_iter().collect();
    let directory = &who.world.directory;
    let mut chosen: BTreeMap<Part, (&PersonBrief, &Post)> = BTreeMap::new();
    let held = directory.people().filter(|p| demo.contains(&p.id));
    for (person, post) in held.filter_map(|p| first_post(directory, p.id, who.now).map(|post| (p, post))) {
        let part = (post.path.at(Level::County), post.role.clone(), post.department.clone());
        let best = chosen.entry(part).or_insert((person, post));
        if rank(who, person, post) < rank(who, best.0, best.1) {
            *best = (person, post);
        }
    }
    let mut out: Vec<DemoAccount> = chosen.into_values().map(|(person, post)| view(who, person, post)).collect();
    if !out.iter().any(|a| a.account == who.person.account) {
        out.insert(0, view(who, &who.person, &who.post));
    }
    Ok(out)
}

/// Smallest first: on duty in the grid of the post, then in the order of accounts.
fn rank<'a>(who: &Who, person: &'a PersonBrief, post: &Post) -> (bool, &'a str) {
    let on_duty = who.world.directory.on_duty(&post.path, who.now).any(|d| d.person == person.id);
    (!on_duty, &person.account)
}

fn view(who: &Who, person: &PersonBrief, post: &Post) -> DemoAccount {
    let catalog = &who.world.catalog;
    DemoAccount {
        account: person.account.clone(),
        name: person.name.clone(),
        role: post.role.clone(),
        role_name: catalog.role_name(&post.role).into(),
        region_name: who.world.regions.holding(&post.path).map(|r| r.name.to_owned()).unwrap_or_default(),
        department_name: post.department.as_deref().map(|d| catalog.department_name(d).into()),
    }
}
