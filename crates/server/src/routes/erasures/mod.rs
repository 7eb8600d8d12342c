//! Erasing fields of a case: proposed by somebody who sees it, decided by a security officer of its region.

use yizhi_domain::role::Permission;
use yizhi_store::ErasureScope;

use crate::auth::Who;
use crate::error::Problem;

pub(crate) mod confirm;
pub(crate) mod list;
pub(crate) mod of_case;
pub(crate) mod propose;
pub(crate) mod refuse;
mod view;

/// Whose erasures somebody sees. A security officer sees no cases, and of erasures neither more nor less than the deciding takes.
fn scope(who: &Who) -> Result<ErasureScope<'_>, Problem> {
    if who.role.permissions.contains(&Permission::DecideErasure) {
        return Ok(ErasureScope::Region(&who.post.path));
    }
    who.must(Permission::ProposeErasure)?;
    Ok(ErasureScope::Slice(&who.slice))
}
