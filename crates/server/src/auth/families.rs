//! The three administrators (三员: system, security, audit; GB/T 22239-2019, 8.1.5): nobody holds posts of two of their families, so that none of
//! them can cover what another must notice.

use yizhi_domain::role::{Family, Role, Roles};

/// Whether a family is one of the three.
pub fn is_administrative(family: Family) -> bool {
    matches!(family, Family::System | Family::Security | Family::Audit)
}

/// Codes of the roles that a holder of `role` may not have beside it.
pub fn kept_apart(roles: &Roles, role: &Role) -> Vec<String> {
    if !is_administrative(role.family) {
        return Vec::new();
    }
    let others = roles.iter().filter(|r| is_administrative(r.family) && r.family != role.family);
    others.map(|r| r.code.clone()).collect()
}
