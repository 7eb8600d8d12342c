//! The slice alone: what a post gives, what taking part gives, and how principals are written.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use yizhi_domain::directory::Post;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::{Family, Role, Sees};
use yizhi_domain::slice::{Access, Principal, Scope, Slice, Subject};
use yizhi_domain::text::Text;

const TOWN: &str = "35.03.02.001.";
const VILLAGE: &str = "35.03.02.001.201.";
const NEIGHBOUR: &str = "35.03.02.0012.";

fn path(text: &str) -> RegionPath {
    RegionPath::parse(text).unwrap()
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn me() -> PersonId {
    PersonId(Uuid::from_u128(7))
}

fn role(sees: Sees) -> Role {
    Role {
        code: "clerk".to_owned(),
        name: Text::new("办事员", "Clerk"),
        family: Family::Business,
        sees,
        department: false,
        levels: BTreeSet::new(),
        permissions: BTreeSet::new(),
    }
}

fn post(department: Option<&str>) -> Post {
    Post {
        id: PostId(Uuid::nil()),
        person: me(),
        role: "clerk".to_owned(),
        path: path(TOWN),
        department: department.map(str::to_owned),
        from: moment(0),
        until: None,
    }
}

fn slice(sees: Sees, department: Option<&str>) -> Slice {
    Slice::of_post(&role(sees), &post(department), moment(100))
}

fn principals(department: Option<&str>) -> Vec<Principal> {
    let role = Principal::Role { role: "clerk".to_owned(), path: path(TOWN) };
    let office = department.map(|code| Principal::Department { code: code.to_owned(), path: path(TOWN) });
    [Principal::Person(me()), role].into_iter().chain(office).collect()
}

#[test]
fn a_post_gives_the_scope_of_its_role() {
    let water = Scope::Department { path: path(TOWN), department: "water".to_owned() };
    for (sees, department, scope) in [
        (Sees::Region, None, Scope::Region(path(TOWN))),
        (Sees::Region, Some("water"), Scope::Region(path(TOWN))),
        (Sees::Department, Some("water"), water),
        (Sees::Department, None, Scope::Nothing),
        (Sees::Own, None, Scope::Nothing),
        (Sees::Own, Some("water"), Scope::Nothing),
        (Sees::Nothing, None, Scope::Nothing),
        (Sees::Nothing, Some("water"), Scope::Nothing),
    ] {
        assert_eq!(slice(sees, department).scope(), &scope, "{sees:?} {department:?}");
    }
}

#[test]
fn everybody_but_administrators_takes_part_as_person_role_and_department() {
    for sees in [Sees::Region, Sees::Department, Sees::Own] {
        assert_eq!(slice(sees, None).principals(), principals(None), "{sees:?}");
        assert_eq!(slice(sees, Some("water")).principals(), principals(Some("water")), "{sees:?}");
    }
    assert_eq!(slice(Sees::Nothing, Some("water")).principals(), []);
}

#[test]
fn a_slice_knows_its_moment() {
    assert_eq!(slice(Sees::Region, None).at(), moment(100));
}

#[test]
fn what_the_post_shows() {
    let region = slice(Sees::Region, None);
    let water = slice(Sees::Department, Some("water"));
    let own = slice(Sees::Own, Some("water"));
    for (place, department, confidential, by_region, by_department) in [
        (TOWN, None, false, true, false),
        (VILLAGE, None, false, true, false),
        (VILLAGE, Some("water"), false, true, true),
        (VILLAGE, Some("waters"), false, true, false),
        (VILLAGE, Some("water"), true, false, false),
        (NEIGHBOUR, Some("water"), false, false, false),
        ("35.03.02.", Some("water"), false, false, false),
    ] {
        let place = path(place);
        let case = Subject { path: &place, department, confidential };
        assert_eq!(region.admits_by_post(case), by_region, "{case:?}");
        assert_eq!(water.admits_by_post(case), by_department, "{case:?}");
        assert!(!own.admits_by_post(case), "{case:?}");
    }
}

#[test]
fn taking_part_holds_once_it_is_granted_and_ends_before_until() {
    let slice = slice(Sees::Own, None);
    for (since, until, inside) in [
        (99, None, true),
        (100, None, true),
        (101, None, true),
        (50, Some(101), true),
        (50, Some(100), false),
        (50, Some(99), false),
        (101, Some(200), true),
    ] {
        let access = Access { principal: Principal::Person(me()), since: moment(since), until: until.map(moment) };
        assert_eq!(slice.admits_by_part([&access]), inside, "{since} {until:?}");
    }
}

#[test]
fn only_ones_own_part_counts() {
    let slice = slice(Sees::Own, Some("water"));
    let at = |principal| Access { principal, since: moment(0), until: None };
    for mine in principals(Some("water")) {
        assert!(slice.admits_by_part([&at(mine.clone())]), "{mine}");
    }
    let others = [
        Principal::Person(PersonId(Uuid::from_u128(8))),
        Principal::Role { role: "clerk".to_owned(), path: path(VILLAGE) },
        Principal::Role { role: "clerks".to_owned(), path: path(TOWN) },
        Principal::Department { code: "water".to_owned(), path: path(VILLAGE) },
        Principal::Department { code: "waters".to_owned(), path: path(TOWN) },
    ];
    for other in &others {
        assert!(!slice.admits_by_part([&at(other.clone())]), "{other}");
    }
    let accesses: Vec<Access> = others.into_iter().chain([Principal::Person(me())]).map(at).collect();
    assert!(slice.admits_by_part(&accesses), "one among several is enough");
    assert!(!slice.admits_by_part([]));
}

#[test]
fn post_or_part_is_enough() {
    let slice = slice(Sees::Region, None);
    let (inside, outside) = (path(VILLAGE), path(NEIGHBOUR));
    let mine = [Access { principal: Principal::Person(me()), since: moment(0), until: None }];
    for (place, confidential, accesses, seen) in [
        (&inside, false, &[][..], true),
        (&inside, true, &[][..], false),
        (&inside, true, &mine[..], true),
        (&outside, false, &[][..], false),
        (&outside, false, &mine[..], true),
        (&inside, false, &mine[..], true),
    ] {
        let case = Subject { path: place, department: None, confidential };
        assert_eq!(slice.admits(case, accesses), seen, "{case:?} {accesses:?}");
    }
}

#[test]
fn principals_are_written_one_way() {
    let person = Principal::Person(me());
    assert_eq!(person.to_string(), "p:00000000-0000-0000-0000-000000000007");
    let office = Principal::Department { code: "water".to_owned(), path: path(TOWN) };
    assert_eq!(office.to_string(), "d:water@35.03.02.001.");
    let role = Principal::Role { role: "clerk".to_owned(), path: path(TOWN) };
    assert_eq!(role.to_string(), "r:clerk@35.03.02.001.");
}
