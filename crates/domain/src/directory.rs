//! Who holds which post where, in memory: what procedures need to know to hand work to somebody.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::ids::{PersonId, PostId};
use crate::region::RegionPath;

/// A person's role in a region, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub id: PostId,
    pub person: PersonId,
    pub role: String,
    pub path: RegionPath,
    pub department: Option<String>,
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

impl Post {
    pub fn in_force(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// Name and account of a person, for display beside their work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonBrief {
    pub id: PersonId,
    pub account: String,
    pub name: String,
}

/// Somebody's duty in a grid (网格长, 网格员, 网格指导员), for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridDuty {
    pub person: PersonId,
    pub role: String,
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

/// Posts, people and grid duties as of the last change.
#[derive(Debug, Default)]
pub struct Directory {
    people: HashMap<PersonId, PersonBrief>,
    accounts: HashMap<String, PersonId>,
    posts: HashMap<PersonId, Vec<Post>>,
    staffed: HashSet<(String, Option<String>, RegionPath)>,
    duties: HashMap<RegionPath, Vec<GridDuty>>,
}

impl Directory {
    /// `duties` are keyed by the path of the grid.
    pub fn new(people: Vec<PersonBrief>, posts: Vec<Post>, duties: Vec<(RegionPath, GridDuty)>) -> Self {
        let mut out = Self::default();
        for person in people {
            out.accounts.insert(person.account.clone(), person.id);
            out.people.insert(person.id, person);
        }
        for post in posts {
            out.staffed.insert((post.role.clone(), post.department.clone(), post.path.clone()));
            out.posts.entry(post.person).or_default().push(post);
        }
        for (path, duty) in duties {
            out.duties.entry(path).or_default().push(duty);
        }
        out
    }

    pub fn person(&self, id: PersonId) -> Option<&PersonBrief> {
        self.people.get(&id)
    }

    pub fn by_account(&self, account: &str) -> Option<&PersonBrief> {
        self.accounts.get(account).and_then(|id| self.people.get(id))
    }

    pub fn people(&self) -> impl Iterator<Item = &PersonBrief> {
        self.people.values()
    }

    /// The posts of a person in force at a moment.
    pub fn posts_of(&self, person: PersonId, at: DateTime<Utc>) -> impl Iterator<Item = &Post> {
        self.posts.get(&person).into_iter().flatten().filter(move |p| p.in_force(at))
    }

    pub fn post(&self, person: PersonId, post: PostId, at: DateTime<Utc>) -> Option<&Post> {
        self.posts_of(person, at).find(|p| p.id == post)
    }

    pub fn posts(&self) -> impl Iterator<Item = &Post> {
        self.posts.values().flatten()
    }

    /// The lowest region at or above `path` where somebody has this role (and department).
    pub fn seat(&self, role: &str, department: Option<&str>, path: &RegionPath) -> Option<RegionPath> {
        let mut at = Some(path.clone());
        while let Some(here) = at {
            if self.staffed.contains(&(role.to_owned(), department.map(str::to_owned), here.clone())) {
                return Some(here);
            }
            at = here.parent();
        }
        None
    }

    /// People on duty in a grid at a moment, one for each role first named.
    pub fn on_duty(&self, grid: &RegionPath, at: DateTime<Utc>) -> impl Iterator<Item = &GridDuty> {
        let duties = self.duties.get(grid).map_or(&[][..], Vec::as_slice);
        duties.iter().filter(move |d| d.from <= at && d.until.is_none_or(|until| at < until))
    }
}
