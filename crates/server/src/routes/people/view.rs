//! People and posts as shown.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::directory::Post;
use yizhi_domain::ids::PersonId;
use yizhi_domain::region::Level;
use yizhi_domain::world::World;
use yizhi_store::PersonStanding;

use crate::app::App;
use crate::auth::Who;
use crate::auth::guard::account_digest;
use crate::auth::totp::SecondFactor;
use crate::error::Problem;
use crate::views::mask;
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

use super::managed::Managed;

/// A person's role in a region, for a time.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PostView {
    pub(crate) id: String,
    pub(crate) role: String,
    pub(crate) role_name: Text,
    /// Code of the region; of the village, for a post in a grid.
    pub(crate) region: String,
    pub(crate) region_name: String,
    /// 15 digits, for a post in a grid.
    pub(crate) grid: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) department_name: Option<Text>,
    pub(crate) from: Shown,
    pub(crate) until: Option<Shown>,
}

/// A person as administrators see them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManagedPerson {
    pub(crate) account: String,
    pub(crate) name: String,
    /// Masked.
    pub(crate) phone: Option<String>,
    /// Posts that have not ended.
    pub(crate) posts: Vec<PostView>,
    /// Whether the person has set a password.
    pub(crate) active: bool,
    /// Whether the account is closed to somebody after failed tries.
    pub(crate) locked: bool,
    pub(crate) locked_until: Option<Shown>,
    /// Whether signing in takes a second factor.
    pub(crate) totp: bool,
    /// Tokens of the person's programs that are in force.
    pub(crate) tokens: usize,
}

pub(crate) fn post(app: &App, world: &World, post: &Post) -> PostView {
    let region = world.regions.holding(&post.path);
    let in_grid = post.path.level() == Some(Level::Grid);
    PostView {
        id: post.id.to_string(),
        role: post.role.clone(),
        role_name: world.catalog.role_name(&post.role).into(),
        region: region.map(|r| r.code.to_owned()).unwrap_or_default(),
        region_name: region.map(|r| r.name.to_owned()).unwrap_or_default(),
        grid: region.filter(|_| in_grid).and_then(|village| grid_code(app, village.code, post)),
        department: post.department.clone(),
        department_name: post.department.as_deref().map(|d| world.catalog.department_name(d).into()),
        from: shown(post.from),
        until: post.until.map(shown),
    }
}

/// A grid's code is its village's and the last segment of its path.
fn grid_code(app: &App, village: &str, post: &Post) -> Option<String> {
    let segment = post.path.as_str().trim_end_matches('.').rsplit('.').next()?;
    app.places().by_code(&format!("{village}{segment}")).filter(|g| g.path == post.path).map(|g| g.code.clone())
}

/// People with their standing, in the order given.
pub(super) async fn people(app: &App, who: &Who, managed: &[Managed<'_>]) -> Result<Vec<ManagedPerson>, Problem> {
    let ids: Vec<PersonId> = managed.iter().map(|m| m.person.id).collect();
    let standings: HashMap<PersonId, PersonStanding> =
        app.db().standings(&ids).await?.into_iter().map(|s| (s.id, s)).collect();
    let digests: Vec<Vec<u8>> = managed.iter().map(|m| account_digest(app, &m.person.account)).collect();
    let closed: HashMap<Vec<u8>, DateTime<Utc>> =
        app.db().guard_accounts(digests.clone(), who.now).await?.into_iter().collect();
    let mut tokens: HashMap<PersonId, usize> = HashMap::new();
    for token in app.db().api_tokens(&ids, who.now).await? {
        *tokens.entry(token.person).or_default() += 1;
    }
    let view = |(m, digest): (&Managed<'_>, &Vec<u8>)| {
        let standing = standings.get(&m.person.id);
        let locked_until = closed.get(digest).copied();
        let totp = standing.and_then(|s| s.totp.as_deref());
        ManagedPerson {
            account: m.person.account.clone(),
            name: m.person.name.clone(),
            phone: standing
                .and_then(|s| s.phone.as_deref())
                .and_then(|s| app.keys().open_text(s))
                .map(|p| mask::phone(&p)),
            posts: m.posts.iter().map(|p| post(app, &who.world, p)).collect(),
            active: standing.is_some_and(|s| s.is_active),
            locked: locked_until.is_some(),
            locked_until: locked_until.map(shown),
            totp: SecondFactor::open(app.keys(), totp).is_some_and(|f| f.active.is_some()),
            tokens: tokens.get(&m.person.id).copied().unwrap_or(0),
        }
    };
    Ok(managed.iter().zip(&digests).map(view).collect())
}
