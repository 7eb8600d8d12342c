//! Whom an administrator manages. Anybody else does not exist for them.

use std::collections::HashMap;

use axum::http::StatusCode;
use yizhi_domain::directory::{PersonBrief, Post};
use yizhi_domain::ids::PersonId;

use crate::auth::Who;
use crate::error::Problem;

/// A person with the posts that have not ended.
#[derive(Clone, Debug)]
pub(crate) struct Managed<'a> {
    pub(crate) person: &'a PersonBrief,
    pub(crate) posts: Vec<&'a Post>,
}

/// All managed people, in the order of their accounts. Somebody without posts is managed by every administrator: nobody else could give a post.
pub(super) fn all(who: &Who) -> Vec<Managed<'_>> {
    let directory = &who.world.directory;
    let mut posts: HashMap<PersonId, Vec<&Post>> = HashMap::new();
    for post in directory.posts().filter(|p| not_ended(who, p)) {
        posts.entry(post.person).or_default().push(post);
    }
    let held = directory.people().map(|person| managed(person, posts.remove(&person.id).unwrap_or_default()));
    let mut out: Vec<Managed<'_>> = held.filter(|m| is_below(who, m)).collect();
    out.sort_by(|a, b| a.person.account.cmp(&b.person.account));
    out
}

/// The managed person of an account.
///
/// # Errors
/// 404.
pub(crate) fn one<'a>(who: &'a Who, account: &str) -> Result<Managed<'a>, Problem> {
    let directory = &who.world.directory;
    let person = directory.by_account(account).ok_or_else(Problem::not_found)?;
    let posts = directory.posts().filter(|p| p.person == person.id && not_ended(who, p)).collect();
    Some(managed(person, posts)).filter(|m| is_below(who, m)).ok_or_else(Problem::not_found)
}

/// The same, but not oneself: nobody gives or takes their own posts.
///
/// # Errors
/// 403, 404.
pub(super) fn other<'a>(who: &'a Who, account: &str) -> Result<Managed<'a>, Problem> {
    let found = one(who, account)?;
    if found.person.id != who.person.id {
        return Ok(found);
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "own_posts",
        "不能更改自己的岗位，请由另一位系统管理员办理。",
        "Nobody changes their own posts; ask another administrator.",
    ))
}

fn managed<'a>(person: &'a PersonBrief, mut posts: Vec<&'a Post>) -> Managed<'a> {
    posts.sort_by_key(|p| (p.from, p.id));
    Managed { person, posts }
}

fn is_below(who: &Who, managed: &Managed<'_>) -> bool {
    managed.posts.iter().all(|p| who.post.path.contains(&p.path))
}

fn not_ended(who: &Who, post: &Post) -> bool {
    post.until.is_none_or(|until| who.now < until)
}
