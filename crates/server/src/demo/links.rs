//! One-time sign-in links, one for each role: a demo is looked at from every chair without typing a password.

use yizhi_domain::directory::Post;
use yizhi_domain::ids::CaseId;
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::Family;
use yizhi_store::LoginLink;

use crate::app::App;
use crate::cli::out;
use crate::keys::new_token;

use super::error::DemoError;

/// A link and whose it is.
struct Link {
    role: String,
    who: String,
    url: String,
}

/// Roles in the order in which they touch a case; others follow.
const ORDER: [&str; 9] = [
    "operator",
    "citizen",
    "grid_worker",
    "dispatcher",
    "department_handler",
    "verifier",
    "grid_leader",
    "leader",
    "window_clerk",
];

/// Makes new links and prints them. The first opens a case for its operator; everybody else is close to that case too.
///
/// # Errors
/// When the links cannot be kept.
pub(super) async fn print(app: &App, base: &str, case: CaseId, place: &RegionPath) -> Result<(), DemoError> {
    let world = app.world();
    let mut roles: Vec<_> = world.catalog.roles().iter().collect();
    let rank = |code: &str| ORDER.iter().position(|o| *o == code).unwrap_or(ORDER.len());
    roles.sort_by_key(|r| (rank(&r.code), r.family != Family::Business, r.code.clone()));
    let (mut kept, mut shown) = (Vec::new(), Vec::new());
    for role in roles {
        let Some(post) = nearest(app, &role.code, place) else { continue };
        let Some(person) = world.directory.person(post.person) else { continue };
        let goto = if role.code == "operator" { format!("/cases/{case}") } else { "/".to_owned() };
        let (token, digest) = new_token();
        let region = world.regions.holding(&post.path).map(|r| r.name.to_owned()).unwrap_or_default();
        shown.push(Link {
            role: format!("{} {}", role.name.zh, role.name.en),
            who: format!("{region} {} ({})", person.name, person.account),
            url: format!("{base}/link?token={token}"),
        });
        kept.push(LoginLink { token: digest, person: post.person, goto });
    }
    app.db().login_links_add(kept, app.now()).await?;
    out::line("");
    out::line(
        "一次性登录链接（各用一次，第一个打开上面那个案件） One-time sign-in links; the first opens the case above:",
    );
    for Link { role, who, url } in shown {
        out::line(format_args!("  {role} · {who}\n    {url}"));
    }
    Ok(())
}

/// The post of a role on the way from a grid up to the province, the lowest first; among several, the first account.
fn nearest(app: &App, role: &str, place: &RegionPath) -> Option<Post> {
    let world = app.world();
    let on_duty = world.directory.on_duty(place, app.now()).find(|d| d.role == role).map(|d| d.person);
    let account = |p: &Post| world.directory.person(p.person).map(|who| who.account.clone());
    let fits = |p: &&Post| {
        p.role == role && p.path.contains(place) && p.department.as_deref().is_none_or(|d| d == "city_management")
    };
    let rank = |p: &&Post| (Some(p.person) != on_duty, std::cmp::Reverse(p.path.depth()), account(p));
    world.directory.posts().filter(fits).min_by_key(rank).cloned()
}
