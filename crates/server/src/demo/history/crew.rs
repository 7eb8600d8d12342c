//! Who does what in the simulated history: the people of the county by role, department and region, always found in the same order.

use std::collections::HashMap;

use yizhi_domain::case::{Actor, AssignmentKind, Case};
use yizhi_domain::directory::{Directory, Post};
use yizhi_domain::ids::PersonId;
use yizhi_domain::region::RegionPath;

type Seat = (String, Option<String>, RegionPath);

/// The people of one county.
pub(in crate::demo) struct Crew {
    by_seat: HashMap<Seat, Vec<Post>>,
    by_person: HashMap<PersonId, Post>,
}

impl Crew {
    pub(in crate::demo) fn new(directory: &Directory, county: &RegionPath) -> Self {
        let mut posts: Vec<&Post> = directory.posts().filter(|p| county.contains(&p.path)).collect();
        let account = |p: &Post| directory.person(p.person).map(|who| who.account.clone());
        posts.sort_by_cached_key(|p| account(p));
        let (mut by_seat, mut by_person): (HashMap<Seat, Vec<Post>>, HashMap<PersonId, Post>) = Default::default();
        for post in posts {
            let seat = (post.role.clone(), post.department.clone(), post.path.clone());
            by_seat.entry(seat).or_default().push(post.clone());
            by_person.insert(post.person, post.clone());
        }
        Self { by_seat, by_person }
    }

    /// One of those who hold a role at a region or the nearest above it; `turn` chooses among several.
    pub(in crate::demo) fn at(&self, role: &str, path: &RegionPath, turn: usize) -> Option<Actor> {
        self.seated(role, None, path, turn)
    }

    fn seated(&self, role: &str, department: Option<&str>, path: &RegionPath, turn: usize) -> Option<Actor> {
        let mut here = Some(path.clone());
        while let Some(at) = here {
            let seat = (role.to_owned(), department.map(str::to_owned), at);
            if let Some(held) = self.by_seat.get(&seat).filter(|held| !held.is_empty()) {
                return held.get(turn % held.len()).map(actor);
            }
            here = seat.2.parent();
        }
        None
    }

    /// Whoever holds the case's open work in a role: the person on duty, else one of the post.
    pub(in crate::demo) fn holder(&self, case: &Case, role: &str, turn: usize) -> Option<Actor> {
        let mut open = case.open_assignments().filter(|a| a.kind != AssignmentKind::Joint);
        let work = open.find(|a| a.role == role)?;
        let on_duty = work.person.and_then(|p| self.by_person.get(&p)).filter(|p| p.role == role);
        match on_duty {
            Some(post) => Some(actor(post)),
            None => self.seated(role, work.department.as_deref(), &work.path, turn),
        }
    }

    /// A person in the one post they hold.
    pub(in crate::demo) fn person(&self, person: PersonId) -> Option<Actor> {
        self.by_person.get(&person).map(actor)
    }
}

fn actor(post: &Post) -> Actor {
    Actor {
        person: Some(post.person),
        role: post.role.clone(),
        path: post.path.clone(),
        department: post.department.clone(),
    }
}
