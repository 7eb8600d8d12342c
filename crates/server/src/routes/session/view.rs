//! A session as its owner sees it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::directory::{PersonBrief, Post};
use yizhi_domain::world::World;

use crate::app::App;
use crate::routes::people::view::{PostView, post};
use crate::views::time::{Shown, shown};

/// A session.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionView {
    pub(crate) account: String,
    pub(crate) name: String,
    /// The post one acts in.
    pub(crate) post: PostView,
    /// All posts in force; change with `PUT /session/post`.
    pub(crate) posts: Vec<PostView>,
    /// Browsers send it back as `X-CSRF-Token` with every write. Empty for programs, which need none.
    pub(crate) csrf_token: String,
    /// When the session is over whatever happens.
    pub(crate) expires_at: Option<Shown>,
    /// Whether this installation is a demonstration.
    pub(crate) demo: bool,
    /// Where a one-time link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) goto: Option<String>,
}

/// What a session rests on.
pub(crate) struct Held<'a> {
    pub(crate) person: &'a PersonBrief,
    pub(crate) post: &'a Post,
    pub(crate) csrf: Option<&'a str>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) now: DateTime<Utc>,
}

pub(crate) fn session(app: &App, world: &World, held: &Held<'_>) -> SessionView {
    let mut posts: Vec<&Post> = world.directory.posts_of(held.person.id, held.now).collect();
    posts.sort_by_key(|p| (p.from, p.id));
    SessionView {
        account: held.person.account.clone(),
        name: held.person.name.clone(),
        post: post(app, world, held.post),
        posts: posts.into_iter().map(|p| post(app, world, p)).collect(),
        csrf_token: held.csrf.unwrap_or_default().to_owned(),
        expires_at: held.expires_at.map(shown),
        demo: app.config().demo,
        goto: None,
    }
}
