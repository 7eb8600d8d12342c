//! Roles as data (`catalog/roles.yaml`): what a post sees and may do. The three administrators (三员: system, security, audit; GB/T 22239-2019, 8.1.5)
//! are kept apart: who holds a post of one of their families holds no other, and none of them sees cases.

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

impl Family {
    /// Whether it is one of the three administrators.
    pub fn is_administrative(self) -> bool {
        matches!(self, Self::System | Self::Security | Self::Audit)
    }

    /// As records and rows write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Citizen => "citizen",
            Self::System => "system",
            Self::Security => "security",
            Self::Audit => "audit",
        }
    }
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
    /// Saying who is on duty in the grids of one's region.
    ManageDuties,
    /// Knowing that there are confidential cases below one's county, and how long they take; not what they are about.
    SuperviseConfidential,
    /// Confirming or refusing what an administrator of another family proposed for a person.
    ConfirmPeople,
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

impl Role {
    /// Whether giving a post of it takes two people: it is one of the three administrators, it sees people's data beyond its own cases, or it decides
    /// about others.
    pub fn takes_two(&self) -> bool {
        let decides = |p: &Permission| {
            matches!(
                p,
                Permission::ManagePeople
                    | Permission::ConfirmPeople
                    | Permission::ManageJobs
                    | Permission::ManageSecurity
                    | Permission::ReadTrace
                    | Permission::ProposeErasure
                    | Permission::DecideErasure
            )
        };
        self.family.is_administrative()
            || matches!(self.sees, Sees::Region | Sees::Department)
            || self.permissions.iter().any(decides)
    }
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

    /// Roles that one administrator may give alone. A role that is not known here is none of them.
    pub fn given_alone(&self) -> Vec<String> {
        self.0.values().filter(|r| !r.takes_two()).map(|r| r.code.clone()).collect()
    }

    /// Roles that a holder of `role` may not have beside it: the three administrators hold no post of another family, and others none of theirs.
    pub fn kept_apart(&self, role: &Role) -> Vec<String> {
        let apart = |other: &&Role| {
            other.family != role.family && (other.family.is_administrative() || role.family.is_administrative())
        };
        self.0.values().filter(apart).map(|r| r.code.clone()).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.values()
    }
}
