//! How far a program's token goes: a list of permissions, never more than its post has, and whether it may write at all.

use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use yizhi_domain::role::{Permission, Role};

use crate::error::Problem;

/// The scope of a token, as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Only reading.
    #[serde(default)]
    pub read_only: bool,
    /// These of the post's permissions.
    #[serde(default)]
    pub permissions: Vec<Permission>,
}

impl Scope {
    /// A scope as kept. One that cannot be read opens nothing.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self { read_only: true, permissions: Vec::new() })
    }

    /// As it is kept.
    pub fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Goes on only with what a token of this scope may do at all: one that may not read cases does nothing with them either.
    ///
    /// # Errors
    /// 403.
    pub(super) fn admits(&self, method: &Method) -> Result<(), Problem> {
        if method.is_safe() || !self.read_only {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "token_scope",
            "这个令牌只能读取。需要写入时，请在“我的设置”中另建一个。",
            "This token only reads. To write, make another one in your settings.",
        ))
    }

    /// Takes from a role what the scope does not have.
    pub(super) fn narrow(&self, role: &mut Role) {
        role.permissions.retain(|p| self.permissions.contains(p));
        if !role.permissions.contains(&Permission::ReadCases) {
            role.sees = yizhi_domain::role::Sees::Nothing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_opens_nothing() {
        let scope = Scope::parse("nonsense");
        assert!(scope.read_only && scope.permissions.is_empty());
        assert!(scope.admits(&Method::POST).is_err() && scope.admits(&Method::GET).is_ok());
    }

    #[test]
    fn it_is_kept_as_it_was() {
        let scope = Scope { read_only: false, permissions: vec![Permission::ReadCases, Permission::ReportCase] };
        assert_eq!(Scope::parse(&scope.text().unwrap()), scope);
        assert!(scope.admits(&Method::POST).is_ok());
    }
}
