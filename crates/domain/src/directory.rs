//! Who holds which post where, in memory: what procedures need to know to hand work to somebody.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::ids::{PersonId, PostId};
use crate::region::{Level, RegionPath};

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

/// From when, and until when, something is held.
pub type Term = (DateTime<Utc>, Option<DateTime<Utc>>);

/// Whether there is a moment in both.
pub fn overlap(a: Term, b: Term) -> bool {
    a.1.is_none_or(|until| b.0 < until) && b.1.is_none_or(|until| a.0 < until)
}

/// Posts, people and grid duties as of the last change.
#[derive(Debug, Default)]
pub struct Directory {
    people: HashMap<PersonId, PersonBrief>,
    accounts: HashMap<String, PersonId>,
    posts: HashMap<PersonId, Vec<Post>>,
    staffed: HashMap<(String, Option<String>, RegionPath), Vec<Term>>,
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
            let seat = (post.role.clone(), post.department.clone(), post.path.clone());
            out.staffed.entry(seat).or_default().push((post.from, post.until));
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

    /// The lowest region at or above `path` where somebody has this role (and department) at a moment.
    pub fn seat(
        &self,
        role: &str,
        department: Option<&str>,
        path: &RegionPath,
        now: DateTime<Utc>,
    ) -> Option<RegionPath> {
        let in_force = |(from, until): &Term| *from <= now && until.is_none_or(|until| now < until);
        let mut at = Some(path.clone());
        while let Some(here) = at {
            let key = (role.to_owned(), department.map(str::to_owned), here);
            if self.staffed.get(&key).is_some_and(|terms| terms.iter().any(in_force)) {
                return Some(key.2);
            }
            at = key.2.parent();
        }
        None
    }

    /// Who is on duty in a grid in a role, with the post of that role in the grid's village from which they act: the grid's own before others. Somebody
    /// whose post has ended is on duty no more.
    pub fn attendant(&self, role: &str, grid: &RegionPath, at: DateTime<Utc>) -> Option<(PersonId, &Post)> {
        let village = grid.at(Level::Village);
        self.on_duty(grid, at).filter(|duty| duty.role == role).find_map(|duty| {
            let posts = self.posts_of(duty.person, at).filter(|p| p.role == role);
            let near = posts.filter(|p| p.path.contains(grid) || village.contains(&p.path));
            let post = near.max_by_key(|p| (p.path.contains(grid), p.path.depth()))?;
            Some((duty.person, post))
        })
    }

    /// Duties in a grid that have not ended, or not long ago.
    pub fn duties(&self, grid: &RegionPath) -> &[GridDuty] {
        self.duties.get(grid).map_or(&[], Vec::as_slice)
    }

    /// People on duty in a grid at a moment.
    pub fn on_duty(&self, grid: &RegionPath, at: DateTime<Utc>) -> impl Iterator<Item = &GridDuty> {
        self.duties(grid).iter().filter(move |d| d.from <= at && d.until.is_none_or(|until| at < until))
    }
}
