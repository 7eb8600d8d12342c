//! Everybody: in the first county (350302) an account of each role, named like it; in the second (350303) some of the same with `-2`; and a few people
//! for special cases.

use std::sync::OnceLock;

use chrono::TimeDelta;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_server::auth::password;
use yizhi_server::auth::totp::{SecondFactor, code_at};
use yizhi_server::keys::Keys;
use yizhi_store::{Db, DutyRow, PersonRow, PostRow};

use super::{ground, start};

/// Everybody's password.
pub const PASSWORD: &str = "Right-horse-7-staple";

/// The secret of the three administrators' phones, in base32.
pub const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const COUNTY: &str = "350302000000";
const COUNTY_2: &str = "350303000000";
const TOWNSHIP: &str = "350302001000";
const VILLAGE: &str = "350302001001";

/// Account, role, code of the region, department. An account that is named again holds several posts, the first longest.
pub const STAFF: &[(&str, &str, &str, Option<&str>)] = &[
    ("administrator", "administrator", COUNTY, None),
    ("security_officer", "security_officer", COUNTY, None),
    ("auditor", "auditor", COUNTY, None),
    ("operator", "operator", COUNTY, None),
    ("dispatcher", "dispatcher", COUNTY, None),
    ("verifier", "verifier", TOWNSHIP, None),
    ("grid_leader", "grid_leader", VILLAGE, None),
    ("grid_worker", "grid_worker", VILLAGE, None),
    ("grid_supervisor", "grid_supervisor", TOWNSHIP, None),
    ("department_handler", "department_handler", COUNTY, Some("city_management")),
    ("department_handler-ecology", "department_handler", COUNTY, Some("ecology_environment")),
    ("window_clerk", "window_clerk", COUNTY, None),
    ("leader", "leader", COUNTY, None),
    ("citizen", "citizen", COUNTY, None),
    ("administrator-2", "administrator", COUNTY_2, None),
    ("operator-2", "operator", COUNTY_2, None),
    ("dispatcher-2", "dispatcher", COUNTY_2, None),
    ("verifier-2", "verifier", "350303001000", None),
    ("department_handler-2", "department_handler", COUNTY_2, Some("city_management")),
    ("citizen-2", "citizen", COUNTY_2, None),
    // Of the whole city.
    ("administrator-city", "administrator", "350300000000", None),
    ("leader-city", "leader", "350300000000", None),
    // No second factor yet.
    ("administrator-new", "administrator", COUNTY, None),
    // Several posts, in both counties.
    ("several", "operator", COUNTY, None),
    ("several", "leader", COUNTY_2, None),
    ("several", "administrator", COUNTY, None),
];

/// Accounts whose phones know [`SECRET`].
const WITH_SECOND_FACTOR: &[&str] =
    &["administrator", "security_officer", "auditor", "administrator-2", "administrator-city"];

/// What the phone of an account with a second factor shows now.
pub fn code(account: &str, at: chrono::DateTime<chrono::Utc>) -> String {
    code_at(SECRET, account, at).unwrap()
}

pub(super) async fn hire(db: &Db, keys: &Keys) {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| password::hash(PASSWORD).unwrap());
    let mut people: Vec<PersonRow> = Vec::new();
    let mut posts = Vec::new();
    for (n, (account, role, region, department)) in STAFF.iter().enumerate() {
        if people.last().is_none_or(|p| p.account != *account) {
            people.push(person(n, account, hash, keys));
        }
        let holder = people.last().unwrap().id;
        posts.push(post(n, holder, role, region, *department));
    }
    people.push(person(STAFF.len(), "without-post", hash, keys));
    let worker = people.iter().find(|p| p.account == "grid_worker").unwrap().id;
    let phones: Vec<PersonId> =
        people.iter().filter(|p| WITH_SECOND_FACTOR.contains(&p.account.as_str())).map(|p| p.id).collect();
    db.people_add(people, posts, None, start()).await.unwrap();
    let duties = ["001", "002"].map(|n| duty(n, worker)).to_vec();
    db.duties_add(duties, None, start()).await.unwrap();
    let factor = SecondFactor { active: Some(SECRET.to_owned()), pending: None }.seal(keys).unwrap();
    for id in phones {
        db.totp_set(id, None, Some((factor.clone(), 0)), Vec::new(), start()).await.unwrap();
    }
}

fn person(n: usize, account: &str, hash: &str, keys: &Keys) -> PersonRow {
    PersonRow {
        id: PersonId::at(start(), bits(n)),
        account: account.to_owned(),
        name: format!("测试{account}"),
        phone: keys.seal(&format!("138000{:05}", 10_000 + n)),
        password: Some(hash.to_owned()),
        created_at: start(),
        disabled_at: None,
        demo: account != "leader",
    }
}

/// Later lines have later posts, so that the first of a person is the longest held.
fn post(n: usize, person: PersonId, role: &str, region: &str, department: Option<&str>) -> PostRow {
    PostRow {
        id: PostId::at(start(), bits(100 + n)),
        person,
        role: role.to_owned(),
        path: ground::path(region).as_str().to_owned(),
        department: department.map(str::to_owned),
        from: start() - TimeDelta::days(300) + TimeDelta::days(i64::try_from(n).unwrap()),
        until: None,
    }
}

fn duty(n: &str, person: PersonId) -> DutyRow {
    let path = ground::path(VILLAGE).child(n).as_str().to_owned();
    DutyRow { path, role: "grid_worker".to_owned(), person, from: start() - TimeDelta::days(300), until: None }
}

fn bits(n: usize) -> [u8; 10] {
    [0, 0, 0, 0, 0, 0, 0, 0, u8::try_from(n / 256).unwrap(), u8::try_from(n % 256).unwrap()]
}
