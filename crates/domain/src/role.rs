//! Roles as data (`catalog/roles.yaml`): what a post sees and may do. The three administrators (三员: system, security, audit) are kept apart:
//! no person may hold posts of two of their families, and none of them sees cases.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::region::Level;
use crate::text::Text;

/// What a role sees of the cases, before participation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sees {
    /// Every non-confidential case in the post's region.
    Region,
    /// Cases in the post's region that its department leads.
    Department,
    /// Only cases one takes part in.
    Own,
    /// No cases at all, not even by participation.
    Nothing,
}

/// Which separation of duties a role belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    Business,
    Citizen,
    System,
    Security,
    Audit,
}

/// Permissions outside the procedures; inside, each action names its roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    ReportCase,
    ReadCases,
    ReadMap,
    ReadCounters,
    Attach,
    ManagePeople,
    ManageJobs,
    ManageSecurity,
    ReadTrace,
    /// Proposing that fields of a case be erased.
    ProposeErasure,
    /// Confirming or refusing what somebody else proposed to erase.
    DecideErasure,
}

/// One role.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub code: String,
    pub name: Text,
    pub family: Family,
    pub sees: Sees,
    /// Whether a post of this role names a department.
    #[serde(default)]
    pub department: bool,
    /// Levels of the regions where such posts are.
    pub levels: BTreeSet<Level>,
    pub permissions: BTreeSet<Permission>,
}

/// The roles of a catalog release by code.
#[derive(Clone, Debug, Default)]
pub struct Roles(BTreeMap<String, Role>);

impl Roles {
    pub fn new(roles: Vec<Role>) -> Self {
        Self(roles.into_iter().map(|r| (r.code.clone(), r)).collect())
    }

    pub fn get(&self, code: &str) -> Option<&Role> {
        self.0.get(code)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.values()
    }
}
