//! A post or a reset as an administrator proposes it, for somebody of another family to confirm.

use yizhi_domain::directory::Post;
use yizhi_domain::ids::PersonId;
use yizhi_store::{NewCode, NewProposal, PostRow, Proposed};

use crate::auth::Who;
use crate::keys::random10;

/// Roles that may not stand beside a post.
pub(crate) fn apart(who: &Who, post: &Post) -> Vec<String> {
    let roles = who.world.catalog.roles();
    roles.get(&post.role).map(|role| roles.kept_apart(role)).unwrap_or_default()
}

/// A post proposed. The proposal has the post's id.
pub(super) fn new_proposal(who: &Who, post: PostRow, code: NewCode) -> NewProposal {
    NewProposal {
        id: post.id.0,
        path: post.path.clone(),
        what: Proposed::Post(post),
        reason: None,
        by: who.person.id,
        family: who.role.family,
        code,
    }
}

/// A new activation proposed.
pub(super) fn new_reset(who: &Who, person: PersonId, reason: String, code: NewCode) -> NewProposal {
    NewProposal {
        id: PersonId::at(who.now, random10()).0,
        path: who.post.path.as_str().to_owned(),
        what: Proposed::Reset(person),
        reason: Some(reason),
        by: who.person.id,
        family: who.role.family,
        code,
    }
}
