//! The slice: who may see which cases, as one typed predicate. Made on the server from session and post; compiled to SQL by the store, applied to live
//! events and single cases by `admits`. Nothing the client sends is part of it.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::directory::Post;
use crate::ids::PersonId;
use crate::region::RegionPath;
use crate::role::{Role, Sees};

/// One that can take part in a case: a person, or a department at a region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Principal {
    Person(PersonId),
    Department {
        code: String,
        path: RegionPath,
    },
    /// All posts of a role at a region, for what was escalated to them.
    Role {
        role: String,
        path: RegionPath,
    },
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "p:{id}"),
            Self::Department { code, path } => write!(f, "d:{code}@{path}"),
            Self::Role { role, path } => write!(f, "r:{role}@{path}"),
        }
    }
}

/// The part of the slice that comes from the post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Nothing,
    Region(RegionPath),
    Department { path: RegionPath, department: String },
}

/// What a session sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    scope: Scope,
    principals: Vec<Principal>,
    at: DateTime<Utc>,
}

/// A principal's part in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub principal: Principal,
    pub since: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

/// What the slice asks of a case.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub path: &'a RegionPath,
    pub department: Option<&'a str>,
    pub confidential: bool,
}

impl Slice {
    /// The slice of a post held in `role` at a moment.
    pub fn of_post(role: &Role, post: &Post, at: DateTime<Utc>) -> Self {
        let scope = match (role.sees, &post.department) {
            (Sees::Region, _) => Scope::Region(post.path.clone()),
            (Sees::Department, Some(department)) => {
                Scope::Department { path: post.path.clone(), department: department.clone() }
            }
            (Sees::Department | Sees::Own | Sees::Nothing, _) => Scope::Nothing,
        };
        let principals = if role.sees == Sees::Nothing { Vec::new() } else { principals(post) };
        Self { scope, principals, at }
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    pub fn principals(&self) -> &[Principal] {
        &self.principals
    }

    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Whether the post alone shows the case, without taking part in it. Confidential cases are seen by participants only.
    pub fn admits_by_post(&self, subject: Subject<'_>) -> bool {
        if subject.confidential {
            return false;
        }
        match &self.scope {
            Scope::Nothing => false,
            Scope::Region(path) => path.contains(subject.path),
            Scope::Department { path, department } => {
                path.contains(subject.path) && subject.department == Some(department)
            }
        }
    }

    /// Whether one of these accesses is ours and in force. It is from the moment it is granted: no clock that is behind hides it.
    pub fn admits_by_part<'a>(&self, accesses: impl IntoIterator<Item = &'a Access>) -> bool {
        accesses
            .into_iter()
            .any(|a| a.until.is_none_or(|until| self.at < until) && self.principals.contains(&a.principal))
    }

    pub fn admits<'a>(&self, subject: Subject<'_>, accesses: impl IntoIterator<Item = &'a Access>) -> bool {
        self.admits_by_post(subject) || self.admits_by_part(accesses)
    }
}

fn principals(post: &Post) -> Vec<Principal> {
    let mut out =
        vec![Principal::Person(post.person), Principal::Role { role: post.role.clone(), path: post.path.clone() }];
    if let Some(code) = &post.department {
        out.push(Principal::Department { code: code.clone(), path: post.path.clone() });
    }
    out
}
